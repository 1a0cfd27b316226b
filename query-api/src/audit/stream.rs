//! `GET /v1/audit/stream`: events as they are stored, as server-sent events.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderName};
use axum::response::sse::{Event as SseEvent, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use bataudit_control::clock::now_ms;
use clickhouse::Row;
use futures::Stream;
use serde::Deserialize;
use tokio::sync::watch;
use tokio::time::Instant;
use utoipa::IntoParams;

use super::cursor::StreamCursor;
use super::filter::Filter;
use super::live::{Pulse, Seat};
use super::range::{Bounds, RETENTION_MS, RangeQuery};
use super::row::{EventSummary, SummaryRow};
use super::seen::Seen;
use super::statement::events as statement;
use crate::app::App;
use crate::auth::Caller;
use crate::error::{ApiError, ApiResult};
use crate::input::Params;
use crate::metrics;

/// `stored_at` is when an insert began; its rows are visible a little later, and inserts overtake
/// each other. So every look reaches back this far, and what was sent is remembered.
const OVERLAP_MS: i64 = 10_000;
/// How far back a stream may be resumed; a list is the way to fetch more.
const RESUME_MS: i64 = 5 * 60_000;
/// Events of one look at most.
const MAX_ROWS: usize = 200;
/// The shortest time between two looks; after a slow one it is longer.
const PACE: Duration = Duration::from_millis(40);
/// Share of the time a stream may keep ClickHouse busy: one part in this many.
const IDLE_PARTS: u32 = 4;
/// How often it is checked that the session is still open.
const RECHECK: Duration = Duration::from_secs(10);
/// How long a failed look waits.
const AFTER_ERROR: Duration = Duration::from_secs(1);
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Where a stream begins.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "names the parameters for the API's document")]
pub(crate) struct StreamQuery {
    /// The `id` of the last event received, at most five minutes old. The header `Last-Event-ID`,
    /// which browsers send when they reconnect, means the same.
    cursor: Option<String>,
}

/// Events as they are stored, with the filters of the list.
///
/// Each message is `event: audit`, `data:` an item of the list as JSON, `id:` a cursor to resume
/// from. The stream begins with what was stored in the last seconds, so nothing is missed between a
/// list and its stream; the same event may come in both, and again after a reconnection. When more
/// than 200 events arrive at once, `event: skipped` says that some were left out: the list has them.
/// Comments keep the connection alive. The stream ends when the session does.
#[utoipa::path(
    get, path = "/v1/audit/stream", operation_id = "stream", tag = "events",
    params(Filter, RangeQuery, StreamQuery),
    responses(
        (status = 200, body = String, content_type = "text/event-stream", description = "The stream.",
         example = "event: audit\nid: Ag…\ndata: {\"id\":\"01931b66-…\",\"path\":\"/api/users\",…}\n\n"),
        (status = 429, body = crate::error::ErrorBody, description = "Too many streams are open."),
    )
)]
pub(crate) async fn stream(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    mut params: Params,
) -> ApiResult<Response> {
    let filter = Filter::take(&mut params)?;
    let bounds = Bounds::take(&mut params)?;
    let sent = headers.get("last-event-id").and_then(|value| value.to_str().ok()).map(str::to_owned);
    let asked = params.text("cursor")?;
    params.finish()?;
    let resume = match asked.or(sent.filter(|id| !id.is_empty())) {
        Some(text) => {
            let expected = "must be the id of an event of this stream";
            Some(StreamCursor::decode(&text).ok_or_else(|| ApiError::parameter("cursor", expected))?)
        }
        None => None,
    };
    bounds.range(now_ms(), RETENTION_MS)?;
    caller.scope(filter.project_id.as_deref())?;
    let seat = app.live.seat(&caller.user.id)?;
    let listener = Listener::new(app, caller, filter, bounds, resume, seat);
    let messages = Sse::new(listener.messages()).keep_alive(KeepAlive::new().interval(KEEP_ALIVE));
    // Proxies hold answers back to fill a buffer unless told not to.
    let unbuffered = (HeaderName::from_static("x-accel-buffering"), "no");
    Ok(([unbuffered], messages).into_response())
}

#[derive(Debug, Row, Deserialize)]
struct ArrivalRow {
    id_text: String,
    project_id: String,
    event_type: String,
    identifier: String,
    user_email: String,
    user_name: String,
    method: String,
    path: String,
    status_code: u16,
    service_name: String,
    environment: String,
    timestamp_ms: i64,
    response_time: u64,
    stored_ms: i64,
}

impl From<ArrivalRow> for EventSummary {
    fn from(row: ArrivalRow) -> Self {
        SummaryRow {
            id_text: row.id_text,
            project_id: row.project_id,
            event_type: row.event_type,
            identifier: row.identifier,
            user_email: row.user_email,
            user_name: row.user_name,
            method: row.method,
            path: row.path,
            status_code: row.status_code,
            service_name: row.service_name,
            environment: row.environment,
            timestamp_ms: row.timestamp_ms,
            response_time: row.response_time,
        }
        .into()
    }
}

/// One open stream.
struct Listener {
    app: App,
    caller: Caller,
    filter: Filter,
    bounds: Bounds,
    pulses: watch::Receiver<Pulse>,
    resume: Option<StreamCursor>,
    /// Everything stored before this has been looked at, but for the overlap.
    since: i64,
    seen: Seen,
    waiting: VecDeque<SseEvent>,
    not_before: Instant,
    recheck: Instant,
    _seat: Seat,
}

impl Listener {
    fn new(
        app: App,
        caller: Caller,
        filter: Filter,
        bounds: Bounds,
        resume: Option<StreamCursor>,
        seat: Seat,
    ) -> Self {
        let (mut pulses, now) = (app.live.subscribe(), Instant::now());
        // The first look is made at once, not at the next arrival.
        pulses.mark_changed();
        let hello = SseEvent::default().retry(AFTER_ERROR).comment("connected");
        Self {
            app,
            caller,
            filter,
            bounds,
            pulses,
            resume,
            since: 0,
            seen: Seen::default(),
            waiting: VecDeque::from([hello]),
            not_before: now,
            recheck: now + RECHECK,
            _seat: seat,
        }
    }

    fn messages(self) -> impl Stream<Item = Result<SseEvent, Infallible>> {
        futures::stream::unfold(self, |mut listener| async move {
            let shutdown = listener.app.shutdown.triggered();
            tokio::select! {
                message = listener.next() => Some((Ok(message?), listener)),
                () = shutdown => None,
            }
        })
    }

    /// The next message; `None` when the session is over.
    async fn next(&mut self) -> Option<SseEvent> {
        loop {
            if let Some(message) = self.waiting.pop_front() {
                return Some(message);
            }
            if Instant::now() >= self.recheck && !self.still_open().await {
                return None;
            }
            self.pulses.changed().await.ok()?;
            tokio::time::sleep_until(self.not_before).await;
            let pulse = *self.pulses.borrow_and_update();
            if pulse.now_ms == 0 {
                continue;
            }
            let started = Instant::now();
            let pause = match self.look(pulse.now_ms).await {
                Ok(()) => PACE.max(started.elapsed() * IDLE_PARTS),
                Err(ApiError::NotFound(_)) => return None,
                Err(_) => AFTER_ERROR,
            };
            self.not_before = Instant::now() + pause;
        }
    }

    /// Whether the session is still open; also takes over what the caller may see now.
    async fn still_open(&mut self) -> bool {
        self.recheck = Instant::now() + RECHECK;
        match self.caller.refreshed(&self.app).await {
            Ok(Some(caller)) => {
                self.caller = caller;
                true
            }
            Ok(None) => false,
            // The control store is away: the session was good a moment ago.
            Err(_) => true,
        }
    }

    /// Fetches what was stored since the last look.
    async fn look(&mut self, now: i64) -> ApiResult<()> {
        if self.since == 0 {
            self.since = self.resume.map_or(now, |cursor| cursor.0.clamp(now - RESUME_MS, now));
        }
        let scope = self.caller.scope(self.filter.project_id.as_deref())?;
        let range = self.bounds.range(now_ms(), RETENTION_MS)?;
        let after = (self.since - OVERLAP_MS).max(self.seen.floor);
        let statement = statement::arrivals(&scope, range, &self.filter, after, MAX_ROWS);
        let rows: Vec<ArrivalRow> = self.app.events.all(&statement).await?;
        let overflow = rows.len() == MAX_ROWS;
        let newest = rows.last().map_or(0, |row| row.stored_ms);
        let before = self.waiting.len();
        for row in rows {
            if self.seen.add(&row.id_text, row.stored_ms) {
                self.waiting.extend(message(row));
            }
        }
        let fresh = self.waiting.len() - before;
        metrics::streamed(fresh);
        // A full answer of known events leaves nothing out that matters.
        if overflow && fresh == MAX_ROWS {
            let why = r#"{"reason":"more than 200 events arrived at once"}"#;
            self.waiting.push_back(SseEvent::default().event("skipped").data(why));
        }
        if overflow {
            self.seen.floor = self.seen.floor.max(newest);
        }
        self.since = self.since.max(now);
        Ok(())
    }
}

fn message(row: ArrivalRow) -> Option<SseEvent> {
    let cursor = StreamCursor(row.stored_ms).encode();
    let data = serde_json::to_string(&EventSummary::from(row)).ok()?;
    Some(SseEvent::default().event("audit").id(cursor).data(data))
}
