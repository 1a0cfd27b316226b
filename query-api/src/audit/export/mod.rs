//! `GET /v1/audit/export` and `GET /v1/audit/exports/{id}`: every matching event as a file, and the
//! signed proof of what was in it. ClickHouse writes the file; this passes it on, chunk by chunk, and
//! counts and hashes what passes. However many rows there are, memory stays the same.

mod footer;
mod format;
mod manifest;
mod rows;
mod stream;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use bataudit_control::clock::now_ms;
use bataudit_control::exports;
use bataudit_control::outbox::{self, Act};
use serde::Serialize;
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

pub(crate) use manifest::Signer;

use self::format::Format;
use self::manifest::Beginning;
use self::stream::Passing;
use super::filter::Filter;
use super::range::{RETENTION_MS, Range, RangeQuery};
use super::statement::export::{self as statement, Columns, Export};
use super::total::count;
use crate::app::App;
use crate::auth::Caller;
use crate::error::{ApiError, ApiResult};
use crate::input::Params;

/// Exports one replica runs at a time: each keeps a query of ClickHouse busy.
pub(crate) const MAX_EXPORTS: usize = 4;

/// What the file looks like.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "names the parameters for the API's document")]
pub(crate) struct ExportQuery {
    /// `csv`, `json` (one array), `ndjson` (one object a line) or `parquet`.
    #[param(inline, default = "csv")]
    format: Option<Format>,
    /// `summary` (the fields of the list) or `all` (every field; JSON fields as text, as stored).
    #[param(example = "summary")]
    columns: Option<String>,
}

/// Every matching event as a file: no limit of rows, project by project, the newest first.
///
/// `X-Total-Rows` says before the body how many rows to expect, and `X-Export-Id` names the export. An
/// export that failed half way ends with a broken connection, never as a whole file. One that ended has
/// a signed manifest: `GET /v1/audit/exports/{id}`. In CSV, a text that a spreadsheet would take for a
/// formula begins with an apostrophe.
#[utoipa::path(
    get, path = "/v1/audit/export", operation_id = "export_events", tag = "events",
    params(Filter, RangeQuery, ExportQuery),
    responses(
        (status = 200, description = "The file, in the format asked for.",
         headers(
            ("X-Total-Rows" = u64, description = "Rows that matched when the export began."),
            ("X-Export-Id" = String, description = "For the manifest, once the body has ended."),
         ),
         content(
            (String = "text/csv", example =
                "id,event_type,timestamp,service_name,…\n\"01931b66-7c5c-7c2f-9d3d-0f9f8c3f1a11\",\"http\",…\n"),
            (serde_json::Value = "application/json", example =
                json!([{ "id": "01931b66-7c5c-7c2f-9d3d-0f9f8c3f1a11", "event_type": "http" }])),
            (String = "application/x-ndjson", example =
                "{\"id\":\"01931b66-7c5c-7c2f-9d3d-0f9f8c3f1a11\",\"event_type\":\"http\"}\n"),
            (String = "application/vnd.apache.parquet", example = "PAR1…PAR1"),
         )),
        (status = 429, body = crate::error::ErrorBody, description = "Too many exports are running."),
    )
)]
pub(crate) async fn export_events(
    State(app): State<App>,
    caller: Caller,
    mut params: Params,
) -> ApiResult<Response> {
    let now = now_ms();
    let query = params.given();
    let filter = Filter::take(&mut params)?;
    let range = Range::take(&mut params, now, RETENTION_MS)?;
    let format = params.choice("format", "must be csv, json, ndjson or parquet")?.unwrap_or(Format::Csv);
    let columns = params.choice("columns", "must be summary or all")?.unwrap_or(Columns::Summary);
    params.finish()?;
    let scope = caller.scope(filter.project_id.as_deref())?;
    let full = ApiError::RateLimited { what: "too many exports are running", seconds: 30 };
    let seat = app.exports.clone().try_acquire_owned().map_err(|_| full)?;
    let export = Export { scope: &scope, range, filter: &filter, stored_until: now };
    let statement = statement::rows(&export, columns, format.cells());
    let chunks = app.events.stream(&statement, format.clickhouse(), &format.settings())?;
    let beginning = Beginning {
        export_id: Uuid::now_v7().to_string(),
        exported_by: (caller.user.id.clone(), caller.user.email.clone()),
        project_id: filter.project_id.clone(),
        projects: scope.projects().map(<[String]>::to_vec),
        query,
        range,
        format,
        started_at: now,
    };
    let (export_id, asked) = (beginning.export_id.clone(), beginning.query.clone());
    // Before the first byte: what was broken off was taken out too.
    let noted = async {
        let total = count(&app.events, statement::count(&export)).await?;
        let taken = Act::done("EXPORT", format!("/exports/{export_id}"));
        let details = json!({"query": asked, "rows": total});
        let taken = Act { project_id: filter.project_id.as_deref(), ..taken.with(details) };
        outbox::record(&caller.control(&app), taken).await?;
        ApiResult::Ok(total)
    };
    // The rows are read meanwhile, as far as their first bytes.
    let begun = Passing::begin(app.clone(), beginning, chunks, seat);
    let (total, body) = futures::try_join!(noted, begun)?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(format.content_type())),
        (header::CONTENT_DISPOSITION, attachment(format, now)?),
        (HeaderName::from_static("x-total-rows"), HeaderValue::from(total)),
        (HeaderName::from_static("x-export-id"), text(&export_id)?),
    ];
    Ok((headers, body).into_response())
}

fn attachment(format: Format, now: i64) -> ApiResult<HeaderValue> {
    let day = chrono::DateTime::from_timestamp_millis(now).unwrap_or_default().format("%Y-%m-%d");
    text(&format!("attachment; filename=\"bataudit-export-{day}.{}\"", format.extension()))
}

fn text(value: &str) -> ApiResult<HeaderValue> {
    HeaderValue::from_str(value).map_err(|_| ApiError::Internal)
}

/// The proof of an export: what it holds is in `payload`, signed as it stands.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SignedManifest {
    /// JSON, exactly the signed bytes: export, format, query, range, rows, bytes and their SHA-256.
    #[schema(example = r#"{"version":1,"rows":42,"sha256":"9f86d0…"}"#)]
    payload: String,
    /// Ed25519 over the payload, as base64.
    signature: String,
    /// The key to check it with, as PEM.
    public_key: String,
}

/// The signed manifest of an export that ended.
///
/// Members of the exported project may read it; that of an export over several projects, who made it.
#[utoipa::path(
    get, path = "/v1/audit/exports/{id}", operation_id = "get_export", tag = "events",
    params(("id" = String, Path, description = "The `X-Export-Id` of the export.")),
    responses((status = 200, body = SignedManifest, description = "The manifest."))
)]
pub(crate) async fn get_export(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    params: Params,
) -> ApiResult<Json<SignedManifest>> {
    params.finish()?;
    let missing = || ApiError::NotFound("export");
    let export = exports::find(&app.control, &id).await?.ok_or_else(missing)?;
    let readable = match &export.project_id {
        Some(project) => caller.check_project(project).is_ok(),
        None => export.user_id == caller.user.id || caller.scope(None)?.projects().is_none(),
    };
    if !readable {
        return Err(missing());
    }
    Ok(Json(app.signer.signed(export.manifest)?))
}
