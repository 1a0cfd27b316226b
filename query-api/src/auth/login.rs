//! `/v1/auth/login`, `/logout`.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use bataudit_control::clock::now_ms;
use bataudit_control::outbox::{self, Act};
use bataudit_control::throttle::{self, Attempt};
use bataudit_control::{Actor, sessions, users};
use serde::Serialize;
use tokio::time::Instant;
use utoipa::ToSchema;

use super::role::InstanceRole;
use super::token::{Claims, LIFETIME_SECONDS};
use super::{Caller, Visitor, cookie};
use crate::app::App;
use crate::error::{ApiError, ApiResult};
use crate::input::Body;
use crate::metrics;

/// When a refused login is answered: later than any hash takes to verify, so that the time does not tell
/// an unknown e-mail from one whose hash is older or newer.
const REFUSED_AFTER: Duration = Duration::from_millis(250);

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

impl From<users::User> for User {
    fn from(user: users::User) -> Self {
        Self { id: user.id, name: user.name, email: user.email, role: user.role.into() }
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
pub(crate) async fn login(State(app): State<App>, visitor: Visitor, mut body: Body) -> ApiResult<Response> {
    let refuse_at = Instant::now() + REFUSED_AFTER;
    let (email, password) = (users::canonical_email(&body.text("email")?), body.text("password")?);
    body.finish()?;
    let attempt = Attempt::new(&email, &visitor.0.address);
    admit(&app, &attempt).await.inspect_err(|_| metrics::login("throttled"))?;
    let Some(user) = users::authenticate(&app.control, &email, &password).await? else {
        metrics::login("refused");
        note_refusal(&app, visitor, &email).await?;
        tokio::time::sleep_until(refuse_at).await;
        return Err(ApiError::Unauthenticated("invalid credentials"));
    };
    throttle::succeeded(&app.control, &attempt).await?;
    let token = open_session(&app, &visitor, &user).await?;
    let cookie = cookie::set(&token, app.secure_cookie).ok_or(ApiError::Internal)?;
    let answer = Json(LoggedIn { token, user: user.into() });
    Ok(([(header::SET_COOKIE, cookie)], answer).into_response())
}

/// Opens a session for somebody who proved who they are, and returns its token.
pub(super) async fn open_session(app: &App, visitor: &Visitor, user: &users::User) -> ApiResult<String> {
    metrics::login("accepted");
    let now = now_ms();
    let session = sessions::create(&visitor.control(app), user, now, now + LIFETIME_SECONDS * 1000).await?;
    Ok(app.tokens.sign(&Claims::new(user, &session.id, now / 1000)))
}

/// Takes an attempt to guess a password, unless there were too many.
pub(crate) async fn admit(app: &App, attempt: &Attempt) -> ApiResult<()> {
    let Some(wait) = throttle::take(&app.control, attempt, now_ms()).await? else { return Ok(()) };
    let seconds = wait.unsigned_abs() / 1000 + 1;
    Err(ApiError::RateLimited { what: "too many failed logins", seconds })
}

/// Writes down an attempt in somebody's name. What was typed for an e-mail nobody has is not kept: it
/// may be a password.
async fn note_refusal(app: &App, visitor: Visitor, email: &str) -> ApiResult<()> {
    let user = users::by_email(&app.control, email).await?;
    let store = app.control.acting(Actor { user, ..visitor.0 });
    let act = Act { status: 401, ..Act::done("LOGIN", "/sessions".to_owned()) };
    Ok(outbox::record(&store, act).await?)
}

/// Closes the session: its token and cookie stop working at once.
#[utoipa::path(
    post, path = "/v1/auth/logout", operation_id = "logout", tag = "session",
    responses((status = 200, body = Message, description = "The session is closed."))
)]
pub(crate) async fn logout(State(app): State<App>, caller: Caller) -> ApiResult<Response> {
    if let Some(session_id) = caller.session_id() {
        sessions::revoke(&caller.control(&app), session_id, now_ms()).await?;
    }
    let cookie = cookie::clear(app.secure_cookie).ok_or(ApiError::Internal)?;
    let answer = (StatusCode::OK, Json(Message { message: "logged out" }));
    Ok(([(header::SET_COOKIE, cookie)], answer).into_response())
}
