//! `/v1/projects/{id}/holds`: legal holds. What matches one is not removed until it is released.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use bataudit_control::holds::{self, Filter, NewHold};
use chrono::DateTime;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::short;
use crate::app::App;
use crate::auth::Caller;
use crate::error::{ApiError, ApiResult};
use crate::input::{Body, Params};
use crate::time::rfc3339;

/// Longest value of a filter.
const MAX_VALUE_CHARS: usize = 1024;

/// Which events a hold keeps: those that have all of the values given. Without any, all of the project.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "names the fields of the filter for the API's document")]
pub(crate) struct HoldFilter {
    #[schema(example = "user-123")]
    identifier: Option<String>,
    user_email: Option<String>,
    service_name: Option<String>,
    environment: Option<String>,
    tenant_id: Option<String>,
    session_id: Option<String>,
    request_id: Option<String>,
    path_prefix: Option<String>,
}

/// A legal hold.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Hold {
    #[schema(example = "01931b66-7c5c-7c2f-9d3d-0f9f8c3f1a11")]
    id: String,
    #[schema(example = "Case 2026-17")]
    name: String,
    #[schema(example = "Order of the court of 12 May")]
    reason: String,
    #[schema(value_type = HoldFilter)]
    filter: Value,
    /// Events from then on.
    start_date: Option<String>,
    /// Events before then.
    end_date: Option<String>,
    /// E-mail of who made it.
    #[schema(example = "counsel@example.com")]
    created_by: String,
    #[schema(example = "2026-01-31T08:00:00.000Z")]
    created_at: String,
    /// E-mail of who released it.
    released_by: Option<String>,
    /// While it is `null`, the hold is in force.
    released_at: Option<String>,
}

impl From<holds::Hold> for Hold {
    fn from(hold: holds::Hold) -> Self {
        Self {
            filter: serde_json::to_value(&hold.filter).unwrap_or_default(),
            id: hold.id,
            name: hold.name,
            reason: hold.reason,
            start_date: hold.from_ms.map(rfc3339),
            end_date: hold.to_ms.map(rfc3339),
            created_by: hold.created_by,
            created_at: rfc3339(hold.created_at),
            released_by: hold.released_by,
            released_at: hold.released_at.map(rfc3339),
        }
    }
}

/// Holds, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HoldList {
    data: Vec<Hold>,
}

/// A hold that is to be made.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "names the fields of the body for the API's document")]
pub(crate) struct NewHoldBody {
    #[schema(example = "Case 2026-17", min_length = 1, max_length = 500)]
    name: String,
    #[schema(example = "Order of the court of 12 May", min_length = 1, max_length = 500)]
    reason: String,
    filter: Option<HoldFilter>,
    #[schema(example = "2026-01-01T00:00:00Z")]
    start_date: Option<String>,
    #[schema(example = "2026-02-01T00:00:00Z")]
    end_date: Option<String>,
}

/// A project's holds, released ones too.
#[utoipa::path(
    get, path = "/v1/projects/{id}/holds", operation_id = "list_holds", tag = "keeping",
    params(("id" = String, Path, description = "The project's id.")),
    responses((status = 200, body = HoldList, description = "The holds."))
)]
pub(crate) async fn list_holds(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    params: Params,
) -> ApiResult<Json<HoldList>> {
    params.finish()?;
    caller.check_project(&id)?;
    let found = holds::of_project(&app.control, &id).await?;
    Ok(Json(HoldList { data: found.into_iter().map(Hold::from).collect() }))
}

/// Holds events: nothing removes them until the hold is released.
///
/// A hold is in force at once. Only the day of events that is being removed at that very moment may still go.
#[utoipa::path(
    post, path = "/v1/projects/{id}/holds", operation_id = "create_hold", tag = "keeping",
    params(("id" = String, Path, description = "The project's id.")), request_body = NewHoldBody,
    responses((status = 201, body = Hold, description = "The hold."))
)]
pub(crate) async fn create_hold(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    mut body: Body,
) -> ApiResult<(StatusCode, Json<Hold>)> {
    caller.check_project(&id)?;
    let (name, reason) = (short("name", body.text("name")?)?, short("reason", body.text("reason")?)?);
    let filter = filter(body.value("filter"))?;
    let (from_ms, to_ms) = (time(&mut body, "start_date")?, time(&mut body, "end_date")?);
    body.finish()?;
    if from_ms.zip(to_ms).is_some_and(|(from, to)| from >= to) {
        return Err(ApiError::parameter("end_date", "must lie after start_date"));
    }
    let created_by = &caller.user.email;
    let new = NewHold {
        project_id: &id,
        name: &name,
        reason: &reason,
        filter: &filter,
        from_ms,
        to_ms,
        created_by,
    };
    let made = holds::create(&caller.control(&app), new).await?;
    Ok((StatusCode::CREATED, Json(made.into())))
}

/// Releases a hold. It stays in the list; what it held follows the project's retention again.
#[utoipa::path(
    delete, path = "/v1/projects/{id}/holds/{hold_id}", operation_id = "release_hold", tag = "keeping",
    params(
        ("id" = String, Path, description = "The project's id."),
        ("hold_id" = String, Path, description = "The hold's id."),
    ),
    responses((status = 200, body = Hold, description = "The hold as it is now."))
)]
pub(crate) async fn release_hold(
    State(app): State<App>,
    caller: Caller,
    Path((id, hold_id)): Path<(String, String)>,
) -> ApiResult<Json<Hold>> {
    caller.check_project(&id)?;
    Ok(Json(holds::release(&caller.control(&app), &id, &hold_id, &caller.user.email).await?.into()))
}

fn filter(value: Option<Value>) -> ApiResult<Filter> {
    let expected = "must be an object of texts, of at most 1024 characters each: identifier, user_email, service_name, \
                    environment, tenant_id, session_id, request_id, path_prefix";
    let wrong = || ApiError::parameter("filter", expected);
    let Some(value) = value else { return Ok(Filter::default()) };
    let fits = |value: &Value| match value {
        Value::String(text) => !text.is_empty() && text.chars().count() <= MAX_VALUE_CHARS,
        other => other.is_null(),
    };
    if !value.as_object().is_some_and(|fields| fields.values().all(fits)) {
        return Err(wrong());
    }
    serde_json::from_value(value).map_err(|_| wrong())
}

fn time(body: &mut Body, name: &str) -> ApiResult<Option<i64>> {
    let Some(text) = body.optional_text(name)? else { return Ok(None) };
    let expected = "must be a time with its offset, such as 2026-01-31T08:00:00Z";
    let time = DateTime::parse_from_rfc3339(&text).map_err(|_| ApiError::parameter(name, expected))?;
    Ok(Some(time.timestamp_millis()))
}
