//! Statements over the stores themselves: how much is in which table, and what went wrong before it came there. Those
//! without a scope hold nothing of a project, and are for who looks after the installation.

use bataudit_store::cluster::Sizes;

use super::super::range::Range;
use super::{BESIDE, Params, Statement};
use crate::auth::Scope;

/// Every table that grows with the events, and the column of its times.
const TABLES: [(&str, &str); 8] = [
    ("events", "timestamp"),
    ("stats_minute", "bucket"),
    ("stats_hour", "bucket"),
    ("stats_day", "bucket"),
    ("endpoint_hour", "bucket"),
    ("endpoint_day", "bucket"),
    ("user_day", "bucket"),
    ("error_day", "bucket"),
];
/// Rows whose size stands for that of all.
const SAMPLE: u32 = 1_000;

/// Events of each project, and from when to when.
pub(crate) fn stored(scope: &Scope, range: Range) -> Statement {
    let mut params = Params::default();
    let conditions = params.events(scope, range).join(" AND ");
    let sql = format!(
        "SELECT toString(project_id) AS project, count() AS row_count, \
           toUnixTimestamp64Milli(min(timestamp)) AS oldest_ms, toUnixTimestamp64Milli(max(timestamp)) AS newest_ms \
         FROM events WHERE {conditions} GROUP BY project_id ORDER BY row_count DESC, project LIMIT 10000"
    );
    Statement { name: "stored", sql, params }
}

/// How many events were masked, and in how many fields, of those that a gateway took from `from` (unix ms, a whole hour)
/// on and before `to`: by hour, then by project. Answered by the projection `masked` of `0012_masked.sql`, if nothing else
/// is asked for.
pub(crate) fn masked(scope: &Scope, from: i64, to: i64) -> [Statement; 2] {
    let by = |name, project, hour, group| {
        let mut params = Params::default();
        let (projects, from, to) = (params.projects(scope), params.time(from), params.time(to));
        let sql = format!(
            "SELECT {project} AS project, {hour} AS hour_ms, countIf(masked_fields > 0) AS events, \
               sum(masked_fields) AS fields \
             FROM events WHERE {projects} AND toStartOfHour(received_at) >= {from} AND toStartOfHour(received_at) < {to} \
             GROUP BY {group} LIMIT 100000{BESIDE}"
        );
        Statement { name, sql, params }
    };
    let hour = "toInt64(toUnixTimestamp(toStartOfHour(received_at))) * 1000";
    [
        by("masked_by_hour", "''", hour, "toStartOfHour(received_at)"),
        by("masked_by_project", "toString(project_id)", "toInt64(0)", "project_id"),
    ]
}

/// The bytes of an event of one project before compression, on average over the latest.
pub(crate) fn row_size(project: &Scope, range: Range) -> Statement {
    let mut params = Params::default();
    let conditions = params.events(project, range).join(" AND ");
    let sql = format!(
        "SELECT avg(size) AS size FROM (SELECT byteSize(*) AS size FROM events WHERE {conditions} \
         ORDER BY timestamp DESC LIMIT {SAMPLE})"
    );
    Statement { name: "row_size", sql, params }
}

/// Rows and bytes of every table, as ClickHouse knows them without reading any; of all shards together.
pub(crate) fn tables(sizes: &Sizes) -> Statement {
    let names = TABLES.map(|(name, _)| format!("'{name}'")).join(", ");
    let sum = |column| format!("toUInt64(ifNull(sum({column}), 0))");
    let sql = format!(
        "SELECT name, {} AS row_count, {} AS bytes, {} AS uncompressed \
         FROM {} WHERE database = '{}' AND name IN ({names}) GROUP BY name ORDER BY indexOf([{names}], name)",
        sum("total_rows"),
        sum("total_bytes"),
        sum("total_bytes_uncompressed"),
        sizes.table,
        sizes.database,
    );
    Statement { name: "tables", sql, params: Params::default() }
}

/// From when to when each table reaches: the borders of its parts, no row is read.
pub(crate) fn extents() -> Statement {
    let extent = |(table, column): (&str, &str)| {
        let millis =
            |function| format!("toUnixTimestamp64Milli(toDateTime64({function}({column}), 3, 'UTC'))");
        format!(
            "SELECT '{table}' AS name, {} AS oldest_ms, {} AS newest_ms FROM {table}",
            millis("min"),
            millis("max")
        )
    };
    let sql = TABLES.map(extent).join(" UNION ALL ") + BESIDE;
    Statement { name: "extents", sql, params: Params::default() }
}

/// The latest incidents, each as it was last found.
pub(crate) fn losses() -> Statement {
    let sql = "SELECT toString(kind) AS kind, toString(topic) AS topic, k_partition AS partition, first_offset, end_offset, \
               lost, detail, toUnixTimestamp64Milli(detected_at) AS detected_ms FROM loss_incidents FINAL \
               ORDER BY detected_at DESC, topic, partition, first_offset LIMIT 200";
    Statement { name: "losses", sql: sql.to_owned(), params: Params::default() }
}
