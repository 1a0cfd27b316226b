//! Runs a query of the console as its own ClickHouse user. In: a query that was accepted, and the projects it may
//! read. Out: columns and rows, bounded in number, bytes and time, and
//! what was read for them.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use bataudit_service::Secret;
use bataudit_store::Connection;
use clickhouse::Client;
use clickhouse::error::Error;
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::{Semaphore, watch};
use uuid::Uuid;

use super::clause::{Clause, Table};
use super::period::{self, Period};
use super::{complaint, projects};
use crate::audit::store::known_down;
use crate::auth::Scope;
use crate::error::{ApiError, ApiResult};
use crate::metrics;

/// Rows an answer has at most; the original's number. The settings of the user let one more through, which tells
/// that there are more.
pub(super) const MAX_ROWS: usize = 1000;
/// Bytes of an answer that are read.
const MAX_BYTES: usize = 24 * 1024 * 1024;
/// How long a query may take; the settings of the user end it a second earlier.
const PATIENCE: Duration = Duration::from_secs(6);
/// Queries one replica runs at a time.
const SEATS: usize = 4;
/// What the views look for in the id of a query: 0013_console_period.sql.
const MARK: &str = "bataudit-console";
/// The latest time a bound is given for, unix milliseconds: within what `DateTime64` holds.
const LATEST: i64 = 10_000_000_000_000;
/// ClickHouse's code for what a user may not do.
const ACCESS_DENIED: u32 = 497;

/// The console's way into ClickHouse.
pub(crate) struct Console {
    user: Option<Client>,
    database: String,
    up: watch::Receiver<bool>,
    seats: Arc<Semaphore>,
    /// Whether the user was found to be as narrow as it must be.
    checked: AtomicBool,
}

impl fmt::Debug for Console {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Console").field("database", &self.database).finish_non_exhaustive()
    }
}

/// An answer as ClickHouse writes it in `JSONCompact`.
#[derive(Debug, Deserialize)]
struct Compact {
    meta: Vec<Column>,
    data: Vec<Vec<Value>>,
    statistics: Cost,
}

#[derive(Debug, Deserialize)]
struct Column {
    name: String,
    #[serde(rename = "type")]
    kind: String,
}

/// What a query read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) struct Cost {
    /// Rows, of the tables behind the views too.
    pub(super) rows_read: u64,
    /// Their bytes, of the columns that were needed and uncompressed.
    pub(super) bytes_read: u64,
}

/// What a query found.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) columns: Vec<String>,
    /// ClickHouse's name for the type of each column.
    pub(super) types: Vec<String>,
    pub(super) rows: Vec<Vec<Value>>,
    pub(super) is_truncated: bool,
    pub(super) elapsed: Duration,
    pub(super) cost: Cost,
}

impl Console {
    /// The console of this user on the events' server; closed without a password. `up` says whether ClickHouse answers.
    pub(crate) fn new(
        events: &Connection,
        user: &str,
        password: Option<&Secret>,
        up: watch::Receiver<bool>,
    ) -> Self {
        let user = password.map(|password| {
            let client = events.as_user(user, password.clone()).client();
            // Without waiting for the end, an error after the first rows comes with status 200.
            client.with_setting("wait_end_of_query", "1")
        });
        let (seats, checked) = (Arc::new(Semaphore::new(SEATS)), AtomicBool::new(false));
        Self { user, database: events.database.clone(), up, seats, checked }
    }

    /// Whether it has a user to ask as.
    pub(crate) fn is_open(&self) -> bool {
        self.user.is_some()
    }

    /// Runs a query over the projects of the scope.
    pub(super) async fn run(&self, sql: &str, scope: &Scope) -> ApiResult<Found> {
        let closed = "the SQL console is closed: set BATAUDIT_CLICKHOUSE_CONSOLE_PASSWORD";
        let client = self.user.as_ref().ok_or(ApiError::Refused(closed))?;
        let full = ApiError::RateLimited { what: "too many queries are running", seconds: 5 };
        let _seat = self.seats.try_acquire().map_err(|_| full)?;
        let started = Instant::now();
        let answer = tokio::select! {
            answer = tokio::time::timeout(PATIENCE, self.answer(client, sql, scope)) => {
                answer.unwrap_or(Err(ApiError::QueryTimeout))
            }
            () = known_down(&self.up) => Err(ApiError::StoreUnavailable),
        };
        let label = answer.as_ref().map_or_else(ApiError::code, |_| "ok");
        metrics::store_query("console", label, started.elapsed());
        let Compact { meta, data: mut rows, statistics: cost } = answer?;
        let is_truncated = rows.len() > MAX_ROWS;
        rows.truncate(MAX_ROWS);
        let (columns, types) = meta.into_iter().map(|column| (column.name, column.kind)).unzip();
        Ok(Found { columns, types, rows, is_truncated, elapsed: started.elapsed(), cost })
    }

    async fn answer(&self, client: &Client, sql: &str, scope: &Scope) -> ApiResult<Compact> {
        if !self.checked.load(Ordering::Relaxed) {
            self.check(client).await?;
        }
        // The bounds are those of `audits` alone; the scope is that of both tables.
        let period = Clause::of_table(sql, Table::Audits).as_ref().map(period::of).unwrap_or_default();
        let named = Clause::of(sql).as_ref().and_then(projects::of);
        let scope = named.map_or_else(|| scope.clone(), |named| scope.among(named));
        let text = scope_text(&scope, bounds(client, &period).await);
        let bytes = read(client, sql, &text).await.map_err(|error| self.reduce(&error))?;
        let bytes = bytes.ok_or_else(|| {
            ApiError::Query(
                "query error: its result is too large; select fewer or shorter columns".to_owned(),
            )
        })?;
        serde_json::from_slice(&bytes).map_err(|_| ApiError::Internal)
    }

    /// Sees to it that the user is the one of the shipped accounts, or as narrow: one that may change settings or read
    /// tables would make the views no border.
    async fn check(&self, client: &Client) -> ApiResult<()> {
        let readonly =
            read(client, "SELECT getSetting('readonly')", "").await.map_err(|error| self.reduce(&error))?;
        let readonly = readonly.and_then(|bytes| serde_json::from_slice::<Compact>(&bytes).ok());
        let is_fixed = readonly.is_some_and(|found| found.data.concat() == [Value::from(1)]);
        let refused = async |sql| match read(client, sql, "").await {
            Err(Error::BadResponse(text)) => complaint::code(&text) == Some(ACCESS_DENIED),
            _ => false,
        };
        let is_narrow =
            refused("SELECT count() FROM events").await && refused("SELECT count() FROM system.users").await;
        if is_fixed && is_narrow {
            self.checked.store(true, Ordering::Relaxed);
            return Ok(());
        }
        tracing::error!(
            is_fixed,
            is_narrow,
            "The ClickHouse user of the SQL console may do more than read its views; the console stays closed. \
             docs/SECURITY.md says what it needs."
        );
        Err(ApiError::Refused("the SQL console is closed: its ClickHouse user may do more than it should"))
    }

    fn reduce(&self, error: &Error) -> ApiError {
        match error {
            Error::BadResponse(text) => complaint::refusal(text, &self.database),
            Error::TimedOut => ApiError::QueryTimeout,
            Error::Network(_) => ApiError::StoreUnavailable,
            _ => ApiError::Internal,
        }
    }
}

/// Projects and times as the views read them: `*` for all projects there are, nothing for none; before them the times, if
/// they are known, in unix milliseconds.
fn scope_text(scope: &Scope, period: Option<Range<i64>>) -> String {
    let period = period.map_or_else(String::new, |Range { start, end }| format!("{start}-{end}:"));
    let projects = scope.projects().map_or_else(|| "*".to_owned(), |projects| projects.join(","));
    period + &projects
}

/// When a query's own bounds are, widened; `None` where it has none, or they are no times. Then the query itself says
/// what is wrong with them.
async fn bounds(client: &Client, period: &Period) -> Option<Range<i64>> {
    if *period == Period::default() {
        return None;
    }
    let millis = |bound: &Option<period::Bound>, otherwise: i64| {
        let said = bound.as_ref().map(|bound| &bound.expression);
        said.map_or_else(|| otherwise.to_string(), |said| format!("toUnixTimestamp64Milli({said})"))
    };
    let sql = format!("SELECT {}, {}", millis(&period.from, 0), millis(&period.to, LATEST));
    let bytes = read(client, &sql, "").await.ok()??;
    let answer: Compact = serde_json::from_slice(&bytes).ok()?;
    let [Some(from), Some(to)] = [0, 1].map(|at| whole(answer.data.first()?.get(at)?)) else { return None };
    let slack = |bound: &Option<period::Bound>| bound.as_ref().map_or(0, |bound| bound.slack_ms);
    let within = |millis: i64| millis.clamp(0, LATEST);
    Some(within(from.saturating_sub(slack(&period.from)))..within(to.saturating_add(slack(&period.to))))
}

/// A number as ClickHouse writes it, in quotes when it has 64 bits.
fn whole(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}

/// The answer's bytes; `None` when there are too many.
async fn read(client: &Client, sql: &str, scope: &str) -> Result<Option<Vec<u8>>, Error> {
    let id = format!("{MARK}:{}:{scope}", Uuid::new_v4());
    let mut cursor = client.query_raw(sql).with_setting("query_id", id).fetch_bytes("JSONCompact")?;
    let mut bytes = Vec::new();
    while let Some(chunk) = cursor.next().await? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > MAX_BYTES {
            return Ok(None);
        }
    }
    Ok(Some(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_of_nothing_is_not_everything() {
        assert_eq!(scope_text(&Scope::of_test(None), None), "*");
        assert_eq!(scope_text(&Scope::of_test(Some(&[])), None), "");
        assert_eq!(scope_text(&Scope::of_test(Some(&["a", "b"])), None), "a,b");
        assert_eq!(scope_text(&Scope::of_test(Some(&[])), Some(5..7)), "5-7:");
        assert_eq!(scope_text(&Scope::of_test(Some(&["a", "b"])), Some(5..7)), "5-7:a,b");
    }
}
