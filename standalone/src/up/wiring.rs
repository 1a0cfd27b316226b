//! Where the services meet this installation: their configuration, and their start.
//!
//! In: the environment, overlaid with what only we know (ports, passwords). Out: running services. Each gets the
//! ClickHouse user with the rights it needs, and no other.

use std::net::SocketAddr;

use bataudit_control::Store;
use bataudit_control::first_start::OwnerConfig;
use bataudit_kafka::{connection as kafka, topics};
use bataudit_service::telemetry::Metrics;
use bataudit_service::{AdminServer, ConfigErrors, Env, Field, Health};
use bataudit_store::connection as clickhouse;

use super::engine_files::{ADMIN, CONSOLE, DATABASE, KEEPER, READER, WRITER};
use super::ground::Ground;
use super::order::{self, Services};
use super::ports::Wanted;
use super::secrets::Secrets;
use super::services::Service;
use crate::stores::Stores;

/// Partitions of the events topic here: one process consumes them all, one makes the largest inserts, and the broker pays
/// for each in every fetch.
pub(super) const PARTITIONS: &str = "1";

/// The longest an event waits for company before it is inserted: with one partition, inserts this frequent cost little.
const FLUSH_INTERVAL_MS: &str = "500";

/// The embedded broker holds every fetch this long, also one that found something: it is what an event waits on
/// average, and what an idle installation pays for in fetches.
const FETCH_WAIT_MS: &str = "25";

/// Name of the only sentinel. The data lock sees to it that there is one, so it need not wait until its killed
/// predecessor counts as gone.
const SENTINEL: &str = "up";

/// The configuration of everything that runs in this process.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    /// For the migration.
    pub(crate) stores: Stores,
    /// For the first start.
    pub(crate) owner: OwnerConfig,
    ingest: bataudit_ingest::Config,
    processor: bataudit_processor::Config,
    sentinel: bataudit_sentinel::Config,
    query_api: bataudit_query_api::Config,
    /// ClickHouse, read only.
    events: bataudit_store::Connection,
}

impl Line {
    /// Reads the services' variables, with `env`'s earlier problems reported along with theirs. Without a `ground` only
    /// the variables are checked: the values are not fit to run with.
    pub(crate) fn from_env(env: Env, ground: Option<&Ground>) -> Result<Self, ConfigErrors> {
        let nowhere = SocketAddr::from(([127, 0, 0, 1], 1));
        let secrets = ground.map_or_else(Secrets::make, |ground| ground.secrets.clone());
        let broker = ground.map_or(nowhere, Ground::broker);
        let http = ground.map_or(nowhere, Ground::clickhouse);
        let control = ground.map_or_else(|| "sqlite://control.db".to_owned(), Ground::control_url);

        let env = or(env, &bataudit_query_api::config::JWT_SECRET, &secrets.jwt);
        let env = or(env, &bataudit_processor::config::FLUSH_INTERVAL_MS, FLUSH_INTERVAL_MS);
        let mut env = or(env, &topics::PARTITIONS, PARTITIONS)
            .with(&kafka::BROKERS, broker.to_string())
            .with(&kafka::SECURITY, "plaintext")
            .with(&kafka::FETCH_WAIT_MS, FETCH_WAIT_MS)
            .with(&topics::REPLICATION, "1")
            .with(&bataudit_sentinel::INSTANCE, SENTINEL)
            .with(&bataudit_ingest::config::DRAIN, order::INGEST_DRAIN_MS)
            .with(&bataudit_processor::config::DRAIN_TIMEOUT_MS, order::PROCESSOR_DRAIN_MS)
            .with(&bataudit_control::store::URL, control)
            .with(&clickhouse::URL, format!("http://{http}"))
            .with(&clickhouse::DATABASE, DATABASE);
        let owner = OwnerConfig::from_env(&mut env);
        let ingest = bataudit_ingest::Config::from_env(&mut env);
        let mut env = as_user(env, ADMIN, &secrets.clickhouse_admin);
        let stores = Stores::from_env(&mut env);
        let mut env = as_user(env, WRITER, &secrets.clickhouse_writer);
        let processor = bataudit_processor::Config::from_env(&mut env);
        let mut env = as_user(env, KEEPER, &secrets.clickhouse_keeper);
        let sentinel = bataudit_sentinel::Config::from_env(&mut env);
        let mut env = as_user(env, READER, &secrets.clickhouse_reader)
            .with(&bataudit_query_api::config::CONSOLE_USER, CONSOLE)
            .with(&bataudit_query_api::config::CONSOLE_PASSWORD, &secrets.clickhouse_console);
        let query_api = bataudit_query_api::Config::from_env(&mut env);
        let events = bataudit_store::Connection::from_env(&mut env);
        refuse_tls(&mut env, ingest.http.tls.is_some(), &bataudit_ingest::config::TLS_CERTIFICATE);
        refuse_tls(&mut env, query_api.tls.is_some(), &bataudit_query_api::config::TLS_CERTIFICATE);
        env.finish()?;
        Ok(Self { stores, owner, ingest, processor, sentinel, query_api, events })
    }
}

fn as_user(env: Env, user: &str, password: &str) -> Env {
    env.with(&clickhouse::USER, user).with(&clickhouse::PASSWORD, password)
}

/// The banner, the guide and the first key's probe speak plain HTTP.
fn refuse_tls(env: &mut Env, is_set: bool, certificate: &Field) {
    env.check(
        !is_set,
        certificate,
        "is not for `bataudit up`: put a TLS proxy in front, or run the services alone",
    );
}

/// The variable as set, or else this value in place of its default.
pub(crate) fn or(mut env: Env, field: &Field, value: &str) -> Env {
    let as_set = Field { default: None, required: false, ..*field };
    if env.optional(&as_set).is_some() { env } else { env.with(field, value) }
}

impl Line {
    /// The addresses that must be free, `admin` among them.
    pub(crate) fn addresses(&self, admin: SocketAddr) -> [Wanted; 3] {
        [
            Wanted {
                part: "ingest",
                address: self.ingest_address(),
                variable: bataudit_ingest::config::ADDRESS.name,
            },
            Wanted {
                part: "query API and dashboard",
                address: self.query_api_address(),
                variable: bataudit_query_api::config::ADDRESS.name,
            },
            Wanted { part: "admin", address: admin, variable: super::config::ADMIN_ADDRESS.name },
        ]
    }

    /// Where ingest listens.
    pub(crate) fn ingest_address(&self) -> SocketAddr {
        self.ingest.http.address
    }

    /// Where query-api listens.
    pub(crate) fn query_api_address(&self) -> SocketAddr {
        self.query_api.address
    }

    /// Starts the four services and the admin listener, sentinel first: ingest waits for the keys it publishes.
    pub(crate) fn start(self, store: Store, health: &Health, admin: SocketAddr) -> Services {
        let listener = AdminServer::new(
            health.clone(),
            Metrics::install(&[
                bataudit_ingest::METRICS,
                bataudit_processor::METRICS,
                bataudit_sentinel::METRICS,
                bataudit_query_api::METRICS,
                bataudit_trace::METRICS,
            ]),
        );
        let Self { ingest, processor, mut sentinel, query_api, events, .. } = self;
        sentinel.watches_readers = false;
        let (for_ingest, for_processor) = (health.clone(), health.clone());
        let (for_sentinel, for_query_api) = (health.clone(), health.clone());
        let sentinel_store = store.clone();
        Services {
            sentinel: Service::start("sentinel", |stop| async move {
                Ok(bataudit_sentinel::run(sentinel, sentinel_store, for_sentinel, stop).await?)
            }),
            ingest: Service::start("ingest", |stop| async move {
                Ok(bataudit_ingest::run(ingest, for_ingest, stop).await?)
            }),
            processor: Service::start("processor", |stop| async move {
                Ok(bataudit_processor::run(processor, for_processor, stop).await?)
            }),
            query_api: Service::start("query-api", |stop| async move {
                Ok(bataudit_query_api::run(&query_api, &events, store, for_query_api, stop).await?)
            }),
            admin: Service::start("the admin listener", |stop| async move {
                Ok(listener.serve(admin, stop).await?)
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(pairs: &[(&str, &str)]) -> Result<Line, String> {
        let env = Env::from_pairs(pairs.iter().copied());
        Line::from_env(env, None).map_err(|problems| problems.to_string())
    }

    #[test]
    fn an_environment_for_other_stores_does_not_divert_this_installation() {
        let line = line(&[
            ("BATAUDIT_KAFKA_BROKERS", "kafka.example:9092"),
            ("BATAUDIT_KAFKA_SECURITY_PROTOCOL", "sasl_ssl"),
            ("BATAUDIT_CLICKHOUSE_URL", "https://clickhouse.example"),
            ("BATAUDIT_CONTROL_URL", "postgres://db.example/bataudit"),
            ("BATAUDIT_KAFKA_PARTITIONS", "4"),
        ])
        .unwrap();
        assert_eq!(line.stores.kafka.brokers, "127.0.0.1:1");
        assert_eq!(line.stores.clickhouse.url, "http://127.0.0.1:1");
        assert!(line.stores.control.url.expose().starts_with("sqlite://"));
        assert_eq!(line.stores.layout.partitions, 4, "what is a matter of taste stays the operator's");
    }

    #[test]
    fn each_service_gets_the_user_with_its_rights() {
        let line = line(&[("BATAUDIT_CLICKHOUSE_USER", "root")]).unwrap();
        let users =
            [&line.stores.clickhouse, &line.processor.store, &line.sentinel.books.store, &line.events];
        assert_eq!(users.map(|connection| connection.user.as_str()), [ADMIN, WRITER, KEEPER, READER]);
    }

    #[test]
    fn a_weak_secret_of_the_operator_is_refused() {
        assert!(line(&[("JWT_SECRET", "short")]).unwrap_err().contains("JWT_SECRET"));
    }
}
