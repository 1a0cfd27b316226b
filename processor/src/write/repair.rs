//! Adding the rows of a batch that the table lacks although its token was taken: the engine notes a
//! token before the part exists, and a crash between the two makes it swallow the batch for ever.
//!
//! The views have counted the batch already, so the rows must not pass them again: the whole batch
//! goes into a twin of the table that has no views, what the table holds is deleted there, and the
//! rest is moved over, a day at a time. A crash in between leaves a twin, which the next repair of the
//! batch drops before it counts anew.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use bataudit_store::twin::Twin;
use bataudit_store::{Connection, Shards, StoreError};
use clickhouse::{Client, Compression};
use futures::future::BoxFuture;

use super::pins::pinned;
use super::{Block, WriteError, send};
use crate::columns;

/// The rows of one range, and where they came from.
#[derive(Debug, Clone)]
pub struct Missing<'a> {
    /// All rows of the range, missing or not.
    pub block: &'a Block,
    /// The partition.
    pub partition: i32,
    /// The offsets.
    pub offsets: Range<i64>,
}

/// Adds missing rows.
pub trait Repair: Send + Sync {
    /// Adds those rows that the table lacks, without the rollups. Again and again is the same as once.
    fn fill<'a>(&'a self, missing: Missing<'a>) -> BoxFuture<'a, Result<(), WriteError>>;
}

/// Repairs the events table.
#[derive(Clone)]
pub struct ClickHouseRepair {
    shards: Arc<Shards>,
    epoch: String,
    timeout: Duration,
}

impl ClickHouseRepair {
    /// For the rows of this stream epoch. Filling the twin may take `timeout`.
    #[must_use]
    pub fn new(connection: &Connection, epoch: &str, timeout: Duration) -> Self {
        Self::over(Arc::new(Shards::single(connection)), epoch, timeout)
    }

    /// The same, in the shard of each range's partition.
    #[must_use]
    pub fn over(shards: Arc<Shards>, epoch: &str, timeout: Duration) -> Self {
        Self { shards, epoch: epoch.to_owned(), timeout }
    }

    async fn move_in(&self, missing: &Missing<'_>) -> Result<(), StoreError> {
        let Missing { block, partition, offsets } = missing;
        let node = self.shards.of(*partition).caught_up("events").await?;
        let (connection, client) =
            (&node.connection, pinned(node.client.clone()).with_compression(Compression::None));
        let name = format!("events_repair_{partition}_{}", offsets.start);
        let twin = Twin::create(connection, &client, "events", &name).await?;
        self.insert(&client, &name, block).await?;
        let delete = client
            .query(&format!(
                "ALTER TABLE {name} DELETE WHERE (k_offset, k_index) IN (SELECT k_offset, k_index FROM events \
                 WHERE k_epoch = ? AND k_partition = ? AND k_offset >= ? AND k_offset < ?)"
            ))
            .with_setting("mutations_sync", "2")
            .bind(&self.epoch)
            .bind(partition)
            .bind(offsets.start)
            .bind(offsets.end);
        connection.bounded(delete.execute()).await?;
        twin.move_in().await
    }

    async fn insert(&self, client: &Client, twin: &str, block: &Block) -> Result<(), StoreError> {
        let statement = format!("INSERT INTO {twin} ({}) FORMAT Native", columns::names());
        let insert = client.insert_formatted_with(statement);
        match tokio::time::timeout(self.timeout, send(block, insert)).await {
            Ok(done) => Ok(done?),
            Err(_) => Err(StoreError::Timeout(self.timeout)),
        }
    }
}

impl Repair for ClickHouseRepair {
    fn fill<'a>(&'a self, missing: Missing<'a>) -> BoxFuture<'a, Result<(), WriteError>> {
        Box::pin(async move {
            self.move_in(&missing).await.map_err(|error| match error {
                StoreError::ClickHouse(error) => super::clickhouse::classify(&error),
                other => WriteError::Retry(other.to_string()),
            })
        })
    }
}
