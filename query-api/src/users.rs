//! `/v1/auth/users`: who may log in, with which role on the instance.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use bataudit_control::Role;
use bataudit_control::users::{self, NewUser as New};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::auth::Caller;
use crate::auth::login::{Message, User};
use crate::auth::role::{self, InstanceRole};
use crate::error::{ApiError, ApiResult};
use crate::input::{Body, Params};
use crate::time::rfc3339;

/// A user, with when they came.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ListedUser {
    #[schema(example = "01931b66-7c5c-7c2f-9d3d-0f9f8c3f1a11")]
    id: String,
    #[schema(example = "Ada Lovelace")]
    name: String,
    #[schema(example = "ada@example.com")]
    email: String,
    role: InstanceRole,
    #[schema(example = "2026-01-31T08:00:00.000Z")]
    created_at: String,
}

impl From<users::User> for ListedUser {
    fn from(user: users::User) -> Self {
        let created_at = rfc3339(user.created_at);
        Self { id: user.id, name: user.name, email: user.email, role: user.role.into(), created_at }
    }
}

/// Users, the oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UserList {
    data: Vec<ListedUser>,
}

/// A user to be created.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "names the fields of the body for the API's document")]
pub(crate) struct NewUser {
    #[schema(example = "Ada Lovelace", min_length = 1, max_length = 100)]
    name: String,
    #[schema(example = "ada@example.com")]
    email: String,
    #[schema(example = "correct horse battery staple", format = Password, min_length = 8)]
    password: String,
    /// Any but `owner`; `auditor` only by an owner.
    role: InstanceRole,
}

/// The role a user is to have.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "names the fields of the body for the API's document")]
pub(crate) struct NewRole {
    role: InstanceRole,
}

/// All users.
#[utoipa::path(
    get, path = "/v1/auth/users", operation_id = "list_users", tag = "users",
    responses((status = 200, body = UserList, description = "The users."))
)]
pub(crate) async fn list_users(
    State(app): State<App>,
    _: Caller,
    params: Params,
) -> ApiResult<Json<UserList>> {
    params.finish()?;
    let found = users::all(&app.control).await?;
    Ok(Json(UserList { data: found.into_iter().map(ListedUser::from).collect() }))
}

/// Creates a user with a password of the caller's choice. An invite lets them choose their own.
#[utoipa::path(
    post, path = "/v1/auth/users", operation_id = "create_user", tag = "users", request_body = NewUser,
    responses(
        (status = 201, body = User, description = "The user."),
        (status = 409, body = crate::error::ErrorBody, description = "A user has this e-mail."),
    )
)]
pub(crate) async fn create_user(
    State(app): State<App>,
    caller: Caller,
    mut body: Body,
) -> ApiResult<(StatusCode, Json<User>)> {
    let (name, email, password) = (body.text("name")?, body.text("email")?, body.text("password")?);
    let role = role::instance_role(&mut body)?;
    body.finish()?;
    if role == Role::Owner {
        return Err(ApiError::Malformed("cannot create another owner".to_owned()));
    }
    caller.check_manages(role)?;
    let new = New { email: &email, name: &name, role, password: &password };
    let user = users::create(&caller.control(&app), new).await?;
    Ok((StatusCode::CREATED, Json(user.into())))
}

/// Changes the role of a user. It counts from their next request on.
///
/// An owner may make another owner; the last one stays owner.
#[utoipa::path(
    patch, path = "/v1/auth/users/{id}", operation_id = "change_role", tag = "users",
    params(("id" = String, Path, description = "The user's id.")), request_body = NewRole,
    responses(
        (status = 200, body = ListedUser, description = "The user, as they are now."),
        (status = 409, body = crate::error::ErrorBody, description = "No owner would be left."),
    )
)]
pub(crate) async fn change_role(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    mut body: Body,
) -> ApiResult<Json<ListedUser>> {
    let role = role::instance_role(&mut body)?;
    body.finish()?;
    let user = managed(&app, &caller, &id).await?;
    caller.check_manages(role)?;
    users::set_role(&caller.control(&app), &id, role).await?;
    Ok(Json(users::User { role, ..user }.into()))
}

/// Deletes a user, with their sessions, memberships and personal tokens. Keys and projects they made stay.
#[utoipa::path(
    delete, path = "/v1/auth/users/{id}", operation_id = "delete_user", tag = "users",
    params(("id" = String, Path, description = "The user's id.")),
    responses(
        (status = 200, body = Message, description = "The user is gone."),
        (status = 400, body = crate::error::ErrorBody, description = "It is the caller."),
        (status = 409, body = crate::error::ErrorBody, description = "No owner would be left."),
    )
)]
pub(crate) async fn delete_user(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> ApiResult<Json<Message>> {
    if id == caller.user.id {
        return Err(ApiError::Malformed("you cannot delete yourself".to_owned()));
    }
    managed(&app, &caller, &id).await?;
    users::delete(&caller.control(&app), &id).await?;
    Ok(Json(Message { message: "user deleted" }))
}

/// A user the caller may change, and whose access they may end.
pub(crate) async fn managed(app: &App, caller: &Caller, id: &str) -> ApiResult<users::User> {
    let user = users::by_id(&app.control, id).await?.ok_or(ApiError::NotFound("user"))?;
    caller.check_manages(user.role)?;
    Ok(user)
}
