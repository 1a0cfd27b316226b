//! Control store → access topic: what the gateways know of keys and projects, and the processors of
//! masking rules.
//!
//! The topic is made equal to the control store by publishing differences only, so that a restart
//! writes nothing and a topic that somebody emptied is filled again.

pub mod diff;
pub mod topic;
mod wanted;

use std::time::Duration;

use bataudit_control::{Store, revision};
use bataudit_event::access::{Entry, EntryKey, Stream};
use bataudit_service::{Readiness, Shutdown};
use tokio::time::Instant;

use crate::metrics;
use diff::Change;
use topic::{AccessTopic, Entries, TopicError};

/// How often the store is asked whether keys or projects changed: one small read. A changed key must
/// work, and a revoked one stop, within a second at every gateway.
const POLL: Duration = Duration::from_millis(150);
/// How often the topic is read anew, in case somebody else changed it.
const RECONCILE: Duration = Duration::from_secs(60);
/// Wait after a failure of the store or of Kafka.
const RETRY: Duration = Duration::from_secs(1);

/// Why a round failed; the next one tries again.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The control store did not answer.
    #[error("the control store: {0}")]
    Store(#[from] bataudit_control::Error),
    /// Kafka did not answer.
    #[error("the access topic: {0}")]
    Topic(#[from] TopicError),
}

/// Keeps the access topic equal to the control store until the shutdown.
pub async fn run(store: Store, topic: AccessTopic, readiness: Readiness, shutdown: Shutdown) {
    let mut publisher = Publisher { store, topic, known: None };
    while !shutdown.is_triggered() {
        let wait = match publisher.round().await {
            Ok(()) => {
                readiness.ready();
                POLL
            }
            Err(error) => {
                tracing::warn!(%error, "Could not publish the key table; trying again.");
                readiness.not_ready(error.to_string());
                publisher.known = None;
                RETRY
            }
        };
        tokio::select! {
            () = shutdown.triggered() => {}
            () = tokio::time::sleep(wait) => {}
        }
    }
}

/// What the topic holds as far as this process knows.
struct Known {
    entries: Entries,
    revision: i64,
    read_at: Instant,
}

struct Publisher {
    store: Store,
    topic: AccessTopic,
    known: Option<Known>,
}

impl Publisher {
    async fn round(&mut self) -> Result<(), PublishError> {
        // The revision is read before the rows: a change in between is published by the next round.
        let revision = revision::current(&self.store).await?;
        let known = match self.known.take() {
            Some(known) if known.read_at.elapsed() < RECONCILE => known,
            _ => Known { entries: self.topic.read().await?, revision: -1, read_at: Instant::now() },
        };
        self.known =
            Some(if known.revision == revision { known } else { self.publish(known, revision).await? });
        Ok(())
    }

    async fn publish(&self, mut known: Known, revision: i64) -> Result<Known, PublishError> {
        let mut wanted = wanted::load(&self.store).await?;
        let (key, stream) = self.stream(&known.entries).await?;
        wanted.insert(key, stream);
        let changes = diff::between(&known.entries, &wanted);
        if !changes.is_empty() {
            self.topic.publish(&changes).await?;
            let removed = changes.iter().filter(|change| matches!(change, Change::Remove(_))).count();
            metrics::published(changes.len() - removed, removed);
            tracing::info!(
                written = changes.len() - removed,
                removed,
                "Published changes of keys, projects and masking rules."
            );
        }
        metrics::entries(wanted.len());
        known.entries = wanted;
        known.revision = revision;
        Ok(known)
    }

    /// What the topic says of the events topic stays for ever: copies of a repeatable event must meet in
    /// one partition, however many partitions there come to be.
    async fn stream(&self, known: &Entries) -> Result<(String, Vec<u8>), TopicError> {
        let key = EntryKey::Stream.encode();
        if let Some(stream) = known.get(&key) {
            return Ok((key, stream.clone()));
        }
        let stream = Stream { id_partitions: self.topic.events_partitions().await? };
        tracing::info!(
            partitions = stream.id_partitions,
            "Repeatable events are spread over these partitions."
        );
        Ok((key, Entry::Stream(stream).encode()))
    }
}
