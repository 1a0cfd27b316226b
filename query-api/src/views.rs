//! `/v1/views`: what a person looks for among the events, under a name. Theirs alone, or shared with everybody who may
//! see the project.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use bataudit_control::projects;
use bataudit_control::views::{self, Content, MOST};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::auth::Caller;
use crate::error::{ApiError, ApiResult};
use crate::input::{Body, Params};
use crate::time::rfc3339;

/// Longest name.
const MAX_NAME_CHARS: usize = 200;
/// Longest search: about what browsers and proxies pass in an address.
const MAX_SEARCH_BYTES: usize = 8_000;

/// A saved view.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct View {
    #[schema(example = "01931b66-7c5c-7c2f-9d3d-0f9f8c3f1a11")]
    id: String,
    /// `null` for a view over all projects of its author, which nobody else sees.
    #[schema(required)]
    project_id: Option<String>,
    #[schema(example = "Failed payments")]
    name: String,
    /// The search of the Events page, as it stands in its address; kept as sent.
    #[schema(example = "service_name=checkout&status_class=5xx&preset=24h")]
    search: String,
    /// Whether everybody who may see the project has it.
    shared: bool,
    /// Whether it is the caller's own: only its author changes a view.
    mine: bool,
    /// Who made it.
    #[schema(example = "Ada Lovelace")]
    author: String,
    #[schema(example = "2026-01-31T08:00:00.000Z")]
    created_at: String,
    #[schema(example = "2026-01-31T08:00:00.000Z")]
    updated_at: String,
}

impl View {
    fn seen_by(caller: &Caller, view: views::View) -> Self {
        Self {
            mine: view.user_id == caller.user.id,
            id: view.id,
            project_id: view.project_id,
            name: view.name,
            search: view.search,
            shared: view.shared,
            author: view.user_name,
            created_at: rfc3339(view.created_at),
            updated_at: rfc3339(view.updated_at),
        }
    }
}

/// Saved views, by name.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ViewList {
    data: Vec<View>,
}

/// A view to be kept.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "names the fields of the body for the API's document")]
pub(crate) struct NewView {
    /// Absent or `null` for a view over all projects of the caller.
    #[schema(example = "01931b66-7c5c-7c2f-9d3d-0f9f8c3f1a11")]
    project_id: Option<String>,
    #[schema(example = "Failed payments", min_length = 1, max_length = 200)]
    name: String,
    /// At most 8,000 bytes.
    #[schema(example = "service_name=checkout&status_class=5xx&preset=24h", max_length = 8000)]
    search: String,
    /// Needs the role admin or owner in the project; `false` unless given.
    #[schema(value_type = Option<bool>)]
    shared: bool,
}

/// What a view is to say from now on.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "names the fields of the body for the API's document")]
pub(crate) struct ChangedView {
    #[schema(example = "Failed payments", min_length = 1, max_length = 200)]
    name: String,
    /// At most 8,000 bytes.
    #[schema(example = "service_name=checkout&status_class=5xx&preset=24h", max_length = 8000)]
    search: String,
    /// Needs the role admin or owner in the project; `false` unless given.
    #[schema(value_type = Option<bool>)]
    shared: bool,
}

/// Which views.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "names the parameters for the API's document")]
pub(crate) struct ViewQuery {
    /// One project, and the caller's views over all projects; without it, of all projects the caller may see.
    #[param(nullable = false)]
    project_id: Option<String>,
}

/// The caller's views, and those that others share.
#[utoipa::path(
    get, path = "/v1/views", operation_id = "list_views", tag = "views", params(ViewQuery),
    responses((status = 200, body = ViewList, description = "The views."))
)]
pub(crate) async fn list_views(
    State(app): State<App>,
    caller: Caller,
    mut params: Params,
) -> ApiResult<Json<ViewList>> {
    let project_id = params.text("project_id")?;
    params.finish()?;
    let scope = caller.scope(project_id.as_deref())?;
    let found = views::for_user(&app.control, &caller.user.id).await?;
    let visible = |view: &views::View| match &view.project_id {
        Some(project) => scope.holds(project),
        None => view.user_id == caller.user.id,
    };
    let data = found.into_iter().filter(visible).map(|view| View::seen_by(&caller, view)).collect();
    Ok(Json(ViewList { data }))
}

/// Keeps a view for the caller, 200 at most.
#[utoipa::path(
    post, path = "/v1/views", operation_id = "create_view", tag = "views", request_body = NewView,
    responses(
        (status = 201, body = View, description = "The view."),
        (status = 422, body = crate::error::ErrorBody, description = "The caller has all they may have (`limit_reached`)."),
    )
)]
pub(crate) async fn create_view(
    State(app): State<App>,
    caller: Caller,
    mut body: Body,
) -> ApiResult<(StatusCode, Json<View>)> {
    let project_id = body.optional_text("project_id")?.filter(|id| !id.is_empty());
    let asked = Asked::take(body)?;
    if let Some(project) = &project_id {
        caller.check_project(project)?;
        projects::by_id(&app.control, project).await?.ok_or(ApiError::NotFound("project"))?;
    }
    let content = asked.of(&caller, project_id.as_deref(), false)?;
    let made = views::create(&caller.control(&app), &caller.user.id, project_id.as_deref(), content).await?;
    let full =
        || ApiError::LimitReached(format!("you have {MOST} views, which is the most; delete one first"));
    Ok((StatusCode::CREATED, Json(View::seen_by(&caller, made.ok_or_else(full)?))))
}

/// Replaces what a view of the caller says.
#[utoipa::path(
    put, path = "/v1/views/{id}", operation_id = "replace_view", tag = "views",
    params(("id" = String, Path, description = "The view's id.")), request_body = ChangedView,
    responses((status = 200, body = View, description = "The view as it is now."))
)]
pub(crate) async fn replace_view(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    body: Body,
) -> ApiResult<Json<View>> {
    let asked = Asked::take(body)?;
    let view = find(&app, &caller, &id).await?;
    if view.user_id != caller.user.id {
        return Err(ApiError::Forbidden("only its author changes a view"));
    }
    let content = asked.of(&caller, view.project_id.as_deref(), view.shared)?;
    let replaced = views::replace(&caller.control(&app), &view, content).await?;
    Ok(Json(View::seen_by(&caller, replaced.ok_or(ApiError::NotFound("view"))?)))
}

/// Forgets a view: the caller's, or a shared one of a project in which the caller has the role admin or owner.
#[utoipa::path(
    delete, path = "/v1/views/{id}", operation_id = "remove_view", tag = "views",
    params(("id" = String, Path, description = "The view's id.")),
    responses((status = 204, description = "It is gone."))
)]
pub(crate) async fn remove_view(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> ApiResult<StatusCode> {
    let view = find(&app, &caller, &id).await?;
    let administers = || view.project_id.as_ref().is_some_and(|project| caller.administers(project));
    if view.user_id != caller.user.id && !administers() {
        return Err(ApiError::Forbidden("this needs the role owner or admin in the project"));
    }
    views::remove(&caller.control(&app), &view).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A view the caller may see. One that is neither theirs nor shared with them does not exist for them.
async fn find(app: &App, caller: &Caller, id: &str) -> ApiResult<views::View> {
    let missing = || ApiError::NotFound("view");
    let view = views::find(&app.control, id).await?.ok_or_else(missing)?;
    let visible = match &view.project_id {
        Some(project) => {
            caller.check_project(project).is_ok() && (view.shared || view.user_id == caller.user.id)
        }
        None => view.user_id == caller.user.id,
    };
    if visible { Ok(view) } else { Err(missing()) }
}

/// What a client wants a view to say.
struct Asked {
    name: String,
    search: String,
    shared: bool,
}

impl Asked {
    fn take(mut body: Body) -> ApiResult<Self> {
        let name = body.text("name")?;
        let search =
            body.optional_text("search")?.ok_or_else(|| ApiError::parameter("search", "is required"))?;
        let shared = body.optional_flag("shared")?.unwrap_or_default();
        body.finish()?;
        if name.chars().count() > MAX_NAME_CHARS {
            return Err(ApiError::parameter(
                "name",
                format!("must have at most {MAX_NAME_CHARS} characters"),
            ));
        }
        if search.len() > MAX_SEARCH_BYTES {
            return Err(ApiError::parameter("search", format!("must have at most {MAX_SEARCH_BYTES} bytes")));
        }
        Ok(Self { name, search, shared })
    }

    /// The same, if the caller may share it where it is shared; `was_shared` says whether it already is.
    fn of(&self, caller: &Caller, project_id: Option<&str>, was_shared: bool) -> ApiResult<Content<'_>> {
        let Self { name, search, shared } = self;
        match project_id {
            None if *shared => return Err(ApiError::parameter("shared", "needs a project")),
            Some(project) if *shared && !was_shared && !caller.administers(project) => {
                return Err(ApiError::Forbidden("sharing needs the role owner or admin in the project"));
            }
            _ => {}
        }
        Ok(Content { name, search, shared: *shared })
    }
}
