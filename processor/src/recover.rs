//! What a partition's first batches must not store again: rows at or after the committed offset that
//! the table holds already, because a processor stopped between its insert and its commit.
//!
//! A row counts as stored only when its place in Kafka *and* its id agree. A topic that was made anew
//! gives old offsets to new events, and those must not be skipped.

use std::collections::HashMap;

use bataudit_store::{Connection, StoreError};
use clickhouse::{Client, Row};
use futures::future::BoxFuture;
use serde::Deserialize;

use crate::row::RowPlace;

/// The most rows that are remembered: some batches, and about 50 MB.
const MOST: u32 = 1_000_000;

/// The rows at or after an offset that the table holds.
#[derive(Debug, Default, Clone)]
pub struct Known {
    ids: HashMap<RowPlace, [u8; 16]>,
    last: i64,
}

impl Known {
    /// Rows by their place.
    #[must_use]
    pub fn new(rows: impl IntoIterator<Item = (RowPlace, [u8; 16])>) -> Self {
        let ids: HashMap<_, _> = rows.into_iter().collect();
        let last = ids.keys().map(|place| place.offset).max().unwrap_or(-1);
        Self { ids, last }
    }

    /// Whether the event with this id at this place is in the table.
    #[must_use]
    pub fn holds(&self, place: RowPlace, id: [u8; 16]) -> bool {
        self.ids.get(&place) == Some(&id)
    }

    /// Forgets everything once the partition has passed the last known row.
    pub fn forget_before(&mut self, offset: i64) {
        if offset > self.last && !self.ids.is_empty() {
            self.ids = HashMap::new();
        }
    }

    /// How many rows are known.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether none is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }
}

/// Asks the table.
pub trait StoredRows: Send + Sync {
    /// The rows of a partition at or after an offset.
    fn stored_from(&self, partition: i32, offset: i64) -> BoxFuture<'_, Result<Known, StoreError>>;
}

/// The events table.
#[derive(Clone)]
pub struct ClickHouseRows {
    connection: Connection,
    client: Client,
}

#[derive(Row, Deserialize)]
struct Stored {
    k_offset: u64,
    k_index: u16,
    #[serde(with = "clickhouse::serde::uuid")]
    id: uuid::Uuid,
}

impl ClickHouseRows {
    /// The table of this connection's database.
    #[must_use]
    pub fn new(connection: &Connection) -> Self {
        Self { connection: connection.clone(), client: connection.client() }
    }

    async fn query(&self, partition: i32, offset: i64) -> Result<Known, StoreError> {
        let rows = self
            .client
            .query(
                "SELECT k_offset, k_index, id FROM events WHERE k_partition = ? AND k_offset >= ? \
                 ORDER BY k_offset, k_index LIMIT ?",
            )
            .bind(partition)
            .bind(offset)
            .bind(MOST)
            .fetch_all::<Stored>();
        let rows = self.connection.bounded(rows).await?;
        if rows.len() >= MOST as usize {
            tracing::error!(
                partition,
                offset,
                "The table holds more rows past the committed offset than can be remembered; \
                 those after the first {MOST} may be stored twice."
            );
        }
        Ok(Known::new(
            rows.into_iter().map(|row| {
                (RowPlace { offset: row.k_offset as i64, index: row.k_index }, row.id.into_bytes())
            }),
        ))
    }
}

impl StoredRows for ClickHouseRows {
    fn stored_from(&self, partition: i32, offset: i64) -> BoxFuture<'_, Result<Known, StoreError>> {
        Box::pin(self.query(partition, offset))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn place_and_id_must_agree() {
        let place = RowPlace { offset: 5, index: 1 };
        let mut known = Known::new([(place, [1; 16])]);
        assert!(known.holds(place, [1; 16]));
        assert!(!known.holds(place, [2; 16]), "a topic made anew");
        assert!(!known.holds(RowPlace { index: 2, ..place }, [1; 16]));
        known.forget_before(5);
        assert_eq!(known.len(), 1);
        known.forget_before(6);
        assert!(known.is_empty());
    }
}
