//! Every rollup recomputed from the rows and compared, key by key and column by column. One that falls short is
//! counted anew first, as sentinel would once its hour or day is over.

use std::collections::BTreeMap;

use bataudit_ledger::Confirmed;
use bataudit_ledger::rollups::mend;

use super::Verdict;
use crate::clickhouse::ClickHouse;
use crate::private_engine::KEEPER;

/// A rollup: its table, its key as the rows have it, and its columns as the rows give them.
struct Level {
    table: &'static str,
    key: &'static str,
    bucket: &'static str,
    columns: &'static [(&'static str, &'static str)],
    rows: &'static str,
}

const SERVICE: &str = "project_id, environment, source, service_name";
const ENDPOINT: &str = "project_id, environment, source, service_name, method, route";
const STATS: &[(&str, &str)] = &[
    ("events", "1"),
    ("status_2xx", "status_code BETWEEN 200 AND 299"),
    ("status_3xx", "status_code BETWEEN 300 AND 399"),
    ("errors_4xx", "status_code BETWEEN 400 AND 499"),
    ("errors_5xx", "status_code >= 500"),
    ("timed", "response_time > 0"),
    ("rt_sum", "response_time"),
];
const ENDPOINTS: &[(&str, &str)] = &[
    ("events", "1"),
    ("errors_4xx", "status_code BETWEEN 400 AND 499"),
    ("errors_5xx", "status_code >= 500"),
    ("timed", "response_time > 0"),
    ("rt_sum", "response_time"),
];
const USERS: &[(&str, &str)] = &[("events", "1"), ("errors", "status_code >= 400")];
const ERRORS: &[(&str, &str)] = &[("events", "1")];
const KEYS: &[(&str, &str)] = &[("events", "1")];
const ALL: &str = "NOT startsWith(event_type, 'system.')";
const KNOWN: &str = "identifier != '' AND NOT startsWith(event_type, 'system.')";
const FAILED: &str = "status_code >= 400 AND NOT startsWith(event_type, 'system.')";
const KEYED: &str = "key_hash != 0 AND NOT startsWith(event_type, 'system.')";

const LEVELS: [Level; 8] = [
    Level {
        table: "stats_minute",
        key: SERVICE,
        bucket: "toStartOfMinute(toDateTime(timestamp, 'UTC'))",
        columns: STATS,
        rows: ALL,
    },
    Level {
        table: "stats_hour",
        key: SERVICE,
        bucket: "toStartOfHour(toDateTime(timestamp, 'UTC'))",
        columns: STATS,
        rows: ALL,
    },
    Level {
        table: "stats_day",
        key: SERVICE,
        bucket: "toStartOfDay(toDateTime(timestamp, 'UTC'))",
        columns: STATS,
        rows: ALL,
    },
    Level {
        table: "endpoint_hour",
        key: ENDPOINT,
        bucket: "toStartOfHour(toDateTime(timestamp, 'UTC'))",
        columns: ENDPOINTS,
        rows: ALL,
    },
    Level {
        table: "endpoint_day",
        key: ENDPOINT,
        bucket: "toStartOfDay(toDateTime(timestamp, 'UTC'))",
        columns: ENDPOINTS,
        rows: ALL,
    },
    Level {
        table: "user_day",
        key: "project_id, environment, identifier",
        bucket: "toDate(timestamp)",
        columns: USERS,
        rows: KNOWN,
    },
    Level {
        table: "error_day",
        key: "project_id, environment, service_name, method, route, status_code",
        bucket: "toDate(timestamp)",
        columns: ERRORS,
        rows: FAILED,
    },
    Level {
        table: "key_day",
        key: "project_id, key_hash",
        bucket: "toDate(timestamp)",
        columns: KEYS,
        rows: KEYED,
    },
];

/// The time of the rows: all of it, for days ahead and weeks back.
const AROUND: i64 = 45 * 24 * 60 * 60 * 1000;

/// Adds every difference to the verdict.
pub(super) async fn compare(clickhouse: &ClickHouse, verdict: &mut Verdict) {
    let mut differ = false;
    for level in &LEVELS {
        differ |= clickhouse.number(&level.statement()).await > 0;
    }
    if !differ {
        return;
    }
    verdict.mended += mended(clickhouse).await;
    for level in &LEVELS {
        let differences = clickhouse.number(&level.statement()).await;
        if differences > 0 {
            verdict.rollup_differences += differences;
            let table = level.table;
            let by = clickhouse.ask(&level.surplus()).await;
            verdict.find(format!("{table} differs from the rows in {differences} of its sums: {by}"));
        }
    }
}

/// Counts anew what falls short: everything is stored and confirmed, so nothing comes in. Returns how many hours and
/// days that were.
async fn mended(clickhouse: &ClickHouse) -> u64 {
    let store = clickhouse.connection(KEEPER.0, KEEPER.1);
    let now = bataudit_control::clock::now_ms();
    let confirmed = Confirmed { epoch: String::new(), offsets: BTreeMap::new() };
    let days = now - AROUND..now + AROUND;
    let wrong = bataudit_ledger::rollups::check(&store, &days, None, &confirmed).await;
    let mended = mend::mend(&store, &wrong.expect("the rollups"), &confirmed, i64::MAX).await;
    mended.expect("ClickHouse counts them anew").len() as u64
}

impl Level {
    /// Which way it differs: events that it counts and that are no rows, and the other way round.
    fn surplus(&self) -> String {
        let Self { table, key, bucket, rows, .. } = self;
        format!(
            "SELECT concat(toString(sumIf(more, more > 0)), ' events too many, ', toString(-sumIf(more, more < 0)), \
             ' too few') FROM (SELECT {key}, at, sum(d) AS more FROM (\
             SELECT {key}, toString(bucket) AS at, toInt64(events) AS d FROM {table} UNION ALL \
             SELECT {key}, toString({bucket}) AS at, -1 AS d FROM events WHERE {rows}) GROUP BY {key}, at)"
        )
    }

    /// The rollup minus the rows, summed by key; what is left over differs.
    fn statement(&self) -> String {
        let Self { table, key, bucket, columns, rows } = self;
        let list = |each: &dyn Fn(&str, &str) -> String| {
            columns.iter().map(|(name, of)| each(name, of)).collect::<Vec<_>>().join(", ")
        };
        let rollup = list(&|name, _| format!("toInt64({name}) AS d_{name}"));
        let raw = list(&|name, of| format!("-toInt64({of}) AS d_{name}"));
        let sums = list(&|name, _| format!("sum(d_{name}) AS s_{name}"));
        let left = columns.iter().map(|(name, _)| format!("abs(s_{name})")).collect::<Vec<_>>().join(" + ");
        format!(
            "SELECT countIf({left} != 0) FROM (SELECT {key}, at, {sums} FROM (\
             SELECT {key}, toString(bucket) AS at, {rollup} FROM {table} UNION ALL \
             SELECT {key}, toString({bucket}) AS at, {raw} FROM events WHERE {rows}) GROUP BY {key}, at)"
        )
    }
}
