//! `GET /v1/audit/insights`: what is called most, by whom, what fails and what is slow. Paths are routes
//! here: `/users/42` and `/users/43` are one.

use axum::Json;
use axum::extract::State;
use bataudit_control::clock::now_ms;
use clickhouse::Row;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::filter::Filter;
use super::range::{DAY_MS, Range, RangeQuery};
use super::statement::figures::{About, ENDPOINT_FIELDS};
use super::statement::insights::{self as statement, USER_FIELDS};
use super::stats::{source, whole_hours};
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

#[derive(Debug, Row, Deserialize)]
struct EndpointRow {
    path: String,
    verb: String,
    requests: u64,
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
    email: String,
    name: String,
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

#[derive(Debug, Row, Deserialize)]
struct ErrorRow {
    path: String,
    verb: String,
    errors: u64,
    requests: u64,
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
struct SlowRow {
    path: String,
    verb: String,
    average_ms: f64,
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
    let (endpoints, users) =
        (statement::top_endpoints(about, limit), statement::top_users(&scope, &filter, range, limit));
    let (errors, slow) = (statement::error_routes(about, limit), statement::slow_routes(about, limit));
    let (endpoints, users, errors, slow) = futures::try_join!(
        app.events.all::<EndpointRow>(&endpoints),
        app.events.all::<UserRow>(&users),
        app.events.all::<ErrorRow>(&errors),
        app.events.all::<SlowRow>(&slow),
    )?;
    Ok(Json(Insights {
        top_endpoints: endpoints.into_iter().map(TopEndpoint::from).collect(),
        top_users: users.into_iter().map(TopUser::from).collect(),
        top_error_routes: errors.into_iter().map(ErrorRoute::from).collect(),
        top_slow_routes: slow.into_iter().map(SlowRoute::from).collect(),
    }))
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

impl From<EndpointRow> for TopEndpoint {
    fn from(row: EndpointRow) -> Self {
        Self { path: row.path, method: row.verb, count: row.requests }
    }
}

impl From<UserRow> for TopUser {
    fn from(row: UserRow) -> Self {
        Self { identifier: row.who, user_email: row.email, user_name: row.name, count: row.requests }
    }
}

impl From<ErrorRow> for ErrorRoute {
    #[expect(clippy::cast_precision_loss, reason = "a rate need not be exact beyond 53 bits")]
    fn from(row: ErrorRow) -> Self {
        Self {
            path: row.path,
            method: row.verb,
            error_count: row.errors,
            total: row.requests,
            error_rate: row.errors as f64 * 100.0 / row.requests as f64,
        }
    }
}

impl From<SlowRow> for SlowRoute {
    fn from(row: SlowRow) -> Self {
        Self { path: row.path, method: row.verb, avg_ms: row.average_ms, p95_ms: row.p95_ms }
    }
}
