//! The order in which everything stops.
//!
//! In: all that runs. Out: nothing runs any more, within 10 s. Ingest goes first, so that nothing new is accepted; the
//! processor then stores what it has read; what only reads follows; and the children last, when nobody talks to them.
//! What does not end in time is cut off: everything acknowledged is in the broker's file by then.

use std::time::Duration;

use super::children::{ChildFailed, Supervised};
use super::services::Service;

/// Ingest answers what it has accepted.
const INGEST: Duration = Duration::from_millis(1500);
/// How long ingest itself waits for connections before it closes them, a little less.
pub(crate) const INGEST_DRAIN_MS: &str = "1000";
/// The processor inserts its batch and commits.
const PROCESSOR: Duration = Duration::from_millis(2000);
/// How long the processor itself waits for that before it leaves the rest to the next start, a little less.
pub(crate) const PROCESSOR_DRAIN_MS: &str = "1700";
/// Sentinel and query-api have nothing to lose; open pages are cut off.
const READERS: Duration = Duration::from_millis(1000);

/// The two children.
#[derive(Debug)]
pub(crate) struct Children {
    /// The Kafka-compatible broker.
    pub(crate) broker: Supervised,
    /// ClickHouse.
    pub(crate) engine: Supervised,
}

impl Children {
    /// Resolves when both answer.
    pub(crate) async fn answer(&mut self) -> Result<(), ChildFailed> {
        tokio::try_join!(self.broker.answers(), self.engine.answers()).map(drop)
    }

    /// Resolves when one of them cannot be kept alive.
    pub(crate) async fn fail(&mut self) -> ChildFailed {
        tokio::select! {
            failed = self.broker.fails() => failed,
            failed = self.engine.fails() => failed,
        }
    }

    /// Stops both.
    pub(crate) async fn stop(self) {
        tokio::join!(self.engine.stop(), self.broker.stop());
    }
}

/// The four services and the admin listener.
#[derive(Debug)]
pub(crate) struct Services {
    /// The gateway.
    pub(crate) ingest: Service,
    /// From the broker to ClickHouse.
    pub(crate) processor: Service,
    /// Keys to the gateway.
    pub(crate) sentinel: Service,
    /// REST and the dashboard.
    pub(crate) query_api: Service,
    /// `/live`, `/ready`, `/metrics`.
    pub(crate) admin: Service,
}

impl Services {
    /// Resolves when one of them ends by itself.
    pub(crate) async fn fail(&mut self) -> anyhow::Error {
        tokio::select! {
            error = self.ingest.fails() => error,
            error = self.processor.fails() => error,
            error = self.sentinel.fails() => error,
            error = self.query_api.fails() => error,
            error = self.admin.fails() => error,
        }
    }

    /// Stops them in their order.
    pub(crate) async fn stop(self) {
        self.ingest.stop(INGEST).await;
        self.processor.stop(PROCESSOR).await;
        tokio::join!(self.sentinel.stop(READERS), self.query_api.stop(READERS), self.admin.stop(READERS));
    }
}
