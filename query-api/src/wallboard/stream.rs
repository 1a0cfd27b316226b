//! `GET /v1/wallboard/stream`: a screen's figures and feed as they change, as server-sent events.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderName;
use axum::response::sse::{Event as SseEvent, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::Stream;
use serde::Serialize;
use tokio::sync::watch;
use tokio::time::Instant;

use super::asked::{Asked, WallboardQuery};
use super::figures::summary;
use super::shown::feed;
use crate::app::App;
use crate::audit::live::{Pulse, Seat};
use crate::auth::Screen;
use crate::error::{ApiError, ApiResult};
use crate::input::Params;

/// The shortest time between two updates: nobody on the other side of a hall sees more.
const PACE: Duration = Duration::from_secs(2);
/// How often figures are told although nothing was stored: what is 24 hours old leaves them.
const BEAT: Duration = Duration::from_secs(60);
/// How often it is checked that the screen was not revoked.
const RECHECK: Duration = Duration::from_secs(10);
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// What changes on a screen, as it changes.
///
/// Begins with `event: summary` and `event: feed`, whose `data:` are the answers of these two routes, and repeats them
/// within two seconds after something was stored. Comments keep the connection alive. The stream ends when the screen is
/// revoked or its token is over: fetch the next one, and connect again.
#[utoipa::path(
    get, path = "/v1/wallboard/stream", operation_id = "wallboard_stream", tag = "wallboard", params(WallboardQuery),
    responses(
        (status = 200, body = String, content_type = "text/event-stream", description = "The stream.",
         example = "event: summary\ndata: {\"events_today\":86400,…}\n\nevent: feed\ndata: {\"data\":[…]}\n\n"),
        (status = 429, body = crate::error::ErrorBody, description = "Too many streams of this screen are open."),
    )
)]
pub(crate) async fn wallboard_stream(
    State(app): State<App>,
    screen: Screen,
    params: Params,
) -> ApiResult<Response> {
    let asked = Asked::take(&screen, params)?;
    let seat = app.live.seat(&format!("screen {}", screen.id))?;
    let mut pulses = app.live.subscribe();
    // The first look is made at once, not at the next arrival.
    pulses.mark_changed();
    let now = Instant::now();
    let board = Board {
        app,
        screen,
        asked,
        pulses,
        told: None,
        told_at: now,
        recheck: now + RECHECK,
        waiting: VecDeque::from([SseEvent::default().retry(PACE).comment("connected")]),
        _seat: seat,
    };
    let messages = Sse::new(board.messages()).keep_alive(KeepAlive::new().interval(KEEP_ALIVE));
    // Proxies hold answers back to fill a buffer unless told not to.
    let unbuffered = (HeaderName::from_static("x-accel-buffering"), "no");
    Ok(([unbuffered], messages).into_response())
}

/// One open stream.
struct Board {
    app: App,
    screen: Screen,
    asked: Asked,
    pulses: watch::Receiver<Pulse>,
    /// What was the last thing heard when the last update was told.
    told: Option<Pulse>,
    told_at: Instant,
    recheck: Instant,
    waiting: VecDeque<SseEvent>,
    _seat: Seat,
}

impl Board {
    fn messages(self) -> impl Stream<Item = Result<SseEvent, Infallible>> {
        futures::stream::unfold(self, |mut board| async move {
            let shutdown = board.app.shutdown.triggered();
            tokio::select! {
                message = board.next() => Some((Ok(message?), board)),
                () = shutdown => None,
            }
        })
    }

    /// The next message; `None` when the screen may read no more.
    async fn next(&mut self) -> Option<SseEvent> {
        loop {
            if let Some(message) = self.waiting.pop_front() {
                return Some(message);
            }
            if Instant::now() >= self.recheck && !self.still_open().await {
                return None;
            }
            self.pulses.changed().await.ok()?;
            let pulse = *self.pulses.borrow_and_update();
            let is_news = match self.told {
                None => true,
                Some(told) => pulse.differs_from(told) || self.told_at.elapsed() >= BEAT,
            };
            if pulse.now_ms == 0 || !is_news {
                continue;
            }
            if self.told.is_some() {
                tokio::time::sleep_until(self.told_at + PACE).await;
            }
            // What arrived during the wait is in it, too.
            let heard = *self.pulses.borrow_and_update();
            self.told_at = Instant::now();
            // A failed look is made again at the next pulse.
            if self.look().await.is_ok() {
                self.told = Some(heard);
            }
        }
    }

    async fn still_open(&mut self) -> bool {
        self.recheck = Instant::now() + RECHECK;
        // While the control store is away: the screen was good a moment ago.
        self.screen.is_active(&self.app).await.unwrap_or(true)
    }

    async fn look(&mut self) -> ApiResult<()> {
        let (summary, feed) =
            futures::try_join!(summary(&self.app, &self.asked), feed(&self.app, &self.asked))?;
        self.waiting.extend([message("summary", &summary)?, message("feed", &feed)?]);
        Ok(())
    }
}

fn message(name: &str, data: &impl Serialize) -> ApiResult<SseEvent> {
    SseEvent::default().event(name).json_data(data).map_err(|_| ApiError::Internal)
}
