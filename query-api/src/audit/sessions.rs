//! `GET /v1/audit/sessions` and `/v1/audit/sessions/{session_id}`: events that belong together, because
//! the application says so or because no long silence lies between them.

use axum::Json;
use axum::extract::{Path, State};
use bataudit_control::clock::now_ms;
use clickhouse::Row;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::cursor::{Cursor, DerivedId, SessionCursor};
use super::filter::{Field, Filter, Values};
use super::range::{DAY_MS, Range, RangeQuery};
use super::row::{EventSummary, SummaryRow};
use super::statement::events::{self, Slice, SortBy};
use super::statement::sessions::{self as statement, Sessions};
use super::window::{FIRST_MS, wider};
use crate::app::App;
use crate::auth::{Caller, Scope};
use crate::error::{ApiError, ApiResult};
use crate::input::Params;
use crate::time::rfc3339;

/// Sessions of a page unless asked otherwise, as in the original.
const DEFAULT_SESSIONS: u64 = 200;
/// Events of a page unless asked otherwise.
const DEFAULT_EVENTS: u64 = 500;
/// Items of a page at most.
const MAX_LIMIT: u64 = 1000;
/// The range unless asked otherwise, as in the original.
const DEFAULT_MS: i64 = 7 * DAY_MS;
const CURSOR: &str = "must be the next_cursor of an earlier page";

/// How to page through sessions.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "names the parameters for the API's document")]
pub(crate) struct SessionsQuery {
    /// Items of a page.
    #[param(minimum = 1, maximum = 1000, default = 200)]
    limit: Option<u64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// How to page through the events of a session.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "names the parameters for the API's document")]
pub(crate) struct SessionQuery {
    /// The project, where several of the caller's have a session of this id.
    project_id: Option<String>,
    /// Events of a page.
    #[param(minimum = 1, maximum = 1000, default = 500)]
    limit: Option<u64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// How a session came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    /// The application sent its id.
    Explicit,
    /// From the times of events without one.
    Derived,
}

/// A session.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EventSession {
    /// The application's id; for derived sessions one that only this API understands.
    #[schema(example = "s-1")]
    session_id: String,
    kind: Kind,
    project_id: String,
    /// The user of its first event.
    #[schema(example = "user-123")]
    identifier: String,
    /// The service of its first event.
    #[schema(example = "my-api")]
    service_name: String,
    #[schema(example = "2026-01-31T08:00:00.000Z")]
    session_start: String,
    #[schema(example = "2026-01-31T08:12:30.500Z")]
    session_end: String,
    #[schema(example = 750.5)]
    duration_seconds: f64,
    event_count: u64,
}

/// Sessions, those that began last first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EventSessionPage {
    data: Vec<EventSession>,
    /// For the next page; null on the last one.
    #[schema(required)]
    next_cursor: Option<String>,
}

/// A session with a page of its events.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EventSessionDetail {
    #[serde(flatten)]
    session: EventSession,
    /// The oldest first.
    events: Vec<EventSummary>,
    /// For the next page of events; null on the last one.
    #[schema(required)]
    next_cursor: Option<String>,
}

#[derive(Debug, Clone, Row, Deserialize)]
struct SessionRow {
    project_id: String,
    identifier: String,
    service_name: String,
    session: String,
    start_ms: i64,
    end_ms: i64,
    event_count: u64,
    tie: u64,
}

/// Sessions of the events that match, by default of the last 7 days.
///
/// Events with a `session_id` are grouped by it. Of all others, those of one user at one service of one
/// project belong together until 30 minutes pass without one. A session that reaches over an end of the
/// range is cut there; events of BatAudit itself are in none.
#[utoipa::path(
    get, path = "/v1/audit/sessions", operation_id = "list_event_sessions", tag = "events",
    params(Filter, RangeQuery, SessionsQuery),
    responses((status = 200, body = EventSessionPage, description = "A page of sessions."))
)]
pub(crate) async fn list_sessions(
    State(app): State<App>,
    caller: Caller,
    mut params: Params,
) -> ApiResult<Json<EventSessionPage>> {
    let filter = Filter::take(&mut params)?;
    let range = Range::take(&mut params, now_ms(), DEFAULT_MS)?;
    let limit = params.number("limit", 1..=MAX_LIMIT)?.unwrap_or(DEFAULT_SESSIONS);
    let cursor = params.choice::<SessionCursor>("cursor", CURSOR)?;
    params.finish()?;
    let scope = caller.scope(filter.project_id.as_deref())?;
    let sessions = Sessions { scope: &scope, range, filter: &filter };
    // One more than asked for tells whether there is a next page.
    let mut rows = fetch(&app, &sessions, cursor, limit + 1).await?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > limit;
    rows.truncate(limit);
    let last = rows.last().filter(|_| more);
    let next_cursor = last.map(|row| SessionCursor { start: row.start_ms, tie: row.tie }.encode());
    Ok(Json(EventSessionPage { data: rows.into_iter().map(EventSession::from).collect(), next_cursor }))
}

/// Reads a page from those that began in windows which widen until it is full.
async fn fetch(
    app: &App,
    sessions: &Sessions<'_>,
    cursor: Option<SessionCursor>,
    limit: u64,
) -> ApiResult<Vec<SessionRow>> {
    let Range { start, end } = sessions.range;
    let newest = cursor.map_or(end, |cursor| cursor.start.min(end)).min(now_ms());
    let after = cursor.map(|cursor| (cursor.start, cursor.tie));
    let (full, mut width) = (usize::try_from(limit).unwrap_or(usize::MAX), FIRST_MS);
    loop {
        let since = start.max(newest.saturating_sub(width));
        let rows: Vec<SessionRow> = app.events.all(&statement::list(sessions, since, after, limit)).await?;
        if rows.len() >= full || since == start {
            return Ok(rows);
        }
        width = wider(width, rows.len(), full);
    }
}

/// One session with its events, the oldest first. It is looked for in everything that is stored.
#[utoipa::path(
    get, path = "/v1/audit/sessions/{session_id}", operation_id = "get_event_session", tag = "events",
    params(("session_id" = String, Path, description = "The session's id."), SessionQuery),
    responses((status = 200, body = EventSessionDetail, description = "The session."))
)]
pub(crate) async fn get_session(
    State(app): State<App>,
    caller: Caller,
    Path(session_id): Path<String>,
    mut params: Params,
) -> ApiResult<Json<EventSessionDetail>> {
    let project_id = params.text("project_id")?;
    let limit = params.number("limit", 1..=MAX_LIMIT)?.unwrap_or(DEFAULT_EVENTS);
    let cursor = params.choice::<Cursor>("cursor", CURSOR)?;
    params.finish()?;
    let scope = caller.scope(project_id.as_deref())?;
    let (row, filter) = find(&app, &scope, &session_id).await?.ok_or(ApiError::NotFound("session"))?;
    let own = caller.scope(Some(&row.project_id))?;
    let range = Range { start: row.start_ms, end: row.end_ms };
    let after = cursor.map(|cursor| (cursor.timestamp, cursor.id));
    let slice = Slice { by: SortBy::Timestamp, ascending: true, after, offset: 0, limit: limit + 1 };
    let mut events: Vec<SummaryRow> = app.events.all(&events::page(&own, range, &filter, &slice)).await?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = events.len() > limit;
    events.truncate(limit);
    let next_cursor = events.last().filter(|_| more).map(|event| {
        let (timestamp, id) = event.position();
        Cursor { timestamp, id, page: 1, total: row.event_count, is_exact: true }.encode()
    });
    let events = events.into_iter().map(EventSummary::from).collect();
    Ok(Json(EventSessionDetail { session: row.into(), events, next_cursor }))
}

/// The session of this id, and the filter that finds its events.
async fn find(app: &App, scope: &Scope, session_id: &str) -> ApiResult<Option<(SessionRow, Filter)>> {
    let of = |field, text: &str| Values::Texts(field, vec![text.to_owned()]);
    let range = Range::retention(now_ms());
    let Some(derived) = DerivedId::decode(session_id) else {
        let filter = Filter::default().with(of(Field::SessionId, session_id)).of_applications();
        let statement = statement::of_session(&Sessions { scope, range, filter: &filter }, session_id);
        return Ok(app.events.first(&statement).await?.map(|row| (row, filter)));
    };
    let filter = Filter::default()
        .with(of(Field::Identifier, &derived.identifier))
        .with(of(Field::ServiceName, &derived.service_name))
        .with(of(Field::SessionId, ""))
        .of_applications();
    // The id comes from a client: what it names must be in the caller's scope.
    let Some(scope) = scope.narrowed(&derived.project_id) else { return Ok(None) };
    let statement = statement::at(&Sessions { scope: &scope, range, filter: &filter }, derived.at);
    Ok(app.events.first(&statement).await?.map(|row| (row, filter)))
}

impl From<SessionRow> for EventSession {
    #[expect(clippy::cast_precision_loss, reason = "a duration in milliseconds has fewer than 53 bits")]
    fn from(row: SessionRow) -> Self {
        let kind = if row.session.is_empty() { Kind::Derived } else { Kind::Explicit };
        let session_id = match kind {
            Kind::Explicit => row.session,
            Kind::Derived => DerivedId {
                at: row.start_ms,
                project_id: row.project_id.clone(),
                identifier: row.identifier.clone(),
                service_name: row.service_name.clone(),
            }
            .encode(),
        };
        Self {
            session_id,
            kind,
            project_id: row.project_id,
            identifier: row.identifier,
            service_name: row.service_name,
            session_start: rfc3339(row.start_ms),
            session_end: rfc3339(row.end_ms),
            duration_seconds: (row.end_ms - row.start_ms) as f64 / 1000.0,
            event_count: row.event_count,
        }
    }
}
