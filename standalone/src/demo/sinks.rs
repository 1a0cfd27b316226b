//! What webhooks and monitors of the demo find at their other end: a server of our own on loopback. Some of it fails on
//! purpose.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use axum::http::StatusCode;
use axum::routing::{get, post};
use bataudit_control::clock::now_ms;
use tokio::net::TcpListener;

/// How long the flapping address stays as it is: longer than the shortest interval of a monitor.
const FLAPS_AFTER: Duration = Duration::from_secs(25);

/// The server, listening.
#[derive(Debug)]
pub(crate) struct Sinks {
    listener: TcpListener,
    /// Where.
    pub(crate) address: SocketAddr,
}

impl Sinks {
    /// Listens where an earlier start did, since webhooks and monitors know that address; anywhere at first.
    pub(crate) async fn open(earlier: Option<u16>) -> anyhow::Result<Self> {
        let port = earlier.unwrap_or_default();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await;
        let listener = listener.with_context(|| {
            format!("cannot listen on port {port}, where the demo's webhooks and monitors look: stop what is there")
        })?;
        let address = listener.local_addr()?;
        Ok(Self { listener, address })
    }

    /// Answers until it is dropped.
    pub(crate) async fn serve(self) -> anyhow::Result<()> {
        axum::serve(self.listener, router()).await.context("the demo's own server failed")
    }
}

/// The address of something there.
pub(crate) fn url(address: SocketAddr, path: &str) -> String {
    format!("http://{address}{path}")
}

fn router() -> Router {
    Router::new()
        .route("/hooks/alerts", post(async || StatusCode::NO_CONTENT))
        .route(
            "/hooks/broken",
            post(async || (StatusCode::INTERNAL_SERVER_ERROR, "this receiver is out of order")),
        )
        .route("/status/up", get(async || "ok"))
        .route(
            "/status/flapping",
            get(async || if is_up(now_ms()) { StatusCode::OK } else { StatusCode::BAD_GATEWAY }),
        )
        .route("/status/down", get(async || StatusCode::SERVICE_UNAVAILABLE))
}

fn is_up(now: i64) -> bool {
    i128::from(now) / FLAPS_AFTER.as_millis() as i128 % 2 == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn some_of_it_works_and_some_does_not() {
        let sinks = Sinks::open(None).await.unwrap();
        let address = sinks.address;
        let serving = tokio::spawn(sinks.serve());
        let http = reqwest::Client::new();
        let get = async |path: &str| http.get(url(address, path)).send().await.unwrap().status().as_u16();
        assert_eq!((get("/status/up").await, get("/status/down").await), (200, 503));
        let post = async |path: &str| http.post(url(address, path)).send().await.unwrap().status().as_u16();
        assert_eq!((post("/hooks/alerts").await, post("/hooks/broken").await), (204, 500));
        serving.abort();
        drop(serving.await);
        assert_eq!(Sinks::open(Some(address.port())).await.unwrap().address, address);
    }

    #[test]
    fn it_flaps_slower_than_it_is_looked_at() {
        assert!(is_up(0) && is_up(24_999) && !is_up(25_000) && is_up(50_000));
    }
}
