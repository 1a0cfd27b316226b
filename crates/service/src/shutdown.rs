//! The order of a stop: a signal turns into one token that every task watches, and the process
//! waits for its tasks under one deadline.

use std::future::Future;
use std::time::Duration;

use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

/// Says when to stop. Clones share one state; [`child`](Self::child) makes one that can also be
/// stopped alone.
#[derive(Debug, Clone, Default)]
pub struct Shutdown {
    token: CancellationToken,
}

impl Shutdown {
    /// A shutdown that nothing triggers but [`trigger`](Self::trigger).
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A shutdown triggered by SIGTERM or SIGINT.
    ///
    /// # Errors
    /// When the signal handlers cannot be installed.
    pub fn on_signals() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let shutdown = Self::new();
        let (mut term, mut int) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        let triggered = shutdown.clone();
        tokio::spawn(async move {
            tokio::select! {
                _ = term.recv() => {}
                _ = int.recv() => {}
            }
            triggered.trigger();
        });
        Ok(shutdown)
    }

    /// A part's own shutdown: it stops with this one, or alone.
    #[must_use]
    pub fn child(&self) -> Self {
        Self { token: self.token.child_token() }
    }

    /// Tells everyone to stop.
    pub fn trigger(&self) {
        self.token.cancel();
    }

    /// Whether it is time to stop.
    #[must_use]
    pub fn is_triggered(&self) -> bool {
        self.token.is_cancelled()
    }

    /// Resolves when it is time to stop.
    pub fn triggered(&self) -> WaitForCancellationFutureOwned {
        self.token.clone().cancelled_owned()
    }

    /// Waits for `work` for `deadline` at most after the trigger; `None` when the deadline passed.
    pub async fn finish_within<T>(&self, deadline: Duration, work: impl Future<Output = T>) -> Option<T> {
        tokio::pin!(work);
        tokio::select! {
            done = &mut work => Some(done),
            () = self.triggered() => tokio::time::timeout(deadline, work).await.ok(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_deadline_counts_from_the_trigger() {
        let shutdown = Shutdown::new();
        let parent = shutdown.clone();
        tokio::spawn(async move { parent.trigger() });
        let never = std::future::pending::<()>();
        assert!(shutdown.finish_within(Duration::from_secs(5), never).await.is_none());
    }

    #[test]
    fn a_child_stops_alone() {
        let all = Shutdown::new();
        let one = all.child();
        one.trigger();
        assert!(one.is_triggered() && !all.is_triggered());
        all.trigger();
        assert!(all.is_triggered());
    }
}
