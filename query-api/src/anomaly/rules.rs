//! `/v1/anomaly/rules`.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use bataudit_anomaly::Kind;
use bataudit_anomaly::rule::Parameters;
use bataudit_control::anomaly_rules::{self, AnomalyRule as Stored, Wanted};
use bataudit_control::projects;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::input::Asked;
use crate::app::App;
use crate::auth::Caller;
use crate::error::{ApiError, ApiResult};
use crate::input::{Body, Params};
use crate::time::rfc3339;

/// What a rule watches.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "names the values for the API's document")]
pub(crate) enum RuleType {
    /// More events in a minute than the mean of the 59 before it and `threshold` standard deviations. The
    /// deviation counts as at least the root of the mean; a mean below 1, or a service that is not there for
    /// 15 minutes yet, has no spikes.
    VolumeSpike,
    /// At least `threshold` percent of the window's events, of which there are `min_events` or more, have a status of
    /// 400 or above.
    ErrorRate,
    /// At least `threshold` events of one identifier with status 401 or 403 within the window.
    BruteForce,
    /// At least `threshold` events with method DELETE within the window.
    MassDelete,
    /// No event for `threshold` minutes of a service that sent some in the last seven days.
    SilentService,
    /// As `error_rate`, for each method and route by itself. With 10 events one error is 10 percent: raise `min_events`
    /// where routes are seldom asked.
    ErrorRateByRoute,
}

/// A rule of a project.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AnomalyRule {
    #[schema(example = "01931b66-7c5c-7c2f-9d3d-0f9f8c3f1a11")]
    id: String,
    project_id: String,
    #[schema(value_type = RuleType)]
    rule_type: String,
    /// Standard deviations, percent, events or minutes, as the kind has it.
    #[schema(example = 20.0)]
    threshold: f64,
    /// How far back events are counted; shares in whole minutes, rounded up. A spike and a silence know none.
    #[schema(example = 300)]
    window_seconds: i64,
    /// How long after it last held the same service is not told of again.
    #[schema(example = 300)]
    cooldown_seconds: i64,
    /// Of how many events in the window a share of errors says something; other kinds leave it unread.
    #[schema(example = 10)]
    min_events: i64,
    /// Only this service; every one, each for itself, when null.
    #[schema(required)]
    service_name: Option<String>,
    /// Only this environment; every one, each for itself, when null.
    #[schema(required)]
    environment: Option<String>,
    /// Whether it is evaluated; a paused one is not.
    active: bool,
    #[schema(example = "2026-01-31T08:00:00.000Z")]
    created_at: String,
    updated_at: String,
}

impl From<Stored> for AnomalyRule {
    fn from(rule: Stored) -> Self {
        Self {
            id: rule.id,
            project_id: rule.project_id,
            rule_type: rule.rule_type,
            threshold: rule.threshold,
            window_seconds: rule.window_seconds,
            cooldown_seconds: rule.cooldown_seconds,
            min_events: rule.min_events,
            service_name: rule.service_name,
            environment: rule.environment,
            active: rule.active == 1,
            created_at: rfc3339(rule.created_at),
            updated_at: rfc3339(rule.updated_at),
        }
    }
}

/// A rule to be made. What is left out is the kind's default.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "names the fields of the body for the API's document")]
pub(crate) struct NewAnomalyRule {
    project_id: String,
    rule_type: RuleType,
    #[schema(example = 20.0, nullable = false)]
    threshold: Option<f64>,
    #[schema(example = 300, minimum = 60, maximum = 86400, nullable = false)]
    window_seconds: Option<u32>,
    #[schema(example = 300, maximum = 604800, nullable = false)]
    cooldown_seconds: Option<u32>,
    #[schema(example = 10, minimum = 1, maximum = 1_000_000, nullable = false)]
    min_events: Option<u32>,
    service_name: Option<String>,
    environment: Option<String>,
    #[schema(nullable = false)]
    active: Option<bool>,
}

/// Fields of a rule to be changed; those left out stay.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "names the fields of the body for the API's document")]
pub(crate) struct AnomalyRuleChange {
    #[schema(nullable = false)]
    threshold: Option<f64>,
    #[schema(minimum = 60, maximum = 86400, nullable = false)]
    window_seconds: Option<u32>,
    #[schema(maximum = 604800, nullable = false)]
    cooldown_seconds: Option<u32>,
    #[schema(minimum = 1, maximum = 1_000_000, nullable = false)]
    min_events: Option<u32>,
    /// An empty text widens the rule to every service.
    #[schema(nullable = false)]
    service_name: Option<String>,
    /// An empty text widens the rule to every environment.
    #[schema(nullable = false)]
    environment: Option<String>,
    /// `false` pauses the rule.
    #[schema(nullable = false)]
    active: Option<bool>,
}

/// Of which project.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "names the parameters for the API's document")]
pub(crate) struct ProjectQuery {
    /// The project.
    project_id: String,
}

/// The rules of a project, the oldest first, paused ones included.
#[utoipa::path(
    get, path = "/v1/anomaly/rules", operation_id = "list_anomaly_rules", tag = "anomalies", params(ProjectQuery),
    responses((status = 200, body = Vec<AnomalyRule>, description = "The rules."))
)]
pub(crate) async fn list_anomaly_rules(
    State(app): State<App>,
    caller: Caller,
    mut params: Params,
) -> ApiResult<Json<Vec<AnomalyRule>>> {
    let project_id =
        params.text("project_id")?.ok_or_else(|| ApiError::parameter("project_id", "is required"))?;
    params.finish()?;
    caller.check_project(&project_id)?;
    projects::by_id(&app.control, &project_id).await?.ok_or(ApiError::NotFound("project"))?;
    let found = anomaly_rules::list(&app.control, &project_id).await?;
    Ok(Json(found.into_iter().map(AnomalyRule::from).collect()))
}

/// Makes a rule. It is evaluated within ten seconds.
#[utoipa::path(
    post, path = "/v1/anomaly/rules", operation_id = "create_anomaly_rule", tag = "anomalies",
    request_body = NewAnomalyRule,
    responses((status = 201, body = AnomalyRule, description = "The rule."))
)]
pub(crate) async fn create_anomaly_rule(
    State(app): State<App>,
    caller: Caller,
    mut body: Body,
) -> ApiResult<(StatusCode, Json<AnomalyRule>)> {
    let project_id = body.text("project_id")?;
    let asked = Asked::new(&mut body)?;
    body.finish()?;
    caller.check_project(&project_id)?;
    let made =
        anomaly_rules::create(&caller.control(&app), &project_id, &wanted(&asked), Some(&caller.user.id))
            .await?;
    Ok((StatusCode::CREATED, Json(made.into())))
}

/// Changes or pauses a rule.
#[utoipa::path(
    put, path = "/v1/anomaly/rules/{id}", operation_id = "change_anomaly_rule", tag = "anomalies",
    params(("id" = String, Path, description = "The rule's id.")), request_body = AnomalyRuleChange,
    responses((status = 200, body = AnomalyRule, description = "The rule as it is now."))
)]
pub(crate) async fn change_anomaly_rule(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    mut body: Body,
) -> ApiResult<Json<AnomalyRule>> {
    let rule = find(&app, &caller, &id).await?;
    let asked = read(rule)?.changed(&mut body)?;
    body.finish()?;
    Ok(Json(anomaly_rules::update(&caller.control(&app), &id, &wanted(&asked)).await?.into()))
}

/// Deletes a rule. What it found stays.
#[utoipa::path(
    delete, path = "/v1/anomaly/rules/{id}", operation_id = "delete_anomaly_rule", tag = "anomalies",
    params(("id" = String, Path, description = "The rule's id.")),
    responses((status = 204, description = "The rule is gone."))
)]
pub(crate) async fn delete_anomaly_rule(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> ApiResult<StatusCode> {
    find(&app, &caller, &id).await?;
    anomaly_rules::delete(&caller.control(&app), &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A rule of a project that is the caller's.
async fn find(app: &App, caller: &Caller, id: &str) -> ApiResult<Stored> {
    let missing = || ApiError::NotFound("rule");
    let rule = anomaly_rules::by_id(&app.control, id).await?.ok_or_else(missing)?;
    caller.check_project_of("rule", &rule.project_id)?;
    Ok(rule)
}

fn read(stored: Stored) -> ApiResult<Asked> {
    let kind: Kind = stored.rule_type.parse().map_err(|()| {
        tracing::error!("A row of the control store has an anomaly rule of a kind that is not known.");
        ApiError::Internal
    })?;
    let defaults = kind.defaults();
    let parameters = Parameters {
        threshold: stored.threshold,
        window_seconds: stored.window_seconds.try_into().unwrap_or(defaults.window_seconds),
        cooldown_seconds: stored.cooldown_seconds.try_into().unwrap_or(defaults.cooldown_seconds),
        min_events: stored.min_events.try_into().unwrap_or(defaults.min_events),
    };
    let (service_name, environment) = (stored.service_name, stored.environment);
    Ok(Asked { kind, parameters, service_name, environment, active: stored.active == 1 })
}

fn wanted(asked: &Asked) -> Wanted<'_> {
    Wanted {
        rule_type: asked.kind.name(),
        threshold: asked.parameters.threshold,
        window_seconds: asked.parameters.window_seconds.into(),
        cooldown_seconds: asked.parameters.cooldown_seconds.into(),
        min_events: asked.parameters.min_events.into(),
        service_name: asked.service_name.as_deref(),
        environment: asked.environment.as_deref(),
        active: asked.active,
    }
}
