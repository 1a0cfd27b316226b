//! Storing one batch: intent, dead letters, insert, in this order and no other; the next intent, or a
//! commit without one, confirms it. Rejects are acknowledged before the position moves past them, rows
//! are stored before it moves past those.

use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bataudit_trace::{Attribute, Kind};
use tokio::sync::OwnedSemaphorePermit;

use super::Shared;
use super::course::Mode;
use super::settle::Expected;
use crate::batch::Batch;
use crate::columns::Stamp;
use crate::commit::{Commit, Confirmation};
use crate::crash::{self, Point};
use crate::dead_letter::DeadLetter;
use crate::intent::{Intent, Mark};
use crate::metrics;
use crate::recover::{Action, Held};
use crate::repeat::{self, Home};
use crate::traced::{Failed, Step, Storing};
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

    pub(super) fn bytes(&self) -> usize {
        self.0.as_ref().map_or(0, OwnedSemaphorePermit::num_permits)
    }
}

/// What became of a batch.
#[derive(Debug)]
pub(super) enum Stored {
    /// Its rows are stored and its rejects acknowledged, up to this offset, which nobody confirmed.
    Done(i64),
    /// The last one is confirmed.
    Confirmed,
    /// The partition is another's.
    Stale,
    /// A commit failed, and what is committed is not known.
    Unsettled,
    /// It can never be stored.
    Refused(String),
}

/// A batch to store.
pub(super) struct Job {
    pub(super) batch: Batch,
    pub(super) mode: Mode,
    /// The first of its lane: somebody before may have tried a batch of the same borders.
    pub(super) is_first: bool,
    pub(super) load: Load,
    pub(super) gate: Option<OwnedSemaphorePermit>,
    /// Its turn to insert.
    pub(super) slot: Option<OwnedSemaphorePermit>,
}

/// What is to be done with a batch, decided before anything is done.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) offsets: Range<i64>,
    rejects: Vec<DeadLetter>,
    /// Nothing to insert when all its events were rejected, or repeats.
    block: Option<Block>,
    repeats: usize,
    oldest: Option<i64>,
    pub(super) earliest: Option<i64>,
    traced: Option<Storing>,
}

/// Stores the batches of one partition, one at a time.
#[derive(Clone)]
pub(super) struct Store {
    pub(super) shared: Arc<Shared>,
    pub(super) partition: i32,
    pub(super) home: Home,
    pub(super) assignment: u64,
}

impl Store {
    pub(super) async fn run(self, job: Job) -> Stored {
        crash::at(Point::AfterForm);
        let Job { mut batch, mode, is_first, load, gate, slot } = job;
        // The batch before this one is stored, so the table knows every earlier copy.
        repeat::sift(self.home, &*self.shared.ids, &self.shared.health, &mut batch.content).await;
        let plan = self.plan(batch);
        // Dead letters may take for ever, and must hold up nobody else.
        let slot = slot.filter(|_| plan.rejects.is_empty());
        let stored = match mode {
            Mode::Plain => self.insert(&plan, is_first, slot).await,
            Mode::Again(Action::Resend { expected, held }) => self.resend(&plan, expected, &held, slot).await,
            Mode::Again(Action::Fill) => self.fill(&plan).await,
        };
        drop((load, gate));
        if stored.is_ok() {
            metrics::repeats(plan.repeats);
        }
        Storing::end(plan.traced, &stored);
        stored.err().unwrap_or(Stored::Done(plan.offsets.end))
    }

    fn plan(&self, batch: Batch) -> Plan {
        let (offsets, content) = (batch.offsets, batch.content);
        let Shared { topic, stream_epoch, .. } = &*self.shared;
        let stamp = Stamp { epoch: stream_epoch, partition: self.partition, batch: offsets.clone() };
        let token = format!("{stream_epoch}:{topic}:{}:{}-{}", self.partition, offsets.start, offsets.end);
        let rows = content.rows();
        let traced = Storing::begin(content.consumed, self.partition, &offsets, rows);
        let block = (rows > 0).then(|| Block::new(token, content.columns, &stamp));
        let (repeats, oldest, earliest) = (content.repeats, content.oldest, content.earliest);
        Plan { offsets, rejects: content.rejects, block, repeats, oldest, earliest, traced }
    }

    /// Stores a batch that nobody began before.
    async fn insert(
        &self,
        plan: &Plan,
        is_first: bool,
        slot: Option<OwnedSemaphorePermit>,
    ) -> Result<(), Stored> {
        self.announce(plan).await?;
        let Some(block) = &plan.block else { return Ok(()) };
        let failed = self.write(plan, block, slot).await?;
        crash::at(Point::AfterInsert);
        metrics::stored(block.rows, block.bytes(), plan.oldest.map(age), plan.trace_id());
        if is_first || failed > 0 {
            self.settle(plan, &Expected::of(plan, block, None)).await?;
        }
        Ok(())
    }

    /// Stores a batch that was begun before, under the token it had.
    async fn resend(
        &self,
        plan: &Plan,
        expected: Option<u64>,
        held: &Held,
        slot: Option<OwnedSemaphorePermit>,
    ) -> Result<(), Stored> {
        let Some(block) = &plan.block else { return self.announce(plan).await };
        let expected = Expected::of(plan, block, expected);
        // A token must never stand for other rows: they would be swallowed.
        if expected.are_others(held) {
            return Err(self.refuse_others(&plan.offsets).await);
        }
        self.announce(plan).await?;
        self.write(plan, block, slot).await?;
        crash::at(Point::AfterResend);
        let added = (block.rows as u64).saturating_sub(held.rows);
        metrics::stored(added as usize, block.bytes(), plan.oldest.map(age), plan.trace_id());
        metrics::settled("resent");
        self.settle(plan, &expected).await
    }

    /// Adds the rows of a range of before that the table lacks.
    async fn fill(&self, plan: &Plan) -> Result<(), Stored> {
        self.send_dead_letters(plan).await;
        metrics::settled("filled");
        match &plan.block {
            Some(block) => self.settle(plan, &Expected::of(plan, block, None)).await,
            None => Ok(()),
        }
    }

    /// Says what is about to be stored, and takes the rejects out of the way.
    async fn announce(&self, plan: &Plan) -> Result<(), Stored> {
        let intent = Intent {
            end: plan.offsets.end,
            rows: plan.block.as_ref().map_or(0, |block| block.rows as u64),
            dead_letters: plan.rejects.len() as u64,
            mask_rules: self.shared.rules.book().version(),
        };
        crash::at(Point::BeforeIntent);
        let step = plan.step("intent", Kind::Client);
        step.ended(self.commit(plan.offsets.start, Mark::Open(intent)).await)?;
        crash::at(Point::AfterIntent);
        self.send_dead_letters(plan).await;
        crash::at(Point::AfterDeadLetters);
        Ok(())
    }

    /// Sends dead letters until they are acknowledged: the position must not move past them before.
    async fn send_dead_letters(&self, plan: &Plan) {
        let rejects = plan.rejects.as_slice();
        let Some(first) = rejects.first() else { return };
        let mut step = plan.step("dead letters", Kind::Producer);
        step.set(Attribute::Rejects(rejects.len()));
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

    /// Writes a block until it is stored; returns how often that failed.
    async fn write(
        &self,
        plan: &Plan,
        block: &Block,
        slot: Option<OwnedSemaphorePermit>,
    ) -> Result<u32, Stored> {
        let _slot = match slot {
            Some(slot) => Some(slot),
            // Never closed.
            None => self.shared.capacities.of(self.partition).inserts.clone().acquire_owned().await.ok(),
        };
        self.shared.budget.take(tokio::time::Instant::now().into_std());
        crash::at(Point::BeforeInsert);
        let mut step = plan.step("insert", Kind::Client);
        let Shared { writer, health, .. } = &*self.shared;
        let written = write_until_stored(&**writer, block, health, plan.trace_id()).await;
        if let Ok(failed) = written {
            step.set(Attribute::Failed(failed));
        }
        step.set(Attribute::Bytes(block.bytes()));
        step.ended(written.map_err(|refused| {
            Stored::Refused(format!("block {} of {} rows: {refused}", block.token, block.rows))
        }))
    }

    /// Confirms that everything before an offset is stored, without a next batch.
    pub(super) async fn confirm(self, end: i64) -> Stored {
        crash::at(Point::BeforeConfirm);
        let confirmed = self.commit(end, Mark::Settled).await;
        crash::at(Point::AfterConfirm);
        confirmed.err().unwrap_or(Stored::Confirmed)
    }

    async fn commit(&self, offset: i64, mark: Mark) -> Result<(), Stored> {
        let Self { partition, assignment, .. } = *self;
        let confirmation = self.shared.commits.commit(Commit { partition, assignment, offset, mark }).await;
        metrics::committed(confirmation);
        match confirmation {
            Confirmation::Confirmed => Ok(()),
            Confirmation::Unknown => Err(Stored::Unsettled),
            Confirmation::Stale => Err(Stored::Stale),
        }
    }
}

impl Plan {
    /// A step of its trace, where it has one.
    pub(super) fn step(&self, name: &'static str, kind: Kind) -> Step {
        Step::of(self.traced.as_ref(), name, kind)
    }

    /// The trace it lies in, where it has one.
    fn trace_id(&self) -> Option<u128> {
        self.traced.as_ref().map(Storing::trace_id)
    }
}

impl Failed for Stored {
    fn why(&self) -> &'static str {
        match self {
            // These are no failures.
            Self::Done(_) | Self::Confirmed => "none",
            Self::Stale => "stale",
            Self::Unsettled => "unsettled",
            Self::Refused(_) => "refused",
        }
    }
}

/// How long ago a time was, given in unix milliseconds.
pub(super) fn age(millis: i64) -> Duration {
    let then = UNIX_EPOCH + Duration::from_millis(u64::try_from(millis).unwrap_or_default());
    SystemTime::now().duration_since(then).unwrap_or_default()
}
