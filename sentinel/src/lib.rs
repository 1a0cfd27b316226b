//! Sentinel is the only process with timers. It makes the access topic equal to the control store,
//! gives projects that a service name made their row, compares the books, evaluates the anomaly rules, and removes sessions that are over. One instance
//! works, others stand by.
//!
//! No state of its own: a restart loses nothing, a second replica changes nothing.

pub mod anomalies;
pub mod books;
mod config;
mod discover;
mod lease;
mod metrics;
pub mod publish;
mod tidy;

use bataudit_control::Store;
use bataudit_service::{Health, Shutdown};

pub use config::{ADMIN, COMPARE_SECONDS, Config, FIELDS, INSTANCE};
use discover::Clickhouse;
use lease::Lease;
use publish::topic::{AccessTopic, TopicError};

/// Why sentinel cannot run at all.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The Kafka settings were refused.
    #[error("Kafka: {0}")]
    Kafka(#[from] TopicError),
}

/// Runs sentinel on this control store until the shutdown.
///
/// # Errors
/// When the Kafka settings are refused. A dependency that does not answer is waited for.
pub async fn run(config: Config, store: Store, health: Health, shutdown: Shutdown) -> Result<(), Error> {
    let (leading, published) = (health.part("lease"), health.part("access topic"));
    let topic = AccessTopic::new(config.books.kafka.clone(), &config.books.topics)?;
    let clickhouse = Clickhouse::new(config.books.store.clone());
    let lease = Lease::new(store.clone(), config.instance);
    while lease.acquire(&leading, &published, &shutdown).await {
        tracing::info!("This sentinel works now.");
        let work = shutdown.child();
        let publishing = publish::run(store.clone(), topic.clone(), published.clone(), work.clone());
        let discovering = discover::run(store.clone(), clickhouse.clone(), work.clone());
        let comparing = books::run(store.clone(), config.books.clone(), config.compare_every, work.clone());
        let watching = anomalies::run(store.clone(), config.books.clone(), work.clone());
        let tidying = tidy::run(store.clone(), work.clone());
        let holding = async {
            lease.hold(&work).await;
            work.trigger();
        };
        tokio::join!(publishing, discovering, comparing, watching, tidying, holding);
        lease.release().await;
    }
    Ok(())
}
