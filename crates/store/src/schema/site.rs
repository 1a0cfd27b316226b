//! One server that gets the schema: its databases, its books, and the statements it is given.

use clickhouse::Client;

use crate::cluster::place::{Placed, Side};
use crate::cluster::{Node, SIZES};
use crate::connection::{Connection, StoreError};

const LEDGER: &str = "\
CREATE TABLE IF NOT EXISTS schema_migrations (
  name String, checksum String, applied_at DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC')
) ENGINE = MergeTree ORDER BY name SETTINGS non_replicated_deduplication_window = 1000";

/// What [`SIZES`] tells of `system.tables`.
const SIZES_COLUMNS: &str = "(
  database String, name String, total_rows Nullable(UInt64), total_bytes Nullable(UInt64),
  total_bytes_uncompressed Nullable(UInt64)
)";

/// A server.
pub(super) struct Site {
    pub(super) host: String,
    /// The way to the tables themselves.
    pub(super) local: Connection,
    client: Client,
    /// In a cluster, the way to the tables that read from all shards.
    face: Option<Face>,
}

struct Face {
    connection: Connection,
    client: Client,
    cluster: String,
}

impl Site {
    /// This server; `usual` is the connection that everybody else has, where it is one of a cluster.
    pub(super) fn new(node: &Node, usual: Option<&Connection>) -> Self {
        let local = node.connection.clone();
        let face = usual.and_then(|usual| {
            let connection = local.with_database(&usual.database);
            Some(Face { client: connection.client(), connection, cluster: usual.cluster.clone()? })
        });
        // All servers of a shard have a change before the next one begins.
        let client = if face.is_some() {
            node.client.clone().with_setting("alter_sync", "2")
        } else {
            node.client.clone()
        };
        Self { host: node.host().to_owned(), local, client, face }
    }

    /// Makes the databases and the books.
    pub(super) async fn prepare(&self) -> Result<(), StoreError> {
        create_database(&self.local).await?;
        self.local.bounded(self.client.query_raw(LEDGER).execute()).await?;
        let Some(face) = &self.face else { return Ok(()) };
        create_database(&face.connection).await?;
        let (cluster, local) = (&face.cluster, &self.local.database);
        for statement in [
            format!(
                "CREATE TABLE IF NOT EXISTS {SIZES} {SIZES_COLUMNS} ENGINE = Distributed('{cluster}', 'system', 'tables')"
            ),
            // When a count began is when the first of all servers had its table.
            format!(
                "CREATE TABLE IF NOT EXISTS schema_migrations AS `{local}`.schema_migrations \
                 ENGINE = Distributed('{cluster}', '{local}', 'schema_migrations')"
            ),
        ] {
            face.connection.bounded(face.client.query_raw(&statement).execute()).await?;
        }
        Ok(())
    }

    /// Runs a statement.
    pub(super) async fn execute(&self, placed: &Placed) -> Result<(), StoreError> {
        let client = match (placed.side, &self.face) {
            (Side::Face, Some(face)) => &face.client,
            _ => &self.client,
        };
        self.local.bounded(client.query_raw(&placed.sql).execute()).await
    }

    /// Writes down that a migration was applied here.
    pub(super) async fn note(&self, name: &str, checksum: &str) -> Result<(), StoreError> {
        // The token makes one line of two runs that finish together.
        let line = self
            .client
            .query("INSERT INTO schema_migrations (name, checksum) VALUES (?, ?)")
            .with_setting("async_insert", "0")
            .with_setting("insert_deduplication_token", format!("{name}:{checksum}"))
            .bind(name)
            .bind(checksum);
        self.local.bounded(line.execute()).await
    }
}

async fn create_database(connection: &Connection) -> Result<(), StoreError> {
    let server = connection.server();
    let exists = server
        .query("SELECT count() FROM system.databases WHERE name = ?")
        .bind(&connection.database)
        .fetch_one::<u64>();
    // A user without the right to make databases may still migrate one that an operator made.
    if connection.bounded(exists).await? > 0 {
        return Ok(());
    }
    let create = format!("CREATE DATABASE IF NOT EXISTS `{}`", connection.database);
    connection.bounded(server.query_raw(&create).execute()).await
}
