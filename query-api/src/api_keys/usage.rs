//! When and how much keys were used, as the events say that came with them. In: keys. Out: their use, or nothing when
//! ClickHouse does not say so soon: the list of keys does without.

use std::collections::BTreeMap;
use std::time::Duration;

use bataudit_control::keys::ApiKey;
use clickhouse::Row;
use serde::Deserialize;

use crate::app::App;
use crate::audit::range::DAY_MS;
use crate::audit::statement::keys::key_usage;

/// Days of which the events are counted, today included.
const DAYS: i64 = 30;
/// How long the list waits for it.
const PATIENCE: Duration = Duration::from_secs(1);

/// The use of keys.
#[derive(Debug, Default)]
pub(super) struct Usage {
    /// Since when it is counted, unix milliseconds.
    pub(super) since: i64,
    by_hash: BTreeMap<u64, Used>,
}

/// The use of one key.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Used {
    /// Events of the last 30 days.
    pub(super) recent: u64,
    /// When the last event was taken, unix milliseconds.
    pub(super) last: Option<i64>,
}

#[derive(Debug, Row, Deserialize)]
struct UsageRow {
    hash: u64,
    recent: u64,
    last_ms: i64,
}

impl Usage {
    /// What is known of these keys' use at `now`.
    pub(super) async fn of(app: &App, keys: &[ApiKey], now: i64) -> Option<Self> {
        let hashes: Vec<_> = keys.iter().map(|key| key.short_hash).collect();
        let statement = key_usage(&hashes, now - (DAYS - 1) * DAY_MS);
        // What failed has been logged and counted where it failed.
        let rows = tokio::time::timeout(PATIENCE, app.events.all::<UsageRow>(&statement)).await.ok()?.ok()?;
        let mut usage = Self::default();
        for row in rows {
            match row.hash {
                0 => usage.since = row.last_ms,
                hash => {
                    usage.by_hash.insert(hash, Used { recent: row.recent, last: Some(row.last_ms) });
                }
            }
        }
        Some(usage)
    }

    /// The use of a key.
    pub(super) fn of_key(&self, key: &ApiKey) -> Used {
        self.by_hash.get(&key.short_hash).copied().unwrap_or_default()
    }
}
