//! Statements over the rollups: `stats_*` by service, `endpoint_*` by method and route.

use super::super::filter::{RollupFilter, StatusClass};
use super::super::range::{Segment, Tier};
use super::{Params, Statement};
use crate::auth::Scope;

/// The number of matching events, from whole buckets of the rollups.
pub(crate) fn count_rollup(
    scope: &Scope,
    segments: &[Segment],
    filter: RollupFilter<'_>,
    class: Option<StatusClass>,
) -> Statement {
    let mut params = Params::default();
    let column = match class {
        None => "events",
        Some(StatusClass::Success) => "status_2xx",
        Some(StatusClass::Redirection) => "status_3xx",
        Some(StatusClass::ClientError) => "errors_4xx",
        Some(StatusClass::ServerError) => "errors_5xx",
    };
    let from = rollup(&mut params, scope, segments, filter, &Source::stats(&[column]));
    let sql = format!("SELECT sum({column}) AS events FROM ({from})");
    Statement { name: "count_rollup", sql, params }
}

/// Which family of rollups, and which of its columns.
struct Source {
    family: &'static str,
    columns: String,
}

impl Source {
    fn stats(columns: &[&str]) -> Self {
        Self { family: "stats", columns: columns.join(", ") }
    }
}

/// The rows of the rollups over the segments, each tier for its own stretch.
fn rollup(
    params: &mut Params,
    scope: &Scope,
    segments: &[Segment],
    filter: RollupFilter<'_>,
    source: &Source,
) -> String {
    let mut parts = Vec::with_capacity(segments.len());
    for segment in segments {
        let tier = match segment.tier {
            Tier::Minute => "minute",
            Tier::Hour => "hour",
            Tier::Day => "day",
        };
        let (start, end) = (params.number(segment.start / 1000), params.number(segment.end / 1000));
        let mut conditions = vec![
            params.projects(scope),
            format!("bucket >= toDateTime({start}, 'UTC') AND bucket < toDateTime({end}, 'UTC')"),
        ];
        let texts = [
            ("service_name", filter.service_name),
            ("environment", filter.environment),
            ("source", filter.source),
        ];
        for (column, value) in texts {
            if let Some(value) = value {
                conditions.push(format!("{column} = {}", params.text(value)));
            }
        }
        parts.push(format!(
            "SELECT {} FROM {}_{tier} WHERE {}",
            source.columns,
            source.family,
            conditions.join(" AND ")
        ));
    }
    parts.join(" UNION ALL ")
}

const FIGURES: &[&str] = &[
    "service_name",
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

/// The figures of every service, with those of all together as the row of the empty name.
pub(crate) fn stats_by_service(scope: &Scope, segments: &[Segment], filter: RollupFilter<'_>) -> Statement {
    let mut params = Params::default();
    let from = rollup(&mut params, scope, segments, filter, &Source::stats(FIGURES));
    let sql = format!(
        "SELECT toString(service_name) AS service, sum(events) AS requests, sum(status_2xx) AS success, \
           sum(status_3xx) AS redirection, sum(errors_4xx) AS client_errors, sum(errors_5xx) AS server_errors, \
           sum(timed) AS timed_events, sum(rt_sum) AS response_ms, \
           toFloat64(quantilesTimingMerge(0.5, 0.95, 0.99)(rt)[2]) AS p95_ms, \
           toUnixTimestamp64Milli(max(last_event)) AS last_event_ms, grouping(service_name) AS is_total \
         FROM ({from}) GROUP BY GROUPING SETS ((service_name), ()) ORDER BY is_total DESC, requests DESC LIMIT 1001"
    );
    Statement { name: "stats_by_service", sql, params }
}

/// Events by bucket of `interval_seconds`; buckets without events are left out.
pub(crate) fn stats_timeline(
    scope: &Scope,
    segments: &[Segment],
    filter: RollupFilter<'_>,
    interval_seconds: u32,
) -> Statement {
    let mut params = Params::default();
    let source = Source::stats(&["bucket", "events", "errors_4xx", "errors_5xx"]);
    let from = rollup(&mut params, scope, segments, filter, &source);
    let interval = params.number(interval_seconds.into());
    let sql = format!(
        "SELECT intDiv(toInt64(toUnixTimestamp(bucket)), {interval}) * {interval} AS bucket_s, \
           sum(events) AS requests, sum(errors_4xx) AS client_errors, sum(errors_5xx) AS server_errors \
         FROM ({from}) GROUP BY bucket_s ORDER BY bucket_s"
    );
    Statement { name: "stats_timeline", sql, params }
}

/// Events by method.
pub(crate) fn stats_by_method(scope: &Scope, segments: &[Segment], filter: RollupFilter<'_>) -> Statement {
    let mut params = Params::default();
    let source = Source { family: "endpoint", columns: "method, events".to_owned() };
    let from = rollup(&mut params, scope, segments, filter, &source);
    let sql = format!(
        "SELECT toString(method) AS name, sum(events) AS requests FROM ({from}) GROUP BY method \
         ORDER BY requests DESC LIMIT 100"
    );
    Statement { name: "stats_by_method", sql, params }
}

/// The values a filter can take within the segments, each list by name.
pub(crate) fn facet(
    scope: &Scope,
    segments: &[Segment],
    filter: RollupFilter<'_>,
    facet: Facet,
) -> Statement {
    let mut params = Params::default();
    let (family, column) = match facet {
        Facet::Service => ("stats", "service_name"),
        Facet::Environment => ("stats", "environment"),
        Facet::Method => ("endpoint", "method"),
    };
    let source = Source { family, columns: format!("{column}, events") };
    let from = rollup(&mut params, scope, segments, filter, &source);
    let sql = format!(
        "SELECT toString({column}) AS name, sum(events) AS requests FROM ({from}) WHERE {column} != '' \
         GROUP BY {column} ORDER BY requests DESC LIMIT 1000"
    );
    Statement { name: "facet", sql, params }
}

/// Which list of filter values.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Facet {
    Service,
    Environment,
    Method,
}
