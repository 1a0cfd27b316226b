//! Times out: RFC 3339, UTC, with milliseconds.

use chrono::{DateTime, SecondsFormat};

/// Unix milliseconds as text.
pub(crate) fn rfc3339(unix_ms: i64) -> String {
    let time = DateTime::from_timestamp_millis(unix_ms).unwrap_or_default();
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}
