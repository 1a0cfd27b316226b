//! Waiting for a condition. The only place where a test lets time pass.

use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior, interval, timeout};

/// How often a condition is looked at.
const EVERY: Duration = Duration::from_millis(10);

/// Looks at a condition until it holds and returns what it found. `check` answers what it saw
/// instead while it does not hold.
///
/// # Panics
/// When it does not hold within `deadline`; the message names `what` and what was seen last.
pub async fn eventually<T>(
    what: &str,
    deadline: Duration,
    mut check: impl AsyncFnMut() -> Result<T, String>,
) -> T {
    let end = Instant::now() + deadline;
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut seen = "nothing yet".to_owned();
    loop {
        ticks.tick().await;
        match timeout(end.saturating_duration_since(Instant::now()), check()).await {
            Ok(Ok(found)) => return found,
            Ok(Err(instead)) => seen = instead,
            Err(_) => {}
        }
        assert!(Instant::now() < end, "not within {deadline:?}: {what}. Last seen: {seen}");
    }
}

/// Lets this much time pass: how long a fault lasts is part of the fault. Never a way to wait for
/// something to have happened.
pub async fn lasting(time: Duration) {
    tokio::time::sleep(time).await;
}

/// A condition of [`eventually`] that is only true or false.
///
/// # Errors
/// `instead` when it is false.
pub fn holds(condition: bool, instead: impl Into<String>) -> Result<(), String> {
    if condition { Ok(()) } else { Err(instead.into()) }
}
