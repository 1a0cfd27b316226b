//! `/v1/projects/{id}/retention`: how many days a project's events and counts are kept.

use axum::Json;
use axum::extract::{Path, State};
use bataudit_control::retention::{self, Days};
use serde::Serialize;
use utoipa::ToSchema;

use super::check_not_audit;
use crate::app::App;
use crate::auth::Caller;
use crate::error::{ApiError, ApiResult};
use crate::input::{Body, Params};

/// Days, `null` where the project follows the installation.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Retention {
    /// Raw events and counts by the minute, 1 to 365. The installation: `TIERING_RAW_DAYS`, 30 unless set.
    #[schema(example = 30, minimum = 1, maximum = 365)]
    raw_days: Option<i64>,
    /// Counts by the hour, 1 to 365 and not fewer than `raw_days`. The installation: `TIERING_HOURLY_DAYS`, 365 unless set.
    #[schema(example = 365, minimum = 1, maximum = 365)]
    hourly_days: Option<i64>,
    /// Counts by the day, 1 to 3650 and not fewer than `hourly_days`. The installation: for ever, those by user and by
    /// error for 365 days.
    #[schema(example = 730, minimum = 1, maximum = 3650)]
    daily_days: Option<i64>,
}

impl From<Days> for Retention {
    fn from(days: Days) -> Self {
        let Days { raw_days, hourly_days, daily_days } = days;
        Self { raw_days, hourly_days, daily_days }
    }
}

/// What a project has set, and what holds where it has not.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProjectRetention {
    #[serde(flatten)]
    project: Retention,
    /// Days where the project has set none; counts by the day have none (`null`), they are kept for ever. `null` as a whole
    /// until sentinel, which removes, has said so.
    #[schema(required)]
    installation: Option<Retention>,
}

impl ProjectRetention {
    async fn new(app: &App, project_id: &str, days: Days) -> ApiResult<Self> {
        // What people did here is kept for a year, whatever the installation says.
        let of_audit = Days {
            raw_days: Some(retention::AUDIT_DAYS),
            hourly_days: Some(retention::AUDIT_DAYS),
            daily_days: None,
        };
        let installation = match check_not_audit(project_id) {
            Ok(()) => retention::of_installation(&app.control).await?,
            Err(_) => Some(of_audit),
        };
        Ok(Self { project: days.into(), installation: installation.map(Retention::from) })
    }
}

/// How long a project's events are kept.
#[utoipa::path(
    get, path = "/v1/projects/{id}/retention", operation_id = "get_retention", tag = "keeping",
    params(("id" = String, Path, description = "The project's id.")),
    responses((
        status = 200, body = ProjectRetention, description = "The days.",
        example = json!({
            "raw_days": null, "hourly_days": null, "daily_days": 730,
            "installation": {"raw_days": 30, "hourly_days": 365, "daily_days": null},
        })
    ))
)]
pub(crate) async fn get_retention(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    params: Params,
) -> ApiResult<Json<ProjectRetention>> {
    params.finish()?;
    caller.check_project(&id)?;
    let days = retention::of_project(&app.control, &id).await?;
    Ok(Json(ProjectRetention::new(&app, &id, days).await?))
}

/// Sets how long a project's events are kept.
///
/// What is older goes with the next nightly pass and does not come back; what is under a legal hold stays. A field
/// that is left out or `null` follows the installation.
#[utoipa::path(
    put, path = "/v1/projects/{id}/retention", operation_id = "set_retention", tag = "keeping",
    params(("id" = String, Path, description = "The project's id.")), request_body = Retention,
    responses(
        (status = 200, body = ProjectRetention, description = "The days as they are now."),
        (status = 409, body = crate::error::ErrorBody, description = "It is the project of what people did here (`refused`)."),
    )
)]
pub(crate) async fn set_retention(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    body: Body,
) -> ApiResult<Json<ProjectRetention>> {
    caller.check_project(&id)?;
    check_not_audit(&id)?;
    let days = days(body)?;
    retention::set(&caller.control(&app), &id, days).await?;
    Ok(Json(ProjectRetention::new(&app, &id, days).await?))
}

fn days(mut body: Body) -> ApiResult<Days> {
    let days = Days {
        raw_days: body.optional_number("raw_days", 1..=365)?,
        hourly_days: body.optional_number("hourly_days", 1..=365)?,
        daily_days: body.optional_number("daily_days", 1..=3650)?,
    };
    body.finish()?;
    let fewer = |one: Option<i64>, other: Option<i64>| one.zip(other).is_some_and(|(one, other)| one < other);
    if fewer(days.hourly_days, days.raw_days) {
        return Err(ApiError::parameter("hourly_days", "must not be fewer than raw_days"));
    }
    if fewer(days.daily_days, days.hourly_days.or(days.raw_days)) {
        return Err(ApiError::parameter("daily_days", "must not be fewer than hourly_days and raw_days"));
    }
    Ok(days)
}
