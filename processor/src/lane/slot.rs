//! A lane's turn to insert.

use std::future::pending;
use std::pin::Pin;
use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

type Waiting = Pin<Box<dyn Future<Output = Option<OwnedSemaphorePermit>> + Send + Sync>>;

/// Waits for one of the inserts that the lanes of a shard share, in the order of those who ask.
pub(super) struct Slot {
    inserts: Arc<Semaphore>,
    /// The place in the queue, kept while the lane does other things.
    waiting: Option<Waiting>,
}

impl Slot {
    pub(super) fn new(inserts: Arc<Semaphore>) -> Self {
        Self { inserts, waiting: None }
    }

    /// Resolves once the batch is due and has its turn; never, when it is not due at all. May be cancelled without losing
    /// the place in the queue, until it is asked with a time that has not come.
    pub(super) async fn when(&mut self, due: Option<Instant>) -> Option<OwnedSemaphorePermit> {
        if due.is_none_or(|due| due > Instant::now()) {
            self.waiting = None;
        }
        match due {
            Some(due) => tokio::time::sleep_until(due).await,
            None => pending().await,
        }
        let waiting = self.waiting.get_or_insert_with(|| {
            let inserts = self.inserts.clone();
            // Never closed.
            Box::pin(async move { inserts.acquire_owned().await.ok() })
        });
        let slot = waiting.await;
        self.waiting = None;
        slot
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures::FutureExt as _;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_place_is_kept_while_it_is_not_asked_for() {
        let inserts = Arc::new(Semaphore::new(1));
        let (mut first, mut second) = (Slot::new(inserts.clone()), Slot::new(inserts.clone()));
        let busy = inserts.clone().acquire_owned().await.unwrap();
        let now = Some(Instant::now());
        assert!(first.when(now).now_or_never().is_none());
        assert!(second.when(now).now_or_never().is_none());
        drop(busy);
        assert!(second.when(now).now_or_never().is_none(), "it is the first one's turn");
        let held = first.when(now).now_or_never().flatten();
        assert!(held.is_some());
        drop(held);
        assert!(second.when(now).now_or_never().flatten().is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn a_batch_that_is_not_due_any_more_holds_up_nobody() {
        let inserts = Arc::new(Semaphore::new(1));
        let (mut first, mut second) = (Slot::new(inserts.clone()), Slot::new(inserts.clone()));
        let busy = inserts.clone().acquire_owned().await.unwrap();
        assert!(first.when(Some(Instant::now())).now_or_never().is_none());
        drop(busy);
        assert!(first.when(Some(Instant::now() + Duration::from_secs(1))).now_or_never().is_none());
        assert!(second.when(Some(Instant::now())).now_or_never().flatten().is_some());
        assert!(first.when(None).now_or_never().is_none());
    }
}
