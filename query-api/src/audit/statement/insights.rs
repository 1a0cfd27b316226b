//! Statements of the insights: what is called most, by whom, what fails and what is slow.

use super::super::filter::{Field, Filter};
use super::super::range::Range;
use super::figures::{About, Family};
use super::{Params, Statement};
use crate::auth::Scope;

/// What `user_day` can be filtered by.
pub(crate) const USER_FIELDS: &[Field] = &[Field::Environment, Field::Identifier];

/// The endpoints with the most events, those with the most errors, and those that take longest on average, of those that
/// tell how long: three lists of one pass.
pub(crate) fn routes(about: About<'_>, limit: u64) -> Statement {
    let mut params = Params::default();
    let measures = ["events", "errors_4xx", "errors_5xx", "timed", "rt_sum"];
    let from = about.rows(&mut params, Family::Endpoint, "method, route", &measures);
    // Sorted by what is negative, the largest come first, and of equals the first by name.
    let sql = format!(
        "SELECT arrayMap(t -> tuple(t.2, t.3, toUInt64(-t.1)), \
             groupArraySorted({limit})(tuple(-toInt64(requests), path, verb))) AS busiest, \
           arrayMap(t -> tuple(t.2, t.3, toUInt64(-t.1), t.4), \
             groupArraySortedIf({limit})(tuple(-toInt64(errors), path, verb, requests), errors > 0)) AS failing, \
           arrayMap(t -> tuple(t.2, t.3, -t.1), \
             groupArraySortedIf({limit})(tuple(-average_ms, path, verb), with_time > 0)) AS slowest \
         FROM (SELECT toString(route) AS path, toString(method) AS verb, sum(events) AS requests, \
             sum(errors_4xx) + sum(errors_5xx) AS errors, sum(timed) AS with_time, sum(rt_sum) / sum(timed) AS average_ms \
           FROM ({from}) GROUP BY path, verb)"
    );
    Statement { name: "routes", sql, params }
}

/// The endpoints with the most errors.
pub(crate) fn error_routes(about: About<'_>, limit: u64) -> Statement {
    let mut params = Params::default();
    let measures = ["events", "errors_4xx", "errors_5xx"];
    let from = about.rows(&mut params, Family::Endpoint, "method, route", &measures);
    let sql = format!(
        "SELECT toString(route) AS path, toString(method) AS verb, sum(errors_4xx) + sum(errors_5xx) AS errors, \
           sum(events) AS requests FROM ({from}) \
         GROUP BY path, verb HAVING errors > 0 ORDER BY errors DESC, path, verb LIMIT {limit}"
    );
    Statement { name: "error_routes", sql, params }
}

/// The 95th percentile of the response times of some routes; the n-th has the n-th path and the n-th verb.
pub(crate) fn percentiles(about: About<'_>, paths: &[String], verbs: &[String]) -> Statement {
    let mut params = Params::default();
    let from = about.rows(&mut params, Family::Endpoint, "method, route", &["rt"]);
    let (paths, verbs) = (params.texts(paths), params.texts(verbs));
    let sql = format!(
        "SELECT toString(route) AS path, toString(method) AS verb, \
           toFloat64(quantilesTimingMerge(0.5, 0.95, 0.99)(rt)[2]) AS p95_ms FROM ({from}) \
         WHERE (route, method) IN (SELECT pair.1, pair.2 FROM (SELECT arrayJoin(arrayZip({paths}, {verbs})) AS pair)) \
         GROUP BY method, route"
    );
    Statement { name: "percentiles", sql, params }
}

/// The users with the most events; by whole days where the daily figures can tell.
pub(crate) fn top_users(scope: &Scope, filter: &Filter, range: Range, limit: u64) -> Statement {
    let mut params = Params::default();
    let (from, conditions, requests) = if filter.is_within(USER_FIELDS) {
        let mut conditions = days(&mut params, scope, range);
        conditions.extend(params.filter(filter));
        ("user_day", conditions, "sum(events)")
    } else {
        let mut conditions = params.events(scope, range);
        conditions.extend(params.filter(&filter.clone().of_applications()));
        ("events", conditions, "count()")
    };
    let sql = format!(
        "SELECT identifier AS who, {requests} AS requests FROM {from} WHERE {} AND identifier NOT IN ('', 'anonymous') \
         GROUP BY who ORDER BY requests DESC, who LIMIT {limit}",
        conditions.join(" AND ")
    );
    Statement { name: "top_users", sql, params }
}

/// The users who met an error among the matching events, those who met most first.
pub(crate) fn affected_users(scope: &Scope, range: Range, filter: &Filter, limit: u64) -> Statement {
    let mut params = Params::default();
    let mut conditions = params.events(scope, range);
    conditions.extend(params.filter(&filter.clone().of_applications()));
    let sql = format!(
        "SELECT identifier AS who, count() AS errors, toUnixTimestamp64Milli(max(timestamp)) AS last_seen_ms \
         FROM events WHERE {} AND status_code >= 400 AND identifier != '' \
         GROUP BY who ORDER BY errors DESC, who LIMIT {limit}",
        conditions.join(" AND ")
    );
    Statement { name: "affected_users", sql, params }
}

/// The newest e-mail and name of these users in these days.
pub(crate) fn people(scope: &Scope, range: Range, identifiers: &[String]) -> Statement {
    let mut params = Params::default();
    let mut conditions = days(&mut params, scope, range);
    conditions.push(format!("identifier IN {}", params.texts(identifiers)));
    let newest = |column: &str| format!("argMax({column}, ({column} != '', last_seen))");
    let sql = format!(
        "SELECT identifier AS who, {} AS email, {} AS name FROM user_day WHERE {} GROUP BY who",
        newest("user_email"),
        newest("user_name"),
        conditions.join(" AND ")
    );
    Statement { name: "people", sql, params }
}

/// The conditions of a statement over days of users.
fn days(params: &mut Params, scope: &Scope, range: Range) -> Vec<String> {
    let (start, end) = (params.time(range.start), params.time(range.end));
    vec![params.projects(scope), format!("bucket >= toDate({start}) AND bucket <= toDate({end})")]
}
