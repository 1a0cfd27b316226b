//! `/v1/anomaly/incidents`: what the rules found.

use axum::Json;
use axum::extract::State;
use bataudit_control::anomaly_incidents::{self, AnomalyIncident as Stored};
use bataudit_control::projects;
use serde::Serialize;
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::rules::RuleType;
use crate::app::App;
use crate::auth::Caller;
use crate::error::{ApiError, ApiResult};
use crate::input::Params;
use crate::time::rfc3339;

/// Incidents in an answer unless asked otherwise.
const USUAL: u64 = 50;

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
    /// `open` for those that are not over; `all` unless given.
    #[param(nullable = false)]
    state: Option<String>,
    /// Only those that started before this time: `started_at` of the last one, for the next page.
    #[param(nullable = false)]
    before: Option<String>,
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
    let open = match params.text("state")?.as_deref() {
        None | Some("all") => false,
        Some("open") => true,
        Some(_) => return Err(ApiError::parameter("state", "must be open or all")),
    };
    let before = params.time("before")?.unwrap_or(i64::MAX);
    let limit = params.number("limit", 1..=500)?.unwrap_or(USUAL);
    params.finish()?;
    caller.check_project(&project_id)?;
    projects::by_id(&app.control, &project_id).await?.ok_or(ApiError::NotFound("project"))?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let found = anomaly_incidents::list(&app.control, &project_id, open, before, limit).await?;
    Ok(Json(AnomalyIncidentList { data: found.into_iter().map(AnomalyIncident::from).collect() }))
}
