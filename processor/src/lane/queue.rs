//! The records that wait for a lane: each comes out once there are rules to mask it by and memory for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::mpsc::UnboundedReceiver;

use super::Shared;
use crate::record::{Input, Record};

pub(super) struct Queue {
    inputs: UnboundedReceiver<Input>,
    /// Taken from `inputs`, but not admitted yet: there was no memory.
    next: Option<Record>,
    queued: Arc<AtomicUsize>,
}

pub(super) enum Admitted {
    Record(Record, OwnedSemaphorePermit),
    Drained,
}

impl Queue {
    pub(super) fn new(inputs: UnboundedReceiver<Input>, queued: Arc<AtomicUsize>) -> Self {
        Self { inputs, next: None, queued }
    }

    /// The next input, a record once there are rules to mask it by and memory for it, apart from the `held` bytes of its batch, which
    /// will not be free before. May be cancelled without losing one.
    pub(super) async fn next(&mut self, shared: &Shared, held: usize) -> Option<Admitted> {
        shared.rules.usable().await;
        if self.next.is_none() {
            match self.inputs.recv().await? {
                Input::Record(record) => self.next = Some(record),
                Input::Drained => return Some(Admitted::Drained),
            }
        }
        let size = self.next.as_ref().map_or(0, Record::size);
        let wanted = u32::try_from(size).unwrap_or(u32::MAX).max(1);
        let spare = shared.memory_bytes.saturating_sub(u32::try_from(held).unwrap_or(u32::MAX));
        let permit = shared.memory.clone().acquire_many_owned(wanted.min(spare)).await.ok()?;
        self.queued.fetch_sub(size, Ordering::Relaxed);
        self.next.take().map(|record| Admitted::Record(record, permit))
    }
}
