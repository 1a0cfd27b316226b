//! Rows of the control store that nobody needs any more: sessions, invites, reset links and screens that are over,
//! failed logins that are forgotten, and what monitors saw long ago.

use std::time::Duration;

use bataudit_control::monitors::{checks, spans, trials};
use bataudit_control::{Result, Store, clock, invites, password_resets, screens, sessions, throttle};
use bataudit_service::Shutdown;

/// How often they are removed. What is over lets nobody in, whether its row is there or not.
const EVERY: Duration = Duration::from_secs(15 * 60);
/// How long an invite that is over stays, in milliseconds: until then who has it is told that it is.
const INVITES_STAY: i64 = 30 * 24 * 60 * 60 * 1000;
const DAY: i64 = 24 * 60 * 60 * 1000;
/// How long single checks of monitors stay.
const CHECKS_STAY: i64 = 7 * DAY;
/// How long it stays known when an address was up and down.
const SPANS_STAY: i64 = 400 * DAY;

/// Removes them until the shutdown.
pub(crate) async fn run(store: Store, shutdown: Shutdown) {
    while !shutdown.is_triggered() {
        match tidy(&store, clock::now_ms()).await {
            Ok(0) => {}
            Ok(removed) => tracing::debug!(removed, "Removed rows that are over."),
            Err(error) => tracing::warn!(%error, "Could not remove rows that are over; trying again."),
        }
        tokio::select! {
            () = shutdown.triggered() => {}
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

async fn tidy(store: &Store, now: i64) -> Result<u64> {
    Ok(sessions::remove_expired(store, now).await?
        + invites::remove_expired(store, now - INVITES_STAY).await?
        + password_resets::remove_expired(store, now).await?
        + screens::remove_expired(store, now).await?
        + throttle::remove_forgotten(store, now).await?
        + checks::remove_before(store, now - CHECKS_STAY).await?
        + spans::remove_before(store, now - SPANS_STAY).await?
        + trials::remove_before(store, now - DAY).await?)
}
