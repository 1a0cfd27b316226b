//! The bytes that requests may take at one time: their bodies, what connections hold of them, and answers. A request
//! reserves what it is about to take before it takes it; when nothing is left it is refused at once instead of waiting.

use std::sync::Arc;

use bataudit_service::listener::BUFFER_BYTES;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::metrics;
use crate::respond::Refusal;

/// What a body takes that is read from a connection, whose buffer grows with it. Half as much again is what the allocator
/// held beside it in an outage of the brokers, when nothing but waiting bodies filled the memory.
pub(crate) fn received(body: usize) -> usize {
    let bytes = body.saturating_add(body.min(BUFFER_BYTES));
    bytes.saturating_add(bytes / 2)
}

/// All bytes there are.
#[derive(Debug, Clone)]
pub(crate) struct Budget {
    free: Arc<Semaphore>,
    total: usize,
}

/// The bytes one request holds, given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Reservation {
    budget: Budget,
    held: OwnedSemaphorePermit,
}

impl Budget {
    pub(crate) fn new(total: usize) -> Self {
        let total = total.min(u32::MAX as usize);
        Self { free: Arc::new(Semaphore::new(total)), total }
    }

    /// Reserves the first `bytes` of a request.
    pub(crate) fn reserve(&self, bytes: usize) -> Result<Reservation, Refusal> {
        let held = self.take(bytes)?;
        Ok(Reservation { budget: self.clone(), held })
    }

    fn take(&self, bytes: usize) -> Result<OwnedSemaphorePermit, Refusal> {
        let bytes = u32::try_from(bytes).map_err(|_| Refusal::Overloaded)?;
        let taken = Arc::clone(&self.free).try_acquire_many_owned(bytes);
        let taken = taken.map_err(|_| Refusal::Overloaded)?;
        metrics::in_flight(self.used());
        Ok(taken)
    }

    fn used(&self) -> usize {
        self.total - self.free.available_permits()
    }
}

impl Reservation {
    /// Makes the reservation at least `bytes` large.
    pub(crate) fn cover(&mut self, bytes: usize) -> Result<(), Refusal> {
        let missing = bytes.saturating_sub(self.held.num_permits());
        self.add(missing)
    }

    /// Makes it `bytes` larger.
    pub(crate) fn add(&mut self, bytes: usize) -> Result<(), Refusal> {
        if bytes > 0 {
            self.held.merge(self.budget.take(bytes)?);
        }
        Ok(())
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        let after = self.budget.used().saturating_sub(self.held.num_permits());
        metrics::in_flight(after);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_cannot_be_had_and_comes_back() {
        let budget = Budget::new(100);
        let mut first = budget.reserve(60).unwrap();
        assert!(budget.reserve(41).is_err());
        first.cover(50).unwrap();
        assert_eq!(budget.used(), 60);
        first.cover(100).unwrap();
        assert!(budget.reserve(1).is_err());
        assert!(first.cover(101).is_err() && first.add(1).is_err());
        drop(first);
        assert!(budget.reserve(100).is_ok());
    }
}
