//! `GET /v1/audit/insights`: what is called most, by whom, what fails and what is slow. Paths are routes
//! here: `/users/42` and `/users/43` are one.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use bataudit_control::clock::now_ms;
use clickhouse::Row;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::filter::Filter;
use super::people::{Person, called};
use super::range::{DAY_MS, Range, RangeQuery};
use super::statement::figures::{About, ENDPOINT_FIELDS};
use super::statement::insights::{self as statement, USER_FIELDS};
use super::stats::{source, whole_hours};
use super::store::Events;
use crate::app::App;
use crate::auth::Caller;
use crate::error::{ApiError, ApiResult};
use crate::input::Params;

/// Entries of a list unless asked otherwise, as in the original.
const DEFAULT_LIMIT: u64 = 10;
/// Entries of a list at most.
const MAX_LIMIT: u64 = 1000;
/// The range unless asked otherwise.
const DEFAULT_MS: i64 = 7 * DAY_MS;

/// A range by name, and how much to show.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "names the parameters for the API's document")]
pub(crate) struct InsightsQuery {
    /// `7d`, `30d` or `90d` up to now, instead of `start_date` and `end_date`; 7d unless given.
    #[param(example = "7d")]
    period: Option<String>,
    /// Entries of each list.
    #[param(minimum = 1, maximum = 1000, default = 10)]
    limit: Option<u64>,
}

/// The most of everything.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Insights {
    top_endpoints: Vec<TopEndpoint>,
    top_users: Vec<TopUser>,
    /// Those with the most errors first.
    top_error_routes: Vec<ErrorRoute>,
    /// The slowest on average first.
    top_slow_routes: Vec<SlowRoute>,
}

/// An endpoint that is called often.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TopEndpoint {
    #[schema(example = "/api/users/:id")]
    path: String,
    #[schema(example = "GET")]
    method: String,
    count: u64,
}

/// Path, method and figures of each.
#[derive(Debug, Default, Row, Deserialize)]
struct RoutesRow {
    /// Events.
    busiest: Vec<(String, String, u64)>,
    /// Errors, and events.
    failing: Vec<(String, String, u64, u64)>,
    /// Milliseconds on average.
    slowest: Vec<(String, String, f64)>,
}

/// A user who does much.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TopUser {
    #[schema(example = "user-123")]
    identifier: String,
    user_email: String,
    user_name: String,
    count: u64,
}

#[derive(Debug, Row, Deserialize)]
struct UserRow {
    who: String,
    requests: u64,
}

/// An endpoint that fails.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ErrorRoute {
    #[schema(example = "/api/users/:id")]
    path: String,
    #[schema(example = "GET")]
    method: String,
    error_count: u64,
    total: u64,
    /// Percent.
    #[schema(example = 12.5)]
    error_rate: f64,
}

/// An endpoint that is slow.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SlowRoute {
    #[schema(example = "/api/reports/:id")]
    path: String,
    #[schema(example = "GET")]
    method: String,
    /// Milliseconds, over events that have a response time.
    avg_ms: f64,
    /// Milliseconds; never above 30,000.
    p95_ms: f64,
}

#[derive(Debug, Row, Deserialize)]
struct PercentileRow {
    path: String,
    verb: String,
    p95_ms: f64,
}

/// The busiest endpoints and users, the endpoints with most errors, and the slowest ones.
///
/// Filtered by `service_name`, `environment`, `source`, `method` and `route` only, endpoints reach back
/// for years, in whole hours; users do so filtered by `environment` only, in whole days. With any other
/// filter both are counted from the events themselves, of the last 30 days.
#[utoipa::path(
    get, path = "/v1/audit/insights", operation_id = "insights", tag = "events",
    params(Filter, RangeQuery, InsightsQuery),
    responses((status = 200, body = Insights, description = "The lists."))
)]
pub(crate) async fn insights(
    State(app): State<App>,
    caller: Caller,
    mut params: Params,
) -> ApiResult<Json<Insights>> {
    let now = now_ms();
    let filter = Filter::take(&mut params)?;
    let range = period(&mut params, now)?;
    let limit = params.number("limit", 1..=MAX_LIMIT)?.unwrap_or(DEFAULT_LIMIT);
    params.finish()?;
    let scope = caller.scope(filter.project_id.as_deref())?;
    let hours = whole_hours(range);
    let of_endpoints = source(&filter, ENDPOINT_FIELDS, &hours, range, now)?;
    // Only asked whether the range fits: where users come from, their statement knows.
    source(&filter, USER_FIELDS, &hours, range, now)?;
    let about = About { scope: &scope, source: of_endpoints, filter: &filter };
    // What takes long to read is read of those only that are shown.
    let of_routes = async {
        let routes: Option<RoutesRow> = app.events.first(&statement::routes(about, limit)).await?;
        let routes = routes.unwrap_or_default();
        let percentiles = percentiles(&app.events, about, &routes.slowest).await?;
        ApiResult::Ok((routes, percentiles))
    };
    let of_users = async {
        let users: Vec<UserRow> =
            app.events.all(&statement::top_users(&scope, &filter, range, limit)).await?;
        let identifiers: Vec<_> = users.iter().map(|user| user.who.clone()).collect();
        let people = called(&app.events, &scope, range, &identifiers).await?;
        ApiResult::Ok((users, people))
    };
    let ((routes, percentiles), (users, people)) = futures::try_join!(of_routes, of_users)?;
    Ok(Json(assemble(routes, &percentiles, users, people)))
}

/// The 95th percentile of the response times of these routes, by path and method.
async fn percentiles(
    events: &Events,
    about: About<'_>,
    routes: &[(String, String, f64)],
) -> ApiResult<BTreeMap<(String, String), f64>> {
    if routes.is_empty() {
        return Ok(BTreeMap::new());
    }
    let (paths, verbs): (Vec<_>, Vec<_>) =
        routes.iter().map(|(path, verb, _)| (path.clone(), verb.clone())).unzip();
    let rows: Vec<PercentileRow> = events.all(&statement::percentiles(about, &paths, &verbs)).await?;
    Ok(rows.into_iter().map(|row| ((row.path, row.verb), row.p95_ms)).collect())
}

fn assemble(
    routes: RoutesRow,
    percentiles: &BTreeMap<(String, String), f64>,
    users: Vec<UserRow>,
    mut people: BTreeMap<String, Person>,
) -> Insights {
    let busiest = routes.busiest.into_iter().map(|(path, method, count)| TopEndpoint { path, method, count });
    let failing = routes.failing.into_iter().map(|(path, method, error_count, total)| ErrorRoute {
        error_rate: rate(error_count, total),
        path,
        method,
        error_count,
        total,
    });
    let slowest = routes.slowest.into_iter().map(|(path, method, avg_ms)| {
        let at = (path, method);
        let p95_ms = percentiles.get(&at).copied().unwrap_or_default();
        SlowRoute { path: at.0, method: at.1, avg_ms, p95_ms }
    });
    let users = users.into_iter().map(|user| {
        let Person { email, name } = people.remove(&user.who).unwrap_or_default();
        TopUser { identifier: user.who, user_email: email, user_name: name, count: user.requests }
    });
    Insights {
        top_endpoints: busiest.collect(),
        top_users: users.collect(),
        top_error_routes: failing.collect(),
        top_slow_routes: slowest.collect(),
    }
}

#[expect(clippy::cast_precision_loss, reason = "a rate need not be exact beyond 53 bits")]
fn rate(part: u64, whole: u64) -> f64 {
    part as f64 * 100.0 / whole as f64
}

fn period(params: &mut Params, now: i64) -> ApiResult<Range> {
    let Some(name) = params.text("period")? else { return Range::take(params, now, DEFAULT_MS) };
    let days = match name.as_str() {
        "7d" => 7,
        "30d" => 30,
        "90d" => 90,
        _ => return Err(ApiError::parameter("period", "must be 7d, 30d or 90d")),
    };
    let range = Range::take(params, now, days * DAY_MS)?;
    // A start or an end that was given as well moves the range away from the period's own.
    if range == (Range { start: now - days * DAY_MS, ..Range::retention(now) }) {
        Ok(range)
    } else {
        Err(ApiError::parameter("period", "cannot be given together with start_date or end_date"))
    }
}
