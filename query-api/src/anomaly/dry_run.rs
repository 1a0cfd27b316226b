//! `/v1/anomaly/rules/dry-run`: what a rule would have told in the last seven days, by the code that
//! evaluates it.

use axum::Json;
use axum::extract::State;
use bataudit_anomaly::{Finding, MINUTE_MS, Rule, evaluate, incident, minute_of};
use bataudit_control::clock::now_ms;
use bataudit_control::projects;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::input::Asked;
use super::rules::NewAnomalyRule;
use crate::app::App;
use crate::auth::Caller;
use crate::error::{ApiError, ApiResult};
use crate::input::Body;
use crate::time::rfc3339;

/// How far back a rule is tried.
const DAYS: i64 = 7;
/// The most incidents that are shown; all are counted.
const MOST_SHOWN: usize = 100;

/// What a rule would have told.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DryRun {
    /// How far back it was tried.
    #[schema(example = 7)]
    days: i64,
    /// How often it would have told something.
    #[schema(example = 3)]
    would_have_fired: usize,
    /// The latest of these, at most 100, the newest first.
    data: Vec<Tried>,
}

/// One of the times.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Tried {
    service_name: String,
    environment: String,
    /// Method and route, where the rule tells them apart.
    #[schema(example = "GET /users/:id")]
    subject: String,
    /// The first minute.
    #[schema(example = "2026-01-31T08:00:00.000Z")]
    started_at: String,
    /// The last minute.
    ended_at: String,
    /// What was seen in the first one.
    #[schema(value_type = Object)]
    details: Value,
}

/// Tries a rule on the last seven days. Nothing is made or told.
#[utoipa::path(
    post, path = "/v1/anomaly/rules/dry-run", operation_id = "try_anomaly_rule", tag = "anomalies",
    request_body = NewAnomalyRule,
    responses((status = 200, body = DryRun, description = "What it would have told."))
)]
pub(crate) async fn try_anomaly_rule(
    State(app): State<App>,
    caller: Caller,
    mut body: Body,
) -> ApiResult<Json<DryRun>> {
    let project_id = body.text("project_id")?;
    let asked = Asked::new(&mut body)?;
    body.finish()?;
    caller.check_project(&project_id)?;
    projects::by_id(&app.control, &project_id).await?.ok_or(ApiError::NotFound("project"))?;
    let rule = Rule {
        id: String::new(),
        project_id,
        kind: asked.kind,
        parameters: asked.parameters,
        service_name: asked.service_name,
        environment: asked.environment,
    };
    let until = minute_of(now_ms());
    let minutes = until - DAYS * 24 * 60..until + 1;
    let found = app
        .events
        .run("anomaly_dry_run", evaluate(&app.anomalies, std::slice::from_ref(&rule), minutes))
        .await?;
    let mut data: Vec<Tried> = found.iter().flat_map(|finding| told(&rule, finding, until)).collect();
    data.sort_by(|one, other| other.started_at.cmp(&one.started_at));
    let would_have_fired = data.len();
    data.truncate(MOST_SHOWN);
    Ok(Json(DryRun { days: DAYS, would_have_fired, data }))
}

fn told(rule: &Rule, finding: &Finding, until: i64) -> Vec<Tried> {
    let cooldown = rule.parameters.cooldown_minutes();
    let change = incident::compare(&[], &finding.spans, until, cooldown);
    let key = &finding.key;
    let tried = change.fired.into_iter().map(|incident| Tried {
        service_name: key.service_name.clone(),
        environment: key.environment.clone(),
        subject: key.subject.clone(),
        started_at: rfc3339(incident.from * MINUTE_MS),
        ended_at: rfc3339(incident.to * MINUTE_MS),
        details: incident.details,
    });
    tried.collect()
}
