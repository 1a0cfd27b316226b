//! `GET /v1/audit/{id}`: one whole event.

use axum::Json;
use axum::extract::{Path, State};
use bataudit_control::clock::now_ms;
use bataudit_event::id::parse_event_id;
use uuid::Uuid;

use super::range::{HOUR_MS, MINUTE_MS, Range};
use super::row::{Event, EventRow};
use super::statement::events as statement;
use crate::app::App;
use crate::auth::Caller;
use crate::error::{ApiError, ApiResult};
use crate::input::Params;

/// One event with all its fields.
///
/// An event of a project that is not the caller's does not exist for them.
#[utoipa::path(
    get, path = "/v1/audit/{id}", operation_id = "get_event", tag = "events",
    params(("id" = String, Path, description = "The event's id.")),
    responses((status = 200, body = Event, description = "The event."))
)]
pub(crate) async fn get_event(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    params: Params,
) -> ApiResult<Json<Event>> {
    params.finish()?;
    let missing = ApiError::NotFound("event");
    let Some(id) = parse_event_id(&id) else { return Err(missing) };
    let scope = caller.scope(None)?;
    let everything = Range::retention(now_ms());
    for range in near(id).map(|near| near.and(everything)).into_iter().chain([everything]) {
        let statement = statement::detail(&scope, range, id);
        if let Some(row) = app.events.first::<EventRow>(&statement).await? {
            return Ok(Json(row.into()));
        }
    }
    Err(missing)
}

/// The time around the clock in a UUIDv7: nearly always the event's own time, and a fraction of the
/// table.
fn near(id: Uuid) -> Option<Range> {
    let (seconds, _) = id.get_timestamp().filter(|_| id.get_version_num() == 7)?.to_unix();
    let millis = i64::try_from(seconds).ok()?.checked_mul(1000)?;
    let near = Range { start: millis.checked_sub(HOUR_MS)?, end: millis.checked_add(10 * MINUTE_MS)? };
    Some(near)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_version_7_tells_a_time() {
        let now = now_ms();
        let range = near(Uuid::now_v7()).unwrap();
        assert!(range.start < now && now < range.end);
        assert_eq!(near(Uuid::new_v4()), None);
        assert_eq!(near(Uuid::nil()), None);
    }
}
