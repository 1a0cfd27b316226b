//! What the events table holds: rows by their places in the log, and copies of ids.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::ops::Range;

use bataudit_store::{Connection, StoreError};
use clickhouse::{Client, Row};
use serde::Deserialize;
use uuid::Uuid;

use crate::Place;
use crate::tally::{Copy, Key, StoredRow};

/// Ids in one question, and the bytes such a statement may have.
const IDS: usize = 20_000;
const MAX_QUERY_SIZE: &str = "4000000";
/// Ids stored twice that are looked at.
const TWICE: u32 = 1_000;

/// The events table.
pub struct Table {
    connection: Connection,
    client: Client,
    /// The life of the topic; places of another one mean other records.
    epoch: String,
    project: Option<Uuid>,
}

#[derive(Row, Deserialize)]
struct Raw {
    partition: u16,
    k_offset: u64,
    k_index: u16,
    project: String,
    #[serde(with = "clickhouse::serde::uuid")]
    id: Uuid,
    received: i64,
}

#[derive(Row, Deserialize)]
struct Twice {
    project: String,
    #[serde(with = "clickhouse::serde::uuid")]
    id: Uuid,
    copies: Vec<(i64, u16, u64, u16)>,
}

/// The columns of [`Raw`]. A copy from another life of the topic lies in a partition that no topic has.
const COLUMNS: &str = "if(k_epoch = ?, k_partition, 65535) AS partition, k_offset, k_index, toString(project_id) AS project, id, \
                       toUnixTimestamp64Milli(received_at) AS received";
const RECEIVED: &str =
    "received_at >= fromUnixTimestamp64Milli(?, 'UTC') AND received_at < fromUnixTimestamp64Milli(?, 'UTC')";

impl Table {
    /// The table of this connection's database, or one project's part of it, as the log of this stream
    /// epoch sees it.
    #[must_use]
    pub fn new(connection: &Connection, epoch: &str, project: Option<Uuid>) -> Self {
        Self { connection: connection.clone(), client: connection.client(), epoch: epoch.to_owned(), project }
    }

    /// The condition on the project: an id is a UUID, which needs no quoting beyond the marks.
    fn only(&self) -> String {
        self.project.map_or_else(String::new, |project| format!(" AND project_id = '{project}'"))
    }

    /// The rows of a range of offsets that were received within a range of time, by place.
    ///
    /// # Errors
    /// When ClickHouse fails or is late.
    pub async fn rows(
        &self,
        partition: i32,
        offsets: &Range<i64>,
        received: &Range<i64>,
    ) -> Result<Vec<StoredRow>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM events WHERE k_epoch = ? AND k_partition = ? AND k_offset >= ? AND k_offset < ? \
             AND {RECEIVED}{} ORDER BY k_offset, k_index",
            self.only()
        );
        let rows = self
            .client
            .query(&sql)
            .bind(&self.epoch)
            .bind(&self.epoch)
            .bind(partition)
            .bind(offsets.start)
            .bind(offsets.end)
            .bind(received.start)
            .bind(received.end)
            .fetch_all::<Raw>();
        let rows = self.connection.bounded(rows).await?;
        Ok(rows.into_iter().map(Raw::stored).collect())
    }

    /// The places in a range of offsets whose rows were removed on purpose.
    ///
    /// # Errors
    /// When ClickHouse fails or is late.
    pub async fn removed(&self, partition: i32, offsets: &Range<i64>) -> Result<BTreeSet<Place>, StoreError> {
        let sql = "SELECT k_offset, k_index FROM removed_places WHERE k_epoch = ? AND k_partition = ? \
                   AND k_offset >= ? AND k_offset < ?";
        let places = self
            .client
            .query(sql)
            .bind(&self.epoch)
            .bind(partition)
            .bind(offsets.start)
            .bind(offsets.end)
            .fetch_all::<(u64, u16)>();
        let places = self.connection.bounded(places).await?;
        let offset = |offset: u64| i64::try_from(offset).unwrap_or(i64::MAX);
        Ok(places.into_iter().map(|(at, index)| Place { partition, offset: offset(at), index }).collect())
    }

    /// The copies of these ids, removed ones too, that were received within a range of time.
    ///
    /// # Errors
    /// When ClickHouse fails or is late.
    pub async fn copies(&self, ids: &[[u8; 16]], received: &Range<i64>) -> Result<Vec<Copy>, StoreError> {
        let mut copies = Vec::new();
        for some in ids.chunks(IDS) {
            let mut ids = String::new();
            for (index, id) in some.iter().enumerate() {
                let comma = if index == 0 { "" } else { "," };
                // Writing to a string cannot fail.
                let _infallible = write!(ids, "{comma}'{}'", Uuid::from_bytes(*id));
            }
            let of = |table| format!("SELECT {COLUMNS} FROM {table} WHERE {RECEIVED} AND id IN ({ids})");
            let sql = format!("{} UNION ALL {}", of("events"), of("removed_places"));
            let mut query = self.client.query(&sql).with_setting("max_query_size", MAX_QUERY_SIZE);
            for _ in ["events", "removed_places"] {
                query = query.bind(&self.epoch).bind(received.start).bind(received.end);
            }
            let rows = query.fetch_all::<Raw>();
            let rows = self.connection.bounded(rows).await?;
            copies.extend(rows.into_iter().map(Raw::stored).map(|row| Copy {
                key: row.key,
                place: row.place,
                received_at: row.received_at,
            }));
        }
        Ok(copies)
    }

    /// Repeatable events of which the table holds more than one row, at different places.
    ///
    /// # Errors
    /// When ClickHouse fails or is late.
    pub async fn twice(&self, received: &Range<i64>) -> Result<Vec<Copy>, StoreError> {
        let sql = format!(
            "SELECT toString(project_id) AS project, id, \
             groupUniqArray(16)((toUnixTimestamp64Milli(received_at), if(k_epoch = ?, k_partition, 65535), k_offset, \
             k_index)) AS copies \
             FROM events WHERE repeatable AND {RECEIVED}{} GROUP BY project_id, id HAVING length(copies) > 1 \
             LIMIT {TWICE}",
            self.only()
        );
        let rows = self
            .client
            .query(&sql)
            .bind(&self.epoch)
            .bind(received.start)
            .bind(received.end)
            .fetch_all::<Twice>();
        let rows = self.connection.bounded(rows).await?;
        let copies = rows.into_iter().flat_map(|row| {
            let key = key(&row.project, row.id);
            row.copies.into_iter().map(move |(received_at, partition, offset, index)| Copy {
                key,
                place: place(partition, offset, index),
                received_at,
            })
        });
        Ok(copies.collect())
    }
}

impl Raw {
    fn stored(self) -> StoredRow {
        StoredRow {
            place: place(self.partition, self.k_offset, self.k_index),
            key: key(&self.project, self.id),
            received_at: self.received,
        }
    }
}

/// A project that is no UUID was not written by a processor; it shows as the nil UUID, which no project is.
fn key(project: &str, id: Uuid) -> Key {
    Key { project: Uuid::try_parse(project).unwrap_or_default().into_bytes(), id: id.into_bytes() }
}

fn place(partition: u16, offset: u64, index: u16) -> Place {
    Place { partition: i32::from(partition), offset: i64::try_from(offset).unwrap_or(i64::MAX), index }
}
