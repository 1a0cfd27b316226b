//! `POST /v1/audit/query`: the SQL console. `statement → clause → period, projects → run → complaint`: what is no single
//! query is refused here; what may be read and how much is decided in ClickHouse, by the rights, views and settings of the
//! console's user.

mod clause;
mod complaint;
pub(crate) mod kept;
mod period;
mod projects;
mod run;
mod statement;
mod tokens;

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use bataudit_control::console::history::{self, Run};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

pub(crate) use run::Console;

use self::run::{Cost, Found, MAX_ROWS};
use crate::app::App;
use crate::auth::{Caller, Scope};
use crate::error::{ApiError, ApiResult};
use crate::input::{Body, Params};

/// A query.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "names the fields of the body for the API's document")]
pub(crate) struct Query {
    /// One SELECT over `audits` and `audit_summaries`, in ClickHouse's SQL; 16384 bytes at most.
    #[schema(example = "SELECT service_name, count() FROM audits GROUP BY service_name")]
    sql: String,
    /// Only this project; without it, all the caller may see.
    #[schema(nullable)]
    project_id: Option<String>,
}

/// What a query found.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct QueryResult {
    #[schema(example = json!(["service_name", "count()"]))]
    columns: Vec<String>,
    /// ClickHouse's type of each column.
    #[schema(example = json!(["LowCardinality(String)", "UInt64"]))]
    column_types: Vec<String>,
    /// A list of values each; whole numbers of 64 bits are texts, times RFC 3339.
    #[schema(value_type = Vec<Vec<Value>>, example = json!([["checkout", "42"]]))]
    rows: Vec<Vec<Value>>,
    #[schema(example = 1)]
    row_count: usize,
    #[schema(example = 12)]
    elapsed_ms: u64,
    /// Whether there are more rows than the 1000 that are answered.
    truncated: bool,
    /// Rows that were read for it, of the tables behind the views too.
    #[schema(example = 8192)]
    rows_read: u64,
    /// Bytes that were read for it: of the columns that were needed, uncompressed.
    #[schema(example = 147_456)]
    bytes_read: u64,
}

/// Runs one SELECT over the events and summaries of the caller's projects.
///
/// `audits` has a row an event, `audit_summaries` one a project, service and `period_type` (`hour` or `day`). A query
/// has 5 seconds, 500 million rows and 20 GB to read, and 500 MB of memory. `rows_read` says what it took. A `WHERE` on
/// `audits` that compares `timestamp` with times, in conditions tied by `AND`, reads the days it names and no others.
#[utoipa::path(
    post, path = "/v1/audit/query", operation_id = "run_query", tag = "console", request_body = Query,
    responses(
        (status = 200, body = QueryResult, description = "The rows."),
        (status = 400, body = crate::error::ErrorBody, description = "It is no single SELECT, or ClickHouse refused it; \
         `error` says what to change (`invalid_query`).",
         example = json!({"error": "query error: Unknown expression identifier `paht`", "code": "invalid_query"})),
        (status = 404, body = crate::error::ErrorBody, description = "The project does not exist, or not for the caller."),
        (status = 409, body = crate::error::ErrorBody, description = "The console is closed (`refused`)."),
        (status = 429, body = crate::error::ErrorBody, description = "Too many queries are running."),
    )
)]
pub(crate) async fn run_query(
    State(app): State<App>,
    caller: Caller,
    params: Params,
    mut body: Body,
) -> ApiResult<Json<QueryResult>> {
    params.finish()?;
    let sql = body.optional_text("sql")?.unwrap_or_default();
    let project_id = body.optional_text("project_id")?.filter(|id| !id.is_empty());
    body.finish()?;
    let scope = caller.scope(project_id.as_deref())?;
    let found = find(&app, &sql, &scope).await;
    write_down(&app, &caller, &sql, project_id.as_deref(), &found).await?;
    let Found { columns, types: column_types, rows, is_truncated: truncated, elapsed, cost } = found?;
    let (row_count, elapsed_ms) = (rows.len(), millis(elapsed));
    let Cost { rows_read, bytes_read } = cost;
    let result =
        QueryResult { columns, column_types, rows, row_count, elapsed_ms, truncated, rows_read, bytes_read };
    Ok(Json(result))
}

async fn find(app: &App, sql: &str, scope: &Scope) -> ApiResult<Found> {
    let sql = statement::accept(sql).map_err(|refusal| ApiError::Query(refusal.to_string()))?;
    app.console.run(&sql, scope).await
}

/// Before anything is answered: what somebody saw is in the audit of the audit, and what they tried.
async fn write_down(
    app: &App,
    caller: &Caller,
    sql: &str,
    project_id: Option<&str>,
    found: &ApiResult<Found>,
) -> ApiResult<()> {
    let error = found.as_ref().err().map(ToString::to_string);
    // What nobody asked is no query.
    if sql.trim().is_empty() {
        return Ok(());
    }
    let sql: String = sql.chars().take(statement::MAX_BYTES).collect();
    let run = Run {
        user_id: &caller.user.id,
        project_id,
        sql: &sql,
        row_count: found.as_ref().ok().and_then(|found| i64::try_from(found.rows.len()).ok()),
        elapsed_ms: found
            .as_ref()
            .map_or(0, |found| i64::try_from(millis(found.elapsed)).unwrap_or(i64::MAX)),
        error: error.as_deref(),
        status: found.as_ref().err().map_or(200, |error| error.status().as_u16()),
    };
    Ok(history::add(&caller.control(app), &run).await?)
}

fn millis(elapsed: Duration) -> u64 {
    u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX)
}

const _: () = assert!(MAX_ROWS == 1000, "the document of the API says so");
