//! Incidents: what went wrong between Kafka and the table. Each is logged as an error, counted, and
//! written to the table `loss_incidents` before its partition goes on. Nothing is skipped silently.

use std::ops::Range;
use std::time::Duration;

use bataudit_service::Readiness;
use bataudit_store::{Connection, StoreError};
use clickhouse::Client;
use futures::future::BoxFuture;

use crate::metrics;

/// Pause before an incident is written again.
const PAUSE: Duration = Duration::from_secs(1);

/// What kind of incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Kafka deleted records before they were read.
    RetentionCut,
    /// Offsets are missing in the middle of the log.
    OffsetsMissing,
    /// Kafka forgot the group's offsets; nothing is lost.
    OffsetsExpired,
    /// The log is another one than the table was filled from; the partition stands still.
    TopicRecreated,
    /// Rows are in the table twice.
    RowsDoubled,
    /// Rows were older than the table keeps them.
    RowsExpired,
    /// Rows were settled by counting; whether the rollups have them cannot be told.
    RollupsUnverified,
}

impl Kind {
    /// Its name in the table and as a label.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::RetentionCut => "retention_cut",
            Self::OffsetsMissing => "offsets_missing",
            Self::OffsetsExpired => "offsets_expired",
            Self::TopicRecreated => "topic_recreated",
            Self::RowsDoubled => "rows_doubled",
            Self::RowsExpired => "rows_expired",
            Self::RollupsUnverified => "rollups_unverified",
        }
    }
}

/// One incident of a partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incident {
    /// What kind.
    pub kind: Kind,
    /// The offsets it is about.
    pub offsets: Range<i64>,
    /// Records that are lost, at most; for kinds about rows, how many rows.
    pub lost: u64,
    /// For a person. Holds no byte of an event.
    pub detail: String,
}

impl Incident {
    /// An incident.
    #[must_use]
    pub fn new(kind: Kind, offsets: Range<i64>, lost: u64, detail: &str) -> Self {
        Self { kind, offsets, lost, detail: detail.to_owned() }
    }
}

/// Where incidents are kept.
pub trait Incidents: Send + Sync {
    /// Writes one down; again and again is the same as once.
    fn record<'a>(&'a self, partition: i32, incident: &'a Incident) -> BoxFuture<'a, Result<(), StoreError>>;
}

/// Logs and counts an incident, and writes it down until that works.
pub async fn report(incidents: &dyn Incidents, partition: i32, incident: &Incident, health: &Readiness) {
    let Incident { kind, offsets, lost, detail } = incident;
    let (kind, first, end) = (kind.name(), offsets.start, offsets.end);
    tracing::error!(partition, kind, first, end, lost, detail, "An incident between Kafka and the table.");
    metrics::incident(incident);
    while let Err(error) = incidents.record(partition, incident).await {
        health.not_ready(error.to_string());
        tracing::warn!(partition, kind, %error, "The incident could not be written down; tries again.");
        tokio::time::sleep(PAUSE).await;
    }
}

/// The table `loss_incidents`.
pub struct ClickHouseIncidents {
    connection: Connection,
    client: Client,
    topic: String,
    epoch: String,
}

impl ClickHouseIncidents {
    /// The incidents of this topic in this stream epoch.
    #[must_use]
    pub fn new(connection: &Connection, topic: &str, epoch: &str) -> Self {
        let (topic, epoch) = (topic.to_owned(), epoch.to_owned());
        Self { connection: connection.clone(), client: connection.client(), topic, epoch }
    }

    async fn insert(&self, partition: i32, incident: &Incident) -> Result<(), StoreError> {
        let Incident { kind, offsets, lost, detail } = incident;
        let (topic, epoch, kind) = (&self.topic, &self.epoch, kind.name());
        // Found again by the next start, it is the same block, and dropped.
        let token = format!("{epoch}:{topic}:{partition}:{kind}:{}-{}:{lost}", offsets.start, offsets.end);
        let insert = self
            .client
            .query(
                "INSERT INTO loss_incidents (kind, topic, stream_epoch, k_partition, first_offset, end_offset, lost, \
                 detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            )
            .with_setting("async_insert", "0")
            .with_setting("insert_deduplication_token", token)
            .bind(kind)
            .bind(topic)
            .bind(epoch)
            .bind(partition)
            .bind(offsets.start)
            .bind(offsets.end)
            .bind(lost)
            .bind(detail);
        self.connection.bounded(insert.execute()).await
    }
}

impl Incidents for ClickHouseIncidents {
    fn record<'a>(&'a self, partition: i32, incident: &'a Incident) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(self.insert(partition, incident))
    }
}
