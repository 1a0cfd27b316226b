//! How a screen gets in: with its code, once, and from then on with its token.

use axum::Json;
use axum::extract::State;
use bataudit_control::clock::now_ms;
use bataudit_control::screens;
use bataudit_control::throttle::{self, Attempt};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::auth::Visitor;
use crate::auth::screen::LIFETIME_SECONDS;
use crate::error::{ApiError, ApiResult};
use crate::input::Body;

/// In whose name codes are guessed: nobody's e-mail.
const GUESSED: &str = "wallboard code";

/// What is typed into a screen.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "names the fields of the body for the API's document")]
pub(crate) struct Activation {
    /// In any letter case.
    #[schema(example = "BAT-7K3M9QXZ")]
    code: String,
}

/// Access for a screen that was just activated.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Activated {
    /// For `Authorization: Bearer` on the routes of the wallboard, and on no other.
    access_token: String,
    /// To fetch the next access token with, until the screen is revoked or was not used for 30 days.
    #[schema(example = "0123456789abcdef0123456789abcdef0123456789abcdef")]
    refresh_token: String,
    /// Empty for a screen of all projects.
    project_id: String,
    #[schema(example = "Entrance hall")]
    profile_name: String,
    /// Seconds.
    #[schema(example = 3600)]
    expires_in: i64,
}

/// What a screen fetches its next access token with.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "names the fields of the body for the API's document")]
pub(crate) struct WallboardRefresh {
    #[schema(example = "0123456789abcdef0123456789abcdef0123456789abcdef")]
    refresh_token: String,
}

/// Access for a screen.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WallboardAccess {
    access_token: String,
    project_id: String,
    /// Seconds.
    #[schema(example = 3600)]
    expires_in: i64,
}

/// Turns a code into access for a screen, once. After five wrong codes from one address every further attempt waits,
/// first 10 s, then twice as long each time.
#[utoipa::path(
    post, path = "/v1/wallboard/activate", operation_id = "activate_wallboard", tag = "wallboard",
    request_body = Activation,
    responses(
        (status = 200, body = Activated, description = "The screen may read."),
        (status = 401, body = crate::error::ErrorBody, description = "The code is unknown, used or over."),
        (status = 429, body = crate::error::ErrorBody, description = "Too many wrong codes; see Retry-After."),
    )
)]
pub(crate) async fn activate_wallboard(
    State(app): State<App>,
    visitor: Visitor,
    mut body: Body,
) -> ApiResult<Json<Activated>> {
    let code = body.optional_text("code")?.filter(|code| !code.trim().is_empty());
    let code = code.ok_or_else(|| ApiError::parameter("code", "required"))?;
    body.finish()?;
    let attempt = Attempt::new(GUESSED, &visitor.0.address);
    if let Some(wait) = throttle::take(&app.control, &attempt, now_ms()).await? {
        let seconds = wait.unsigned_abs() / 1000 + 1;
        return Err(ApiError::RateLimited { what: "too many wrong codes", seconds });
    }
    let now = now_ms();
    let activated = screens::activate(&visitor.control(&app), &code, now).await?;
    let (screen, refresh) = activated.ok_or(ApiError::Unauthenticated("invalid or expired code"))?;
    throttle::succeeded(&app.control, &attempt).await?;
    Ok(Json(Activated {
        access_token: app.screen_tokens.sign(&screen, now / 1000),
        refresh_token: refresh.expose().to_owned(),
        project_id: screen.project_id.unwrap_or_default(),
        profile_name: screen.name,
        expires_in: LIFETIME_SECONDS,
    }))
}

/// The next access token of a screen.
#[utoipa::path(
    post, path = "/v1/wallboard/refresh", operation_id = "refresh_wallboard", tag = "wallboard",
    request_body = WallboardRefresh,
    responses(
        (status = 200, body = WallboardAccess, description = "The screen may go on reading."),
        (status = 401, body = crate::error::ErrorBody, description = "The screen was revoked, or is over."),
    )
)]
pub(crate) async fn refresh_wallboard(
    State(app): State<App>,
    mut body: Body,
) -> ApiResult<Json<WallboardAccess>> {
    let token = body.text("refresh_token")?;
    body.finish()?;
    let now = now_ms();
    let screen = screens::refresh(&app.control, &token, now).await?;
    let screen = screen.ok_or(ApiError::Unauthenticated("invalid or expired refresh token"))?;
    Ok(Json(WallboardAccess {
        access_token: app.screen_tokens.sign(&screen, now / 1000),
        project_id: screen.project_id.unwrap_or_default(),
        expires_in: LIFETIME_SECONDS,
    }))
}
