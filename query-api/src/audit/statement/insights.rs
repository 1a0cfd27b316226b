//! Statements of the insights: what is called most, by whom, what fails and what is slow.

use super::super::filter::{Field, Filter};
use super::super::range::Range;
use super::figures::{About, Family};
use super::{Params, Statement};
use crate::auth::Scope;

/// What `user_day` can be filtered by.
pub(crate) const USER_FIELDS: &[Field] = &[Field::Environment, Field::Identifier];

/// The endpoints with the most events.
pub(crate) fn top_endpoints(about: About<'_>, limit: u64) -> Statement {
    let mut params = Params::default();
    let from = about.rows(&mut params, Family::Endpoint, "method, route", &["events"]);
    let sql = format!(
        "SELECT toString(route) AS path, toString(method) AS verb, sum(events) AS requests FROM ({from}) \
         GROUP BY path, verb ORDER BY requests DESC, path, verb LIMIT {limit}"
    );
    Statement { name: "top_endpoints", sql, params }
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

/// The endpoints that take longest on average, of those that tell how long. Only of them the percentile is merged.
pub(crate) fn slow_routes(about: About<'_>, limit: u64) -> Statement {
    let mut params = Params::default();
    let sums = about.rows(&mut params, Family::Endpoint, "method, route", &["timed", "rt_sum"]);
    let from = about.rows(&mut params, Family::Endpoint, "method, route", &["timed", "rt_sum", "rt"]);
    let order = "average_ms DESC, toString(route), toString(method)";
    let sql = format!(
        "SELECT toString(route) AS path, toString(method) AS verb, sum(rt_sum) / sum(timed) AS average_ms, \
           toFloat64(quantilesTimingMerge(0.5, 0.95, 0.99)(rt)[2]) AS p95_ms FROM ({from}) \
         WHERE (method, route) IN (SELECT method, route FROM ({sums}) GROUP BY method, route HAVING sum(timed) > 0 \
           ORDER BY sum(rt_sum) / sum(timed) DESC, toString(route), toString(method) LIMIT {limit}) \
         GROUP BY method, route ORDER BY {order}"
    );
    Statement { name: "slow_routes", sql, params }
}

/// The users with the most events; by whole days where the daily figures can tell.
pub(crate) fn top_users(scope: &Scope, filter: &Filter, range: Range, limit: u64) -> Statement {
    let mut params = Params::default();
    let (from, conditions, requests, seen) = if filter.is_within(USER_FIELDS) {
        let mut conditions = days(&mut params, scope, range);
        conditions.extend(params.filter(filter));
        ("user_day", conditions, "sum(events)", "last_seen")
    } else {
        let mut conditions = params.events(scope, range);
        conditions.extend(params.filter(&filter.clone().of_applications()));
        ("events", conditions, "count()", "timestamp")
    };
    let conditions = conditions.join(" AND ");
    // Who they are is read for those only that are shown.
    let sql = format!(
        "SELECT identifier AS who, {}, {requests} AS requests FROM {from} WHERE {conditions} \
           AND identifier IN (SELECT identifier FROM {from} WHERE {conditions} AND identifier NOT IN ('', 'anonymous') \
             GROUP BY identifier ORDER BY {requests} DESC, identifier LIMIT {limit}) \
         GROUP BY who ORDER BY requests DESC, who",
        person(seen),
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
    let sql = format!(
        "SELECT identifier AS who, {} FROM user_day WHERE {} GROUP BY who",
        person("last_seen"),
        conditions.join(" AND ")
    );
    Statement { name: "people", sql, params }
}

/// The conditions of a statement over days of users.
fn days(params: &mut Params, scope: &Scope, range: Range) -> Vec<String> {
    let (start, end) = (params.time(range.start), params.time(range.end));
    vec![params.projects(scope), format!("bucket >= toDate({start}) AND bucket <= toDate({end})")]
}

/// The newest e-mail and name a user was reported with.
fn person(seen: &str) -> String {
    let newest = |column: &str| format!("argMax({column}, ({column} != '', {seen}))");
    format!("{} AS email, {} AS name", newest("user_email"), newest("user_name"))
}
