//! The line of one partition: records in; intents, dead letters, rows and confirmations out, in that
//! order.
//!
//! While one batch is being stored, the next is formed, and no more: what does not fit waits in the
//! source, which pauses the partition. The lanes of a shard share its memory and its inserts, all lanes one budget of early
//! inserts. A batch is cut when it may be inserted, not before: while others are, it grows. A lane begins by asking what was
//! left unfinished, and forms that first.

mod begin;
mod capacity;
mod course;
mod queue;
mod seat;
mod settle;
mod slot;
mod store;

#[cfg(test)]
mod model;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use bataudit_service::Shutdown;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::batch::{Content, Former};
use crate::convert::Converter;
use crate::incident::{Incident, report};
use crate::record::Record;
use crate::repeat::Repeats;

use begin::Begun;
use course::{Arrival, Course};
use queue::{Admitted, Queue};
use slot::Slot;
use store::{Job, Load, Store, Stored};

pub use capacity::{Capacities, Capacity};
pub use seat::{LaneEnd, Seat, Shared};

/// How long a lane waits for a next batch, whose intent confirms the one before, until it confirms
/// without.
const LINGER: Duration = Duration::from_millis(100);

/// Runs the lane of one partition to its end.
pub async fn run(shared: Arc<Shared>, seat: Seat) -> LaneEnd {
    let finish = seat.finish.clone();
    let begun = tokio::select! {
        begun = begin::begin(&shared, &seat) => begun,
        () = finish.triggered() => return LaneEnd::Finished,
    };
    match begun {
        Ok(begun) => Lane::new(shared, seat, begun).run(finish).await,
        Err(end) => end,
    }
}

struct Lane {
    shared: Arc<Shared>,
    converter: Converter,
    /// What the record at hand became; kept for its memory.
    content: Content,
    repeats: Repeats,
    former: Former,
    course: Course,
    load: Load,
    /// Held while a batch with given borders is formed and stored.
    gate: Option<OwnedSemaphorePermit>,
    exact: Arc<Semaphore>,
    store: Store,
    queue: Queue,
    slot: Slot,
    storing: Option<JoinHandle<Stored>>,
    /// Stored up to here, but not confirmed; and since when.
    unconfirmed: Option<(i64, Instant)>,
    busy: Arc<AtomicBool>,
    /// The next batch is the first of this lane: what was before it is not known for sure.
    is_first: bool,
}

impl Lane {
    fn new(shared: Arc<Shared>, seat: Seat, begun: Begun) -> Self {
        let Seat { partition, assignment, inputs, queued, busy, .. } = seat;
        let capacity = shared.capacities.of(partition).clone();
        let home = begun.home;
        let mut former = Former::new(shared.limits, begun.start);
        former.set_border(begun.course.border(begun.start));
        Self {
            converter: Converter::new(partition, shared.rules.clone()),
            content: Content::default(),
            repeats: Repeats::new(home, shared.ids.clone(), shared.repeat_bytes),
            former,
            course: begun.course,
            load: Load::default(),
            gate: None,
            store: Store { shared: shared.clone(), partition, home, assignment },
            slot: Slot::new(capacity.inserts.clone()),
            exact: capacity.exact.clone(),
            queue: Queue::new(inputs, queued, (shared.rules.clone(), capacity)),
            storing: None,
            unconfirmed: begun.confirm.map(|end| (end, Instant::now())),
            busy,
            is_first: true,
            shared,
        }
    }

    async fn run(mut self, finish: Shutdown) -> LaneEnd {
        let finish = finish.triggered();
        tokio::pin!(finish);
        loop {
            let due = self.former.due(&self.shared.budget).filter(|_| self.storing.is_none());
            let confirm = self.confirm_due();
            let open = !self.former.is_large();
            // A batch that may not be cut yet must not wait for memory that it holds itself.
            let held = if self.former.may_end() { 0 } else { self.load.bytes() };
            tokio::select! {
                biased;
                () = &mut finish => return self.finish().await,
                end = storing(&mut self.storing) => if let Some(end) = self.stored(end) { return end },
                slot = self.slot.when(due.map(Into::into)) => self.begin(slot),
                () = until(confirm) => self.confirm(),
                admitted = self.queue.next(held), if open => match admitted {
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

    /// Adds a record to the batch, which is cut before it where both would be too much for one block,
    /// or where a batch of before ended.
    async fn take(&mut self, record: Record, permit: OwnedSemaphorePermit) -> Option<LaneEnd> {
        match self.course.arrive(&record) {
            Arrival::Next => {}
            Arrival::Known => return None,
            Arrival::After(incident) => self.report(&incident).await,
            Arrival::Other(incident) => {
                self.report(&incident).await;
                return Some(LaneEnd::Refused(incident.detail));
            }
            Arrival::Beyond(at) => return Some(self.resume(at).await),
        }
        self.busy.store(true, Ordering::Relaxed);
        self.convert(&record);
        self.repeats.mark(&mut self.content);
        while self.former.is_full_for(record.offset, &self.content) {
            if self.former.is_empty() {
                self.former.pass_border();
                self.aim();
                continue;
            }
            if let Some(end) = self.settle().await {
                return Some(end);
            }
            self.begin_in_turn().await;
        }
        if self.course.is_exact(self.former.start()) && self.gate.is_none() {
            // Never closed.
            self.gate = self.exact.clone().acquire_owned().await.ok();
        }
        self.former.add(record.offset, &mut self.content, Instant::now().into_std());
        self.load.add(permit);
        None
    }

    /// Makes content of a record, and notes that in its traces.
    fn convert(&mut self, record: &Record) {
        let began = record.traced.as_deref().map(|traced| (traced, SystemTime::now()));
        self.converter.convert(record, &mut self.content);
        if let Some((traced, began)) = began {
            let Store { shared, partition, .. } = &self.store;
            self.content.consumed.note(&shared.tracer, traced, (*partition, record.offset), began);
        }
    }

    async fn report(&self, incident: &Incident) {
        report(&*self.shared.incidents, self.store.partition, incident, &self.shared.health).await;
    }

    /// Starts storing the batch formed so far as soon as it may be inserted. Nothing else is being stored.
    async fn begin_in_turn(&mut self) {
        let slot = self.slot.when(Some(Instant::now())).await;
        self.begin(slot);
    }

    /// Starts storing the batch formed so far. Nothing else is being stored.
    fn begin(&mut self, slot: Option<OwnedSemaphorePermit>) {
        let mode = self.course.mode(self.former.start());
        let batch = self.former.cut();
        self.aim();
        let job = Job {
            batch,
            mode,
            is_first: std::mem::take(&mut self.is_first),
            load: std::mem::take(&mut self.load),
            gate: self.gate.take(),
            slot,
        };
        self.storing = Some(tokio::spawn(self.store.clone().run(job)));
    }

    /// Sets the border of the batch that begins now.
    fn aim(&mut self) {
        let start = self.former.start();
        self.course.pass(start);
        self.former.set_border(self.course.border(start));
    }

    /// When the last batch is confirmed, if no next one does it.
    fn confirm_due(&self) -> Option<Instant> {
        let (_, since) = self.unconfirmed?;
        (self.storing.is_none() && self.former.is_empty()).then(|| since + LINGER)
    }

    /// Starts confirming without a next batch. Nothing is being stored.
    fn confirm(&mut self) {
        if let Some((end, _)) = self.unconfirmed {
            self.storing = Some(tokio::spawn(self.store.clone().confirm(end)));
        }
    }

    /// Waits for what is being stored.
    async fn settle(&mut self) -> Option<LaneEnd> {
        self.storing.as_ref()?;
        let end = storing(&mut self.storing).await;
        self.stored(end)
    }

    fn stored(&mut self, stored: Stored) -> Option<LaneEnd> {
        self.storing = None;
        match stored {
            Stored::Done(end) => self.unconfirmed = Some((end, Instant::now())),
            Stored::Confirmed => {
                self.unconfirmed = None;
                self.busy.store(!self.former.is_empty(), Ordering::Relaxed);
            }
            Stored::Stale => return Some(LaneEnd::Stale),
            Stored::Unsettled => return Some(LaneEnd::Unsettled),
            Stored::Refused(why) => return Some(LaneEnd::Refused(why)),
        }
        None
    }

    /// Stores and confirms what was begun, and nothing more.
    async fn finish(mut self) -> LaneEnd {
        self.end().await.unwrap_or(LaneEnd::Finished)
    }

    /// Ends as one that finishes, but to be begun anew.
    async fn resume(&mut self, at: i64) -> LaneEnd {
        self.end().await.unwrap_or(LaneEnd::Resume(at))
    }

    async fn end(&mut self) -> Option<LaneEnd> {
        if let Some(end) = self.settle().await {
            return Some(end);
        }
        // One that must end further on is left to whoever comes next.
        if !self.former.is_empty() && self.former.may_end() {
            self.begin_in_turn().await;
            if let Some(end) = self.settle().await {
                return Some(end);
            }
        }
        self.confirm();
        self.settle().await
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

/// Resolves with what is being stored; never, when nothing is.
async fn storing(task: &mut Option<JoinHandle<Stored>>) -> Stored {
    match task {
        // A task that panicked has not confirmed anything, and its rows may be stored.
        Some(task) => task.await.unwrap_or_else(|error| Stored::Refused(format!("storing stopped: {error}"))),
        None => std::future::pending().await,
    }
}

async fn until(due: Option<Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due).await,
        None => std::future::pending().await,
    }
}
