//! The clock of the control store: unix milliseconds of this machine. Functions that judge by time
//! take it as an argument, so that tests need not wait.

use std::time::{SystemTime, UNIX_EPOCH};

/// Now, in unix milliseconds.
#[must_use]
pub fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
