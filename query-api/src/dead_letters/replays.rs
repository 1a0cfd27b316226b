//! `/v1/dead-letters/replays`: letters published once more. This asks; sentinel does it, within seconds.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use bataudit_control::clock::now_ms;
use bataudit_control::dead_letters::replays::{self, Replay as Stored, Selection};
use bataudit_control::projects;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::about;
use crate::app::App;
use crate::auth::Caller;
use crate::error::{ApiError, ApiResult};
use crate::input::{Body, Params};
use crate::time::rfc3339;

/// Letters that one replay may name.
const MAX_IDS: usize = 500;
/// Longest id.
const MAX_ID_CHARS: usize = 200;

/// A replay.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Replay {
    #[schema(example = "01931b66-7c5c-7c2f-9d3d-0f9f8c3f1a11")]
    id: String,
    /// `null` for letters of every project and of none.
    #[schema(required)]
    project_id: Option<String>,
    #[schema(value_type = ReplayState)]
    state: String,
    /// The name of who asked.
    #[schema(example = "Ada Lovelace")]
    requested_by: String,
    #[schema(example = "2026-01-31T08:00:00.000Z")]
    requested_at: String,
    /// Letters that were looked at so far.
    letters: i64,
    /// Events that Kafka has acknowledged once more.
    events: i64,
    /// Letters of which nothing could be published; each says why.
    lost: i64,
    /// Why it does not get on; it is tried again.
    #[schema(required)]
    problem: Option<String>,
    /// When it was done.
    #[schema(required)]
    ended_at: Option<String>,
}

/// How far a replay is.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "names the values for the API's document")]
pub(crate) enum ReplayState {
    /// Sentinel has not come to it.
    Waiting,
    Running,
    Done,
}

impl From<Stored> for Replay {
    fn from(stored: Stored) -> Self {
        Self {
            id: stored.id,
            project_id: stored.project_id,
            state: stored.state,
            requested_by: stored.requested_by,
            requested_at: rfc3339(stored.requested_at),
            letters: stored.letters,
            events: stored.events,
            lost: stored.lost,
            problem: stored.problem,
            ended_at: stored.ended_at.map(rfc3339),
        }
    }
}

/// Replays, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReplayList {
    data: Vec<Replay>,
}

/// Which letters are to be published once more: those named, or all that the filters select. Letters that are written
/// later are not meant.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "names the fields of the body for the API's document")]
pub(crate) struct NewReplay {
    /// The project. Only the owner may leave it out.
    project_id: Option<String>,
    /// These letters; without any, all that the filters select.
    #[schema(nullable = false, max_items = 500, example = json!(["1:3-1207-0"]))]
    ids: Option<Vec<String>>,
    /// Only this reason.
    #[schema(example = "unmaskable")]
    reason: Option<String>,
    /// Only letters written then or later.
    #[schema(example = "2026-01-30T08:00:00Z")]
    start_date: Option<String>,
    /// Only letters written by then; now unless given.
    #[schema(example = "2026-01-31T08:00:00Z")]
    end_date: Option<String>,
}

/// Which replays.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "names the parameters for the API's document")]
pub(crate) struct ReplayQuery {
    /// The project. Only owners and auditors may leave it out.
    #[param(nullable = false)]
    project_id: Option<String>,
}

/// The latest 100 replays.
#[utoipa::path(
    get, path = "/v1/dead-letters/replays", operation_id = "list_replays", tag = "dead-letters", params(ReplayQuery),
    responses((status = 200, body = ReplayList, description = "The replays."))
)]
pub(crate) async fn list_replays(
    State(app): State<App>,
    caller: Caller,
    mut params: Params,
) -> ApiResult<Json<ReplayList>> {
    let project_id = params.text("project_id")?;
    params.finish()?;
    let project_id = about(&caller, project_id)?;
    let found = replays::list(&app.control, project_id.as_deref()).await?;
    Ok(Json(ReplayList { data: found.into_iter().map(Replay::from).collect() }))
}

/// Asks for letters to be published once more.
///
/// The original events are taken from Kafka, as long as it keeps them; they keep their ids and times, so that one that is
/// replayed twice, or was posted again by its client, is stored once. Mend first what kept them from being stored.
#[utoipa::path(
    post, path = "/v1/dead-letters/replays", operation_id = "create_replay", tag = "dead-letters",
    request_body = NewReplay,
    responses(
        (status = 202, body = Replay, description = "It will be done; ask for it by its id."),
        (status = 422, body = crate::error::ErrorBody, description = "20 replays of the project wait already (`limit_reached`)."),
    )
)]
pub(crate) async fn create_replay(
    State(app): State<App>,
    caller: Caller,
    mut body: Body,
) -> ApiResult<(StatusCode, Json<Replay>)> {
    let project_id = body.optional_text("project_id")?.filter(|id| !id.is_empty());
    let ids = body.texts("ids")?;
    let reason = body.optional_text("reason")?.filter(|reason| !reason.is_empty());
    let (from_ms, to_ms) = (body.optional_time("start_date")?, body.optional_time("end_date")?);
    body.finish()?;
    if ids.len() > MAX_IDS || ids.iter().any(|id| id.is_empty() || id.chars().count() > MAX_ID_CHARS) {
        return Err(ApiError::parameter("ids", format!("must be at most {MAX_IDS} ids of letters")));
    }
    let project_id = about(&caller, project_id)?;
    if let Some(project) = &project_id {
        projects::by_id(&app.control, project).await?.ok_or(ApiError::NotFound("project"))?;
    }
    let now = now_ms();
    let selection = Selection { ids, reason, from_ms, to_ms: to_ms.unwrap_or(now).min(now) };
    let (store, by) = (caller.control(&app), &caller.user.name);
    let asked = replays::ask(&store, project_id.as_deref(), by, &selection).await?;
    let full = || ApiError::LimitReached("20 replays wait already; let them end first".to_owned());
    Ok((StatusCode::ACCEPTED, Json(asked.ok_or_else(full)?.into())))
}

/// How far a replay is.
#[utoipa::path(
    get, path = "/v1/dead-letters/replays/{id}", operation_id = "get_replay", tag = "dead-letters",
    params(("id" = String, Path, description = "The replay's id.")),
    responses((status = 200, body = Replay, description = "The replay."))
)]
pub(crate) async fn get_replay(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> ApiResult<Json<Replay>> {
    let missing = || ApiError::NotFound("replay");
    let replay = replays::find(&app.control, &id).await?.ok_or_else(missing)?;
    about(&caller, replay.project_id.clone()).map_err(|error| match error {
        ApiError::NotFound(_) | ApiError::Parameter { .. } => missing(),
        other => other,
    })?;
    Ok(Json(replay.into()))
}
