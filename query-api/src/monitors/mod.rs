//! `/v1/monitors`: addresses that sentinel looks at, and what it saw. This only reads and writes the control store.

mod input;
pub(crate) mod seen;
mod shapes;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use bataudit_control::monitors::{self, Monitor as Stored};

use self::input::Asked;
use self::shapes::{Monitor, MonitorChange, MonitorList, MonitorQuery, NewMonitor};
use crate::app::App;
use crate::auth::Caller;
use crate::error::{ApiError, ApiResult};
use crate::input::{Body, Params};

/// The monitors of a project, or of all the caller's projects.
#[utoipa::path(
    get, path = "/v1/monitors", operation_id = "list_monitors", tag = "monitors", params(MonitorQuery),
    responses((status = 200, body = MonitorList, description = "The monitors, by name."))
)]
pub(crate) async fn list_monitors(
    State(app): State<App>,
    caller: Caller,
    mut params: Params,
) -> ApiResult<Json<MonitorList>> {
    let project_id = params.text("project_id")?;
    params.finish()?;
    let scope = caller.scope(project_id.as_deref())?;
    let found = monitors::list(&app.control, scope.projects()).await?;
    Ok(Json(MonitorList { data: found.into_iter().map(Monitor::from).collect() }))
}

/// Makes a monitor. It is looked at at once, and then in its interval, a tenth earlier or later.
#[utoipa::path(
    post, path = "/v1/monitors", operation_id = "create_monitor", tag = "monitors", request_body = NewMonitor,
    responses(
        (status = 201, body = Monitor, description = "The monitor."),
        (status = 422, body = crate::error::ErrorBody, description = "The project has all it may have (`limit_reached`)."),
    )
)]
pub(crate) async fn create_monitor(
    State(app): State<App>,
    caller: Caller,
    mut body: Body,
) -> ApiResult<(StatusCode, Json<Monitor>)> {
    let project_id = body.text("project_id")?;
    let target = Asked::take(&mut body)?.complete()?;
    body.finish()?;
    caller.check_project(&project_id)?;
    let (store, most) = (caller.control(&app), app.monitors_per_project);
    let made = monitors::create(&store, &project_id, target, Some(&caller.user.id), most).await?;
    let full = || ApiError::LimitReached(format!("maximum of {most} monitors per project"));
    Ok((StatusCode::CREATED, Json(made.ok_or_else(full)?.into())))
}

/// Changes or pauses a monitor; it is looked at at once. Another address or status, and a pause, let its status be
/// unknown.
#[utoipa::path(
    put, path = "/v1/monitors/{id}", operation_id = "change_monitor", tag = "monitors",
    params(("id" = String, Path, description = "The monitor's id.")), request_body = MonitorChange,
    responses((status = 200, body = Monitor, description = "The monitor as it is now."))
)]
pub(crate) async fn change_monitor(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    mut body: Body,
) -> ApiResult<Json<Monitor>> {
    let asked = Asked::take(&mut body)?;
    body.finish()?;
    let monitor = find(&app, &caller, &id).await?;
    let target = asked.over(&monitor.target);
    Ok(Json(monitors::change(&caller.control(&app), monitor, target).await?.into()))
}

/// Deletes a monitor with its history.
#[utoipa::path(
    delete, path = "/v1/monitors/{id}", operation_id = "delete_monitor", tag = "monitors",
    params(("id" = String, Path, description = "The monitor's id.")),
    responses((status = 204, description = "It is gone."))
)]
pub(crate) async fn delete_monitor(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> ApiResult<StatusCode> {
    let monitor = find(&app, &caller, &id).await?;
    monitors::delete(&caller.control(&app), &monitor).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A monitor of a project that is the caller's.
async fn find(app: &App, caller: &Caller, id: &str) -> ApiResult<Stored> {
    let missing = || ApiError::NotFound("monitor");
    let monitor = monitors::by_id(&app.control, id).await?.ok_or_else(missing)?;
    caller.check_project_of("monitor", &monitor.project_id)?;
    Ok(monitor)
}
