//! Where ClickHouse is and how to talk to it. Settings go in, a client comes out; every call made
//! through [`Connection::bounded`] has a timeout.

use std::future::Future;
use std::time::Duration;

use bataudit_service::env::{Env, Field, Secret};
use clickhouse::Client;

use crate::cluster;
use crate::tls::{self, Tls};

/// Address.
pub const URL: Field = Field::new(
    "BATAUDIT_CLICKHOUSE_URL",
    "http://127.0.0.1:8123",
    "HTTP address of ClickHouse; https:// verifies its certificate.",
);
/// User.
pub const USER: Field = Field::new("BATAUDIT_CLICKHOUSE_USER", "default", "ClickHouse user.");
/// Password.
pub const PASSWORD: Field =
    Field::optional("BATAUDIT_CLICKHOUSE_PASSWORD", "Password of the ClickHouse user.");
/// Database.
pub const DATABASE: Field =
    Field::new("BATAUDIT_CLICKHOUSE_DATABASE", "bataudit", "Database that holds the events and rollups.");
/// Cluster.
pub const CLUSTER: Field = Field::optional(
    "BATAUDIT_CLICKHOUSE_CLUSTER",
    "Name of a cluster that ClickHouse's remote_servers know: the schema is made on each of its servers, and events are \
     spread over its shards. All services need the same. Unset, ClickHouse is one server (docs/CLUSTER.md).",
);
/// Certificate authority.
pub const CA_FILE: Field = Field::optional(
    "BATAUDIT_CLICKHOUSE_SSL_CA_FILE",
    "PEM file of the authority that signed ClickHouse's certificate; unset takes the system's.",
);
/// Our certificate.
pub const CERTIFICATE_FILE: Field = Field::optional(
    "BATAUDIT_CLICKHOUSE_SSL_CERT_FILE",
    "PEM file with the client's own certificate, for a ClickHouse that wants one.",
);
/// Our key.
pub const KEY_FILE: Field = Field::optional(
    "BATAUDIT_CLICKHOUSE_SSL_KEY_FILE",
    "PEM file with the key of that certificate (PKCS#8, not encrypted).",
);
/// Timeout of one statement.
pub const TIMEOUT_MS: Field = Field::new(
    "BATAUDIT_CLICKHOUSE_TIMEOUT_MS",
    "15000",
    "How long one statement may take, connecting included, in milliseconds. Inserts have their own limit.",
);

/// The variables read here.
pub const FIELDS: &[&Field] =
    &[&URL, &USER, &PASSWORD, &DATABASE, &CLUSTER, &CA_FILE, &CERTIFICATE_FILE, &KEY_FILE, &TIMEOUT_MS];

/// Why ClickHouse did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No answer in time.
    #[error("ClickHouse did not answer within {0:?}")]
    Timeout(Duration),
    /// An answer, but not the wanted one; or no connection.
    #[error("ClickHouse: {}", tls::whole(.0))]
    ClickHouse(#[from] clickhouse::error::Error),
    /// The server knows no such cluster.
    #[error(
        "ClickHouse knows no cluster {0}: see BATAUDIT_CLICKHOUSE_CLUSTER, the server's remote_servers, and whether the user \
         may SELECT ON system.clusters"
    )]
    NoCluster(String),
    /// Rows that are not known to be settled lie on another shard than the one they belong to.
    #[error(
        "rows of partition {partition} from offset {from} on lie on another shard than {shard}: the number of shards was \
         changed while a batch was under way. Go back to the old number, and change it when the processors have come to \
         the end of the log and are stopped (docs/CLUSTER.md)"
    )]
    Elsewhere {
        /// The Kafka partition.
        partition: i32,
        /// The first offset that may be unsettled.
        from: i64,
        /// The number of the shard that the partition belongs to today.
        shard: u32,
    },
}

/// Where ClickHouse is and who we are.
#[derive(Debug, Clone)]
pub struct Connection {
    /// HTTP address.
    pub url: String,
    /// User.
    pub user: String,
    /// Password, empty where the user has none.
    pub password: Secret,
    /// Database; letters, digits and underscores.
    pub database: String,
    /// The cluster, where there is one; letters, digits, `_`, `-` and `.`.
    pub cluster: Option<String>,
    /// How long one statement may take.
    pub timeout: Duration,
    /// Whom we trust, and who we are.
    tls: Tls,
}

impl Connection {
    /// Reads the connection variables.
    pub fn from_env(env: &mut Env) -> Self {
        let url = env.text(&URL);
        let http = url.starts_with("http://") || url.starts_with("https://");
        env.check(http, &URL, "must start with http:// or https://");
        let database = env.text(&DATABASE);
        env.check(is_identifier(&database), &DATABASE, "may hold letters, digits and '_' only");
        let cluster = env.optional(&CLUSTER);
        let is_plain = |name: &String| name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.".contains(&b));
        env.check(
            cluster.as_ref().is_none_or(is_plain),
            &CLUSTER,
            "may hold letters, digits, '_', '-' and '.' only",
        );
        let timeout = env.millis(&TIMEOUT_MS);
        env.check(!timeout.is_zero(), &TIMEOUT_MS, "must be above 0");
        let password = env.secret(&PASSWORD).unwrap_or_else(|| Secret::new(""));
        let tls = Tls::from_env(env, url.starts_with("https://"));
        Self { url, user: env.text(&USER), password, database, cluster, timeout, tls }
    }

    /// The same server, another database.
    #[must_use]
    pub fn with_database(&self, database: impl Into<String>) -> Self {
        Self { database: database.into(), ..self.clone() }
    }

    /// The same server as one of a cluster.
    #[must_use]
    pub fn in_cluster(&self, name: impl Into<String>) -> Self {
        Self { cluster: Some(name.into()), ..self.clone() }
    }

    /// One server of the cluster by itself, and one of its databases.
    pub(crate) fn at(&self, url: String, database: String) -> Self {
        Self { url, database, cluster: None, ..self.clone() }
    }

    /// The same server and database, as somebody else who may change no setting: in a cluster their profile says how
    /// shards are read.
    #[must_use]
    pub fn as_user(&self, user: impl Into<String>, password: Secret) -> Self {
        Self { user: user.into(), password, cluster: None, ..self.clone() }
    }

    /// The same, with another time for one statement.
    #[must_use]
    pub fn with_timeout(&self, timeout: Duration) -> Self {
        Self { timeout, ..self.clone() }
    }

    /// A client of the database. Clones share one pool of connections, so make it once.
    #[must_use]
    pub fn client(&self) -> Client {
        let client = self.server().with_database(&self.database);
        let settings = cluster::SETTINGS.iter().filter(|_| self.cluster.is_some());
        settings.fold(client, |client, (name, value)| client.with_setting(*name, *value))
    }

    /// A client that names no database: for asking whether ours exists.
    pub(crate) fn server(&self) -> Client {
        self.tls
            .client()
            .with_url(&self.url)
            .with_user(&self.user)
            .with_password(self.password.expose())
            .with_product_info("bataudit", env!("CARGO_PKG_VERSION"))
    }

    /// Runs one statement under the timeout.
    ///
    /// # Errors
    /// When it fails or does not end in time.
    pub async fn bounded<T>(
        &self,
        statement: impl Future<Output = Result<T, clickhouse::error::Error>>,
    ) -> Result<T, StoreError> {
        match tokio::time::timeout(self.timeout, statement).await {
            Ok(answer) => Ok(answer?),
            Err(_) => Err(StoreError::Timeout(self.timeout)),
        }
    }

    /// Whether ClickHouse answers this user. Needs no database.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.bounded(self.server().query("SELECT 1").fetch_one::<u8>()).await.map(drop)
    }
}

fn is_identifier(name: &str) -> bool {
    let starts_well = name.bytes().next().is_some_and(|b| b.is_ascii_alphabetic() || b == b'_');
    starts_well && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_what_is_wrong() {
        let mut env = Env::from_pairs([
            ("BATAUDIT_CLICKHOUSE_URL", "127.0.0.1:8123"),
            ("BATAUDIT_CLICKHOUSE_DATABASE", "audit; DROP"),
            ("BATAUDIT_CLICKHOUSE_CLUSTER", "a'b"),
        ]);
        Connection::from_env(&mut env);
        let message = env.finish().unwrap_err().to_string();
        assert!(message.contains("BATAUDIT_CLICKHOUSE_URL must start with http://"), "{message}");
        assert!(message.contains("BATAUDIT_CLICKHOUSE_DATABASE may hold"), "{message}");
        assert!(message.contains("BATAUDIT_CLICKHOUSE_CLUSTER may hold"), "{message}");
    }

    #[test]
    fn passwords_do_not_print() {
        let mut env = Env::from_pairs([("BATAUDIT_CLICKHOUSE_PASSWORD", "hunter2")]);
        let connection = Connection::from_env(&mut env);
        assert!(env.finish().is_ok());
        assert!(!format!("{connection:?}").contains("hunter2"));
    }

    #[tokio::test]
    async fn nobody_there_is_an_error_not_a_hang() {
        let mut env = Env::from_pairs([("BATAUDIT_CLICKHOUSE_URL", "http://127.0.0.1:1")]);
        assert!(Connection::from_env(&mut env).ping().await.is_err());
    }
}
