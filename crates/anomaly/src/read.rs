//! Counts per minute, as ClickHouse holds them. In: projects and a range of minutes. Out: series. BatAudit's own
//! events are never counted: an alarm must not feed on alarms.

use std::collections::BTreeMap;
use std::ops::Range;

use bataudit_store::{Connection, StoreError};
use clickhouse::{Client, Row};
use serde::Deserialize;

use crate::detect::Counted;

/// Whose counts these are.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Source {
    /// The project.
    pub project_id: String,
    /// The service.
    pub service_name: String,
    /// The environment.
    pub environment: String,
    /// Method and route, parted by a space; empty where they are not told apart.
    pub subject: String,
}

/// Series by whose they are.
pub type AllSeries = BTreeMap<Source, Vec<Counted>>;

/// A minute in which a burst reached its threshold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Burst {
    /// The minute.
    pub minute: i64,
    /// The most events the window held in it.
    pub events: u64,
    /// Whose they were: the identifier, where the burst is one identifier's.
    pub identifier: String,
}

/// What counts towards a burst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Burstlike {
    /// Refused logins, of each identifier for itself.
    Refusals,
    /// Deletions.
    Deletions,
}

/// The ClickHouse that is asked.
#[derive(Clone)]
pub struct Reader {
    connection: Connection,
    client: Client,
}

#[derive(Row, Deserialize)]
struct CountedRow {
    project_id: String,
    service_name: String,
    environment: String,
    subject: String,
    minute: i64,
    events: u64,
    errors: u64,
}

#[derive(Row, Deserialize)]
struct BurstRow {
    project_id: String,
    service_name: String,
    environment: String,
    minute: i64,
    events: u64,
    identifier: String,
}

#[derive(Row, Deserialize)]
struct TouchedRow {
    project_id: String,
    minute: i64,
    stored_at: i64,
}

/// What was stored lately.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Touched {
    /// Projects, and the first minute their new rows lie in.
    pub projects: BTreeMap<String, i64>,
    /// When the last of these rows was stored, unix milliseconds by ClickHouse's clock.
    pub stored_at: Option<i64>,
}

/// Nothing of BatAudit's own.
const OURS: &str = "NOT startsWith(event_type, 'system.')";
/// Rows of an answer at most: a bound for what a project with countless routes may cost.
const MOST_ROWS: u32 = 2_000_000;

impl Reader {
    /// Prepares a client; nothing is sent yet.
    #[must_use]
    pub fn new(connection: Connection) -> Self {
        Self { client: connection.client(), connection }
    }

    /// Events and errors of each service.
    ///
    /// # Errors
    /// When ClickHouse fails or is late.
    pub async fn services(&self, projects: &[String], minutes: &Range<i64>) -> Result<AllSeries, StoreError> {
        let sql = format!(
            "SELECT project_id, service_name, environment, '' AS subject, toInt64(intDiv(toUnixTimestamp(bucket), 60)) \
             AS minute, sum(stats_minute.events) AS events, sum(errors_4xx) + sum(errors_5xx) AS errors \
             FROM stats_minute WHERE project_id IN ? AND bucket >= fromUnixTimestamp(?) AND bucket < fromUnixTimestamp(?) \
             GROUP BY project_id, service_name, environment, minute \
             ORDER BY project_id, service_name, environment, minute LIMIT {MOST_ROWS}"
        );
        self.series(&sql, projects, minutes).await
    }

    /// Events and errors of each method and route that had any error.
    ///
    /// # Errors
    /// When ClickHouse fails or is late.
    pub async fn routes(&self, projects: &[String], minutes: &Range<i64>) -> Result<AllSeries, StoreError> {
        let within = "timestamp >= fromUnixTimestamp(?) AND timestamp < fromUnixTimestamp(?)";
        let sql = format!(
            "SELECT project_id, service_name, environment, subject, minute, events, errors FROM ( \
             SELECT project_id, service_name, environment, concat(method, ' ', route) AS subject, \
             toInt64(intDiv(toUnixTimestamp(timestamp), 60)) AS minute, count() AS events, \
             countIf(status_code >= 400) AS errors, \
             sum(errors) OVER (PARTITION BY project_id, service_name, environment, subject) AS all_errors \
             FROM events WHERE project_id IN ? AND {within} AND {OURS} \
             GROUP BY project_id, service_name, environment, subject, minute) WHERE all_errors > 0 \
             ORDER BY project_id, service_name, environment, subject, minute LIMIT {MOST_ROWS}"
        );
        self.series(&sql, projects, minutes).await
    }

    async fn series(
        &self,
        sql: &str,
        projects: &[String],
        minutes: &Range<i64>,
    ) -> Result<AllSeries, StoreError> {
        let query = self.client.query(sql).bind(projects).bind(minutes.start * 60).bind(minutes.end * 60);
        let mut all = AllSeries::new();
        for row in self.connection.bounded(query.fetch_all::<CountedRow>()).await? {
            let CountedRow { project_id, service_name, environment, subject, minute, events, errors } = row;
            let source = Source { project_id, service_name, environment, subject };
            all.entry(source).or_default().push(Counted { minute, events, errors });
        }
        Ok(all)
    }

    /// The minutes in which `window_seconds` held at least `least` events of a kind, at any of its events.
    ///
    /// # Errors
    /// When ClickHouse fails or is late.
    pub async fn bursts(
        &self,
        what: Burstlike,
        projects: &[String],
        minutes: &Range<i64>,
        (window_seconds, least): (u32, u64),
    ) -> Result<BTreeMap<Source, Vec<Burst>>, StoreError> {
        let (counted, of) = match what {
            Burstlike::Refusals => ("status_code IN (401, 403)", ", identifier"),
            Burstlike::Deletions => ("method = 'DELETE'", ""),
        };
        let sql = format!(
            "SELECT project_id, service_name, environment, minute, max(seen) AS events, \
             argMax(identifier, seen) AS identifier FROM ( \
             SELECT project_id, service_name, environment, identifier, \
             toInt64(intDiv(toUnixTimestamp(timestamp), 60)) AS minute, \
             count() OVER (PARTITION BY project_id, service_name, environment{of} \
             ORDER BY toUnixTimestamp64Milli(timestamp) RANGE BETWEEN {} PRECEDING AND CURRENT ROW) AS seen \
             FROM events WHERE project_id IN ? AND {counted} AND {OURS} \
             AND timestamp >= fromUnixTimestamp(?) AND timestamp < fromUnixTimestamp(?)) \
             WHERE seen >= ? GROUP BY project_id, service_name, environment, minute \
             ORDER BY project_id, service_name, environment, minute LIMIT {MOST_ROWS}",
            u64::from(window_seconds) * 1000
        );
        let query = self.client.query(&sql).bind(projects).bind(minutes.start * 60).bind(minutes.end * 60);
        let rows = self.connection.bounded(query.bind(least).fetch_all::<BurstRow>()).await?;
        let mut all: BTreeMap<Source, Vec<Burst>> = BTreeMap::new();
        for row in rows {
            let BurstRow { project_id, service_name, environment, minute, events, identifier } = row;
            let source = Source { project_id, service_name, environment, subject: String::new() };
            all.entry(source).or_default().push(Burst { minute, events, identifier });
        }
        Ok(all)
    }

    /// The last minute with an event of each service, among the hours since `since`, for silences.
    ///
    /// # Errors
    /// When ClickHouse fails or is late.
    pub async fn last_seen(&self, projects: &[String], since: i64) -> Result<AllSeries, StoreError> {
        let sql = "SELECT project_id, service_name, environment, '' AS subject, \
                   toInt64(intDiv(toUnixTimestamp(max(last_event)), 60)) AS minute, toUInt64(1) AS events, \
                   toUInt64(0) AS errors FROM stats_hour \
                   WHERE project_id IN ? AND bucket >= fromUnixTimestamp(?) AND bucket < fromUnixTimestamp(?) \
                   GROUP BY project_id, service_name, environment \
                   ORDER BY project_id, service_name, environment LIMIT 100000";
        self.series(sql, projects, &(since..i64::from(u32::MAX) / 60)).await
    }

    /// The projects with rows stored since `since`, unix milliseconds by ClickHouse's clock.
    ///
    /// # Errors
    /// When ClickHouse fails or is late.
    pub async fn touched(&self, since: i64) -> Result<Touched, StoreError> {
        let sql = format!(
            "SELECT project_id, toInt64(intDiv(toUnixTimestamp(min(timestamp)), 60)) AS minute, \
             toUnixTimestamp64Milli(max(events.stored_at)) AS stored_at FROM events \
             WHERE events.stored_at >= fromUnixTimestamp64Milli(?) AND {OURS} GROUP BY project_id"
        );
        let rows =
            self.connection.bounded(self.client.query(&sql).bind(since).fetch_all::<TouchedRow>()).await?;
        let stored_at = rows.iter().map(|row| row.stored_at).max();
        Ok(Touched {
            projects: rows.into_iter().map(|row| (row.project_id, row.minute)).collect(),
            stored_at,
        })
    }
}
