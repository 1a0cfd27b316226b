//! The certificate of an erasure: what was there, what went, what stayed and why. Pure. query-api signs it when it is
//! read. It names the person by a hash only.

use bataudit_control::erasures::Erasure;
use chrono::{DateTime, SecondsFormat};
use serde::Serialize;

/// What an erasure does not reach; said in every certificate.
const NOT_COVERED: [&str; 4] = [
    "Kafka keeps every event for the retention of its topic; after that it is gone there too.",
    "Dead letters hold an event redacted by the masking rules, for the retention of their topic.",
    "Counts that name nobody (by time, service, endpoint, error and API key) stay.",
    "Exports that were taken, or were under way, hold what they were taken of; those known are listed.",
];

/// What happened in a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) struct TableCounts {
    pub(crate) table: &'static str,
    /// Rows of the person when the erasure began.
    pub(crate) before: u64,
    /// Rows of theirs that are under a legal hold, and stay.
    pub(crate) held: u64,
    pub(crate) removed: u64,
    /// Rows of the person when it ended, apart from those held.
    pub(crate) after: u64,
}

#[derive(Serialize)]
struct Certificate<'a> {
    version: u8,
    erasure_id: &'a str,
    project_id: &'a str,
    field: &'a str,
    subject_sha256: &'a str,
    reason: &'a str,
    requested_by: &'a str,
    requested_at: String,
    /// What was stored before then is what this is about.
    stored_before: String,
    finished_at: String,
    tables: &'a [TableCounts],
    exports: &'a [String],
    not_covered: [&'static str; 4],
}

/// The certificate as JSON.
pub(crate) fn write(
    erasure: &Erasure,
    (started_at, finished_at): (i64, i64),
    tables: &[TableCounts],
    exports: &[String],
) -> String {
    let certificate = Certificate {
        version: 1,
        erasure_id: &erasure.id,
        project_id: &erasure.project_id,
        field: &erasure.field,
        subject_sha256: &erasure.subject_hash,
        reason: &erasure.reason,
        requested_by: &erasure.requested_by,
        requested_at: time(erasure.requested_at),
        stored_before: time(started_at),
        finished_at: time(finished_at),
        tables,
        exports,
        not_covered: NOT_COVERED,
    };
    // Texts and numbers: serialising them cannot fail.
    serde_json::to_string(&certificate).unwrap_or_default()
}

fn time(unix_ms: i64) -> String {
    let time = DateTime::from_timestamp_millis(unix_ms).unwrap_or_default();
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}
