//! `GET /health`, in the original's shape but honest: 503 when a store does not answer. And the
//! watch over the stores that readiness and queries go by.

use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use bataudit_control::Store;
use bataudit_service::{Health, Readiness, Shutdown};
use clickhouse::Client;
use serde::Serialize;
use tokio::sync::watch;
use tokio::time::{Interval, MissedTickBehavior};
use utoipa::ToSchema;

use crate::app::App;
use crate::audit::statement;
use crate::audit::store::is_busy;
use crate::heard::Heard;

/// How often the stores are asked.
const EVERY: Duration = Duration::from_secs(1);
/// How long a server may say nothing at all before it counts as gone, unless it answered somebody else lately.
const PATIENCE: Duration = Duration::from_secs(1);

/// How the service is.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct HealthReport {
    /// `ok`, or `error` when a store does not answer.
    #[schema(example = "ok")]
    status: &'static str,
    #[schema(example = "BatAudit API is healthy")]
    message: &'static str,
    api_response_ms: u64,
    /// The event store: `ok` or `unavailable`.
    #[schema(example = "ok")]
    db_status: &'static str,
    db_response_ms: u64,
    /// The control store: `ok` or `unavailable`.
    #[schema(example = "ok")]
    control_status: &'static str,
    #[schema(example = "0.1.0")]
    version: &'static str,
    /// Name of the installation.
    #[schema(example = "production")]
    environment: String,
}

/// What the watch found last.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stores {
    events: Option<Duration>,
    control: bool,
}

/// Whether the service and its stores work, as of the last second.
#[utoipa::path(
    get, path = "/health", operation_id = "health", tag = "service",
    responses(
        (status = 200, body = HealthReport, description = "Everything answers."),
        (status = 503, body = HealthReport, description = "A store does not answer."),
    )
)]
pub(crate) async fn health(State(app): State<App>) -> (StatusCode, Json<HealthReport>) {
    let started = Instant::now();
    let stores = *app.stores.borrow();
    let name = |up: bool| if up { "ok" } else { "unavailable" };
    let up = stores.events.is_some() && stores.control;
    let report = HealthReport {
        status: if up { "ok" } else { "error" },
        message: if up { "BatAudit API is healthy" } else { "A store does not answer" },
        api_response_ms: millis(started.elapsed()),
        db_status: name(stores.events.is_some()),
        db_response_ms: stores.events.map_or(0, millis),
        control_status: name(stores.control),
        version: env!("CARGO_PKG_VERSION"),
        environment: app.environment.clone(),
    };
    (if up { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }, Json(report))
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// Asks the stores once.
pub(crate) async fn ask(events: &Client, control: &Store) -> Stores {
    let (events, control) = tokio::join!(tokio::time::timeout(PATIENCE, ping(events)), control.ping());
    Stores { events: events.ok().flatten(), control: control.is_ok() }
}

/// How long the event store takes to answer; `None` when it refuses.
async fn ping(events: &Client) -> Option<Duration> {
    let started = Instant::now();
    let answer = statement::ping().query(events).fetch_one::<u8>().await;
    let is_up = match &answer {
        Ok(one) => *one == 1,
        Err(error) => is_busy(error),
    };
    is_up.then(|| started.elapsed())
}

/// Keeps asking the stores until the shutdown, and tells readiness and queries what it finds.
pub(crate) struct Watch {
    pub(crate) events: Client,
    pub(crate) control: Store,
    pub(crate) found: watch::Sender<Stores>,
    pub(crate) events_up: watch::Sender<bool>,
    /// When the event store last answered a query.
    pub(crate) heard: Heard,
    /// How long a query is waited for.
    pub(crate) budget: Duration,
}

impl Watch {
    pub(crate) async fn run(self, health: Health, shutdown: Shutdown) {
        tokio::join!(self.watch_events(&health, &shutdown), self.watch_control(&health, &shutdown));
    }

    async fn watch_control(&self, health: &Health, shutdown: &Shutdown) {
        let part = health.part("control store");
        let mut ticks = every();
        while next(&mut ticks, shutdown).await {
            let up = self.control.ping().await.is_ok();
            report(&part, up);
            self.found.send_modify(|found| found.control = up);
        }
    }

    async fn watch_events(&self, health: &Health, shutdown: &Shutdown) {
        let part = health.part("event store");
        let mut ticks = every();
        while next(&mut ticks, shutdown).await {
            tokio::select! {
                () = self.look(&part) => {}
                () = shutdown.triggered() => {}
            }
        }
        part.not_ready("stopping");
    }

    /// Asks the event store once. It is down when it refuses, or when neither this nor a query was answered for as long as
    /// a query is waited for. One that never answered anything has less time. A slow answer is one.
    async fn look(&self, part: &Readiness) {
        let answer = tokio::time::timeout(self.budget, ping(&self.events));
        tokio::pin!(answer);
        loop {
            tokio::select! {
                answer = &mut answer => {
                    let took = answer.ok().flatten();
                    if took.is_some() {
                        self.heard.now();
                    }
                    return self.tell(part, took);
                }
                () = tokio::time::sleep(PATIENCE) => {
                    if !self.heard.within(self.budget) {
                        self.tell(part, None);
                    }
                }
            }
        }
    }

    fn tell(&self, part: &Readiness, took: Option<Duration>) {
        report(part, took.is_some());
        self.found.send_modify(|found| found.events = took);
        let was_up = self.events_up.send_replace(took.is_some());
        match (was_up, took.is_some()) {
            (true, false) => tracing::warn!("ClickHouse does not answer, or lacks the database."),
            (false, true) => tracing::info!("ClickHouse answers again."),
            (true, true) | (false, false) => {}
        }
    }
}

fn every() -> Interval {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

/// Waits until the stores are asked again; false at the shutdown.
async fn next(ticks: &mut Interval, shutdown: &Shutdown) -> bool {
    tokio::select! {
        _ = ticks.tick() => !shutdown.is_triggered(),
        () = shutdown.triggered() => false,
    }
}

fn report(part: &Readiness, up: bool) {
    if up { part.ready() } else { part.not_ready("does not answer, or lacks its database") }
}
