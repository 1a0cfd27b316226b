//! What each rollup counts: its key and its columns as the rows give them. Constants only.
//!
//! The views in `deploy/clickhouse` say the same for each insert; these say it for rows that are stored
//! already, each level from the rows alone. A test compares the two, column by column.

/// The hour or the day that a rollup is compared by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cell {
    Hour,
    Day,
}

impl Cell {
    /// The function that rounds a time down to it.
    pub(super) fn start(self) -> &'static str {
        match self {
            Self::Hour => "toStartOfHour",
            Self::Day => "toStartOfDay",
        }
    }

    pub(super) fn seconds(self) -> i64 {
        match self {
            Self::Hour => 60 * 60,
            Self::Day => 24 * 60 * 60,
        }
    }
}

/// One rollup.
#[derive(Debug)]
pub(super) struct Level {
    pub(super) table: &'static str,
    pub(super) cell: Cell,
    /// Its key but for the bucket: columns that the rows have too.
    pub(super) key: &'static str,
    /// Expressions of the key, with their names.
    pub(super) made: &'static [(&'static str, &'static str)],
    /// Its columns, and how the rows give them.
    pub(super) columns: &'static [(&'static str, &'static str)],
    /// Which rows it counts, apart from system events.
    pub(super) rows: &'static str,
    /// The column of `removals` that says how many of those went.
    pub(super) removed: &'static str,
    /// The days that are surely all there: the engine drops what is older.
    pub(super) days: u32,
}

/// Days of counts by the hour, by user and by error.
const YEAR: u32 = 364;
/// Longer than there have been events.
const FOR_EVER: u32 = 10_000;

/// Rows that are BatAudit's own notes are in no rollup.
pub(super) const APPLICATIONS: &str = "NOT startsWith(event_type, 'system.')";

const SERVICE: &str = "project_id, environment, source, service_name";
const ENDPOINT: &str = "project_id, environment, source, service_name, method, route";
const MINUTE: (&str, &str) = ("bucket", "toStartOfMinute(toDateTime(timestamp, 'UTC'))");
const HOUR: (&str, &str) = ("bucket", "toStartOfHour(toDateTime(timestamp, 'UTC'))");
const DAY: (&str, &str) = ("bucket", "toStartOfDay(toDateTime(timestamp, 'UTC'))");
const DATE: (&str, &str) = ("bucket", "toDate(timestamp)");
const MESSAGE: (&str, &str) =
    ("message_key", "replaceRegexpAll(substringUTF8(error_message, 1, 120), '[0-9]+', '#')");

const EVENTS: (&str, &str) = ("events", "count()");
const ERRORS_4XX: (&str, &str) = ("errors_4xx", "countIf(status_code BETWEEN 400 AND 499)");
const ERRORS_5XX: (&str, &str) = ("errors_5xx", "countIf(status_code >= 500)");
const TIMED: (&str, &str) = ("timed", "countIf(response_time > 0)");
const RT_SUM: (&str, &str) = ("rt_sum", "sum(least(response_time, 4294967295))");
const RT: (&str, &str) =
    ("rt", "quantilesTimingState(0.5, 0.95, 0.99)(toUInt32(least(response_time, 4294967295)))");

const STATS: &[(&str, &str)] = &[
    EVENTS,
    ("status_2xx", "countIf(status_code BETWEEN 200 AND 299)"),
    ("status_3xx", "countIf(status_code BETWEEN 300 AND 399)"),
    ERRORS_4XX,
    ERRORS_5XX,
    TIMED,
    RT_SUM,
    ("rt_max", "max(toUInt32(least(response_time, 4294967295)))"),
    RT,
    ("last_event", "max(timestamp)"),
];
const ENDPOINTS: &[(&str, &str)] = &[EVENTS, ERRORS_4XX, ERRORS_5XX, TIMED, RT_SUM, RT];
const USERS: &[(&str, &str)] = &[
    EVENTS,
    ("errors", "countIf(status_code >= 400)"),
    ("first_seen", "toDateTime(min(timestamp), 'UTC')"),
    ("last_seen", "toDateTime(max(timestamp), 'UTC')"),
    ("user_email", "anyLast(events.user_email)"),
    ("user_name", "anyLast(events.user_name)"),
];
const KEYS: &[(&str, &str)] = &[EVENTS, ("last_received", "max(received_at)")];
const ERRORS: &[(&str, &str)] =
    &[EVENTS, ("last_seen", "toDateTime(max(timestamp), 'UTC')"), ("sample_id", "anyLast(id)")];

type Made = &'static [(&'static str, &'static str)];

const fn stats(table: &'static str, cell: Cell, made: Made, days: u32) -> Level {
    Level { table, cell, key: SERVICE, made, columns: STATS, rows: "1", removed: "counted", days }
}

const fn endpoints(table: &'static str, cell: Cell, made: Made, days: u32) -> Level {
    Level { table, cell, key: ENDPOINT, made, columns: ENDPOINTS, rows: "1", removed: "counted", days }
}

/// Every rollup.
pub(super) const LEVELS: &[Level] = &[
    stats("stats_minute", Cell::Hour, &[MINUTE], 37),
    stats("stats_hour", Cell::Hour, &[HOUR], YEAR),
    endpoints("endpoint_hour", Cell::Hour, &[HOUR], YEAR),
    stats("stats_day", Cell::Day, &[DAY], FOR_EVER),
    endpoints("endpoint_day", Cell::Day, &[DAY], FOR_EVER),
    Level {
        table: "user_day",
        cell: Cell::Day,
        key: "project_id, environment, identifier",
        made: &[DATE],
        columns: USERS,
        rows: "identifier != ''",
        removed: "identified",
        days: YEAR,
    },
    Level {
        table: "error_day",
        cell: Cell::Day,
        key: "project_id, environment, service_name, method, route, status_code",
        made: &[MESSAGE, DATE],
        columns: ERRORS,
        rows: "status_code >= 400",
        removed: "failed",
        days: YEAR,
    },
    Level {
        table: "key_day",
        cell: Cell::Day,
        key: "project_id, key_hash",
        made: &[DATE],
        columns: KEYS,
        rows: "key_hash != 0",
        removed: "keyed",
        days: FOR_EVER,
    },
];

/// The rollup of this name.
pub(super) fn named(table: &str) -> Option<&'static Level> {
    LEVELS.iter().find(|level| level.table == table)
}
