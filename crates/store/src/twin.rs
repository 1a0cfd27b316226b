//! A table of the same shape as another one that no view reads: what is put into it and moved over is counted by no
//! rollup. Whoever makes one drops what an attempt before left.

use clickhouse::{Client, Row};
use serde::Deserialize;

use crate::connection::{Connection, StoreError};

/// The twin of a table, on one server.
#[derive(Debug)]
pub struct Twin<'a> {
    connection: &'a Connection,
    client: &'a Client,
    table: &'a str,
    name: &'a str,
    /// Of a table whose rows other servers hold too: the engine with which the twin's are its own.
    engine: Option<String>,
}

#[derive(Row, Deserialize)]
struct Engine {
    engine_full: String,
}

impl<'a> Twin<'a> {
    /// Makes an empty one of this name.
    ///
    /// # Errors
    /// When ClickHouse fails.
    pub async fn create(
        connection: &'a Connection,
        client: &'a Client,
        table: &'a str,
        name: &'a str,
    ) -> Result<Self, StoreError> {
        let asked = "SELECT engine_full FROM system.tables WHERE database = currentDatabase() AND name = ?";
        let asked = client.query(asked).bind(table).fetch_one::<Engine>();
        let engine = own_engine(&connection.bounded(asked).await?.engine_full);
        let twin = Self { connection, client, table, name, engine };
        twin.execute(&format!("DROP TABLE IF EXISTS {name} SYNC")).await?;
        let engine = twin.engine.as_ref().map_or_else(String::new, |engine| format!(" ENGINE = {engine}"));
        twin.execute(&format!("CREATE TABLE {name} AS {table}{engine}")).await?;
        Ok(twin)
    }

    /// Moves its rows into the table, a partition at a time, past the views; then drops it.
    ///
    /// # Errors
    /// When ClickHouse fails. What was moved by then is in the table.
    pub async fn move_in(self) -> Result<(), StoreError> {
        let Self { table, name, .. } = self;
        let partitions = format!("SELECT DISTINCT _partition_id FROM {name}");
        let partitions = self.client.query(&partitions).fetch_all::<String>();
        for partition in self.connection.bounded(partitions).await? {
            self.execute(&match self.engine {
                None => format!("ALTER TABLE {name} MOVE PARTITION ID '{partition}' TO TABLE {table}"),
                Some(_) => format!("ALTER TABLE {table} ATTACH PARTITION ID '{partition}' FROM {name}"),
            })
            .await?;
        }
        self.drop().await
    }

    /// Drops it with what is in it.
    ///
    /// # Errors
    /// When ClickHouse fails.
    pub async fn drop(self) -> Result<(), StoreError> {
        self.execute(&format!("DROP TABLE {} SYNC", self.name)).await
    }

    async fn execute(&self, statement: &str) -> Result<(), StoreError> {
        self.connection.bounded(self.client.query_raw(statement).execute()).await
    }
}

/// What a replicated engine is without the others: two of one path would be the same table.
fn own_engine(full: &str) -> Option<String> {
    let (kind, rest) = full.strip_prefix("Replicated")?.split_once("('")?;
    let mut parts = rest.splitn(4, '\'');
    let (_path, _comma, _replica, rest) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    Some(format!("{kind}({}", rest.strip_prefix(", ").unwrap_or(rest)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_twin_is_held_by_one_server() {
        let of = |full: &str| own_engine(full);
        assert_eq!(of("MergeTree PARTITION BY toDate(timestamp) ORDER BY id"), None);
        assert_eq!(
            of("ReplicatedMergeTree('/clickhouse/tables/{shard}/b/events', '{replica}') ORDER BY id SETTINGS a = 1")
                .as_deref(),
            Some("MergeTree() ORDER BY id SETTINGS a = 1")
        );
        assert_eq!(
            of("ReplicatedReplacingMergeTree('/p', '{replica}', at) ORDER BY id").as_deref(),
            Some("ReplacingMergeTree(at) ORDER BY id")
        );
    }
}
