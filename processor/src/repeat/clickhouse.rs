//! What the events table knows of ids.

use std::fmt::Write as _;
use std::sync::Arc;

use bataudit_store::cluster::Shard;
use bataudit_store::{Connection, Shards, StoreError};
use clickhouse::{Client, Row};
use futures::future::BoxFuture;
use serde::Deserialize;
use uuid::Uuid;

use super::{Home, Key, LOOKED_BACK_MS, Question, StoredCopy, StoredIds, now};
use crate::row::RowPlace;

/// Ids in one question, and the bytes such a statement may have.
const IDS: usize = 20_000;
const MAX_QUERY_SIZE: &str = "2000000";

/// The events table.
#[derive(Clone)]
pub struct ClickHouseIds {
    shards: Arc<Shards>,
    /// All shards at once.
    connection: Connection,
    client: Client,
    epoch: String,
}

#[derive(Row, Deserialize)]
struct Copy {
    project: String,
    #[serde(with = "clickhouse::serde::uuid")]
    id: Uuid,
    received: i64,
    is_ours: bool,
    k_partition: u16,
    k_offset: u64,
    k_index: u16,
}

#[derive(Row, Deserialize)]
struct Recent {
    project: String,
    #[serde(with = "clickhouse::serde::uuid")]
    id: Uuid,
    received: i64,
}

impl ClickHouseIds {
    /// The tables of these shards, which the connection sees as one, as the log of this stream epoch sees them.
    #[must_use]
    pub fn over(shards: Arc<Shards>, connection: &Connection, epoch: &str) -> Self {
        let (connection, client) = (connection.clone(), connection.client());
        Self { shards, connection, client, epoch: epoch.to_owned() }
    }

    /// The shard that alone can have what a partition looks for from this time on; `None` when any may.
    fn alone(&self, home: Home, since: i64) -> Option<&Shard> {
        (self.shards.count() == 1 || since >= home.alone_since).then(|| self.shards.of(home.partition))
    }

    /// Whom to ask: the server of one shard, or all shards.
    fn asked(&self, alone: Option<&Shard>) -> (Connection, Client) {
        let node = alone.map(Shard::node);
        node.map_or_else(
            || (self.connection.clone(), self.client.clone()),
            |node| (node.connection.clone(), node.client.clone()),
        )
    }

    /// No other shard has copies of a partition's ids where it has no rows of the partition, and none of an earlier epoch,
    /// whose ids may have been spread otherwise.
    async fn alone_since(&self, partition: i32) -> Result<i64, StoreError> {
        if self.shards.count() == 1 {
            return Ok(i64::MIN);
        }
        let since = now() - LOOKED_BACK_MS;
        let sql = "SELECT toUnixTimestamp64Milli(max(received_at)) FROM events WHERE _shard_num != ? \
             AND received_at >= fromUnixTimestamp64Milli(?, 'UTC') AND (k_partition = ? OR k_epoch != ?)";
        let own = self.shards.of(partition).number();
        let newest = self.client.query(sql).bind(own).bind(since).bind(partition).bind(&self.epoch);
        let newest = self.connection.bounded(newest.fetch_one::<i64>()).await?;
        Ok(since.max(newest + 1))
    }

    async fn copies(&self, home: Home, question: &Question) -> Result<Vec<StoredCopy>, StoreError> {
        let Question { ids, received, anywhere } = question;
        let alone = if *anywhere { None } else { self.alone(home, *received.start()) };
        let (connection, client) = self.asked(alone);
        let mut copies = Vec::new();
        for some in ids.chunks(IDS) {
            let rows = client
                .query(&statement(some))
                .with_setting("max_query_size", MAX_QUERY_SIZE)
                .bind(&self.epoch)
                .bind(received.start())
                .bind(received.end())
                .fetch_all::<Copy>();
            let rows = connection.bounded(rows).await.inspect_err(|_| failed(alone))?;
            copies.extend(rows.into_iter().filter_map(Copy::known));
        }
        Ok(copies)
    }

    async fn recent(
        &self,
        home: Home,
        since: i64,
        each: &mut (dyn FnMut(Key, i64) + Send),
    ) -> Result<(), StoreError> {
        let alone = self.alone(home, since);
        let (connection, client) = self.asked(alone);
        let rows = client
            .query(
                "SELECT toString(project_id) AS project, id, toUnixTimestamp64Milli(received_at) AS received \
                 FROM events WHERE k_partition = ? AND repeatable \
                 AND received_at >= fromUnixTimestamp64Milli(?, 'UTC')",
            )
            .bind(home.partition)
            .bind(since)
            .fetch::<Recent>();
        let mut rows = rows?;
        while let Some(row) = connection.bounded(rows.next()).await.inspect_err(|_| failed(alone))? {
            if let Some(key) = key(&row.project, row.id) {
                each(key, row.received);
            }
        }
        Ok(())
    }
}

/// The server of a shard that did not answer is not asked first again.
fn failed(shard: Option<&Shard>) {
    if let Some(shard) = shard {
        shard.failed();
    }
}

fn statement(ids: &[[u8; 16]]) -> String {
    let mut sql =
        "SELECT toString(project_id) AS project, id, toUnixTimestamp64Milli(received_at) AS received, \
                   k_epoch = ? AS is_ours, k_partition, k_offset, k_index FROM events WHERE id IN ("
            .to_owned();
    for (index, id) in ids.iter().enumerate() {
        let comma = if index == 0 { "" } else { "," };
        // Writing to a string cannot fail.
        let _infallible = write!(sql, "{comma}'{}'", Uuid::from_bytes(*id).hyphenated());
    }
    sql.push_str(
        ") AND received_at >= fromUnixTimestamp64Milli(?, 'UTC') AND received_at <= fromUnixTimestamp64Milli(?, 'UTC')",
    );
    sql
}

/// A project's id that is no UUID was not written by a processor.
fn key(project: &str, id: Uuid) -> Option<Key> {
    Some(Key { project: Uuid::try_parse(project).ok()?.into_bytes(), id: id.into_bytes() })
}

impl Copy {
    fn known(self) -> Option<StoredCopy> {
        Some(StoredCopy {
            key: key(&self.project, self.id)?,
            partition: if self.is_ours { i32::from(self.k_partition) } else { -1 },
            place: RowPlace { offset: i64::try_from(self.k_offset).ok()?, index: self.k_index },
            received_at: self.received,
        })
    }
}

impl StoredIds for ClickHouseIds {
    fn home(&self, partition: i32) -> BoxFuture<'_, Result<Home, StoreError>> {
        Box::pin(async move { Ok(Home { partition, alone_since: self.alone_since(partition).await? }) })
    }

    fn find<'a>(
        &'a self,
        home: Home,
        question: &'a Question,
    ) -> BoxFuture<'a, Result<Vec<StoredCopy>, StoreError>> {
        Box::pin(self.copies(home, question))
    }

    fn since<'a>(
        &'a self,
        home: Home,
        since: i64,
        each: &'a mut (dyn FnMut(Key, i64) + Send),
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(self.recent(home, since, each))
    }
}
