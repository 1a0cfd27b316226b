//! The query API: reads events for people and programs, serves the dashboard, and manages projects
//! and API keys.
//!
//! A request goes through [`routes`] (may this caller do this?), then `auth → filter → statement →
//! page`. It knows ClickHouse and the control store; it does not know Kafka.

mod api_keys;
mod app;
mod audit;
mod auth;
pub mod config;
mod dashboard;
mod docs;
mod error;
mod health;
mod input;
mod masking_rules;
mod metrics;
pub mod openapi;
mod projects;
mod request_id;
pub mod routes;
mod time;

pub use app::Api;
pub use audit::row::EventSummary;
pub use config::Config;
pub use error::ErrorBody;

use bataudit_control::Store;
use bataudit_service::{Health, Shutdown};
use bataudit_store::Connection;
use tokio::net::TcpListener;

/// Runs the API until the shutdown.
///
/// # Errors
/// When its address cannot be bound, which the error names.
pub async fn run(
    config: &Config,
    events: &Connection,
    control: Store,
    health: Health,
    shutdown: Shutdown,
) -> std::io::Result<()> {
    let address = config.address;
    let listener = TcpListener::bind(address).await.map_err(|error| {
        std::io::Error::new(error.kind(), format!("cannot listen on {address} (query-api): {error}"))
    })?;
    let api = Api::new(config, events, control, &shutdown).await;
    tracing::info!(%address, "The query API listens.");
    api.serve(listener, health, shutdown).await
}
