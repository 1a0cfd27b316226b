//! The gateway of BatAudit: takes events over HTTP and answers when Kafka has acknowledged them.
//!
//! The files in the order of a request: [`server`] → `app` → `auth` → `body` → `decode` → `validate`
//! → `stamp` → [`publish`] → `respond`. Keys come from [`access`]; there is no database.

pub mod access;
mod app;
mod auth;
mod body;
mod budget;
pub mod config;
mod cors;
mod decode;
pub mod fuzzing;
mod head;
mod metrics;
pub mod publish;
mod rate;
mod respond;
pub mod routes;
pub mod server;
mod stamp;
mod submission;
pub mod transfer;
mod validate;

use std::sync::Arc;

use bataudit_service::listener::{ListenError, Listener};
use bataudit_service::{About, Health, Shutdown};
use bataudit_trace::Tracing;

use access::{Access, Follower};
pub use app::App;
pub use config::{Config, FIELDS};
pub use metrics::METRICS;
use publish::KafkaPublisher;
pub use respond::HttpResponse;

/// What the program says of itself.
#[must_use]
pub fn about() -> About {
    About {
        program: "bataudit-ingest",
        version: env!("CARGO_PKG_VERSION"),
        commands: &[],
        works_with: vec![("records", bataudit_event::record::format())],
    }
}

/// Why ingest cannot run.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The address cannot be bound, or the certificate cannot be used.
    #[error("{0} (ingest; BATAUDIT_INGEST_ADDRESS, BATAUDIT_INGEST_TLS_CERT_FILE)")]
    Listen(#[from] ListenError),
    /// The follower of the access topic cannot start.
    #[error(transparent)]
    Access(#[from] access::FollowerError),
    /// The publisher cannot start.
    #[error(transparent)]
    Publish(#[from] publish::StartError),
    /// A thread could not be waited for.
    #[error("a thread of ingest ended badly")]
    Thread,
}

/// Runs ingest until the shutdown. Its parts in `health` are `access` (keys are known), `publish`
/// (Kafka takes events) and `ingest` (connections are accepted).
///
/// # Errors
/// When it cannot start: the port is taken, or a Kafka setting is refused.
pub async fn run(config: Config, health: Health, shutdown: Shutdown) -> Result<(), Error> {
    let listener = Listener::bind(config.http.address, config.http.terms()).await?;
    serve(config, listener, &health, shutdown).await
}

/// As [`run`], on a listener that is bound already.
///
/// # Errors
/// When a Kafka setting is refused.
pub async fn serve(
    config: Config,
    listener: Listener,
    health: &Health,
    shutdown: Shutdown,
) -> Result<(), Error> {
    let ready = health.part("ingest");
    // The threads go on until the last request is answered, then stop alone.
    let threads = Shutdown::new();
    let access = Access::default();
    let follower = Follower::start(
        &config.kafka,
        &config.topics.access,
        access.clone(),
        health.part("access"),
        threads.clone(),
    )?;
    let publisher = KafkaPublisher::start(
        &config.kafka,
        &config.topics.events,
        config.publish,
        health.part("publish"),
        threads.clone(),
    );
    let publisher = Arc::new(publisher.inspect_err(|_| threads.trigger())?);
    let tracing = Tracing::start("bataudit-ingest", &config.trace);
    let app = App::new(&config, access, Arc::clone(&publisher) as _).traced(tracing.tracer());
    let app = Arc::new(app);
    tracing::info!(address = %config.http.address, "Ingest is listening.");
    server::serve(app, listener, config.http.drain_delay, ready, shutdown).await;
    threads.trigger();
    let joined = tokio::task::spawn_blocking(move || {
        follower.join();
        publisher.close();
    });
    let joined = joined.await.map_err(|_| Error::Thread);
    tracing.close().await;
    joined
}
