//! How much API keys are used. A key is named by its short hash and not by a project: one of the whole instance
//! writes to many, and whoever may revoke it must know of all. The handler sees to it that the caller may see the
//! keys.

use super::{Params, Statement};

/// The schema that began to count; see `deploy/clickhouse`.
const BEGAN: &str = "0009_key_usage";

/// For each of these keys that was used: its short hash, its events from the day of `since` on, and when the last
/// one was taken. And under the hash 0: when counting began.
pub(crate) fn key_usage(hashes: &[u64], since: i64) -> Statement {
    let mut params = Params::default();
    let (since, hashes) = (params.time(since), params.numbers(hashes));
    let sql = format!(
        "SELECT key_hash AS hash, sumIf(events, bucket >= toDate({since})) AS recent, \
           toUnixTimestamp64Milli(max(last_received)) AS last_ms \
         FROM key_day WHERE key_hash IN {hashes} GROUP BY hash \
         UNION ALL \
         SELECT toUInt64(0) AS hash, toUInt64(0) AS recent, toUnixTimestamp64Milli(min(applied_at)) AS last_ms \
         FROM schema_migrations WHERE name = '{BEGAN}'"
    );
    Statement { name: "key_usage", sql, params }
}
