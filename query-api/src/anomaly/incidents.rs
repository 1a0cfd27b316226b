//! `/v1/anomaly/incidents`: what the rules found.

use axum::Json;
use axum::extract::{Path, State};
use bataudit_control::anomaly_incidents::{self, After, AnomalyIncident as Stored, Step, Which};
use bataudit_control::projects;
use serde::Serialize;
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::rules::RuleType;
use crate::app::App;
use crate::auth::Caller;
use crate::error::{ApiError, ApiResult};
use crate::input::{Body, Params};
use crate::time::rfc3339;

/// Incidents in an answer unless asked otherwise.
const USUAL: u64 = 50;
/// Longest note.
const MAX_NOTE_CHARS: usize = 2_000;

/// A time in which a rule held.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AnomalyIncident {
    /// Also the id of the `system.alert` event that tells it.
    #[schema(example = "01931b66-7c5c-7c2f-9d3d-0f9f8c3f1a11")]
    id: String,
    rule_id: String,
    project_id: String,
    #[schema(value_type = RuleType)]
    rule_type: String,
    service_name: String,
    environment: String,
    /// Method and route, where the rule tells them apart.
    #[schema(example = "GET /users/:id")]
    subject: String,
    /// What was seen in the first minute.
    #[schema(value_type = Object)]
    details: Value,
    /// The first minute, by the events' time.
    #[schema(example = "2026-01-31T08:00:00.000Z")]
    started_at: String,
    /// The last minute so far.
    last_seen_at: String,
    /// When it was found to be over; null while it is not.
    #[schema(required)]
    resolved_at: Option<String>,
    handling: Handling,
}

/// What people did about an incident.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Handling {
    #[schema(value_type = HandlingState)]
    state: String,
    /// The name of who last changed that.
    #[schema(required, example = "Ada Lovelace")]
    by: Option<String>,
    /// When.
    #[schema(required, example = "2026-01-31T08:05:00.000Z")]
    at: Option<String>,
    /// What they noted.
    #[schema(required, example = "A deployment; rolled back.")]
    note: Option<String>,
    /// When the rule held again after a person had resolved the incident.
    #[schema(required)]
    reopened_at: Option<String>,
}

/// Whether somebody looks after an incident.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "names the values for the API's document")]
pub(crate) enum HandlingState {
    /// Nobody does.
    Open,
    /// Somebody looks into it.
    Acknowledged,
    /// It is settled; it opens again when its rule holds again.
    Resolved,
}

impl From<anomaly_incidents::Handling> for Handling {
    fn from(stored: anomaly_incidents::Handling) -> Self {
        Self {
            state: stored.state,
            by: stored.handled_by,
            at: stored.handled_at.map(rfc3339),
            note: stored.note,
            reopened_at: stored.reopened_at.map(rfc3339),
        }
    }
}

impl From<Stored> for AnomalyIncident {
    fn from(stored: Stored) -> Self {
        Self {
            id: stored.id,
            rule_id: stored.rule_id,
            project_id: stored.project_id,
            rule_type: stored.rule_type,
            service_name: stored.service_name,
            environment: stored.environment,
            subject: stored.subject,
            details: serde_json::from_str(&stored.details).unwrap_or_default(),
            started_at: rfc3339(stored.from_ms),
            last_seen_at: rfc3339(stored.to_ms),
            resolved_at: stored.resolved_at.map(rfc3339),
            handling: stored.handling.into(),
        }
    }
}

/// Incidents, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AnomalyIncidentList {
    data: Vec<AnomalyIncident>,
}

/// Which incidents to list.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "names the parameters for the API's document")]
pub(crate) struct IncidentQuery {
    /// The project.
    project_id: String,
    /// `open` for those that are not over, `unhandled` for those that nobody acknowledged or resolved; `all` unless
    /// given.
    #[param(nullable = false)]
    state: Option<String>,
    /// Only those that started before this time: `started_at` of the last one, for the next page.
    #[param(nullable = false)]
    before: Option<String>,
    /// With `before`: the `id` of the last one, so that none that started in the same moment is skipped.
    #[param(nullable = false)]
    before_id: Option<String>,
    /// 1 to 500; 50 unless given.
    #[param(nullable = false)]
    limit: Option<u64>,
}

/// What the rules of a project found.
#[utoipa::path(
    get, path = "/v1/anomaly/incidents", operation_id = "list_anomaly_incidents", tag = "anomalies",
    params(IncidentQuery),
    responses((status = 200, body = AnomalyIncidentList, description = "The incidents."))
)]
pub(crate) async fn list_anomaly_incidents(
    State(app): State<App>,
    caller: Caller,
    mut params: Params,
) -> ApiResult<Json<AnomalyIncidentList>> {
    let project_id =
        params.text("project_id")?.ok_or_else(|| ApiError::parameter("project_id", "is required"))?;
    let which = match params.text("state")?.as_deref() {
        None | Some("all") => Which::All,
        Some("open") => Which::Lasting,
        Some("unhandled") => Which::Unhandled,
        Some(_) => return Err(ApiError::parameter("state", "must be open, unhandled or all")),
    };
    let (before, id) = (params.time("before")?, params.text("before_id")?);
    if before.is_none() && id.is_some() {
        return Err(ApiError::parameter("before_id", "needs before: started_at of the same incident"));
    }
    let id = id.unwrap_or_default();
    let after = before.map_or(After::START, |from_ms| After { from_ms, id: &id });
    let limit = params.number("limit", 1..=500)?.unwrap_or(USUAL);
    params.finish()?;
    caller.check_project(&project_id)?;
    projects::by_id(&app.control, &project_id).await?.ok_or(ApiError::NotFound("project"))?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let found = anomaly_incidents::list(&app.control, &project_id, which, after, limit).await?;
    Ok(Json(AnomalyIncidentList { data: found.into_iter().map(AnomalyIncident::from).collect() }))
}

/// One incident.
#[utoipa::path(
    get, path = "/v1/anomaly/incidents/{id}", operation_id = "get_anomaly_incident", tag = "anomalies",
    params(("id" = String, Path, description = "The incident's id.")),
    responses((status = 200, body = AnomalyIncident, description = "The incident."))
)]
pub(crate) async fn get_anomaly_incident(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> ApiResult<Json<AnomalyIncident>> {
    Ok(Json(find(&app, &caller, &id).await?.into()))
}

/// What a person notes about an incident.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "names the fields of the body for the API's document")]
pub(crate) struct IncidentNote {
    /// The note of before stays where none is given.
    #[schema(example = "A deployment; rolled back.", max_length = 2000)]
    note: Option<String>,
}

/// Says that the caller looks into an incident.
#[utoipa::path(
    post, path = "/v1/anomaly/incidents/{id}/acknowledge", operation_id = "acknowledge_anomaly_incident",
    tag = "anomalies", params(("id" = String, Path, description = "The incident's id.")), request_body = IncidentNote,
    responses((status = 200, body = AnomalyIncident, description = "The incident as it is now."))
)]
pub(crate) async fn acknowledge_anomaly_incident(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    body: Body,
) -> ApiResult<Json<AnomalyIncident>> {
    handle(&app, &caller, &id, Step::Acknowledge, body).await
}

/// Says that an incident is settled. It opens again by itself when its rule holds again.
#[utoipa::path(
    post, path = "/v1/anomaly/incidents/{id}/resolve", operation_id = "resolve_anomaly_incident", tag = "anomalies",
    params(("id" = String, Path, description = "The incident's id.")), request_body = IncidentNote,
    responses((status = 200, body = AnomalyIncident, description = "The incident as it is now."))
)]
pub(crate) async fn resolve_anomaly_incident(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    body: Body,
) -> ApiResult<Json<AnomalyIncident>> {
    handle(&app, &caller, &id, Step::Resolve, body).await
}

/// Takes it back that an incident is acknowledged or resolved.
#[utoipa::path(
    post, path = "/v1/anomaly/incidents/{id}/reopen", operation_id = "reopen_anomaly_incident", tag = "anomalies",
    params(("id" = String, Path, description = "The incident's id.")), request_body = IncidentNote,
    responses((status = 200, body = AnomalyIncident, description = "The incident as it is now."))
)]
pub(crate) async fn reopen_anomaly_incident(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    body: Body,
) -> ApiResult<Json<AnomalyIncident>> {
    handle(&app, &caller, &id, Step::Reopen, body).await
}

async fn handle(
    app: &App,
    caller: &Caller,
    id: &str,
    step: Step,
    mut body: Body,
) -> ApiResult<Json<AnomalyIncident>> {
    let note = body.optional_text("note")?;
    body.finish()?;
    if note.as_ref().is_some_and(|note| note.chars().count() > MAX_NOTE_CHARS) {
        return Err(ApiError::parameter("note", format!("must have at most {MAX_NOTE_CHARS} characters")));
    }
    let incident = find(app, caller, id).await?;
    let store = caller.control(app);
    let handled = anomaly_incidents::handle(&store, &incident, step, &caller.user.name, note.as_deref());
    Ok(Json(handled.await?.into()))
}

/// An incident of a project that is the caller's.
pub(super) async fn find(app: &App, caller: &Caller, id: &str) -> ApiResult<Stored> {
    let missing = || ApiError::NotFound("incident");
    let incident = anomaly_incidents::by_id(&app.control, id).await?.ok_or_else(missing)?;
    caller.check_project_of("incident", &incident.project_id)?;
    Ok(incident)
}
