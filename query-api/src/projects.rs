//! `/v1/auth/projects`.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use bataudit_control::projects::{self, NewProject as New};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::auth::Caller;
use crate::error::{ApiError, ApiResult};
use crate::input::{Body, Params};
use crate::time::rfc3339;

/// A project.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Project {
    #[schema(example = "01931b66-7c5c-7c2f-9d3d-0f9f8c3f1a11")]
    id: String,
    #[schema(example = "My API")]
    name: String,
    /// The service name that instance-wide keys address the project by.
    #[schema(example = "my-api")]
    slug: String,
    /// The user who created it; null for a project that came into being with its first event.
    #[schema(required)]
    created_by: Option<String>,
    #[schema(example = "2026-01-31T08:00:00.000Z")]
    created_at: String,
    /// When it was archived. It takes no events since, and stays readable.
    #[schema(required)]
    archived_at: Option<String>,
}

impl From<projects::Project> for Project {
    fn from(project: projects::Project) -> Self {
        Self {
            id: project.id,
            name: project.name,
            slug: project.slug,
            created_by: project.created_by,
            created_at: rfc3339(project.created_at),
            archived_at: project.archived_at.map(rfc3339),
        }
    }
}

/// Projects.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProjectList {
    data: Vec<Project>,
}

/// A project to be created.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "names the fields of the body for the API's document")]
pub(crate) struct NewProject {
    #[schema(example = "My API", min_length = 1, max_length = 128)]
    name: String,
    #[schema(example = "my-api", pattern = "^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")]
    slug: String,
}

/// How a project is to change; what is left out stays.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "names the fields of the body for the API's document")]
pub(crate) struct ProjectChange {
    #[schema(example = "My API", min_length = 1, max_length = 128, nullable = false)]
    name: Option<String>,
    /// Whether it is to take no events any more. Its keys are refused within a second; everything stays readable.
    #[schema(nullable = false)]
    archived: Option<bool>,
}

/// The caller's projects by name; those of owners and auditors are all, and last the one of what people
/// do in BatAudit itself.
#[utoipa::path(
    get, path = "/v1/auth/projects", operation_id = "list_projects", tag = "projects",
    responses((status = 200, body = ProjectList, description = "The projects."))
)]
pub(crate) async fn list_projects(
    State(app): State<App>,
    caller: Caller,
    params: Params,
) -> ApiResult<Json<ProjectList>> {
    params.finish()?;
    let found = projects::shown_to(&app.control, &caller.user.id, caller.sees_everything()).await?;
    Ok(Json(ProjectList { data: found.into_iter().map(Project::from).collect() }))
}

/// Creates a project; the caller becomes its first member, as its owner.
#[utoipa::path(
    post, path = "/v1/auth/projects", operation_id = "create_project", tag = "projects",
    request_body = NewProject,
    responses(
        (status = 201, body = Project, description = "The project."),
        (status = 409, body = crate::error::ErrorBody, description = "The slug is taken."),
    )
)]
pub(crate) async fn create_project(
    State(app): State<App>,
    caller: Caller,
    mut body: Body,
) -> ApiResult<(StatusCode, Json<Project>)> {
    let (name, slug) = (body.text("name")?, body.text("slug")?);
    body.finish()?;
    if !projects::is_slug(&slug) {
        let expected = "must start with a letter or digit and hold only letters, digits, '-', '_' and '.', \
                        100 characters at most";
        return Err(ApiError::parameter("slug", expected));
    }
    let new = New { name: &name, slug: &slug, created_by: Some(&caller.user.id) };
    let project = projects::create(&caller.control(&app), new).await?;
    Ok((StatusCode::CREATED, Json(project.into())))
}

/// Gives a project another display name, archives it or takes it back. Its slug stays, since applications write to it.
#[utoipa::path(
    patch, path = "/v1/auth/projects/{id}", operation_id = "rename_project", tag = "projects",
    params(("id" = String, Path, description = "The project's id.")), request_body = ProjectChange,
    responses((status = 200, body = Project, description = "The project, as it is now."))
)]
pub(crate) async fn rename_project(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    mut body: Body,
) -> ApiResult<Json<Project>> {
    let (name, archived) = (body.optional_text("name")?, body.optional_flag("archived")?);
    body.finish()?;
    if name.is_none() && archived.is_none() {
        return Err(ApiError::parameter("name", "or archived is required"));
    }
    caller.check_project(&id)?;
    let store = caller.control(&app);
    if let Some(name) = name {
        projects::rename(&store, &id, &name).await?;
    }
    if let Some(archived) = archived {
        projects::set_archived(&store, &id, archived).await?;
    }
    let project = projects::by_id(&app.control, &id).await?.ok_or(ApiError::NotFound("project"))?;
    Ok(Json(project.into()))
}
