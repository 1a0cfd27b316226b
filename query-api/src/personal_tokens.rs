//! `/v1/auth/personal-tokens`: how programs of a user come in, such as the command line and Grafana.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use bataudit_control::clock::now_ms;
use bataudit_control::personal_tokens::{self as tokens, NewToken};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::auth::Caller;
use crate::auth::login::Message;
use crate::error::{ApiError, ApiResult};
use crate::input::{Body, Params};
use crate::time::rfc3339;

/// What a personal token may be used for.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum TokenScope {
    /// Reading events, figures and settings.
    Read,
    /// Exporting events.
    Export,
    /// The SQL console.
    Query,
    /// Changing what its user may change, accounts and credentials excepted.
    Manage,
}

impl From<tokens::TokenScope> for TokenScope {
    fn from(scope: tokens::TokenScope) -> Self {
        match scope {
            tokens::TokenScope::Read => Self::Read,
            tokens::TokenScope::Export => Self::Export,
            tokens::TokenScope::Query => Self::Query,
            tokens::TokenScope::Manage => Self::Manage,
        }
    }
}

/// A personal token, without the token itself.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PersonalToken {
    #[schema(example = "01931b66-7c5c-7c2f-9d3d-0f9f8c3f1a11")]
    id: String,
    #[schema(example = "Grafana")]
    name: String,
    scopes: Vec<TokenScope>,
    #[schema(example = "2026-01-31T08:00:00.000Z")]
    created_at: String,
    #[schema(required)]
    expires_at: Option<String>,
    /// To within an hour.
    #[schema(required)]
    last_used_at: Option<String>,
    /// Whether it works now.
    active: bool,
}

impl From<tokens::PersonalToken> for PersonalToken {
    fn from(token: tokens::PersonalToken) -> Self {
        Self {
            id: token.id,
            name: token.name,
            scopes: token.scopes.into_iter().map(TokenScope::from).collect(),
            created_at: rfc3339(token.created_at),
            expires_at: token.expires_at.map(rfc3339),
            last_used_at: token.last_used_at.map(rfc3339),
            active: token.expires_at.is_none_or(|end| end > now_ms()),
        }
    }
}

/// Personal tokens, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PersonalTokenList {
    data: Vec<PersonalToken>,
}

/// A personal token to be made.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "names the fields of the body for the API's document")]
pub(crate) struct NewPersonalToken {
    #[schema(example = "Grafana", min_length = 1, max_length = 128)]
    name: String,
    #[schema(min_items = 1)]
    scopes: Vec<TokenScope>,
    /// When it stops working; never unless given.
    #[schema(example = "2099-01-31T08:00:00Z")]
    expires_at: Option<String>,
}

/// A personal token that was just made. This is the only time it is shown.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CreatedPersonalToken {
    id: String,
    /// For `Authorization: Bearer`.
    #[schema(example = "bat_cli_0123456789abcdef0123456789abcdef0123456789abcdef")]
    token: String,
}

/// The caller's personal tokens, those that are over included.
#[utoipa::path(
    get, path = "/v1/auth/personal-tokens", operation_id = "list_personal_tokens", tag = "session",
    responses((status = 200, body = PersonalTokenList, description = "The tokens, without their texts."))
)]
pub(crate) async fn list_personal_tokens(
    State(app): State<App>,
    caller: Caller,
    params: Params,
) -> ApiResult<Json<PersonalTokenList>> {
    params.finish()?;
    let found = tokens::of_user(&app.control, &caller.user.id).await?;
    Ok(Json(PersonalTokenList { data: found.into_iter().map(PersonalToken::from).collect() }))
}

/// Makes a personal token. It may at most what the caller may, and of that what its scopes name.
#[utoipa::path(
    post, path = "/v1/auth/personal-tokens", operation_id = "create_personal_token", tag = "session",
    request_body = NewPersonalToken,
    responses(
        (status = 201, body = CreatedPersonalToken, description = "The token, shown this once."),
        (status = 409, body = crate::error::ErrorBody, description = "The caller has too many (`refused`)."),
    )
)]
pub(crate) async fn create_personal_token(
    State(app): State<App>,
    caller: Caller,
    mut body: Body,
) -> ApiResult<(StatusCode, Json<CreatedPersonalToken>)> {
    let (name, names, expires_at) =
        (body.text("name")?, body.texts("scopes")?, body.future_time("expires_at")?);
    body.finish()?;
    let scopes: Option<Vec<_>> = names.iter().map(|name| tokens::TokenScope::parse(name)).collect();
    let scopes = scopes.filter(|scopes| !scopes.is_empty()).ok_or_else(|| {
        ApiError::parameter("scopes", "must name one or more of read, export, query and manage")
    })?;
    let new = NewToken { user_id: &caller.user.id, name: &name, scopes: &scopes, expires_at };
    let (token, text) = tokens::create(&caller.control(&app), new, now_ms()).await?;
    let created = CreatedPersonalToken { id: token.id, token: text.expose().to_owned() };
    Ok((StatusCode::CREATED, Json(created)))
}

/// Ends one of the caller's personal tokens, at once.
#[utoipa::path(
    delete, path = "/v1/auth/personal-tokens/{id}", operation_id = "revoke_personal_token", tag = "session",
    params(("id" = String, Path, description = "The token's id.")),
    responses((status = 200, body = Message, description = "It lets nobody in any more."))
)]
pub(crate) async fn revoke_personal_token(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> ApiResult<Json<Message>> {
    tokens::revoke(&caller.control(&app), &caller.user.id, &id, now_ms()).await?;
    Ok(Json(Message { message: "personal token revoked" }))
}
