//! The connection to the control store: opens SQLite or PostgreSQL by URL, bounds every call in
//! time, migrates the schema. Knows no table.

mod config;

use std::future::Future;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sqlx::any::{AnyPoolOptions, AnyQueryResult, AnyRow};
use sqlx::migrate::{Migration, Migrator};
use sqlx::query::{Query, QueryAs};
use sqlx::{Any, AnyConnection, AnyPool, Executor, FromRow};

use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::sealing::{self, Keys};

use config::file_of;
pub use config::{Backend, Config, FIELDS, TIMEOUT_MS, URL};

/// Connections kept to PostgreSQL. Calls are short, so few are enough.
const POSTGRES_CONNECTIONS: u32 = 8;
/// Connections kept to SQLite: in WAL mode readers do not wait for the one writer.
const SQLITE_CONNECTIONS: u32 = 4;

/// The control store. Clones share the connections.
#[derive(Debug, Clone)]
pub struct Store {
    pool: AnyPool,
    backend: Backend,
    timeout: Duration,
    actor: Option<Arc<Actor>>,
    keys: Arc<Keys>,
}

impl Store {
    /// Opens the store; a SQLite file, its folder and its sealing secret are created when missing. The schema is not
    /// touched: see [`migrate`](Self::migrate).
    ///
    /// # Errors
    /// When the URL is malformed or the database does not answer in time.
    pub async fn connect(config: &Config) -> Result<Self> {
        sqlx::any::install_default_drivers();
        let backend = Backend::of(config.url.expose())
            .ok_or_else(|| Error::Config(format!("{} must start with sqlite:// or postgres://", URL.name)))?;
        let (url, connections) = match backend {
            Backend::Sqlite => (prepare_file(config.url.expose()).await?, SQLITE_CONNECTIONS),
            Backend::Postgres => (config.url.expose().to_owned(), POSTGRES_CONNECTIONS),
        };
        let busy = config.timeout;
        let connect = AnyPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(config.timeout)
            .after_connect(move |connection, _| Box::pin(set_up(connection, backend, busy)))
            .connect(&url);
        let opened = tokio::time::timeout(config.timeout, connect).await.map_err(|_| timed_out())?;
        let pool = opened.map_err(|error| match error {
            // The message may quote the URL, and with it the password.
            sqlx::Error::Configuration(_) => Error::Config(format!("{} is malformed", URL.name)),
            other => other.into(),
        })?;
        let keys = Arc::new(keys_of(config).await?);
        Ok(Self { pool, backend, timeout: config.timeout, actor: None, keys })
    }

    /// Brings the schema up to date: forward only, safe to run from several processes. A database that a later
    /// version brought further stays as it is: migrations only add, so that both versions work side by side.
    ///
    /// # Errors
    /// When a migration fails, or one that was applied is not ours.
    pub async fn migrate(&self) -> Result<()> {
        migrator().run(&self.pool).await.map_err(Error::Migration)
    }

    /// The newest migration that this version knows, such as `0017 dead letters`.
    #[must_use]
    pub fn latest_migration() -> String {
        migrator().iter().next_back().map_or_else(|| "none".to_owned(), named)
    }

    /// The migrations that this version has and the database has not, changing nothing.
    ///
    /// # Errors
    /// When the database does not answer, or was never migrated.
    pub async fn missing_migrations(&self) -> Result<Vec<String>> {
        let sql = "SELECT version FROM _sqlx_migrations WHERE success";
        let applied = self.all(sqlx::query_as::<_, (i64,)>(sql)).await?;
        let is_missing = |version: i64| applied.iter().all(|(known,)| *known != version);
        Ok(migrator().iter().filter(|migration| is_missing(migration.version)).map(named).collect())
    }

    /// Whether the database answers and has the schema.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&self) -> Result<()> {
        crate::revision::current(self).await.map(drop)
    }

    /// Which database this is.
    #[must_use]
    pub fn backend(&self) -> Backend {
        self.backend
    }

    /// The same store, asked on behalf of somebody: what they change is written down as theirs.
    #[must_use]
    pub fn acting(&self, actor: Actor) -> Self {
        Self { actor: Some(Arc::new(actor)), ..self.clone() }
    }

    /// On whose behalf it is asked; nobody's when a service does its own work.
    pub(crate) fn actor(&self) -> Option<&Actor> {
        self.actor.as_deref()
    }

    /// What its secrets are sealed with.
    pub(crate) fn keys(&self) -> &Keys {
        &self.keys
    }

    /// Closes all connections; on SQLite this folds the write-ahead log into the file.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// Runs `work` under the store's timeout.
    pub(crate) async fn within<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        tokio::time::timeout(self.timeout, work).await.map_err(|_| timed_out())?
    }

    /// The connections, for what needs one of its own.
    pub(crate) fn pool(&self) -> &AnyPool {
        &self.pool
    }

    /// All rows of a query.
    pub(crate) async fn all<'q, T>(&self, query: QueryAs<'q, Any, T, AnyArgs<'q>>) -> Result<Vec<T>>
    where
        T: for<'r> FromRow<'r, AnyRow> + Send + Unpin,
    {
        self.within(async { Ok(query.fetch_all(&self.pool).await?) }).await
    }

    /// The row of a query, if there is one.
    pub(crate) async fn one<'q, T>(&self, query: QueryAs<'q, Any, T, AnyArgs<'q>>) -> Result<Option<T>>
    where
        T: for<'r> FromRow<'r, AnyRow> + Send + Unpin,
    {
        self.within(async { Ok(query.fetch_optional(&self.pool).await?) }).await
    }

    /// Runs one statement and tells how many rows it touched.
    pub(crate) async fn execute<'q>(&self, query: Query<'q, Any, AnyArgs<'q>>) -> Result<u64> {
        let run = async { Ok(query.execute(&self.pool).await?) };
        self.within(run).await.map(|done: AnyQueryResult| done.rows_affected())
    }
}

/// The migrations of this version. What a later version added to the database is none of its business.
fn migrator() -> Migrator {
    let mut migrator = sqlx::migrate!("./migrations");
    migrator.set_ignore_missing(true);
    migrator
}

fn named(migration: &Migration) -> String {
    format!("{:04} {}", migration.version, migration.description)
}

/// Arguments of a statement.
pub(crate) type AnyArgs<'q> = sqlx::any::AnyArguments<'q>;

fn timed_out() -> Error {
    Error::Unavailable { reason: "no answer in time".to_owned() }
}

async fn set_up(connection: &mut AnyConnection, backend: Backend, busy: Duration) -> sqlx::Result<()> {
    if backend == Backend::Postgres {
        return Ok(());
    }
    // FULL: what was answered as done is on the disk. NORMAL may lose the last commits of a WAL.
    let pragmas = format!(
        "PRAGMA busy_timeout = {}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON",
        busy.as_millis()
    );
    connection.execute(pragmas.as_str()).await.map(drop)
}

/// The keys of the configured secrets. A SQLite store has one in a file beside it, which seals where none is configured and
/// goes on to open where one is.
async fn keys_of(config: &Config) -> Result<Keys> {
    let own = match config.sqlite_file() {
        Some(file) => {
            let read = tokio::task::spawn_blocking(move || sealing::key_file_beside(&file)).await;
            let read = read.map_err(|_| Error::Config("the sealing secret could not be read".to_owned()))?;
            Some(read?)
        }
        None => None,
    };
    Ok(Keys::new(config.sealing.iter().chain(&own)))
}

/// Creates the folder of a SQLite file and returns the URL that also creates the file.
async fn prepare_file(url: &str) -> Result<String> {
    if let Some(folder) = Path::new(file_of(url)).parent().filter(|folder| !folder.as_os_str().is_empty()) {
        tokio::fs::create_dir_all(folder).await.map_err(|error| {
            Error::Config(format!(
                "cannot create the folder {} of the control store: {error}",
                folder.display()
            ))
        })?;
    }
    let with = if url.contains('?') { '&' } else { '?' };
    Ok(format!("{url}{with}mode=rwc"))
}
