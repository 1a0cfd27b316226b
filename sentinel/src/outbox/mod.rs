//! Outbox → events topic: what people did here becomes audit events like any other. In: entries of the
//! control store. Out: records, each acknowledged by the brokers before its entry is removed.
//!
//! A crash between the two publishes an entry again, as the same bytes under the same id and in the same
//! partition: the processor stores it once.

pub mod event;

use std::time::Duration;

use bataudit_control::{Store, clock, outbox};
use bataudit_service::Shutdown;

use crate::events_topic::{EventsTopic, Outgoing};
use crate::metrics;
use crate::publish::topic::TopicError;

/// How often the outbox is looked at: one small read.
const EVERY: Duration = Duration::from_secs(1);
/// Entries taken at a time.
const AT_A_TIME: i64 = 200;

/// Why a round failed; the next one tries again.
#[derive(Debug, thiserror::Error)]
pub enum OutboxError {
    /// The control store did not answer.
    #[error("the control store: {0}")]
    Store(#[from] bataudit_control::Error),
    /// Kafka did not answer.
    #[error("the events topic: {0}")]
    Topic(#[from] TopicError),
}

/// Publishes until the shutdown.
pub async fn run(store: Store, mut topic: EventsTopic, shutdown: Shutdown) {
    while !shutdown.is_triggered() {
        match round(&store, &mut topic).await {
            Ok(published) if published == AT_A_TIME.unsigned_abs() => continue,
            Ok(_) => {}
            Err(error) => {
                metrics::outbox_failed();
                tracing::warn!(%error, "Could not publish what people did here; trying again.");
            }
        }
        tokio::select! {
            () = shutdown.triggered() => {}
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

/// Publishes the oldest entries and tells how many.
///
/// # Errors
/// When the store or Kafka does not answer; nothing is lost then.
pub async fn round(store: &Store, topic: &mut EventsTopic) -> Result<u64, OutboxError> {
    let waiting = outbox::oldest(store, AT_A_TIME).await?;
    let oldest = waiting.first().map_or(0, |first| clock::now_ms().saturating_sub(first.created_at));
    metrics::outbox_waits(Duration::from_millis(oldest.try_into().unwrap_or_default()));
    if waiting.is_empty() {
        return Ok(0);
    }
    let events: Vec<Outgoing> = waiting.iter().map(event::outgoing).collect();
    topic.publish(&events).await?;
    outbox::remove(store, &waiting).await?;
    metrics::outbox_published(waiting.len());
    Ok(waiting.len() as u64)
}
