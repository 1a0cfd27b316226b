//! `/v1/auth/password` and reset links: the ways a password changes.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use bataudit_control::clock::now_ms;
use bataudit_control::throttle::{self, Attempt};
use bataudit_control::{password_resets, users};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::auth::login::{Message, admit};
use crate::auth::{Caller, Visitor};
use crate::error::{ApiError, ApiResult};
use crate::input::Body;
use crate::time::rfc3339;
use crate::users::managed;

/// A change of one's own password.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "names the fields of the body for the API's document")]
pub(crate) struct PasswordChange {
    #[schema(example = "correct horse battery staple", format = Password)]
    current_password: String,
    #[schema(example = "another horse entirely", format = Password, min_length = 8)]
    new_password: String,
}

/// A password set by a reset link.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "names the fields of the body for the API's document")]
pub(crate) struct PasswordReset {
    /// The token of the link.
    #[schema(example = "0123456789abcdef0123456789abcdef0123456789abcdef")]
    token: String,
    #[schema(example = "another horse entirely", format = Password, min_length = 8)]
    password: String,
}

/// What a reset link is made of. This is the only time the token is shown.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ResetLink {
    #[schema(example = "0123456789abcdef0123456789abcdef0123456789abcdef")]
    token: String,
    #[schema(example = "2026-01-31T08:00:00.000Z")]
    expires_at: String,
    /// Whether it was sent to the user by e-mail; if not, the caller hands the token over.
    emailed: bool,
}

/// Changes the caller's password and ends their other sessions. Personal tokens stay.
///
/// Wrong present passwords count like failed logins.
#[utoipa::path(
    post, path = "/v1/auth/password", operation_id = "change_password", tag = "session",
    request_body = PasswordChange,
    responses(
        (status = 200, body = Message, description = "The password is changed."),
        (status = 429, body = crate::error::ErrorBody, description = "Too many wrong ones; see Retry-After."),
    )
)]
pub(crate) async fn change_password(
    State(app): State<App>,
    caller: Caller,
    mut body: Body,
) -> ApiResult<Json<Message>> {
    let (present, new) = (body.text("current_password")?, body.text("new_password")?);
    body.finish()?;
    let session = caller.session_id().ok_or(ApiError::Forbidden("this needs a login"))?;
    let attempt = Attempt::new(&caller.user.email, caller.address());
    admit(&app, &attempt).await?;
    let store = caller.control(&app);
    if !users::change_password(&store, &caller.user.id, session, &present, &new).await? {
        return Err(ApiError::parameter("current_password", "is not your password"));
    }
    throttle::succeeded(&app.control, &attempt).await?;
    Ok(Json(Message { message: "password changed" }))
}

/// Makes a link with which a user sets a new password: once, within 24 hours. Earlier links stop working.
///
/// It is sent by e-mail where a mail server is configured. If not, the caller hands the token over, as
/// `/app/reset-password/<token>`. An admin may do this for viewers and admins, an owner for everybody.
#[utoipa::path(
    post, path = "/v1/auth/users/{id}/reset-link", operation_id = "create_reset_link", tag = "users",
    params(("id" = String, Path, description = "The user's id.")),
    responses(
        (status = 201, body = ResetLink, description = "The token, shown this once."),
        (status = 400, body = crate::error::ErrorBody, description = "It is the caller."),
    )
)]
pub(crate) async fn create_reset_link(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> ApiResult<(StatusCode, Json<ResetLink>)> {
    // Whoever holds a stolen session must not be able to make the account theirs.
    if id == caller.user.id {
        return Err(ApiError::Malformed("change your own password at /v1/auth/password".to_owned()));
    }
    let user = managed(&app, &caller, &id).await?;
    let store = caller.control(&app);
    let (token, expires_at) = password_resets::create(&store, &id, Some(&caller.user.id), now_ms()).await?;
    let emailed = app.post.reset(&user.email, token.expose()).await;
    let link = ResetLink { token: token.expose().to_owned(), expires_at: rfc3339(expires_at), emailed };
    Ok((StatusCode::CREATED, Json(link)))
}

/// Sets the password of the user a reset link is for. Their sessions and personal tokens end.
#[utoipa::path(
    post, path = "/v1/auth/password-reset", operation_id = "reset_password", tag = "session",
    request_body = PasswordReset,
    responses(
        (status = 200, body = Message, description = "The password is set; the user may log in."),
        (status = 404, body = crate::error::ErrorBody, description = "The link is unknown, used or over."),
    )
)]
pub(crate) async fn reset_password(
    State(app): State<App>,
    visitor: Visitor,
    mut body: Body,
) -> ApiResult<Json<Message>> {
    let (token, password) = (body.text("token")?, body.text("password")?);
    body.finish()?;
    password_resets::redeem(&visitor.control(&app), &token, &password, now_ms()).await?;
    Ok(Json(Message { message: "password set" }))
}
