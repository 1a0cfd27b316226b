//! A database of its own for each test, on the ClickHouse of `make services-up`. Only in tests.

use bataudit_service::env::{Env, Field};

use crate::cluster::Shards;
use crate::connection::{self, Connection, StoreError};
use crate::schema::{self, SchemaError};

/// Address of the ClickHouse for tests.
pub const TEST_URL: Field =
    Field::new("BATAUDIT_TEST_CLICKHOUSE_URL", "http://127.0.0.1:18123", "ClickHouse for tests.");
/// Its user, who may make databases.
pub const TEST_USER: Field = Field::new("BATAUDIT_TEST_CLICKHOUSE_USER", "admin", "User for tests.");
/// Their password.
pub const TEST_PASSWORD: Field =
    Field::new("BATAUDIT_TEST_CLICKHOUSE_PASSWORD", "dev", "Password of the user for tests.");

/// The cluster it is one of, if any.
pub const TEST_CLUSTER: Field =
    Field::optional("BATAUDIT_TEST_CLICKHOUSE_CLUSTER", "Cluster of the ClickHouse for tests.");

/// Why there is no database to test with.
#[derive(Debug, thiserror::Error)]
pub enum ScratchError {
    /// No ClickHouse.
    #[error("{0}; run `make services-up`")]
    Absent(#[from] StoreError),
    /// A ClickHouse, but no schema.
    #[error(transparent)]
    Schema(#[from] SchemaError),
}

/// A database that is dropped with this value.
#[derive(Debug)]
pub struct Scratch {
    /// The way to it.
    pub connection: Connection,
}

impl Scratch {
    /// A name for a database that does not exist yet.
    ///
    /// # Errors
    /// When no ClickHouse answers.
    pub async fn unmigrated() -> Result<Self, ScratchError> {
        let mut process = Env::from_process();
        let mut env = Env::default()
            .with(&connection::URL, process.text(&TEST_URL))
            .with(&connection::USER, process.text(&TEST_USER))
            .with(&connection::PASSWORD, process.text(&TEST_PASSWORD))
            .with(&connection::CLUSTER, process.text(&TEST_CLUSTER))
            .with(&connection::DATABASE, format!("test_{}", uuid::Uuid::new_v4().simple()));
        let connection = Connection::from_env(&mut env);
        connection.ping().await?;
        Ok(Self { connection })
    }

    /// A database with the schema.
    ///
    /// # Errors
    /// When no ClickHouse answers, or it does not take the schema.
    pub async fn migrated() -> Result<Self, ScratchError> {
        let scratch = Self::unmigrated().await?;
        schema::migrate(&scratch.connection).await?;
        Ok(scratch)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let connection = self.connection.clone();
        // A test's runtime does not wait inside a drop, so a thread of its own does.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(drop_databases(&connection)).map_err(std::io::Error::other)
        });
        if !matches!(dropped.join(), Ok(Ok(()))) {
            tracing::warn!(database = self.connection.database, "The test's database was left behind.");
        }
    }
}

async fn drop_databases(connection: &Connection) -> Result<(), StoreError> {
    for node in Shards::find(connection).await?.nodes() {
        for database in [&connection.database, &node.connection.database] {
            let sql = format!("DROP DATABASE IF EXISTS `{database}`");
            node.connection.bounded(node.connection.server().query_raw(&sql).execute()).await?;
        }
    }
    Ok(())
}
