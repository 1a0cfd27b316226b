//! The table's side of recovery: what it holds, by stream epoch, partition and offset.
//!
//! In a cluster, unsettled batches are asked for in the shard that takes them, since tokens are known there only; what is
//! settled may lie in any, as there may have been fewer shards before.

use std::ops::Range;
use std::sync::Arc;

use bataudit_store::cluster::{Node, Shard};
use bataudit_store::{Connection, Shards, StoreError};
use clickhouse::{Client, Row};
use futures::future::BoxFuture;
use serde::Deserialize;

use super::{Held, HeldBatch, Origin, PAGE, RowIds, StoredRows, View};

/// What is counted of rows; the places tell rows that are there twice.
const COUNTS: &str = "count() AS rows, uniqExact(k_offset, k_index) AS places, uniqExact(k_offset) AS records, \
     groupBitXor(reinterpretAsUInt128(id)) AS ids";
const PLACE: &str = "FROM events WHERE k_epoch = ? AND k_partition = ?";

/// The events table.
#[derive(Clone)]
pub struct ClickHouseRows {
    shards: Arc<Shards>,
    /// All shards at once.
    connection: Connection,
    client: Client,
    epoch: String,
}

#[derive(Row, Deserialize)]
struct Counted {
    rows: u64,
    places: u64,
    records: u64,
    ids: u128,
}

#[derive(Row, Deserialize)]
struct Batch {
    k_batch: u64,
    k_end: u64,
    since: i64,
    rows: u64,
    places: u64,
    records: u64,
    ids: u128,
}

#[derive(Row, Deserialize)]
struct Id {
    k_index: u16,
    #[serde(with = "clickhouse::serde::uuid")]
    id: uuid::Uuid,
}

#[derive(Row, Deserialize)]
struct Newest {
    k_batch: u64,
    k_end: u64,
}

impl ClickHouseRows {
    /// The table of this connection's database, as far as it belongs to this stream epoch.
    #[must_use]
    pub fn new(connection: &Connection, epoch: &str) -> Self {
        Self::over(Arc::new(Shards::single(connection)), connection, epoch)
    }

    /// The tables of these shards, which the connection sees as one.
    #[must_use]
    pub fn over(shards: Arc<Shards>, connection: &Connection, epoch: &str) -> Self {
        let (connection, client) = (connection.clone(), connection.client());
        Self { shards, connection, client, epoch: epoch.to_owned() }
    }

    async fn view(&self, partition: i32, origin: &Origin) -> Result<View, StoreError> {
        let mut view = View::default();
        let Some(committed) = origin.committed() else {
            view.newest = self.newest(partition).await?;
            return Ok(view);
        };
        let shard = self.shards.of(partition);
        self.is_nowhere_else(shard, partition, committed).await?;
        let node = shard.caught_up("events").await?;
        let mut rows = self.batches(node, partition, committed).await?;
        view.more = rows.len() > PAGE;
        rows.truncate(PAGE);
        if let Some(since) = rows.iter().map(|row| row.since).min() {
            view.is_younger = Self::is_younger_than(node, since).await?;
            if !view.is_younger {
                view.blocks_since = Self::blocks_since(node, since).await?;
            }
        }
        view.batches = rows.into_iter().map(HeldBatch::from).collect();
        if committed < origin.low {
            view.kept = self.count(node, partition, committed..origin.low).await?.records;
        }
        if origin.first() < origin.start() {
            view.before = self.ids_at(partition, origin.first()).await?;
        }
        Ok(view)
    }

    async fn newest(&self, partition: i32) -> Result<Option<Range<i64>>, StoreError> {
        let sql = format!("SELECT k_batch, k_end {PLACE} ORDER BY k_end DESC LIMIT 1");
        let newest = self.client.query(&sql).bind(&self.epoch).bind(partition).fetch_optional::<Newest>();
        let newest = self.connection.bounded(newest).await?;
        Ok(newest.map(|newest| newest.k_batch as i64..newest.k_end as i64))
    }

    /// Rows whose batch may have to be sent again would be stored twice if another shard had them.
    async fn is_nowhere_else(&self, shard: &Shard, partition: i32, from: i64) -> Result<(), StoreError> {
        if self.connection.cluster.is_none() {
            return Ok(());
        }
        let sql = format!("SELECT count() {PLACE} AND k_offset >= ? AND _shard_num != ?");
        let rows = self.client.query(&sql).bind(&self.epoch).bind(partition).bind(from).bind(shard.number());
        match self.connection.bounded(rows.fetch_one::<u64>()).await? {
            0 => Ok(()),
            _ => Err(StoreError::Elsewhere { partition, from, shard: shard.number() }),
        }
    }

    async fn batches(&self, node: &Node, partition: i32, from: i64) -> Result<Vec<Batch>, StoreError> {
        let sql = format!(
            "SELECT k_batch, k_end, toUnixTimestamp64Milli(min(stored_at)) AS since, {COUNTS} {PLACE} \
             AND k_offset >= ? GROUP BY k_batch, k_end ORDER BY k_batch, k_end LIMIT ?"
        );
        let rows = node.client.query(&sql).bind(&self.epoch).bind(partition).bind(from).bind(PAGE + 1);
        node.connection.bounded(rows.fetch_all()).await
    }

    /// Whether the server's table was made, or altered, after rows were stored; both by the clock of ClickHouse. An ALTER cannot be
    /// told from a restore and keeps the tokens, but counting is right either way. The time of the table is cut to
    /// seconds, so rows of its first second are younger than it; a restore is never as near to its rows.
    async fn is_younger_than(node: &Node, millis: i64) -> Result<bool, StoreError> {
        let sql = "SELECT count() FROM system.tables WHERE database = currentDatabase() AND name = 'events' \
             AND metadata_modification_time > fromUnixTimestamp64Milli(?)";
        let younger = node.client.query(sql).bind(millis).fetch_one::<u64>();
        Ok(node.connection.bounded(younger).await? > 0)
    }

    /// Blocks of all partitions: they share the windows of the tables.
    async fn blocks_since(node: &Node, millis: i64) -> Result<u64, StoreError> {
        let sql = "SELECT uniqExact(k_epoch, k_partition, k_batch, toDate(timestamp)) FROM events \
             WHERE stored_at >= fromUnixTimestamp64Milli(?)";
        node.connection.bounded(node.client.query(sql).bind(millis).fetch_one()).await
    }

    async fn ids_at(&self, partition: i32, offset: i64) -> Result<RowIds, StoreError> {
        let sql = format!("SELECT k_index, id {PLACE} AND k_offset = ? ORDER BY k_index");
        let ids = self.client.query(&sql).bind(&self.epoch).bind(partition).bind(offset).fetch_all::<Id>();
        let ids = self.connection.bounded(ids).await?;
        Ok(ids.into_iter().map(|row| (row.k_index, row.id.into_bytes())).collect())
    }

    async fn count(&self, node: &Node, partition: i32, offsets: Range<i64>) -> Result<Held, StoreError> {
        let sql = format!("SELECT {COUNTS} {PLACE} AND k_offset >= ? AND k_offset < ?");
        let counted = node.client.query(&sql).bind(&self.epoch).bind(partition);
        let counted = counted.bind(offsets.start).bind(offsets.end).fetch_one::<Counted>();
        let Counted { rows, places, records, ids } = node.connection.bounded(counted).await?;
        Ok(Held { rows, places, records, ids })
    }
}

impl From<Batch> for HeldBatch {
    fn from(row: Batch) -> Self {
        let Batch { k_batch, k_end, rows, places, records, ids, .. } = row;
        Self { offsets: k_batch as i64..k_end as i64, held: Held { rows, places, records, ids } }
    }
}

impl StoredRows for ClickHouseRows {
    fn look<'a>(&'a self, partition: i32, origin: &'a Origin) -> BoxFuture<'a, Result<View, StoreError>> {
        Box::pin(self.view(partition, origin))
    }

    fn held(&self, partition: i32, offsets: Range<i64>) -> BoxFuture<'_, Result<Held, StoreError>> {
        Box::pin(async move {
            let shard = self.shards.of(partition);
            let node = shard.caught_up("events").await?;
            self.count(node, partition, offsets).await.inspect_err(|_| shard.failed())
        })
    }
}
