//! `/v1/dead-letters`: what could never be stored, and a second chance for it. Sentinel copies the letters into the
//! control store and carries out replays; this only reads and asks.

pub(crate) mod replays;
mod shapes;

use axum::Json;
use axum::extract::{Path, State};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bataudit_control::dead_letters::{self, DeadLetter as Stored, Wanted};

use self::shapes::{DeadLetter, DeadLetterDetail, DeadLetterList, LetterQuery, ReasonCount};
use crate::app::App;
use crate::auth::Caller;
use crate::error::{ApiError, ApiResult};
use crate::input::Params;

/// Letters of a page unless asked otherwise.
const USUAL: u64 = 50;

/// The project a request is about. Letters of no project, and of all together, are only there for who sees every project.
fn about(caller: &Caller, project_id: Option<String>) -> ApiResult<Option<String>> {
    match &project_id {
        Some(project) => caller.check_project(project)?,
        None if caller.sees_everything() => {}
        None => return Err(ApiError::parameter("project_id", "is required")),
    }
    Ok(project_id)
}

/// The dead letters of a project, the newest first.
///
/// Owners and auditors may leave the project out, and then see those of every project and of none: what no record could
/// be made of belongs to nobody. The newest 20,000 are here; `bataudit dead-letters` reads all that their topic has.
#[utoipa::path(
    get, path = "/v1/dead-letters", operation_id = "list_dead_letters", tag = "dead-letters", params(LetterQuery),
    responses((status = 200, body = DeadLetterList, description = "A page of letters."))
)]
pub(crate) async fn list_dead_letters(
    State(app): State<App>,
    caller: Caller,
    mut params: Params,
) -> ApiResult<Json<DeadLetterList>> {
    let project_id = params.text("project_id")?;
    let reason = params.text("reason")?;
    let (from_ms, to_ms) = (params.time("start_date")?, params.time("end_date")?);
    let replayed = match params.text("state")?.as_deref() {
        None | Some("all") => None,
        Some("waiting") => Some(false),
        Some("replayed") => Some(true),
        Some(_) => return Err(ApiError::parameter("state", "must be waiting, replayed or all")),
    };
    let cursor = params.text("cursor")?.map(|text| read_cursor(&text)).transpose()?;
    let limit = params.number("limit", 1..=200)?.unwrap_or(USUAL);
    params.finish()?;
    let project_id = about(&caller, project_id)?;
    let (project_id, reason) = (project_id.as_deref(), reason.as_deref());
    let wanted = Wanted { project_id, reason, from_ms, to_ms, replayed };
    let after = cursor.as_ref().map(|(written_at, id)| (*written_at, id.as_str()));
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut found = dead_letters::page(&app.control, &wanted, after, limit + 1).await?;
    let next_cursor = surplus(&mut found, limit);
    let reasons = match after {
        Some(_) => None,
        None => Some(dead_letters::reasons(&app.control, &wanted).await?),
    };
    Ok(Json(DeadLetterList {
        data: found.into_iter().map(DeadLetter::from).collect(),
        next_cursor,
        reasons: reasons.map(|all| all.into_iter().map(ReasonCount::from).collect()),
    }))
}

/// Takes away what is more than a page, and tells where the next one begins.
fn surplus(found: &mut Vec<Stored>, limit: i64) -> Option<String> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    if found.len() <= limit {
        return None;
    }
    found.truncate(limit);
    found.last().map(|last| URL_SAFE_NO_PAD.encode(format!("{} {}", last.written_at, last.id)))
}

fn read_cursor(text: &str) -> ApiResult<(i64, String)> {
    let read = || {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        let (written_at, id) = text.split_once(' ')?;
        // PostgreSQL takes no NUL.
        Some((written_at.parse().ok()?, id.to_owned())).filter(|(_, id)| !id.contains('\0'))
    };
    read().ok_or_else(|| ApiError::parameter("cursor", "must be the next_cursor of a page of this list"))
}

/// One dead letter, with the event as far as it may be shown: every secret in it is masked.
#[utoipa::path(
    get, path = "/v1/dead-letters/{id}", operation_id = "get_dead_letter", tag = "dead-letters",
    params(("id" = String, Path, description = "The letter's id.")),
    responses((status = 200, body = DeadLetterDetail, description = "The letter."))
)]
pub(crate) async fn get_dead_letter(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> ApiResult<Json<DeadLetterDetail>> {
    let missing = || ApiError::NotFound("dead letter");
    if id.contains('\0') {
        return Err(missing());
    }
    let letter = dead_letters::find(&app.control, &id).await?.ok_or_else(missing)?;
    match &letter.project_id {
        Some(project) => caller.check_project_of("dead letter", project)?,
        None if caller.sees_everything() => {}
        None => return Err(missing()),
    }
    Ok(Json(letter.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_says_where_the_next_begins() {
        let letter = |n: i64| Stored { id: format!("1:0-{n}-0"), written_at: n, ..Stored::default() };
        let mut found = vec![letter(3), letter(2), letter(1)];
        let cursor = surplus(&mut found, 2).unwrap();
        assert_eq!((found.len(), read_cursor(&cursor).unwrap()), (2, (2, "1:0-2-0".to_owned())));
        assert_eq!(surplus(&mut found, 2), None);
        for wrong in ["", "!", "MQ", "YSBi"] {
            assert!(read_cursor(wrong).is_err(), "{wrong}");
        }
    }
}
