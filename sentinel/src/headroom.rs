//! How much room is left, for alerts. In: what ClickHouse says of its disks and of losses, and Kafka of how long it
//! keeps events. Out: gauges. Nobody else asks for these: an operator has no exporter for each part.

use std::collections::BTreeMap;
use std::time::Duration;

use bataudit_kafka::survey::survey;
use bataudit_ledger::Sources;
use bataudit_service::Shutdown;
use bataudit_store::{Shards, StoreError};
use clickhouse::{Client, Row};
use serde::Deserialize;

use crate::metrics;

/// How often it is asked.
const EVERY: Duration = Duration::from_secs(60);
/// An object store tells no size, or one that no disk has.
const DISKS: &str = "SELECT name, free_space, total_space FROM system.disks \
     WHERE total_space > 0 AND total_space < 9223372036854775807";
const LOSSES: &str =
    "SELECT count() FROM loss_incidents FINAL WHERE detected_at > now64(3, 'UTC') - INTERVAL 1 DAY";

#[derive(Debug, Deserialize, Row)]
struct Disk {
    name: String,
    free_space: u64,
    total_space: u64,
}

/// Asks until the shutdown.
pub(crate) async fn run(sources: Sources, shutdown: Shutdown) {
    let client = sources.store.client();
    while !shutdown.is_triggered() {
        tokio::select! {
            () = shutdown.triggered() => break,
            () = ask(&sources, &client) => {}
        }
        tokio::select! {
            () = shutdown.triggered() => {}
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

/// One part that does not answer keeps none of the others from being measured.
async fn ask(sources: &Sources, client: &Client) {
    let (of_clickhouse, of_losses, ()) =
        tokio::join!(disks(sources), losses(sources, client), retention(sources));
    if let Err(error) = of_clickhouse {
        tracing::warn!(%error, "Could not ask how much room is left; sentinel's ClickHouse user needs SELECT ON system.disks.");
    }
    if let Err(error) = of_losses {
        tracing::warn!(%error, "Could not count the loss incidents; trying again.");
    }
}

async fn disks(sources: &Sources) -> Result<(), StoreError> {
    let shards = Shards::find(&sources.store).await?;
    let mut fullest: BTreeMap<String, Disk> = BTreeMap::new();
    for node in shards.answering().await? {
        for disk in node.connection.bounded(node.client.query(DISKS).fetch_all::<Disk>()).await? {
            // Servers of a cluster have disks of the same names; an alert is about the fullest.
            if fullest.get(&disk.name).is_none_or(|known| disk.free() < known.free()) {
                fullest.insert(disk.name.clone(), disk);
            }
        }
    }
    fullest.values().for_each(|disk| metrics::disk(&disk.name, disk.free_space, disk.total_space));
    Ok(())
}

impl Disk {
    /// The free part of it.
    fn free(&self) -> f64 {
        self.free_space as f64 / self.total_space as f64
    }
}

async fn losses(sources: &Sources, client: &Client) -> Result<(), StoreError> {
    metrics::recent_losses(sources.store.bounded(client.query(LOSSES).fetch_one::<u64>()).await?);
    Ok(())
}

/// A broker that keeps events for ever, or tells no settings, sets no gauge: then there is nothing to run out of.
async fn retention(sources: &Sources) {
    let topics = &sources.topics;
    let found = survey(&sources.kafka, [&topics.events, &topics.access, &topics.dead_letters]).await;
    let Ok(found) =
        found.inspect_err(|error| tracing::debug!(%error, "Kafka does not say how long it keeps events."))
    else {
        return;
    };
    let set = found.topics.get(&topics.events).and_then(|topic| topic.settings.get("retention.ms"));
    if let Some(kept) = set.and_then(|text| text.parse().ok()) {
        metrics::retention_of_events(Duration::from_millis(kept));
    }
}
