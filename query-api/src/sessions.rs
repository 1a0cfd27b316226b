//! `/v1/auth/sessions`: where a user is logged in, and how that ends.

use axum::Json;
use axum::extract::{Path, State};
use bataudit_control::clock::now_ms;
use bataudit_control::sessions;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::auth::Caller;
use crate::auth::login::Message;
use crate::error::{ApiError, ApiResult};
use crate::input::Params;
use crate::time::rfc3339;
use crate::users::managed;

/// A login that lets its user in.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Session {
    #[schema(example = "6f9619ff-8b86-4011-b42d-00c04fc964ff")]
    id: String,
    #[schema(example = "2026-01-31T08:00:00.000Z")]
    created_at: String,
    expires_at: String,
    /// Where the login came from.
    #[schema(example = "192.0.2.1")]
    address: String,
    /// The browser or program, as it named itself.
    user_agent: String,
    /// Whether it is the session of this request.
    current: bool,
}

/// Sessions, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SessionList {
    data: Vec<Session>,
}

/// Where the caller is logged in.
#[utoipa::path(
    get, path = "/v1/auth/sessions", operation_id = "list_sessions", tag = "session",
    responses((status = 200, body = SessionList, description = "The sessions."))
)]
pub(crate) async fn list_sessions(
    State(app): State<App>,
    caller: Caller,
    params: Params,
) -> ApiResult<Json<SessionList>> {
    params.finish()?;
    list(&app, &caller, &caller.user.id).await
}

/// Ends all sessions of the caller but this one.
#[utoipa::path(
    delete, path = "/v1/auth/sessions", operation_id = "end_other_sessions", tag = "session",
    responses((status = 200, body = Message, description = "Only this session is left."))
)]
pub(crate) async fn end_other_sessions(State(app): State<App>, caller: Caller) -> ApiResult<Json<Message>> {
    let own = caller.session_id().unwrap_or_default();
    sessions::revoke_all(&caller.control(&app), &caller.user.id, own, now_ms()).await?;
    Ok(Json(Message { message: "other sessions ended" }))
}

/// Ends a session: one of the caller's, or of a user they may manage.
#[utoipa::path(
    delete, path = "/v1/auth/sessions/{id}", operation_id = "end_session", tag = "session",
    params(("id" = String, Path, description = "The session's id.")),
    responses((status = 200, body = Message, description = "It lets nobody in any more."))
)]
pub(crate) async fn end_session(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> ApiResult<Json<Message>> {
    let missing = || ApiError::NotFound("session");
    let session = sessions::by_id(&app.control, &id, now_ms()).await?.ok_or_else(missing)?;
    if session.user_id != caller.user.id {
        // Whether somebody else is logged in is not everybody's to know.
        managed(&app, &caller, &session.user_id).await.map_err(|error| match error {
            ApiError::Forbidden(_) => missing(),
            other => other,
        })?;
    }
    sessions::revoke(&caller.control(&app), &id, now_ms()).await?;
    Ok(Json(Message { message: "session ended" }))
}

/// Where a user is logged in.
#[utoipa::path(
    get, path = "/v1/auth/users/{id}/sessions", operation_id = "list_sessions_of_user", tag = "users",
    params(("id" = String, Path, description = "The user's id.")),
    responses((status = 200, body = SessionList, description = "The sessions."))
)]
pub(crate) async fn list_sessions_of_user(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    params: Params,
) -> ApiResult<Json<SessionList>> {
    params.finish()?;
    bataudit_control::users::by_id(&app.control, &id).await?.ok_or(ApiError::NotFound("user"))?;
    list(&app, &caller, &id).await
}

/// Ends all sessions of a user. Personal tokens stay.
#[utoipa::path(
    delete, path = "/v1/auth/users/{id}/sessions", operation_id = "end_sessions_of_user", tag = "users",
    params(("id" = String, Path, description = "The user's id.")),
    responses((status = 200, body = Message, description = "The user must log in again."))
)]
pub(crate) async fn end_sessions_of_user(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> ApiResult<Json<Message>> {
    managed(&app, &caller, &id).await?;
    sessions::revoke_all(&caller.control(&app), &id, "", now_ms()).await?;
    Ok(Json(Message { message: "sessions ended" }))
}

async fn list(app: &App, caller: &Caller, user_id: &str) -> ApiResult<Json<SessionList>> {
    let found = sessions::of_user(&app.control, user_id, now_ms()).await?;
    let data = found.into_iter().map(|session| Session {
        current: caller.session_id() == Some(session.id.as_str()),
        id: session.id,
        created_at: rfc3339(session.created_at),
        expires_at: rfc3339(session.expires_at),
        address: session.address,
        user_agent: session.user_agent,
    });
    Ok(Json(SessionList { data: data.collect() }))
}
