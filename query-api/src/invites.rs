//! `/v1/auth/invites` and `/v1/auth/invite/{token}`: how people get an account with a password only they
//! know.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use bataudit_control::clock::now_ms;
use bataudit_control::invites::{self, NewInvite as New};
use bataudit_control::{Error, Role};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::auth::login::{Message, User};
use crate::auth::role::{self, InstanceRole};
use crate::auth::{Caller, Visitor};
use crate::error::{ApiError, ApiResult};
use crate::input::{Body, Params};
use crate::time::rfc3339;

/// An invite, without its token.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Invite {
    #[schema(example = "01931b66-7c5c-7c2f-9d3d-0f9f8c3f1a11")]
    id: String,
    #[schema(example = "ada@example.com")]
    email: String,
    role: InstanceRole,
    /// The user who made it.
    #[schema(required)]
    created_by: Option<String>,
    #[schema(example = "2026-01-31T08:00:00.000Z")]
    expires_at: String,
    /// Always null: used invites are not listed.
    #[schema(required)]
    used_at: Option<String>,
    created_at: String,
}

impl From<invites::Invite> for Invite {
    fn from(invite: invites::Invite) -> Self {
        Self {
            id: invite.id,
            email: invite.email,
            role: invite.role.into(),
            created_by: invite.created_by,
            expires_at: rfc3339(invite.expires_at),
            used_at: invite.used_at.map(rfc3339),
            created_at: rfc3339(invite.created_at),
        }
    }
}

/// Invites that can still be accepted, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InviteList {
    data: Vec<Invite>,
}

/// An invite to be made.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "names the fields of the body for the API's document")]
pub(crate) struct NewInvite {
    #[schema(example = "ada@example.com")]
    email: String,
    /// Any but `owner`; `auditor` only by an owner.
    role: InstanceRole,
}

/// An invite that was just made. This is the only time its token is shown.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CreatedInvite {
    id: String,
    #[schema(example = "ada@example.com")]
    email: String,
    role: InstanceRole,
    #[schema(example = "0123456789abcdef0123456789abcdef0123456789abcdef")]
    token: String,
    /// Whether it was sent by e-mail; if not, the caller hands the token over.
    emailed: bool,
    #[schema(example = "2026-01-31T08:00:00.000Z")]
    expires_at: String,
}

/// What an invited person sees.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Invitation {
    #[schema(example = "ada@example.com")]
    email: String,
    role: InstanceRole,
    #[schema(example = "2026-01-31T08:00:00.000Z")]
    expires_at: String,
}

/// How an invited person wants to be known.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "names the fields of the body for the API's document")]
pub(crate) struct Acceptance {
    #[schema(example = "Ada Lovelace", min_length = 1, max_length = 100)]
    name: String,
    #[schema(example = "correct horse battery staple", format = Password, min_length = 8)]
    password: String,
}

/// The invites that can still be accepted.
#[utoipa::path(
    get, path = "/v1/auth/invites", operation_id = "list_invites", tag = "users",
    responses((status = 200, body = InviteList, description = "The invites, without their tokens."))
)]
pub(crate) async fn list_invites(
    State(app): State<App>,
    _: Caller,
    params: Params,
) -> ApiResult<Json<InviteList>> {
    params.finish()?;
    let found = invites::pending(&app.control, now_ms()).await?;
    Ok(Json(InviteList { data: found.into_iter().map(Invite::from).collect() }))
}

/// Invites somebody. The invite is good for one account, for seven days.
///
/// It is sent by e-mail where a mail server is configured. If not, the caller hands the token over, as
/// `/app/invite/<token>`.
#[utoipa::path(
    post, path = "/v1/auth/invites", operation_id = "create_invite", tag = "users", request_body = NewInvite,
    responses(
        (status = 201, body = CreatedInvite, description = "The invite, with its token shown this once."),
        (status = 409, body = crate::error::ErrorBody, description = "A user has this e-mail."),
    )
)]
pub(crate) async fn create_invite(
    State(app): State<App>,
    caller: Caller,
    mut body: Body,
) -> ApiResult<(StatusCode, Json<CreatedInvite>)> {
    let (email, role) = (body.text("email")?, role::instance_role(&mut body)?);
    body.finish()?;
    if role == Role::Owner {
        return Err(ApiError::Malformed("cannot invite another owner".to_owned()));
    }
    caller.check_manages(role)?;
    let new = New { email: &email, role, created_by: Some(&caller.user.id) };
    let (invite, token) = invites::create(&caller.control(&app), new, now_ms()).await?;
    let emailed = app.post.invite(&invite.email, token.expose()).await;
    let created = CreatedInvite {
        id: invite.id,
        email: invite.email,
        role: invite.role.into(),
        emailed,
        token: token.expose().to_owned(),
        expires_at: rfc3339(invite.expires_at),
    };
    Ok((StatusCode::CREATED, Json(created)))
}

/// Takes an invite back.
#[utoipa::path(
    delete, path = "/v1/auth/invites/{id}", operation_id = "revoke_invite", tag = "users",
    params(("id" = String, Path, description = "The invite's id.")),
    responses((status = 200, body = Message, description = "It cannot be accepted any more."))
)]
pub(crate) async fn revoke_invite(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> ApiResult<Json<Message>> {
    let invite = invites::by_id(&app.control, &id).await?.ok_or(ApiError::NotFound("invite"))?;
    caller.check_manages(invite.role)?;
    invites::revoke(&caller.control(&app), &id).await?;
    Ok(Json(Message { message: "invite revoked" }))
}

/// What an invite is for.
#[utoipa::path(
    get, path = "/v1/auth/invite/{token}", operation_id = "get_invite", tag = "users",
    params(("token" = String, Path, description = "The token of the invite.")),
    responses(
        (status = 200, body = Invitation, description = "It can be accepted."),
        (status = 404, body = crate::error::ErrorBody, description = "It is unknown, used or over."),
    )
)]
pub(crate) async fn get_invite(
    State(app): State<App>,
    Path(token): Path<String>,
    params: Params,
) -> ApiResult<Json<Invitation>> {
    params.finish()?;
    let invite = invites::find(&app.control, &token, now_ms()).await.map_err(|error| match error {
        Error::NotFound { .. } | Error::Expired { .. } => ApiError::NotFound("invite"),
        other => other.into(),
    })?;
    let (role, expires_at) = (invite.role.into(), rfc3339(invite.expires_at));
    Ok(Json(Invitation { email: invite.email, role, expires_at }))
}

/// Makes the account an invite is for. Its user then logs in.
#[utoipa::path(
    post, path = "/v1/auth/invite/{token}/accept", operation_id = "accept_invite", tag = "users",
    params(("token" = String, Path, description = "The token of the invite.")), request_body = Acceptance,
    responses(
        (status = 201, body = User, description = "The new user."),
        (status = 404, body = crate::error::ErrorBody, description = "The invite is unknown or used."),
        (status = 409, body = crate::error::ErrorBody, description = "A user has this e-mail by now."),
        (status = 410, body = crate::error::ErrorBody, description = "The invite is over (`expired`)."),
    )
)]
pub(crate) async fn accept_invite(
    State(app): State<App>,
    visitor: Visitor,
    Path(token): Path<String>,
    mut body: Body,
) -> ApiResult<(StatusCode, Json<User>)> {
    let (name, password) = (body.text("name")?, body.text("password")?);
    body.finish()?;
    let user = invites::accept(&visitor.control(&app), &token, &name, &password, now_ms()).await?;
    Ok((StatusCode::CREATED, Json(user.into())))
}
