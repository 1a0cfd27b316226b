//! One sentinel works, the others stand by. Who works is a lease in the control store, renewed while
//! its holder lives; when it ends, whoever asks first takes over.

use std::time::Duration;

use bataudit_control::{Store, clock, lease};
use bataudit_service::{Readiness, Shutdown};
use uuid::Uuid;

use crate::metrics;

/// The lease's name in the control store.
const NAME: &str = "sentinel";
/// How long a lease lasts without renewal: the longest a killed sentinel stays unreplaced.
const TTL: Duration = Duration::from_secs(10);
/// How often it is renewed, or asked for.
const EVERY: Duration = Duration::from_secs(2);

/// Who this process is, and where the lease lies.
pub(crate) struct Lease {
    store: Store,
    holder: String,
}

impl Lease {
    /// A lease this process may take, under its name.
    #[must_use]
    pub(crate) fn new(store: Store, instance: Option<String>) -> Self {
        Self { store, holder: instance.unwrap_or_else(|| Uuid::new_v4().to_string()) }
    }

    /// Waits for the lease; `false` when the shutdown came first. Who gets it has `published` still
    /// before it: not before the first round do the gateways know what the control store holds.
    pub(crate) async fn acquire(
        &self,
        leading: &Readiness,
        published: &Readiness,
        shutdown: &Shutdown,
    ) -> bool {
        while !shutdown.is_triggered() {
            match lease::acquire(&self.store, NAME, &self.holder, clock::now_ms(), TTL).await {
                Ok(true) => {
                    metrics::active(true);
                    published.not_ready("publishing for the first time");
                    leading.ready();
                    return true;
                }
                // A standby publishes nothing, and is as ready as it can be.
                Ok(false) => {
                    published.ready();
                    leading.ready();
                }
                Err(error) => {
                    tracing::warn!(%error, "Could not ask for the sentinel lease; trying again.");
                    leading.not_ready(error.to_string());
                }
            }
            tokio::select! {
                () = shutdown.triggered() => {}
                () = tokio::time::sleep(EVERY) => {}
            }
        }
        false
    }

    /// Renews the lease until the shutdown, or until it is lost. It counts as lost when the store
    /// has not confirmed it for its whole life: another may hold it by then.
    pub(crate) async fn hold(&self, shutdown: &Shutdown) {
        let mut confirmed = tokio::time::Instant::now();
        loop {
            tokio::select! {
                () = shutdown.triggered() => break,
                () = tokio::time::sleep(EVERY) => {}
            }
            let asked = tokio::time::Instant::now();
            match lease::renew(&self.store, NAME, &self.holder, clock::now_ms(), TTL).await {
                Ok(true) => confirmed = asked,
                Ok(false) => break,
                Err(error) => tracing::warn!(%error, "Could not renew the sentinel lease."),
            }
            if confirmed.elapsed() + EVERY >= TTL {
                break;
            }
        }
        metrics::active(false);
    }

    /// Gives the lease up, so that a standby need not wait for its end.
    pub(crate) async fn release(&self) {
        if let Err(error) = lease::release(&self.store, NAME, &self.holder).await {
            tracing::warn!(%error, "Could not release the sentinel lease; it ends by itself.");
        }
    }
}
