//! `/v1/auth/projects/{id}/members`: who sees a project, and who may change it.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use bataudit_control::{Role, members, projects, users};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::auth::Caller;
use crate::auth::login::Message;
use crate::auth::role::{self, ProjectRole};
use crate::error::{ApiError, ApiResult};
use crate::input::{Body, Params};

/// A member of a project.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Member {
    #[schema(example = "01931b66-7c5c-7c2f-9d3d-0f9f8c3f1a11")]
    user_id: String,
    project_id: String,
    role: ProjectRole,
    #[schema(example = "Ada Lovelace")]
    name: String,
    #[schema(example = "ada@example.com")]
    email: String,
}

/// Members, by name.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MemberList {
    data: Vec<Member>,
}

/// A member to be added.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "names the fields of the body for the API's document")]
pub(crate) struct NewMember {
    #[schema(example = "ada@example.com")]
    email: String,
    /// `owner` only by an owner of the project.
    role: ProjectRole,
}

/// The role a member is to have.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "names the fields of the body for the API's document")]
pub(crate) struct NewMemberRole {
    role: ProjectRole,
}

/// The members of a project.
#[utoipa::path(
    get, path = "/v1/auth/projects/{id}/members", operation_id = "list_members", tag = "projects",
    params(("id" = String, Path, description = "The project's id.")),
    responses((status = 200, body = MemberList, description = "The members."))
)]
pub(crate) async fn list_members(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    params: Params,
) -> ApiResult<Json<MemberList>> {
    params.finish()?;
    check_project(&app, &caller, &id).await?;
    let found = members::of_project(&app.control, &id).await?.into_iter().map(|member| Member {
        user_id: member.user_id,
        project_id: id.clone(),
        role: member.role.into(),
        name: member.name,
        email: member.email,
    });
    Ok(Json(MemberList { data: found.collect() }))
}

/// Makes a user a member.
#[utoipa::path(
    post, path = "/v1/auth/projects/{id}/members", operation_id = "add_member", tag = "projects",
    params(("id" = String, Path, description = "The project's id.")), request_body = NewMember,
    responses(
        (status = 201, body = Message, description = "The user is a member."),
        (status = 409, body = crate::error::ErrorBody, description = "They were one before."),
    )
)]
pub(crate) async fn add_member(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    mut body: Body,
) -> ApiResult<(StatusCode, Json<Message>)> {
    let (email, role) = (body.text("email")?, role::project_role(&mut body)?);
    body.finish()?;
    check_project(&app, &caller, &id).await?;
    check_owners(&caller, &id, role)?;
    let user = users::by_email(&app.control, &email).await?.ok_or(ApiError::NotFound("user"))?;
    members::add(&caller.control(&app), &id, &user.id, role).await?;
    Ok((StatusCode::CREATED, Json(Message { message: "member added" })))
}

/// Changes the role of a member. It counts from their next request on.
#[utoipa::path(
    patch, path = "/v1/auth/projects/{id}/members/{user_id}", operation_id = "change_member", tag = "projects",
    params(
        ("id" = String, Path, description = "The project's id."),
        ("user_id" = String, Path, description = "The member's id."),
    ),
    request_body = NewMemberRole,
    responses((status = 200, body = Message, description = "The role is changed."))
)]
pub(crate) async fn change_member(
    State(app): State<App>,
    caller: Caller,
    Path((id, user_id)): Path<(String, String)>,
    mut body: Body,
) -> ApiResult<Json<Message>> {
    let role = role::project_role(&mut body)?;
    body.finish()?;
    check_member(&app, &caller, &id, &user_id).await?;
    check_owners(&caller, &id, role)?;
    members::set_role(&caller.control(&app), &id, &user_id, role).await?;
    Ok(Json(Message { message: "role updated" }))
}

/// Ends a membership, from the user's next request on.
#[utoipa::path(
    delete, path = "/v1/auth/projects/{id}/members/{user_id}", operation_id = "remove_member", tag = "projects",
    params(
        ("id" = String, Path, description = "The project's id."),
        ("user_id" = String, Path, description = "The member's id."),
    ),
    responses((status = 200, body = Message, description = "They are a member no more."))
)]
pub(crate) async fn remove_member(
    State(app): State<App>,
    caller: Caller,
    Path((id, user_id)): Path<(String, String)>,
) -> ApiResult<Json<Message>> {
    check_member(&app, &caller, &id, &user_id).await?;
    members::remove(&caller.control(&app), &id, &user_id).await?;
    Ok(Json(Message { message: "member removed" }))
}

async fn check_project(app: &App, caller: &Caller, id: &str) -> ApiResult<()> {
    caller.check_project(id)?;
    projects::by_id(&app.control, id).await?.ok_or(ApiError::NotFound("project")).map(drop)
}

/// The member is there, and the caller may change what they are.
async fn check_member(app: &App, caller: &Caller, id: &str, user_id: &str) -> ApiResult<()> {
    check_project(app, caller, id).await?;
    let found = members::of_user(&app.control, user_id).await?;
    let member = found.into_iter().find(|membership| membership.project_id == id);
    check_owners(caller, id, member.ok_or(ApiError::NotFound("member"))?.role)
}

/// Only owners decide who the owners are.
fn check_owners(caller: &Caller, id: &str, role: Role) -> ApiResult<()> {
    if role == Role::Owner && !caller.owns_project(id) {
        return Err(ApiError::Forbidden("only an owner of the project decides who its owners are"));
    }
    Ok(())
}
