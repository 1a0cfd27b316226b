//! What a person asked before, and what they kept under a name. Both are theirs alone.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use bataudit_control::console::{history, saved};
use serde::Serialize;
use utoipa::ToSchema;

use super::statement::MAX_BYTES;
use crate::app::App;
use crate::auth::Caller;
use crate::error::{ApiError, ApiResult};
use crate::input::{Body, Params};
use crate::time::rfc3339;

/// Longest name.
const MAX_NAME_CHARS: usize = 200;

/// A query that was run.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PastQuery {
    id: String,
    #[schema(example = "SELECT count() FROM audits")]
    sql: String,
    /// `null` where it failed.
    row_count: Option<i64>,
    elapsed_ms: i64,
    /// Why it failed.
    error: Option<String>,
    #[schema(example = "2026-01-31T08:00:00.000Z")]
    ran_at: String,
}

/// Queries that were run, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct QueryHistory {
    data: Vec<PastQuery>,
}

/// The queries the caller ran, the latest 200.
#[utoipa::path(
    get, path = "/v1/audit/query/history", operation_id = "list_query_history", tag = "console",
    responses((status = 200, body = QueryHistory, description = "The queries."))
)]
pub(crate) async fn list_query_history(
    State(app): State<App>,
    caller: Caller,
    params: Params,
) -> ApiResult<Json<QueryHistory>> {
    params.finish()?;
    let data = history::of_user(&app.control, &caller.user.id).await?.into_iter().map(|ran| PastQuery {
        id: ran.id,
        sql: ran.sql,
        row_count: ran.row_count,
        elapsed_ms: ran.elapsed_ms,
        error: ran.error,
        ran_at: rfc3339(ran.ran_at),
    });
    Ok(Json(QueryHistory { data: data.collect() }))
}

/// Forgets the queries the caller ran. The audit of the audit keeps them.
#[utoipa::path(
    delete, path = "/v1/audit/query/history", operation_id = "clear_query_history", tag = "console",
    responses((status = 204, description = "They are forgotten."))
)]
pub(crate) async fn clear_query_history(State(app): State<App>, caller: Caller) -> ApiResult<StatusCode> {
    history::clear(&app.control, &caller.user.id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A query under a name.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SavedQuery {
    id: String,
    #[schema(example = "Events by service")]
    name: String,
    #[schema(example = "SELECT service_name, count() FROM audits GROUP BY service_name")]
    sql: String,
    #[schema(example = "2026-01-31T08:00:00.000Z")]
    created_at: String,
    #[schema(example = "2026-01-31T08:00:00.000Z")]
    updated_at: String,
}

impl From<saved::Saved> for SavedQuery {
    fn from(saved: saved::Saved) -> Self {
        let saved::Saved { id, name, sql, created_at, updated_at } = saved;
        Self { id, name, sql, created_at: rfc3339(created_at), updated_at: rfc3339(updated_at) }
    }
}

/// Queries under names, by name.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SavedQueryList {
    data: Vec<SavedQuery>,
}

/// A query to be kept.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "names the fields of the body for the API's document")]
pub(crate) struct NewSavedQuery {
    #[schema(example = "Events by service", min_length = 1, max_length = 200)]
    name: String,
    /// It is checked when it is run, not here: it may hold placeholders.
    #[schema(example = "SELECT service_name, count() FROM audits GROUP BY service_name")]
    sql: String,
}

/// The queries the caller kept.
#[utoipa::path(
    get, path = "/v1/audit/query/saved", operation_id = "list_saved_queries", tag = "console",
    responses((status = 200, body = SavedQueryList, description = "The queries."))
)]
pub(crate) async fn list_saved_queries(
    State(app): State<App>,
    caller: Caller,
    params: Params,
) -> ApiResult<Json<SavedQueryList>> {
    params.finish()?;
    let found = saved::of_user(&app.control, &caller.user.id).await?;
    Ok(Json(SavedQueryList { data: found.into_iter().map(SavedQuery::from).collect() }))
}

/// Keeps a query for the caller, 200 at most.
#[utoipa::path(
    post, path = "/v1/audit/query/saved", operation_id = "create_saved_query", tag = "console",
    request_body = NewSavedQuery,
    responses((status = 201, body = SavedQuery, description = "The query."))
)]
pub(crate) async fn create_saved_query(
    State(app): State<App>,
    caller: Caller,
    body: Body,
) -> ApiResult<(StatusCode, Json<SavedQuery>)> {
    let (name, sql) = content(body)?;
    let made = saved::create(&app.control, &caller.user.id, &name, &sql).await?;
    Ok((StatusCode::CREATED, Json(made.into())))
}

/// Replaces a query the caller kept.
#[utoipa::path(
    put, path = "/v1/audit/query/saved/{id}", operation_id = "change_saved_query", tag = "console",
    params(("id" = String, Path, description = "The query's id.")), request_body = NewSavedQuery,
    responses((status = 200, body = SavedQuery, description = "The query as it is now."))
)]
pub(crate) async fn change_saved_query(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    body: Body,
) -> ApiResult<Json<SavedQuery>> {
    let (name, sql) = content(body)?;
    Ok(Json(saved::replace(&app.control, &caller.user.id, &id, &name, &sql).await?.into()))
}

/// Forgets a query the caller kept.
#[utoipa::path(
    delete, path = "/v1/audit/query/saved/{id}", operation_id = "delete_saved_query", tag = "console",
    params(("id" = String, Path, description = "The query's id.")),
    responses((status = 204, description = "It is gone."))
)]
pub(crate) async fn delete_saved_query(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> ApiResult<StatusCode> {
    saved::remove(&app.control, &caller.user.id, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn content(mut body: Body) -> ApiResult<(String, String)> {
    let (name, sql) = (body.text("name")?, body.text("sql")?);
    body.finish()?;
    if name.chars().count() > MAX_NAME_CHARS {
        return Err(ApiError::parameter("name", format!("must have at most {MAX_NAME_CHARS} characters")));
    }
    if sql.len() > MAX_BYTES {
        return Err(ApiError::parameter("sql", format!("must have at most {MAX_BYTES} bytes")));
    }
    Ok((name, sql))
}
