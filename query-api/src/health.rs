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
use utoipa::ToSchema;

use crate::app::App;
use crate::audit::statement;

/// How often the stores are asked.
const EVERY: Duration = Duration::from_secs(1);
/// How long an answer may take.
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
    let started = Instant::now();
    let ping = statement::ping();
    let answer = tokio::time::timeout(PATIENCE, ping.query(events).fetch_one::<u8>());
    let (answer, control) = tokio::join!(answer, control.ping());
    Stores { events: matches!(answer, Ok(Ok(1))).then(|| started.elapsed()), control: control.is_ok() }
}

/// Keeps asking the stores until the shutdown, and tells readiness and queries what it finds.
pub(crate) struct Watch {
    pub(crate) events: Client,
    pub(crate) control: Store,
    pub(crate) found: watch::Sender<Stores>,
    pub(crate) events_up: watch::Sender<bool>,
}

impl Watch {
    pub(crate) async fn run(self, health: Health, shutdown: Shutdown) {
        let (events, control) = (health.part("event store"), health.part("control store"));
        let mut ticks = tokio::time::interval(EVERY);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = ticks.tick() => {}
                () = shutdown.triggered() => break,
            }
            let stores = ask(&self.events, &self.control).await;
            report(&events, stores.events.is_some());
            report(&control, stores.control);
            self.found.send_replace(stores);
            let was_up = self.events_up.send_replace(stores.events.is_some());
            match (was_up, stores.events.is_some()) {
                (true, false) => tracing::warn!("ClickHouse does not answer, or lacks the database."),
                (false, true) => tracing::info!("ClickHouse answers again."),
                (true, true) | (false, false) => {}
            }
        }
        events.not_ready("stopping");
    }
}

fn report(part: &Readiness, up: bool) {
    if up { part.ready() } else { part.not_ready("does not answer, or lacks its database") }
}
