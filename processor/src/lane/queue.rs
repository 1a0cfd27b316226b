//! The records that wait for a lane: each comes out once there are rules to mask it by and memory for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::mpsc::UnboundedReceiver;

use super::capacity::Capacity;
use crate::record::{Input, Record};
use crate::rules::Rules;

pub(super) struct Queue {
    inputs: UnboundedReceiver<Input>,
    /// Taken from `inputs`, but not admitted yet: there was no memory.
    next: Option<Record>,
    queued: Arc<AtomicUsize>,
    rules: Rules,
    capacity: Capacity,
}

pub(super) enum Admitted {
    Record(Record, OwnedSemaphorePermit),
    Drained,
}

impl Queue {
    pub(super) fn new(
        inputs: UnboundedReceiver<Input>,
        queued: Arc<AtomicUsize>,
        (rules, capacity): (Rules, Capacity),
    ) -> Self {
        Self { inputs, next: None, queued, rules, capacity }
    }

    /// The next input, a record once there are rules to mask it by and memory for it, apart from the `held` bytes of its
    /// batch. May be cancelled without losing one.
    pub(super) async fn next(&mut self, held: usize) -> Option<Admitted> {
        self.rules.usable().await;
        if self.next.is_none() {
            match self.inputs.recv().await? {
                Input::Record(record) => self.next = Some(record),
                Input::Drained => return Some(Admitted::Drained),
            }
        }
        let room = self.next.as_ref().map_or(0, Record::room);
        let permit = self.capacity.reserve(room, held).await?;
        let record = self.next.take()?;
        self.queued.fetch_sub(record.size(), Ordering::Relaxed);
        Some(Admitted::Record(record, permit))
    }
}
