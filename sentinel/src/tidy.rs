//! Rows of the control store that nobody needs any more: sessions that are over.

use std::time::Duration;

use bataudit_control::{Store, clock, sessions};
use bataudit_service::Shutdown;

/// How often they are removed. A session that is over lets nobody in, whether its row is there or not.
const EVERY: Duration = Duration::from_secs(15 * 60);

/// Removes them until the shutdown.
pub(crate) async fn run(store: Store, shutdown: Shutdown) {
    while !shutdown.is_triggered() {
        match sessions::remove_expired(&store, clock::now_ms()).await {
            Ok(0) => {}
            Ok(removed) => tracing::debug!(removed, "Removed sessions that are over."),
            Err(error) => tracing::warn!(%error, "Could not remove sessions that are over; trying again."),
        }
        tokio::select! {
            () = shutdown.triggered() => {}
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}
