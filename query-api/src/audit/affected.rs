//! `GET /v1/audit/affected-users`: who met the errors of a route.

use axum::Json;
use axum::extract::State;
use bataudit_control::clock::now_ms;
use clickhouse::Row;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::filter::Filter;
use super::people::called;
use super::range::{DAY_MS, Range, RangeQuery};
use super::statement::insights as statement;
use crate::app::App;
use crate::auth::Caller;
use crate::error::ApiResult;
use crate::input::Params;
use crate::time::rfc3339;

/// Users unless asked otherwise, as in the original.
const DEFAULT_LIMIT: u64 = 50;
/// Users at most.
const MAX_LIMIT: u64 = 1000;
/// The range unless asked otherwise.
const DEFAULT_MS: i64 = 7 * DAY_MS;

/// How many users.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "names the parameters for the API's document")]
pub(crate) struct AffectedQuery {
    /// Users at most.
    #[param(minimum = 1, maximum = 1000, default = 50)]
    limit: Option<u64>,
}

/// Users who met an error, those who met most first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AffectedUsers {
    data: Vec<AffectedUser>,
}

/// One of them.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AffectedUser {
    #[schema(example = "user-123")]
    identifier: String,
    user_email: String,
    user_name: String,
    error_count: u64,
    #[schema(example = "2026-01-31T08:00:00.000Z")]
    last_seen: String,
}

#[derive(Debug, Row, Deserialize)]
struct AffectedRow {
    who: String,
    errors: u64,
    last_seen_ms: i64,
}

/// The users who met an error (a status of 400 or above) among the events that match, by default within
/// the last 7 days, with the newest e-mail and name of these days. `route=/api/users/:id` asks for one
/// route, `path` for one path as sent.
#[utoipa::path(
    get, path = "/v1/audit/affected-users", operation_id = "affected_users", tag = "events",
    params(Filter, RangeQuery, AffectedQuery),
    responses((status = 200, body = AffectedUsers, description = "The users."))
)]
pub(crate) async fn affected_users(
    State(app): State<App>,
    caller: Caller,
    mut params: Params,
) -> ApiResult<Json<AffectedUsers>> {
    let filter = Filter::take(&mut params)?;
    // The original calls its ends start and end.
    params.rename("start", "start_date");
    params.rename("end", "end_date");
    let range = Range::take(&mut params, now_ms(), DEFAULT_MS)?;
    let limit = params.number("limit", 1..=MAX_LIMIT)?.unwrap_or(DEFAULT_LIMIT);
    params.finish()?;
    let scope = caller.scope(filter.project_id.as_deref())?;
    let statement = statement::affected_users(&scope, range, &filter, limit);
    let rows: Vec<AffectedRow> = app.events.all(&statement).await?;
    let identifiers: Vec<_> = rows.iter().map(|row| row.who.clone()).collect();
    let mut people = called(&app.events, &scope, range, &identifiers).await?;
    let data = rows.into_iter().map(|row| {
        let person = people.remove(&row.who).unwrap_or_default();
        AffectedUser {
            identifier: row.who,
            user_email: person.email,
            user_name: person.name,
            error_count: row.errors,
            last_seen: rfc3339(row.last_seen_ms),
        }
    });
    Ok(Json(AffectedUsers { data: data.collect() }))
}
