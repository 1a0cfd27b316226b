//! `/v1/auth/login`, `/logout`, `/me`.

use std::net::SocketAddr;
use std::time::Instant;

use axum::Json;
use axum::extract::{ConnectInfo, State};
use axum::http::{Extensions, HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bataudit_control::clock::now_ms;
use bataudit_control::{sessions, users};
use serde::Serialize;
use utoipa::ToSchema;

use super::token::{Claims, LIFETIME_SECONDS};
use super::{Caller, cookie};
use crate::app::App;
use crate::error::{ApiError, ApiResult};
use crate::input::Body;
use crate::metrics;

/// What one logs in with.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "names the fields of the body for the API's document")]
pub(crate) struct Login {
    #[schema(example = "owner@example.com")]
    email: String,
    #[schema(example = "correct horse battery staple", format = Password)]
    password: String,
}

/// A user.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct User {
    #[schema(example = "01931b66-7c5c-7c2f-9d3d-0f9f8c3f1a11")]
    id: String,
    #[schema(example = "Ada Lovelace")]
    name: String,
    #[schema(example = "owner@example.com")]
    email: String,
    role: InstanceRole,
}

/// Role on the instance: the owner sees every project, others those they are members of.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum InstanceRole {
    /// Everything, in every project.
    Owner,
    /// Creates projects; changes those they are owner or admin of.
    Admin,
    /// Reads.
    Viewer,
}

impl From<users::User> for User {
    fn from(user: users::User) -> Self {
        let role = match user.role {
            bataudit_control::Role::Owner => InstanceRole::Owner,
            bataudit_control::Role::Admin => InstanceRole::Admin,
            bataudit_control::Role::Viewer => InstanceRole::Viewer,
        };
        Self { id: user.id, name: user.name, email: user.email, role }
    }
}

/// An open session.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LoggedIn {
    /// For `Authorization: Bearer`; valid for 24 hours or until the logout.
    token: String,
    user: User,
}

/// A sentence that says what was done.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Message {
    #[schema(example = "logged out")]
    pub(crate) message: &'static str,
}

/// Opens a session.
///
/// The token is also set as the cookie `bataudit_session` (HttpOnly, SameSite=Strict). Requests that
/// change something and are authenticated by the cookie need the header `X-Requested-With`. After
/// five failures for one e-mail from one address every further attempt waits, first 10 s, then twice
/// as long each time.
#[utoipa::path(
    post, path = "/v1/auth/login", operation_id = "login", tag = "session", request_body = Login,
    responses(
        (status = 200, body = LoggedIn, description = "The session is open."),
        (status = 401, body = crate::error::ErrorBody, description = "E-mail or password is wrong."),
        (status = 429, body = crate::error::ErrorBody, description = "Too many failures; see Retry-After."),
    )
)]
pub(crate) async fn login(
    State(app): State<App>,
    headers: HeaderMap,
    extensions: Extensions,
    mut body: Body,
) -> ApiResult<Response> {
    let (email, password) = (users::canonical_email(&body.text("email")?), body.text("password")?);
    body.finish()?;
    let address = client_address(&app, &headers, &extensions);
    let attempt = app.throttle.attempt(&email, &address, Instant::now());
    attempt.map_err(|wait| {
        metrics::login("throttled");
        ApiError::RateLimited { what: "too many failed logins", seconds: wait.as_secs() + 1 }
    })?;
    let Some(user) = users::authenticate(&app.control, &email, &password).await? else {
        metrics::login("refused");
        return Err(ApiError::Unauthenticated("invalid credentials"));
    };
    app.throttle.succeeded(&email, &address);
    metrics::login("accepted");
    let now = now_ms();
    let session = sessions::create(&app.control, &user.id, now, now + LIFETIME_SECONDS * 1000).await?;
    let token = app.tokens.sign(&Claims::new(&user, &session.id, now / 1000));
    let cookie = cookie::set(&token, app.secure_cookie).ok_or(ApiError::Internal)?;
    let answer = Json(LoggedIn { token, user: user.into() });
    Ok(([(header::SET_COOKIE, cookie)], answer).into_response())
}

/// Closes the session: its token and cookie stop working at once.
#[utoipa::path(
    post, path = "/v1/auth/logout", operation_id = "logout", tag = "session",
    responses((status = 200, body = Message, description = "The session is closed."))
)]
pub(crate) async fn logout(State(app): State<App>, caller: Caller) -> ApiResult<Response> {
    sessions::revoke(&app.control, &caller.session_id, now_ms()).await?;
    let cookie = cookie::clear(app.secure_cookie).ok_or(ApiError::Internal)?;
    let answer = (StatusCode::OK, Json(Message { message: "logged out" }));
    Ok(([(header::SET_COOKIE, cookie)], answer).into_response())
}

/// Who is logged in.
#[utoipa::path(
    get, path = "/v1/auth/me", operation_id = "me", tag = "session",
    responses((status = 200, body = User, description = "The user of this session, as they are now."))
)]
pub(crate) async fn me(caller: Caller) -> Json<User> {
    Json(caller.user.into())
}

/// The address failures are counted for. Behind a trusted proxy it is the last one of the header:
/// earlier ones are whatever the client wrote.
fn client_address(app: &App, headers: &HeaderMap, extensions: &Extensions) -> String {
    let forwarded = headers.get_all("x-forwarded-for").iter().next_back();
    let forwarded = forwarded.and_then(|value| value.to_str().ok()?.rsplit(',').next());
    match forwarded.map(str::trim).filter(|_| app.trust_forwarded) {
        Some(address) if address.len() <= 64 => address.to_owned(),
        _ => extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map_or_else(|| "unknown".to_owned(), |ConnectInfo(address)| address.ip().to_string()),
    }
}
