//! `/v1/reports`: named sets of SQL widgets. What a widget asks is checked where it is run, not here.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use bataudit_control::reports::{self, Content};
use serde::Serialize;
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::auth::Caller;
use crate::error::{ApiError, ApiResult};
use crate::input::{Body, Params};
use crate::time::rfc3339;

/// Widgets of a report at most.
const MAX_WIDGETS: usize = 100;
/// Longest name.
const MAX_NAME_CHARS: usize = 200;

/// A report.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Report {
    #[schema(example = "01931b66-7c5c-7c2f-9d3d-0f9f8c3f1a11")]
    id: String,
    /// Empty for a report of the whole installation, which only the owner sees.
    project_id: String,
    #[schema(example = "Errors by service")]
    name: String,
    /// `{id, title, sql, viz}` each; kept as sent.
    #[schema(value_type = Vec<Object>)]
    widgets: Value,
    /// `{i, x, y, w, h}` each; kept as sent.
    #[schema(value_type = Vec<Object>)]
    layout: Value,
    /// The user who made it; empty when they are gone.
    created_by: String,
    #[schema(example = "2026-01-31T08:00:00.000Z")]
    created_at: String,
    #[schema(example = "2026-01-31T08:00:00.000Z")]
    updated_at: String,
}

impl From<reports::Report> for Report {
    fn from(report: reports::Report) -> Self {
        let json = |text: &str| serde_json::from_str(text).unwrap_or_else(|_| Value::Array(Vec::new()));
        Self {
            widgets: json(&report.widgets),
            layout: json(&report.layout),
            id: report.id,
            project_id: report.project_id.unwrap_or_default(),
            name: report.name,
            created_by: report.created_by.unwrap_or_default(),
            created_at: rfc3339(report.created_at),
            updated_at: rfc3339(report.updated_at),
        }
    }
}

/// Reports, the newest change first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReportList {
    data: Vec<Report>,
}

/// A report to be made.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "names the fields of the body for the API's document")]
pub(crate) struct NewReport {
    /// Only the owner may leave it out.
    project_id: Option<String>,
    #[schema(example = "Errors by service", min_length = 1, max_length = 200)]
    name: String,
    #[schema(value_type = Vec<Object>, max_items = 100)]
    widgets: Value,
    #[schema(value_type = Vec<Object>, max_items = 100)]
    layout: Value,
}

/// What a report is to say from now on.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "names the fields of the body for the API's document")]
pub(crate) struct ChangedReport {
    #[schema(example = "Errors by service", min_length = 1, max_length = 200)]
    name: String,
    #[schema(value_type = Vec<Object>, max_items = 100)]
    widgets: Value,
    #[schema(value_type = Vec<Object>, max_items = 100)]
    layout: Value,
}

/// Which reports.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "names the parameters for the API's document")]
pub(crate) struct ReportsQuery {
    /// One project; without it, all the caller may see.
    project_id: Option<String>,
}

/// The reports the caller may see.
#[utoipa::path(
    get, path = "/v1/reports", operation_id = "list_reports", tag = "reports", params(ReportsQuery),
    responses((status = 200, body = ReportList, description = "The reports."))
)]
pub(crate) async fn list_reports(
    State(app): State<App>,
    caller: Caller,
    mut params: Params,
) -> ApiResult<Json<ReportList>> {
    let project_id = params.text("project_id")?;
    params.finish()?;
    let scope = caller.scope(project_id.as_deref())?;
    let found = match scope.projects() {
        Some([project]) => reports::of_project(&app.control, project).await?,
        _ => reports::all(&app.control).await?,
    };
    let visible = |report: &reports::Report| match (&report.project_id, scope.projects()) {
        (_, None) => true,
        (Some(project), Some(projects)) => projects.contains(project),
        (None, Some(_)) => false,
    };
    Ok(Json(ReportList { data: found.into_iter().filter(visible).map(Report::from).collect() }))
}

/// One report.
#[utoipa::path(
    get, path = "/v1/reports/{id}", operation_id = "get_report", tag = "reports",
    params(("id" = String, Path, description = "The report's id.")),
    responses((status = 200, body = Report, description = "The report."))
)]
pub(crate) async fn get_report(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> ApiResult<Json<Report>> {
    Ok(Json(find(&app, &caller, &id).await?.into()))
}

/// Makes a report.
#[utoipa::path(
    post, path = "/v1/reports", operation_id = "create_report", tag = "reports", request_body = NewReport,
    responses((status = 201, body = Report, description = "The report."))
)]
pub(crate) async fn create_report(
    State(app): State<App>,
    caller: Caller,
    mut body: Body,
) -> ApiResult<(StatusCode, Json<Report>)> {
    let project_id = body.optional_text("project_id")?.filter(|id| !id.is_empty());
    let (name, widgets, layout) = content(body)?;
    match &project_id {
        Some(project) => caller.check_project(project)?,
        None if caller.scope(None)?.projects().is_none() => {}
        None => return Err(ApiError::parameter("project_id", "is required")),
    }
    let content = Content { name: &name, widgets: &widgets, layout: &layout };
    let made =
        reports::create(&caller.control(&app), project_id.as_deref(), &caller.user.id, content).await?;
    Ok((StatusCode::CREATED, Json(made.into())))
}

/// Replaces what a report says.
#[utoipa::path(
    put, path = "/v1/reports/{id}", operation_id = "replace_report", tag = "reports",
    params(("id" = String, Path, description = "The report's id.")), request_body = ChangedReport,
    responses((status = 200, body = Report, description = "The report as it is now."))
)]
pub(crate) async fn replace_report(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    body: Body,
) -> ApiResult<Json<Report>> {
    find(&app, &caller, &id).await?;
    let (name, widgets, layout) = content(body)?;
    let content = Content { name: &name, widgets: &widgets, layout: &layout };
    let replaced = reports::replace(&caller.control(&app), &id, content).await?;
    Ok(Json(replaced.ok_or(ApiError::NotFound("report"))?.into()))
}

/// Removes a report.
#[utoipa::path(
    delete, path = "/v1/reports/{id}", operation_id = "remove_report", tag = "reports",
    params(("id" = String, Path, description = "The report's id.")),
    responses((status = 204, description = "It is gone."))
)]
pub(crate) async fn remove_report(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> ApiResult<StatusCode> {
    find(&app, &caller, &id).await?;
    reports::remove(&caller.control(&app), &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A report the caller may do this with; one of a foreign project does not exist for them.
async fn find(app: &App, caller: &Caller, id: &str) -> ApiResult<reports::Report> {
    let missing = || ApiError::NotFound("report");
    let report = reports::find(&app.control, id).await?.ok_or_else(missing)?;
    match &report.project_id {
        Some(project) => caller.check_project_of("report", project)?,
        None if caller.scope(None)?.projects().is_none() => {}
        None => return Err(missing()),
    }
    Ok(report)
}

/// Name, widgets and layout, the latter two as JSON text.
fn content(mut body: Body) -> ApiResult<(String, String, String)> {
    let name = body.text("name")?;
    if name.chars().count() > MAX_NAME_CHARS {
        return Err(ApiError::parameter("name", format!("must have at most {MAX_NAME_CHARS} characters")));
    }
    let (widgets, layout) = (list(&mut body, "widgets")?, list(&mut body, "layout")?);
    body.finish()?;
    Ok((name, widgets, layout))
}

fn list(body: &mut Body, name: &str) -> ApiResult<String> {
    match body.value(name) {
        None => Ok("[]".to_owned()),
        Some(Value::Array(items)) if items.len() <= MAX_WIDGETS && items.iter().all(Value::is_object) => {
            Ok(Value::Array(items).to_string())
        }
        Some(_) => Err(ApiError::parameter(name, format!("must be a list of at most {MAX_WIDGETS} objects"))),
    }
}
