//! One submission under way: a counter of its records, shared with the delivery callbacks, and one
//! wake-up when the last of them is settled. No future a record.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use tokio::sync::oneshot;

use super::PublishError;

/// A submission whose records are not all settled yet.
#[derive(Debug)]
pub(super) struct Pending {
    left: AtomicUsize,
    failure: OnceLock<PublishError>,
    done: Mutex<Option<oneshot::Sender<Result<(), PublishError>>>>,
}

impl Pending {
    /// A submission of `records`, and where its outcome arrives.
    pub(super) fn new(records: usize) -> (Self, oneshot::Receiver<Result<(), PublishError>>) {
        let (done, outcome) = oneshot::channel();
        let pending =
            Self { left: AtomicUsize::new(records), failure: OnceLock::new(), done: Mutex::new(Some(done)) };
        (pending, outcome)
    }

    /// Settles `records` of it. The first failure is the submission's.
    pub(super) fn settle(&self, records: usize, outcome: Result<(), PublishError>) {
        if let Err(failure) = outcome {
            self.failure.get_or_init(|| failure);
        }
        if records > 0 && self.left.fetch_sub(records, Ordering::AcqRel) == records {
            let outcome = self.failure.get().copied().map_or(Ok(()), Err);
            let done = self.done.lock().unwrap_or_else(PoisonError::into_inner).take();
            if done.is_some_and(|done| done.send(outcome).is_err()) {
                tracing::debug!("A submission was settled after its request had ended.");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_record_decides_when_and_the_first_failure_what() {
        let (pending, mut outcome) = Pending::new(4);
        pending.settle(1, Ok(()));
        pending.settle(1, Err(PublishError::RecordTooLarge));
        pending.settle(1, Err(PublishError::OutcomeUnknown));
        assert!(outcome.try_recv().is_err());
        pending.settle(1, Ok(()));
        assert_eq!(outcome.try_recv(), Ok(Err(PublishError::RecordTooLarge)));
    }
}
