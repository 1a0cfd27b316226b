//! One submission under way: a counter of its parts, shared by the records they travel in, and one
//! wake-up when the last of them is settled. No future a part. It must not know where a part is.

use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use tokio::sync::oneshot;

use super::PublishError;
use super::traced::Traced;

/// What becomes of a submission, or of a part of it.
pub(super) type Outcome = Result<(), PublishError>;

/// A submission whose parts are not all settled yet.
#[derive(Debug)]
pub(super) struct Pending {
    left: AtomicUsize,
    /// A bit for each kind of outcome that a part had.
    seen: AtomicU8,
    done: Mutex<Option<oneshot::Sender<Outcome>>>,
    /// Its trace, where it has one.
    pub(super) traced: Option<Box<Traced>>,
}

impl Pending {
    /// A submission of `parts`, and where its outcome arrives.
    pub(super) fn new(parts: usize, traced: Option<Traced>) -> (Self, oneshot::Receiver<Outcome>) {
        let (done, outcome) = oneshot::channel();
        let pending = Self {
            left: AtomicUsize::new(parts),
            seen: AtomicU8::new(0),
            done: Mutex::new(Some(done)),
            traced: traced.map(Box::new),
        };
        (pending, outcome)
    }

    /// Settles one part.
    pub(super) fn settle(&self, outcome: Outcome) {
        self.seen.fetch_or(bit(outcome), Ordering::Relaxed);
        if self.left.fetch_sub(1, Ordering::AcqRel) == 1 {
            let outcome = worst(self.seen.load(Ordering::Relaxed));
            let done = self.done.lock().unwrap_or_else(PoisonError::into_inner).take();
            if done.is_some_and(|done| done.send(outcome).is_err()) {
                tracing::debug!("A submission was settled after its request had ended.");
            }
        }
    }
}

fn bit(outcome: Outcome) -> u8 {
    match outcome {
        Ok(()) => 1,
        Err(PublishError::Overloaded) => 1 << 1,
        Err(PublishError::Unavailable) => 1 << 2,
        Err(PublishError::OutcomeUnknown) => 1 << 3,
        Err(PublishError::RecordTooLarge) => 1 << 4,
    }
}

/// The worst of the outcomes whose bits are set. "Nothing was sent" is not true of a submission of
/// which a part is stored: of that nobody knows as a whole.
fn worst(seen: u8) -> Outcome {
    let has = |failure| seen & bit(Err(failure)) != 0;
    let stored = seen & bit(Ok(())) != 0;
    match () {
        () if has(PublishError::RecordTooLarge) => Err(PublishError::RecordTooLarge),
        () if seen == bit(Ok(())) => Ok(()),
        () if stored || has(PublishError::OutcomeUnknown) => Err(PublishError::OutcomeUnknown),
        () if has(PublishError::Unavailable) => Err(PublishError::Unavailable),
        () => Err(PublishError::Overloaded),
    }
}

#[cfg(test)]
mod tests {
    use PublishError::*;

    use super::*;

    fn of(outcomes: &[Outcome]) -> Outcome {
        let (pending, mut outcome) = Pending::new(outcomes.len(), None);
        for settled in outcomes {
            assert!(outcome.try_recv().is_err(), "settled before its last part was");
            pending.settle(*settled);
        }
        outcome.try_recv().unwrap()
    }

    #[test]
    fn the_last_part_decides_when_and_the_worst_what() {
        assert_eq!(of(&[Ok(()), Ok(())]), Ok(()));
        assert_eq!(of(&[Ok(()), Err(OutcomeUnknown), Err(RecordTooLarge), Ok(())]), Err(RecordTooLarge));
        assert_eq!(of(&[Err(Overloaded), Err(Unavailable)]), Err(Unavailable));
        assert_eq!(of(&[Err(Overloaded)]), Err(Overloaded));
    }

    #[test]
    fn nothing_was_sent_is_said_of_nothing_only() {
        assert_eq!(of(&[Err(Unavailable), Ok(())]), Err(OutcomeUnknown));
        assert_eq!(of(&[Ok(()), Err(Overloaded)]), Err(OutcomeUnknown));
        assert_eq!(of(&[Err(OutcomeUnknown), Err(Unavailable)]), Err(OutcomeUnknown));
    }
}
