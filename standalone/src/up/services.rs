//! One service of the line as a task of this process.
//!
//! In: its future and its own shutdown. Out: how it ended. It must not know which service it is.

use std::future::Future;
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use bataudit_service::Shutdown;
use tokio::task::{JoinError, JoinHandle};
use tokio::time::timeout;
use tracing::{info, warn};

use crate::reason;

/// A running service.
#[derive(Debug)]
pub(crate) struct Service {
    name: &'static str,
    stop: Shutdown,
    task: JoinHandle<anyhow::Result<()>>,
}

impl Service {
    /// Starts a service with a shutdown of its own, so that services can be stopped one after the other.
    pub(crate) fn start<F>(name: &'static str, service: impl FnOnce(Shutdown) -> F) -> Self
    where
        F: Future<Output = anyhow::Result<()>> + Send + 'static,
    {
        let stop = Shutdown::new();
        let task = tokio::spawn(service(stop.clone()));
        Self { name, stop, task }
    }

    /// Resolves when the service ends without having been asked to, with the reason. Not to be asked again afterwards.
    pub(crate) async fn fails(&mut self) -> anyhow::Error {
        let reason = match verdict((&mut self.task).await) {
            Ok(()) => anyhow!("it ended by itself"),
            Err(error) => error,
        };
        reason.context(format!("{} failed", self.name))
    }

    /// Stops the service, by force when it takes longer than `within`.
    pub(crate) async fn stop(mut self, within: Duration) {
        self.stop.trigger();
        if self.task.is_finished() {
            return;
        }
        let name = self.name;
        match timeout(within, &mut self.task).await.map(verdict) {
            Ok(Ok(())) => info!("Stopped {name}."),
            Ok(Err(error)) => warn!(reason = reason::of(error.as_ref()), "Failed while stopping: {name}."),
            Err(_) => {
                warn!("Cut off {name}, which did not stop within {} ms.", within.as_millis());
                self.task.abort();
            }
        }
    }
}

fn verdict(ended: Result<anyhow::Result<()>, JoinError>) -> anyhow::Result<()> {
    ended.context("it crashed; the log has the place").and_then(|result| result)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_service_that_ends_by_itself_has_failed() {
        let mut service = Service::start("ingest", |_| async { Ok(()) });
        assert_eq!(reason::of(service.fails().await.as_ref()), "ingest failed: it ended by itself");
        let mut service = Service::start("ingest", |_| async { Err(anyhow!("no broker")) });
        assert_eq!(reason::of(service.fails().await.as_ref()), "ingest failed: no broker");
    }

    #[tokio::test(start_paused = true)]
    async fn a_service_stops_when_asked_or_is_cut_off() {
        let polite = Service::start("ingest", |stop| async move {
            stop.triggered().await;
            Ok(())
        });
        polite.stop(Duration::from_secs(1)).await;
        let deaf = Service::start("ingest", |_| std::future::pending());
        deaf.stop(Duration::from_secs(1)).await;
    }
}
