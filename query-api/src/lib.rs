//! The query API: reads events for people and programs, serves the dashboard, and manages users,
//! projects and API keys.
//!
//! A request goes through [`routes`] (may this caller do this?), then `auth → filter → statement →
//! page`. It knows ClickHouse and the control store; it does not know Kafka.

mod address;
mod anomaly;
mod api_keys;
mod app;
mod audit;
mod auth;
pub mod config;
mod console;
mod dashboard;
mod dead_letters;
mod docs;
mod error;
mod health;
mod heard;
mod input;
mod invites;
mod keeping;
mod lenient;
mod masking_rules;
mod members;
mod metrics;
mod monitors;
mod notifications;
pub mod openapi;
mod passwords;
mod personal_tokens;
mod pipeline;
mod post;
mod projects;
mod reports;
mod request_id;
pub mod routes;
mod sessions;
mod time;
mod users;
mod views;
mod wallboard;

pub use app::Api;
pub use audit::row::EventSummary;
pub use config::Config;
pub use error::ErrorBody;
pub use metrics::METRICS;

use bataudit_control::{Store, sealing};
use bataudit_service::listener::{ListenError, Listener};
use bataudit_service::{About, Health, Shutdown};
use bataudit_store::Connection;

/// What the program says of itself.
#[must_use]
pub fn about() -> About {
    About {
        program: "bataudit-query-api",
        version: env!("CARGO_PKG_VERSION"),
        commands: &["openapi"],
        works_with: vec![
            ("clickhouse schema", bataudit_store::schema::latest().to_owned()),
            ("control schema", Store::latest_migration()),
        ],
    }
}

/// Runs the API until the shutdown.
///
/// # Errors
/// When its address cannot be bound, its certificate cannot be used, or what the control store has sealed does not open.
pub async fn run(
    config: &Config,
    events: &Connection,
    control: Store,
    health: Health,
    shutdown: Shutdown,
) -> Result<(), StartError> {
    sealing::settle(&control).await?;
    let listener = Listener::bind(config.address, Api::terms(config)).await?;
    let api = Api::new(config, events, control, &shutdown).await;
    tracing::info!(address = %config.address, tls = listener.is_tls(), "The query API listens.");
    api.serve(listener, health, shutdown).await;
    Ok(())
}

/// Why the query API cannot run.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// It cannot listen.
    #[error("{0} (query-api; BATAUDIT_QUERY_API_ADDRESS, BATAUDIT_QUERY_API_TLS_CERT_FILE)")]
    Listen(#[from] ListenError),
    /// The control store does not answer, or its secrets do not open.
    #[error(transparent)]
    Control(#[from] bataudit_control::Error),
}
