//! The line of one partition: records in; rows, dead letters and commits out, in that order.
//!
//! While one batch is being stored, the next is formed, and no more: what does not fit waits in the
//! source, which pauses the partition. All lanes share one budget of memory, of early inserts and of
//! concurrent inserts.

mod store;

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bataudit_service::{Readiness, Shutdown};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::batch::{Former, InsertBudget, Limits};
use crate::commit::Commits;
use crate::convert::Converter;
use crate::dead_letter::DeadLetters;
use crate::mask::Masker;
use crate::record::{Input, Record};
use crate::recover::{Known, StoredRows};
use crate::write::RowWriter;

use store::{Load, Store, Stored};

/// Pause before the table is asked again what it holds.
const RECOVER_PAUSE: Duration = Duration::from_secs(1);

/// What all lanes of a processor share.
pub struct Shared {
    /// The events topic, as part of every token.
    pub topic: String,
    /// Tells the offsets of this topic from those of one of the same name before it.
    pub stream_epoch: String,
    /// Compiled rules.
    pub masker: Arc<Masker>,
    /// When a batch is due.
    pub limits: Limits,
    /// Early inserts.
    pub budget: InsertBudget,
    /// Bytes of records that are in batches.
    pub memory: Arc<Semaphore>,
    /// All the bytes there are.
    pub memory_bytes: u32,
    /// Inserts at the same time.
    pub inserts: Semaphore,
    /// Where rows go.
    pub writer: Arc<dyn RowWriter>,
    /// Where rejects go.
    pub dead_letters: Arc<dyn DeadLetters>,
    /// Where positions go.
    pub commits: Arc<dyn Commits>,
    /// What is in the table.
    pub stored: Arc<dyn StoredRows>,
    /// Whether ClickHouse works.
    pub health: Readiness,
}

/// One partition under one assignment, as the source gives it to a lane.
#[derive(Debug)]
pub struct Seat {
    /// The partition.
    pub partition: i32,
    /// The assignment.
    pub assignment: u64,
    /// The offset of the first record to come.
    pub start: i64,
    /// The records.
    pub inputs: UnboundedReceiver<Input>,
    /// Bytes of records that are in `inputs`; the lane counts down what it takes.
    pub queued: Arc<AtomicUsize>,
    /// Says that no more batches are to be begun.
    pub finish: Shutdown,
}

/// How a lane ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LaneEnd {
    /// It was told to finish, and everything it had begun is stored and confirmed.
    Finished,
    /// The partition went to another member.
    Stale,
    /// A block can never be stored: the partition must not go on, or it would skip it.
    Refused(String),
}

/// Runs the lane of one partition to its end.
pub async fn run(shared: Arc<Shared>, seat: Seat) -> LaneEnd {
    let finish = seat.finish.clone();
    let known = tokio::select! {
        known = recover(&shared, &seat) => known,
        () = finish.triggered() => return LaneEnd::Finished,
    };
    let lane = Lane {
        converter: Converter::new(seat.partition, shared.masker.clone()),
        former: Former::new(shared.limits, seat.start),
        load: Load::default(),
        store: Store { shared: shared.clone(), partition: seat.partition, assignment: seat.assignment },
        queue: Queue { inputs: seat.inputs, next: None, queued: seat.queued },
        storing: None,
        known,
        shared,
    };
    lane.run(finish).await
}

/// Asks the table until it answers: without the answer, rows would be stored twice.
async fn recover(shared: &Shared, seat: &Seat) -> Known {
    loop {
        match shared.stored.stored_from(seat.partition, seat.start).await {
            Ok(known) => {
                shared.health.ready();
                let (partition, start, rows) = (seat.partition, seat.start, known.len());
                tracing::info!(
                    partition,
                    start,
                    rows,
                    "The partition starts; rows past its start are stored already."
                );
                return known;
            }
            Err(error) => {
                shared.health.not_ready(error.to_string());
                tracing::warn!(partition = seat.partition, %error, "Cannot ask ClickHouse what it holds; asks again.");
                tokio::time::sleep(RECOVER_PAUSE).await;
            }
        }
    }
}

struct Lane {
    shared: Arc<Shared>,
    converter: Converter,
    former: Former,
    load: Load,
    store: Store,
    queue: Queue,
    storing: Option<JoinHandle<Stored>>,
    known: Known,
}

impl Lane {
    async fn run(mut self, finish: Shutdown) -> LaneEnd {
        let finish = finish.triggered();
        tokio::pin!(finish);
        loop {
            let due = self.former.due(&self.shared.budget).filter(|_| self.storing.is_none());
            let open = !self.former.is_large() || self.storing.is_none();
            tokio::select! {
                biased;
                () = &mut finish => return self.finish().await,
                end = storing(&mut self.storing) => if let Some(end) = self.stored(end) { return end },
                () = until(due) => self.begin(),
                admitted = self.queue.next(&self.shared), if open => match admitted {
                    Some(Admitted::Record(record, permit)) => {
                        if let Some(end) = self.take(record, permit).await {
                            return end;
                        }
                    }
                    Some(Admitted::Drained) => self.former.drained(),
                    None => return self.finish().await,
                },
            }
        }
    }

    /// Adds a record to the batch, which is cut before it where both would be too much for one block.
    async fn take(&mut self, record: Record, permit: OwnedSemaphorePermit) -> Option<LaneEnd> {
        self.known.forget_before(record.offset);
        let content = self.converter.convert(&record, &self.known);
        if self.former.is_full_for(&content) {
            if let Some(end) = self.settle().await {
                return Some(end);
            }
            self.begin();
        }
        self.former.add(record.offset, content, Instant::now().into_std());
        self.load.add(permit);
        None
    }

    /// Starts storing the batch formed so far. Nothing else is being stored.
    fn begin(&mut self) {
        let batch = self.former.cut();
        let load = std::mem::take(&mut self.load);
        self.storing = Some(tokio::spawn(self.store.clone().run(batch, load)));
    }

    /// Waits for the batch that is being stored.
    async fn settle(&mut self) -> Option<LaneEnd> {
        self.storing.as_ref()?;
        let end = storing(&mut self.storing).await;
        self.stored(end)
    }

    fn stored(&mut self, stored: Stored) -> Option<LaneEnd> {
        self.storing = None;
        match stored {
            Stored::Confirmed => None,
            Stored::Stale => Some(LaneEnd::Stale),
            Stored::Refused(why) => Some(LaneEnd::Refused(why)),
        }
    }

    /// Stores what was begun, and nothing more.
    async fn finish(mut self) -> LaneEnd {
        if let Some(end) = self.settle().await {
            return end;
        }
        if !self.former.is_empty() {
            self.begin();
        }
        self.settle().await.unwrap_or(LaneEnd::Finished)
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        // A lane that is aborted takes its insert with it.
        if let Some(storing) = &self.storing {
            storing.abort();
        }
    }
}

/// Resolves with the batch that is being stored; never, when there is none.
async fn storing(task: &mut Option<JoinHandle<Stored>>) -> Stored {
    match task {
        // A task that panicked has not confirmed anything, and its rows may be stored.
        Some(task) => task.await.unwrap_or_else(|error| Stored::Refused(format!("storing stopped: {error}"))),
        None => std::future::pending().await,
    }
}

async fn until(due: Option<std::time::Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due.into()).await,
        None => std::future::pending().await,
    }
}

/// The records that wait for the lane.
struct Queue {
    inputs: UnboundedReceiver<Input>,
    /// Taken from `inputs`, but not admitted yet: there was no memory.
    next: Option<Record>,
    queued: Arc<AtomicUsize>,
}

enum Admitted {
    Record(Record, OwnedSemaphorePermit),
    Drained,
}

impl Queue {
    /// The next input, a record once there is memory for it. May be cancelled without losing one.
    async fn next(&mut self, shared: &Shared) -> Option<Admitted> {
        if self.next.is_none() {
            match self.inputs.recv().await? {
                Input::Record(record) => self.next = Some(record),
                Input::Drained => return Some(Admitted::Drained),
            }
        }
        let size = self.next.as_ref().map_or(0, Record::size);
        let wanted = u32::try_from(size).unwrap_or(u32::MAX).clamp(1, shared.memory_bytes);
        let permit = shared.memory.clone().acquire_many_owned(wanted).await.ok()?;
        self.queued.fetch_sub(size, Ordering::Relaxed);
        self.next.take().map(|record| Admitted::Record(record, permit))
    }
}
