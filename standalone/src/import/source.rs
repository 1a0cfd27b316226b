//! The original's database, read only and as it was at one moment. In: its address. Out: rows. Every statement has a
//! timeout; nothing is written, and no lock is taken that the original would wait for.

use std::str::FromStr as _;
use std::time::Duration;

use anyhow::{Context as _, bail};
use bataudit_control::encryption;
use serde::de::DeserializeOwned;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{Connection as _, Row as _};

/// How long connecting may take.
const CONNECT: Duration = Duration::from_secs(15);
/// How long one statement may take. Counting reads the whole table once.
const STATEMENT: Duration = Duration::from_secs(900);

/// Tables without which it is another database.
const NEEDED: [&str; 3] = ["users", "projects", "audits"];

/// A connection within one transaction, which sees the database as it was when it began.
pub(super) struct Source {
    pub(super) connection: PgConnection,
    /// `host:port/database`.
    pub(super) name: String,
}

impl Source {
    /// Connects and takes the snapshot.
    pub(super) async fn open(url: &str) -> anyhow::Result<Self> {
        if !(url.starts_with("postgres://") || url.starts_with("postgresql://")) {
            bail!("the original's database must be a URL such as postgres://user@host:5432/bataudit");
        }
        let secured = encryption::secured(url)
            .map_err(|what| anyhow::anyhow!("the URL of the original's database {what}"))?;
        // The driver's message may quote the URL, and with it the password.
        let options = PgConnectOptions::from_str(&secured)
            .map_err(|_| anyhow::anyhow!("the URL of the original's database is malformed"))?
            .application_name("bataudit import");
        let database = options.get_database().unwrap_or(options.get_username()).to_owned();
        let name = format!("{}:{}/{database}", options.get_host(), options.get_port());
        let connect = tokio::time::timeout(CONNECT, PgConnection::connect_with(&options)).await;
        let connection = connect
            .map_err(|_| anyhow::anyhow!("no answer in time"))
            .and_then(|connected| Ok(connected?))
            .with_context(|| format!("cannot connect to the original's database {name}"))?;
        let mut source = Self { connection, name };
        for statement in [
            "SET TimeZone = 'UTC'",
            "SET DateStyle = 'ISO, MDY'",
            "SET idle_in_transaction_session_timeout = 0",
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        ] {
            source.run(statement).await?;
        }
        for table in NEEDED {
            if !source.has(table).await? {
                bail!("{} is not the database of an original BatAudit: it has no table {table}", source.name);
            }
        }
        Ok(source)
    }

    async fn run(&mut self, statement: &str) -> anyhow::Result<()> {
        within(sqlx::query(statement).execute(&mut self.connection)).await.map(drop)
    }

    /// Whether there is such a table.
    pub(super) async fn has(&mut self, table: &str) -> anyhow::Result<bool> {
        let query = sqlx::query_scalar("SELECT to_regclass($1) IS NOT NULL").bind(table);
        within(query.fetch_one(&mut self.connection)).await
    }

    /// The rows of a small table in this order, none when there is no such table. Columns it does not have are absent.
    pub(super) async fn rows<T: DeserializeOwned>(
        &mut self,
        table: &str,
        order: &str,
    ) -> anyhow::Result<Vec<T>> {
        if !self.has(table).await? {
            return Ok(Vec::new());
        }
        self.select(&format!("SELECT to_jsonb(t)::text FROM {table} t ORDER BY {order}")).await
    }

    /// What a statement selects: rows as JSON, one column.
    pub(super) async fn select<T: DeserializeOwned>(&mut self, statement: &str) -> anyhow::Result<Vec<T>> {
        let rows = within(sqlx::query(statement).fetch_all(&mut self.connection)).await?;
        let read = |row: &sqlx::postgres::PgRow| -> anyhow::Result<T> {
            // What does not fit may hold anything, so the message of the parser is not shown.
            serde_json::from_str(row.try_get(0)?).map_err(|error| {
                anyhow::anyhow!("a row of the original cannot be read (byte {})", error.column())
            })
        };
        rows.iter().map(read).collect()
    }

    /// One number.
    pub(super) async fn number(&mut self, statement: &str) -> anyhow::Result<u64> {
        let number: i64 = within(sqlx::query_scalar(statement).fetch_one(&mut self.connection)).await?;
        Ok(number.unsigned_abs())
    }

    /// Ends the transaction.
    pub(super) async fn close(self) {
        // Nothing was written, so nothing is lost when the server is gone.
        drop(tokio::time::timeout(CONNECT, self.connection.close()).await);
    }
}

/// The answer to a statement, or that there was none in time.
pub(super) async fn within<T>(work: impl Future<Output = Result<T, sqlx::Error>>) -> anyhow::Result<T> {
    let answer = tokio::time::timeout(STATEMENT, work).await;
    let answer = answer.map_err(|_| anyhow::anyhow!("no answer in time")).and_then(|answer| Ok(answer?));
    answer.context("the original's database")
}
