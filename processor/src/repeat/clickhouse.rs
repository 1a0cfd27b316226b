//! What the events table knows of ids.

use std::fmt::Write as _;
use std::ops::RangeInclusive;

use bataudit_store::{Connection, StoreError};
use clickhouse::{Client, Row};
use futures::future::BoxFuture;
use serde::Deserialize;
use uuid::Uuid;

use super::{Key, StoredCopy, StoredIds};
use crate::row::RowPlace;

/// Ids in one question, and the bytes such a statement may have.
const IDS: usize = 20_000;
const MAX_QUERY_SIZE: &str = "2000000";

/// The events table.
#[derive(Clone)]
pub struct ClickHouseIds {
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
    /// The table of this connection's database, as the log of this stream epoch sees it.
    #[must_use]
    pub fn new(connection: &Connection, epoch: &str) -> Self {
        Self { connection: connection.clone(), client: connection.client(), epoch: epoch.to_owned() }
    }

    async fn copies(
        &self,
        ids: &[[u8; 16]],
        received: &RangeInclusive<i64>,
    ) -> Result<Vec<StoredCopy>, StoreError> {
        let rows = self
            .client
            .query(&statement(ids))
            .with_setting("max_query_size", MAX_QUERY_SIZE)
            .bind(&self.epoch)
            .bind(received.start())
            .bind(received.end())
            .fetch_all::<Copy>();
        let rows = self.connection.bounded(rows).await?;
        Ok(rows.into_iter().filter_map(Copy::known).collect())
    }

    async fn recent(
        &self,
        partition: i32,
        since: i64,
        each: &mut (dyn FnMut(Key, i64) + Send),
    ) -> Result<(), StoreError> {
        let rows = self
            .client
            .query(
                "SELECT toString(project_id) AS project, id, toUnixTimestamp64Milli(received_at) AS received \
                 FROM events WHERE k_partition = ? AND repeatable \
                 AND received_at >= fromUnixTimestamp64Milli(?, 'UTC')",
            )
            .bind(partition)
            .bind(since)
            .fetch::<Recent>();
        let mut rows = rows?;
        while let Some(row) = self.connection.bounded(rows.next()).await? {
            if let Some(key) = key(&row.project, row.id) {
                each(key, row.received);
            }
        }
        Ok(())
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
    fn find<'a>(
        &'a self,
        ids: &'a [[u8; 16]],
        received: RangeInclusive<i64>,
    ) -> BoxFuture<'a, Result<Vec<StoredCopy>, StoreError>> {
        Box::pin(async move {
            let mut copies = Vec::new();
            for some in ids.chunks(IDS) {
                copies.extend(self.copies(some, &received).await?);
            }
            Ok(copies)
        })
    }

    fn since<'a>(
        &'a self,
        partition: i32,
        since: i64,
        each: &'a mut (dyn FnMut(Key, i64) + Send),
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(self.recent(partition, since, each))
    }
}
