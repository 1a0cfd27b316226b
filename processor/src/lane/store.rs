//! Storing one batch: plan, dead letters, insert, confirm, in this order and no other. Rejects are
//! acknowledged before the position moves past them, rows are stored before it moves past those.

use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::sync::OwnedSemaphorePermit;

use super::Shared;
use crate::batch::Batch;
use crate::commit::{Confirmation, Position};
use crate::dead_letter::DeadLetter;
use crate::metrics;
use crate::write::{Block, write_until_stored};

/// Pause before dead letters are sent again.
const DEAD_LETTER_PAUSE: Duration = Duration::from_secs(1);

/// The memory that the records of a batch hold until it is stored.
#[derive(Debug, Default)]
pub(super) struct Load(Option<OwnedSemaphorePermit>);

impl Load {
    pub(super) fn add(&mut self, permit: OwnedSemaphorePermit) {
        match &mut self.0 {
            Some(load) => load.merge(permit),
            None => self.0 = Some(permit),
        }
    }
}

/// What became of a batch.
#[derive(Debug)]
pub(super) enum Stored {
    /// Its rows are stored and its rejects acknowledged; the next batch may follow.
    Confirmed,
    /// So it is, but the partition is another's.
    Stale,
    /// The table refuses it.
    Refused(String),
}

/// What is to be done with a batch, decided before anything is done.
#[derive(Debug)]
struct Plan {
    offsets: Range<i64>,
    rejects: Vec<DeadLetter>,
    /// Nothing to insert when all its events were stored before, or rejected.
    block: Option<Block>,
    known: usize,
    oldest: Option<i64>,
}

/// Stores the batches of one partition, one at a time.
#[derive(Clone)]
pub(super) struct Store {
    pub(super) shared: Arc<Shared>,
    pub(super) partition: i32,
    pub(super) assignment: u64,
}

impl Store {
    pub(super) async fn run(self, batch: Batch, load: Load) -> Stored {
        let plan = self.plan(batch);
        // The intent will be committed here, with the plan in its metadata.
        self.send_dead_letters(&plan.rejects).await;
        if let Some(block) = &plan.block {
            if let Err(refused) = self.insert(block).await {
                return Stored::Refused(refused);
            }
            metrics::stored(block.rows, block.bytes.len(), plan.oldest.map(age));
        }
        metrics::known(plan.known);
        drop(load);
        self.confirm(&plan).await
    }

    fn plan(&self, batch: Batch) -> Plan {
        let (offsets, content) = (batch.offsets, batch.content);
        let Shared { topic, stream_epoch, .. } = &*self.shared;
        let block = (content.rows > 0).then(|| Block {
            token: format!("{stream_epoch}:{topic}:{}:{}-{}", self.partition, offsets.start, offsets.end),
            rows: content.rows,
            bytes: content.bytes.into(),
        });
        Plan { offsets, rejects: content.rejects, block, known: content.known, oldest: content.oldest }
    }

    /// Sends dead letters until they are acknowledged: the position must not move past them before.
    async fn send_dead_letters(&self, rejects: &[DeadLetter]) {
        let Some(first) = rejects.first() else { return };
        while let Err(error) = self.shared.dead_letters.send(rejects).await {
            tracing::error!(
                partition = self.partition, letters = rejects.len(), %error,
                "Dead letters were not acknowledged and are sent again; the partition waits."
            );
            tokio::time::sleep(DEAD_LETTER_PAUSE).await;
        }
        metrics::dead_lettered(rejects);
        tracing::warn!(
            partition = self.partition,
            letters = rejects.len(),
            first_offset = first.offset,
            first_reason = first.reason,
            first_detail = first.detail,
            "What can never be stored went to the dead-letter topic."
        );
    }

    async fn insert(&self, block: &Block) -> Result<(), String> {
        // The semaphore is never closed.
        let _slot = self.shared.inserts.acquire().await;
        self.shared.budget.take(tokio::time::Instant::now().into_std());
        let written = write_until_stored(&*self.shared.writer, block, &self.shared.health).await;
        written.map_err(|refused| format!("block {} of {} rows: {refused}", block.token, block.rows))
    }

    async fn confirm(&self, plan: &Plan) -> Stored {
        let Self { partition, assignment, .. } = *self;
        let position = Position { partition, assignment, offset: plan.offsets.end };
        let confirmation = self.shared.commits.confirm(position).await;
        metrics::committed(confirmation);
        match confirmation {
            Confirmation::Confirmed | Confirmation::Unknown => Stored::Confirmed,
            Confirmation::Stale => Stored::Stale,
        }
    }
}

/// How long ago a time was, given in unix milliseconds.
fn age(millis: i64) -> Duration {
    let then = UNIX_EPOCH + Duration::from_millis(u64::try_from(millis).unwrap_or_default());
    SystemTime::now().duration_since(then).unwrap_or_default()
}
