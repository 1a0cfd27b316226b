//! The admin listener of a process: `/live`, `/ready` and `/metrics`, apart from the public port so
//! that an operator's network can keep it private.

use std::net::SocketAddr;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use hyper::Request;
use hyper::body::Incoming;
use tokio::net::TcpListener;
use tower::Service as _;

use crate::exemplar;
use crate::health::Health;
use crate::listener::{Answers, Listener, Terms};
use crate::shutdown::Shutdown;
use crate::telemetry::Metrics;

/// How often old histogram samples are folded together.
const UPKEEP: Duration = Duration::from_secs(5);

/// Scrapers and probes are few and quick.
const TERMS: Terms = Terms {
    max_connections: 64,
    header_timeout: Duration::from_secs(10),
    write_timeout: Duration::from_secs(10),
    drain: Duration::from_secs(1),
    tls: None,
    answers: Answers {
        slow_head: r#"{"error":"the request headers did not arrive in time"}"#,
        no_connection_left: r#"{"error":"there is no connection left"}"#,
    },
    opened: |_| {},
};

/// What the admin listener serves.
#[derive(Debug, Clone)]
pub struct AdminServer {
    health: Health,
    metrics: Metrics,
}

impl AdminServer {
    /// An admin listener for this health and these metrics.
    #[must_use]
    pub fn new(health: Health, metrics: Metrics) -> Self {
        Self { health, metrics }
    }

    /// Its routes: `/live` is 200 while the process answers, `/ready` is 200 or 503 with the parts
    /// it waits for, `/metrics` is the Prometheus text format, or OpenMetrics for who asks for it.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/live", get(|| async { "live\n" }))
            .route("/ready", get(ready))
            .route("/metrics", get(metrics))
            .with_state(self.clone())
    }

    /// Serves on `address` until the shutdown.
    ///
    /// # Errors
    /// When the address cannot be bound, which the error names.
    pub async fn serve(self, address: SocketAddr, shutdown: Shutdown) -> std::io::Result<()> {
        let failed = |error: std::io::Error| {
            std::io::Error::new(error.kind(), format!("cannot listen on {address} (admin): {error}"))
        };
        let socket = TcpListener::bind(address).await.map_err(failed)?;
        let listener = Listener::on(socket, TERMS).map_err(std::io::Error::other)?;
        let metrics = self.metrics.clone();
        let upkeep = tokio::spawn(async move {
            let mut ticks = tokio::time::interval(UPKEEP);
            loop {
                ticks.tick().await;
                metrics.upkeep();
            }
        });
        let router = self.router();
        let handler = move |request: Request<Incoming>, _: SocketAddr| {
            // A router is ready at any time, and has no error to return.
            let answer = router.clone().call(request);
            async move { answer.await.unwrap_or_else(|never| match never {}) }
        };
        listener.serve(handler, shutdown.triggered()).await;
        upkeep.abort();
        Ok(())
    }
}

async fn ready(State(server): State<AdminServer>) -> Response {
    let waiting = server.health.waiting_for();
    let status = if waiting.is_empty() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let waiting: std::collections::BTreeMap<_, _> = waiting.into_iter().collect();
    let body = serde_json::json!({ "ready": waiting.is_empty(), "waiting_for": waiting });
    (status, Json(body)).into_response()
}

/// Who can read OpenMetrics says so; only there is a place for exemplars.
async fn metrics(State(server): State<AdminServer>, headers: HeaderMap) -> Response {
    let mut accepted = headers.get_all(header::ACCEPT).iter().filter_map(|accepted| accepted.to_str().ok());
    let (kind, text) = if accepted.any(|accepted| accepted.contains("application/openmetrics-text")) {
        (exemplar::CONTENT_TYPE, server.metrics.render_open())
    } else {
        ("text/plain; version=0.0.4", server.metrics.render())
    };
    ([(header::CONTENT_TYPE, kind)], text).into_response()
}
