//! Statements over figures: from the rollups (`stats_*` by service, `endpoint_*` by method and route),
//! or, for filters that those do not hold, counted from the events in the same shape.

use super::super::filter::{Field, Filter, StatusClass};
use super::super::range::{Range, Segment, Tier};
use super::{BESIDE, Params, Statement};
use crate::auth::Scope;

/// What `stats_*` can be filtered by.
pub(crate) const STATS_FIELDS: &[Field] = &[Field::ServiceName, Field::Environment, Field::Source];
/// What `endpoint_*` can be filtered by.
pub(crate) const ENDPOINT_FIELDS: &[Field] =
    &[Field::ServiceName, Field::Environment, Field::Source, Field::Method, Field::Route];

/// Where figures come from.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Source<'a> {
    /// Whole buckets, counted at insert.
    Rollups(&'a [Segment]),
    /// The events themselves.
    Events(Range),
}

/// A family of rollups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    /// By service.
    Stats,
    /// By method and route; of the status it knows errors only.
    Endpoint,
}

/// Which events a figure is about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct About<'a> {
    pub(crate) scope: &'a Scope,
    pub(crate) source: Source<'a>,
    pub(crate) filter: &'a Filter,
}

/// The measures, by the name of the column that holds them in a rollup, and how events give them.
const MEASURES: &[(&str, &str)] = &[
    ("events", "count()"),
    ("status_2xx", "countIf(status_code BETWEEN 200 AND 299)"),
    ("status_3xx", "countIf(status_code BETWEEN 300 AND 399)"),
    ("errors_4xx", "countIf(status_code BETWEEN 400 AND 499)"),
    ("errors_5xx", "countIf(status_code >= 500)"),
    ("timed", "countIf(response_time > 0)"),
    ("rt_sum", "sum(least(response_time, 4294967295))"),
    ("rt", "quantilesTimingState(0.5, 0.95, 0.99)(toUInt32(least(response_time, 4294967295)))"),
    ("last_event", "max(timestamp)"),
];

/// The column of a rollup that counts the events of a class; of `endpoint_*` those of errors only.
pub(super) const fn class_column(class: Option<StatusClass>) -> &'static str {
    match class {
        None => "events",
        Some(StatusClass::Success) => "status_2xx",
        Some(StatusClass::Redirection) => "status_3xx",
        Some(StatusClass::ClientError) => "errors_4xx",
        Some(StatusClass::ServerError) => "errors_5xx",
    }
}

impl About<'_> {
    /// A subquery of these dimensions and measures, in as many parts as the source has.
    pub(super) fn rows(
        &self,
        params: &mut Params,
        family: Family,
        dimensions: &str,
        measures: &[&str],
    ) -> String {
        match self.source {
            Source::Rollups(segments) => {
                let parts = segments
                    .iter()
                    .map(|segment| self.bucket_rows(params, family, segment, dimensions, measures));
                parts.collect::<Vec<_>>().join(" UNION ALL ")
            }
            Source::Events(range) => self.event_rows(params, range, dimensions, measures),
        }
    }

    /// The number of these events as a query, of one status class where that is given.
    pub(super) fn number(&self, params: &mut Params, family: Family, class: Option<StatusClass>) -> String {
        let column = class_column(class);
        let from = self.rows(params, family, "bucket", &[column]);
        format!("SELECT sum({column}) AS events FROM ({from})")
    }

    fn bucket_rows(
        &self,
        params: &mut Params,
        family: Family,
        segment: &Segment,
        dimensions: &str,
        measures: &[&str],
    ) -> String {
        let tier = match segment.tier {
            Tier::Minute => "minute",
            Tier::Hour => "hour",
            Tier::Day => "day",
        };
        let family = match family {
            Family::Stats => "stats",
            Family::Endpoint => "endpoint",
        };
        let mut conditions = vec![params.projects(self.scope)];
        let (start, end) = (params.number(segment.start / 1000), params.number(segment.end / 1000));
        conditions
            .push(format!("bucket >= toDateTime({start}, 'UTC') AND bucket < toDateTime({end}, 'UTC')"));
        conditions.extend(params.filter(self.filter));
        format!(
            "SELECT {dimensions}, {} FROM {family}_{tier} WHERE {}",
            measures.join(", "),
            conditions.join(" AND ")
        )
    }

    /// What the views make of events, for those that match.
    fn event_rows(&self, params: &mut Params, range: Range, dimensions: &str, measures: &[&str]) -> String {
        let mut conditions = params.events(self.scope, range);
        // The rollups leave out BatAudit's own events.
        conditions.extend(params.filter(&self.filter.clone().of_applications()));
        let wanted = MEASURES.iter().filter(|(name, _)| measures.contains(name));
        let measures: Vec<_> = wanted.map(|(name, sql)| format!("{sql} AS {name}")).collect();
        let dimension = match dimensions {
            "bucket" => "toStartOfMinute(toDateTime(timestamp, 'UTC')) AS bucket",
            columns => columns,
        };
        format!(
            "SELECT {dimension}, {} FROM events WHERE {} GROUP BY {dimensions}",
            measures.join(", "),
            conditions.join(" AND ")
        )
    }
}

const FIGURES: &[&str] = &[
    "events",
    "status_2xx",
    "status_3xx",
    "errors_4xx",
    "errors_5xx",
    "timed",
    "rt_sum",
    "rt",
    "last_event",
];

/// The figures of every service, with those of all together as the row that is the total. Both times the states of
/// a service are merged once.
pub(crate) fn stats_by_service(about: About<'_>) -> Statement {
    let mut params = Params::default();
    let from = about.rows(&mut params, Family::Stats, "service_name", FIGURES);
    let sums = FIGURES.iter().filter(|name| !matches!(**name, "rt" | "last_event"));
    let sums: Vec<_> = sums.map(|name| format!("sum({name}) AS sum_{name}")).collect();
    let sql = format!(
        "SELECT toString(service_name) AS service, sum(sum_events) AS requests, sum(sum_status_2xx) AS success, \
           sum(sum_status_3xx) AS redirection, sum(sum_errors_4xx) AS client_errors, sum(sum_errors_5xx) AS server_errors, \
           sum(sum_timed) AS timed_events, sum(sum_rt_sum) AS response_ms, \
           toFloat64(quantilesTimingMerge(0.5, 0.95, 0.99)(times)[2]) AS p95_ms, \
           toUnixTimestamp64Milli(max(last_of_service)) AS last_event_ms, grouping(service_name) AS is_total \
         FROM (SELECT service_name, {}, quantilesTimingMergeState(0.5, 0.95, 0.99)(rt) AS times, \
           max(last_event) AS last_of_service FROM ({from}) GROUP BY service_name) \
         GROUP BY GROUPING SETS ((service_name), ()) ORDER BY is_total DESC, requests DESC LIMIT 1001",
        sums.join(", ")
    );
    Statement { name: "stats_by_service", sql, params }
}

/// Events by bucket of `interval_seconds`; buckets without events are left out.
pub(crate) fn stats_timeline(about: About<'_>, interval_seconds: u32) -> Statement {
    let mut params = Params::default();
    let from = about.rows(&mut params, Family::Stats, "bucket", &["events", "errors_4xx", "errors_5xx"]);
    let interval = params.number(interval_seconds.into());
    let sql = format!(
        "SELECT intDiv(toInt64(toUnixTimestamp(bucket)), {interval}) * {interval} AS bucket_s, \
           sum(events) AS requests, sum(errors_4xx) AS client_errors, sum(errors_5xx) AS server_errors \
         FROM ({from}) GROUP BY bucket_s ORDER BY bucket_s"
    );
    Statement { name: "stats_timeline", sql, params }
}

/// Volume, errors and response times by bucket, as the rollups hold them.
pub(crate) fn history(about: About<'_>) -> Statement {
    let mut params = Params::default();
    let measures = ["events", "errors_4xx", "errors_5xx", "timed", "rt_sum", "rt"];
    let from = about.rows(&mut params, Family::Stats, "bucket", &measures);
    let sql = format!(
        "SELECT toInt64(toUnixTimestamp(bucket)) AS bucket_s, sum(events) AS requests, sum(errors_4xx) AS client_errors, \
           sum(errors_5xx) AS server_errors, sum(timed) AS timed_events, sum(rt_sum) AS response_ms, \
           toFloat64(quantilesTimingMerge(0.5, 0.95, 0.99)(rt)[2]) AS p95_ms \
         FROM ({from}) GROUP BY bucket ORDER BY bucket"
    );
    Statement { name: "history", sql, params }
}

/// How much is stored for the projects: events, and rows of the hourly and daily figures.
pub(crate) fn usage(scope: &Scope, range: Range) -> Statement {
    let mut params = Params::default();
    let conditions = params.events(scope, range).join(" AND ");
    let (hours, days) = (params.projects(scope), params.projects(scope));
    let rows = "uniqExact(project_id, bucket, service_name)";
    let sql = format!(
        "SELECT raw_events, hourly, daily FROM (SELECT count() AS raw_events FROM events WHERE {conditions}) AS a, \
           (SELECT {rows} AS hourly FROM stats_hour WHERE {hours}) AS b, \
           (SELECT {rows} AS daily FROM stats_day WHERE {days}) AS c{BESIDE}"
    );
    Statement { name: "usage", sql, params }
}

/// Events by method.
pub(crate) fn stats_by_method(about: About<'_>) -> Statement {
    let mut params = Params::default();
    let from = about.rows(&mut params, Family::Endpoint, "method", &["events"]);
    let sql = format!(
        "SELECT toString(method) AS name, sum(events) AS requests FROM ({from}) GROUP BY method \
         ORDER BY requests DESC LIMIT 100"
    );
    Statement { name: "stats_by_method", sql, params }
}

/// The values a field takes, the most frequent first.
pub(crate) fn facet(about: About<'_>, field: Field) -> Statement {
    let mut params = Params::default();
    let family = if STATS_FIELDS.contains(&field) { Family::Stats } else { Family::Endpoint };
    let column = field.name();
    let from = about.rows(&mut params, family, column, &["events"]);
    let sql = format!(
        "SELECT toString({column}) AS name, sum(events) AS requests FROM ({from}) WHERE {column} != '' \
         GROUP BY {column} ORDER BY requests DESC, name LIMIT 1000"
    );
    Statement { name: "facet", sql, params }
}
