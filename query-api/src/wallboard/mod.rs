//! `/v1/wallboard`: screens on a wall. Here people make and revoke them; a screen enters by [`entry`], reads
//! [`figures`] and what is [`shown`], and is told of changes by [`stream`].

mod asked;
pub(crate) mod entry;
pub(crate) mod figures;
pub(crate) mod shown;
pub(crate) mod stream;

use axum::Json;
use axum::extract::State;
use bataudit_control::clock::now_ms;
use bataudit_control::screens::{self, Screen as Stored};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::auth::Caller;
use crate::auth::login::Message;
use crate::error::{ApiError, ApiResult};
use crate::input::{Body, Params};
use crate::time::rfc3339;

/// What a code is shown as once it was told.
const HIDDEN: &str = "BAT-••••••••";
/// The longest name.
const MOST_CHARS: usize = 100;

/// A screen.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WallboardScreen {
    #[schema(example = "01931b66-7c5c-7c2f-9d3d-0f9f8c3f1a11")]
    id: String,
    #[schema(example = "Entrance hall")]
    name: String,
    /// Hidden: it is told once, when the screen is made.
    #[schema(example = "BAT-••••••••")]
    code: &'static str,
    /// Empty for a screen of all projects.
    project_id: String,
    /// The end of its code until it is activated; then of the screen, 30 days after it was last used.
    #[schema(example = "2026-01-31T08:00:00.000Z")]
    expires_at: String,
    created_at: String,
    /// When the code was typed in.
    #[schema(required)]
    activated_at: Option<String>,
    #[schema(required)]
    last_used_at: Option<String>,
}

impl From<Stored> for WallboardScreen {
    fn from(screen: Stored) -> Self {
        Self {
            id: screen.id,
            name: screen.name,
            code: HIDDEN,
            project_id: screen.project_id.unwrap_or_default(),
            expires_at: rfc3339(screen.expires_at),
            created_at: rfc3339(screen.created_at),
            activated_at: screen.activated_at.map(rfc3339),
            last_used_at: screen.last_used_at.map(rfc3339),
        }
    }
}

/// Screens, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WallboardScreenList {
    data: Vec<WallboardScreen>,
}

/// A screen to be made.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "names the fields of the body for the API's document")]
pub(crate) struct NewWallboardScreen {
    /// What it shows; every project when it is left out, which only an owner may ask for.
    #[schema(nullable = false)]
    project_id: Option<String>,
    /// `Wallboard` unless given.
    #[schema(example = "Entrance hall", max_length = 100, nullable = false)]
    name: Option<String>,
}

/// A screen that was just made. This is the only time its code is shown.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CreatedWallboardScreen {
    id: String,
    #[schema(example = "Entrance hall")]
    name: String,
    /// To be typed into the screen, once.
    #[schema(example = "BAT-7K3M9QXZ")]
    code: String,
    project_id: String,
    /// The end of the code, ten minutes from now.
    expires_at: String,
}

/// Whose screens.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "names the parameters for the API's document")]
pub(crate) struct ScreensQuery {
    /// One project; without it, all of the caller's.
    project_id: Option<String>,
}

/// Which screen.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "names the parameters for the API's document")]
pub(crate) struct ScreenQuery {
    /// The screen's id.
    id: String,
}

/// The screens of a project, or of all the caller's projects.
#[utoipa::path(
    get, path = "/v1/wallboard/tokens", operation_id = "list_wallboard_screens", tag = "wallboard",
    params(ScreensQuery),
    responses((status = 200, body = WallboardScreenList, description = "The screens, without their codes."))
)]
pub(crate) async fn list_wallboard_screens(
    State(app): State<App>,
    caller: Caller,
    mut params: Params,
) -> ApiResult<Json<WallboardScreenList>> {
    let project_id = params.text("project_id")?;
    params.finish()?;
    let scope = caller.scope(project_id.as_deref())?;
    let found = screens::list(&app.control, scope.projects(), now_ms()).await?;
    Ok(Json(WallboardScreenList { data: found.into_iter().map(WallboardScreen::from).collect() }))
}

/// Makes a screen, with a code to type into it within ten minutes.
#[utoipa::path(
    post, path = "/v1/wallboard/token", operation_id = "create_wallboard_screen", tag = "wallboard",
    request_body = NewWallboardScreen,
    responses((status = 200, body = CreatedWallboardScreen, description = "The screen, with its code shown this once."))
)]
pub(crate) async fn create_wallboard_screen(
    State(app): State<App>,
    caller: Caller,
    mut body: Body,
) -> ApiResult<Json<CreatedWallboardScreen>> {
    let project_id = body.optional_text("project_id")?.filter(|id| !id.is_empty());
    let name = body.optional_text("name")?.filter(|name| !name.trim().is_empty());
    body.finish()?;
    let name = name.unwrap_or_else(|| "Wallboard".to_owned());
    if name.chars().count() > MOST_CHARS {
        return Err(ApiError::parameter("name", format!("must have at most {MOST_CHARS} characters")));
    }
    check_shows(&caller, project_id.as_deref())?;
    let (store, user) = (caller.control(&app), &caller.user.id);
    let made = screens::create(&store, project_id.as_deref(), name.trim(), Some(user), now_ms()).await?;
    let (screen, code) = made;
    Ok(Json(CreatedWallboardScreen {
        id: screen.id,
        name: screen.name,
        code: code.expose().to_owned(),
        project_id: screen.project_id.unwrap_or_default(),
        expires_at: rfc3339(screen.expires_at),
    }))
}

/// Ends a screen at once: its code, and every token it has.
#[utoipa::path(
    delete, path = "/v1/wallboard/token", operation_id = "revoke_wallboard_screen", tag = "wallboard",
    params(ScreenQuery), responses((status = 200, body = Message, description = "It shows nothing any more."))
)]
pub(crate) async fn revoke_wallboard_screen(
    State(app): State<App>,
    caller: Caller,
    mut params: Params,
) -> ApiResult<Json<Message>> {
    let id = params.text("id")?.ok_or_else(|| ApiError::parameter("id", "is required"))?;
    params.finish()?;
    let missing = || ApiError::NotFound("screen");
    let screen = screens::by_id(&app.control, &id).await?.ok_or_else(missing)?;
    check_shows(&caller, screen.project_id.as_deref()).map_err(|error| match error {
        ApiError::NotFound(_) => missing(),
        other => other,
    })?;
    screens::revoke(&caller.control(&app), &screen).await?;
    Ok(Json(Message { message: "revoked" }))
}

/// A screen of all projects is the owner's: nobody else sees them all and may change something.
fn check_shows(caller: &Caller, project_id: Option<&str>) -> ApiResult<()> {
    match project_id {
        Some(project_id) => caller.check_project(project_id),
        None if caller.sees_everything() => Ok(()),
        None => Err(ApiError::Forbidden(
            "only an owner may do this to a screen of all projects; name a project_id",
        )),
    }
}
