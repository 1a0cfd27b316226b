//! Changes → events topic: that an address is down, up again, or near the end of its certificate are events like any
//! other. In: changes that are not told yet. Out: records, each acknowledged before its change is removed; a crash in
//! between tells it again under the same id, which is stored once.

use std::time::Duration;

use bataudit_control::Store;
use bataudit_control::monitors::changes::{self, Untold};
use bataudit_event::{Event, record};
use bataudit_service::Shutdown;
use chrono::{DateTime, SecondsFormat};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::events_topic::{EventsTopic, Outgoing};
use crate::metrics;
use crate::publish::topic::TopicError;

/// The address does not answer as it should.
pub(super) const DOWN: &str = "system.healthcheck.down";
/// It does again.
pub(super) const UP: &str = "system.healthcheck.up";
/// Its certificate ends soon.
pub(super) const CERTIFICATE: &str = "system.healthcheck.certificate";
/// The original's: a monitor knows no other.
pub(super) const ENVIRONMENT: &str = "production";

/// How often it is looked what is to be told.
const EVERY: Duration = Duration::from_secs(1);
/// Changes told at a time.
const AT_A_TIME: i64 = 200;

/// What an event of a monitor says, as it waits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Told {
    pub(super) event_type: String,
    pub(super) path: String,
    pub(super) service_name: String,
    pub(super) details: Value,
    /// Unix milliseconds.
    pub(super) timestamp: i64,
}

impl Told {
    /// A time as events spell it.
    pub(super) fn time(unix_ms: i64) -> String {
        let time = DateTime::from_timestamp_millis(unix_ms).unwrap_or_default();
        time.to_rfc3339_opts(SecondsFormat::Millis, true)
    }
}

/// Why nothing was told; the next round tries again.
#[derive(Debug, thiserror::Error)]
pub enum TellError {
    /// The control store did not answer.
    #[error("control store: {0}")]
    Control(#[from] bataudit_control::Error),
    /// Kafka did not answer.
    #[error("the events topic: {0}")]
    Topic(#[from] TopicError),
}

pub(super) async fn run(store: Store, mut topic: EventsTopic, shutdown: Shutdown) {
    while !shutdown.is_triggered() {
        if let Err(error) = round(&store, &mut topic).await {
            metrics::monitors_failed();
            tracing::warn!(%error, "Could not publish what monitors found; trying again.");
        }
        tokio::select! {
            () = shutdown.triggered() => {}
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

/// Tells what is not told yet, and how much that was.
///
/// # Errors
/// When the store or Kafka does not answer; nothing is lost then.
pub async fn round(store: &Store, topic: &mut EventsTopic) -> Result<usize, TellError> {
    let untold = changes::oldest(store, AT_A_TIME).await?;
    let events: Vec<Outgoing> = untold.iter().filter_map(outgoing).collect();
    if !events.is_empty() {
        topic.publish(&events).await?;
    }
    changes::remove(store, &untold).await?;
    Ok(events.len())
}

/// `None` for a row that no version of this wrote.
fn outgoing(untold: &Untold) -> Option<Outgoing> {
    let (id, project) = (Uuid::try_parse(&untold.id).ok()?, Uuid::try_parse(&untold.project_id).ok()?);
    let told: Told = serde_json::from_str(&untold.body).ok()?;
    let details = told.details.to_string();
    let event = Event {
        id: id.into_bytes(),
        project_id: project.into_bytes(),
        event_type: &told.event_type,
        timestamp: told.timestamp,
        received_at: told.timestamp,
        path: &told.path,
        identifier: "system",
        request_body: &details,
        source: "backend",
        service_name: &told.service_name,
        environment: ENVIRONMENT,
        repeatable: true,
        ..Event::default()
    };
    let mut value = Vec::new();
    record::encode(std::iter::once(&event), &mut value);
    Some(Outgoing { id, value })
}
