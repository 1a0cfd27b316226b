//! The line that faults are done to: brokers, engine, sentinel, two gateways, two processors, each a
//! process of its own, and proxies where connections are to suffer.
//!
//! Every part has a lock. A fault holds the lock of what it disturbs, so that two faults at a time
//! disturb two parts.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use bataudit_kafka::Topics;
use tempfile::TempDir;
use tokio::io::AsyncWriteExt as _;
use tokio::sync::Mutex;

use super::log::Entry;
use crate::api::Api;
use crate::clickhouse::ClickHouse;
use crate::fault_proxy::{FaultProxy, Protocol, Weather};
use crate::gateway::Gateway;
use crate::private_engine::{ADMIN, PrivateEngine, WRITER};
use crate::private_kafka::{Listener, PrivateKafka};
use crate::process::{self, Launch};
use crate::service::{Service, Starter};
use crate::stack::{OWNER_EMAIL, OWNER_PASSWORD, until_key_works};
use crate::{binaries, ports};

/// The service name of all events.
pub const SERVICE: &str = "chaos";
/// Partitions of the events topic.
pub const PARTITIONS: i32 = 4;
/// The consumer group, and the first part of the topics' names.
pub const NAME: &str = "chaos";
/// The shortest session a processor may have; a stop is longer.
pub const SESSION: Duration = Duration::from_millis(6000);
/// How long an insert may take before it is repeated: shorter than a stop of the engine.
pub const INSERT_TIMEOUT: Duration = Duration::from_millis(2500);
/// How long the line may take to be whole again when the last fault of a round is over.
const WHOLE: Duration = Duration::from_secs(60);

/// Records that Kafka deleted on purpose before they were read.
#[derive(Debug, Clone)]
pub struct Cut {
    /// The partition.
    pub partition: i32,
    /// What the group had committed.
    pub from: i64,
    /// The first record that was left.
    pub to: i64,
    /// The deleted records, and those before them.
    pub entries: Vec<Entry>,
}

/// The line.
#[derive(Debug)]
pub struct Rig {
    /// The brokers.
    pub kafka: Mutex<PrivateKafka>,
    /// ClickHouse.
    pub engine: Mutex<PrivateEngine>,
    /// Publishes keys.
    pub sentinel: Mutex<Service>,
    /// The gateways.
    pub ingests: [Mutex<Service>; 2],
    /// The processors.
    pub processors: [Mutex<Service>; 2],
    /// Between processors and ClickHouse.
    pub store_link: Mutex<FaultProxy>,
    /// Between gateways and Kafka; only before a single broker.
    pub ingest_link: Option<Mutex<FaultProxy>>,
    /// Between processors and Kafka; only before a single broker.
    pub processor_link: Option<Mutex<FaultProxy>>,
    /// The checker's way to ClickHouse, past every proxy.
    pub clickhouse: ClickHouse,
    /// The checker's way to Kafka, past every proxy.
    pub brokers: String,
    /// The topics.
    pub topics: Topics,
    /// Where the gateways answer.
    pub urls: [String; 2],
    /// An API key.
    pub key: String,
    /// Where logs are kept.
    pub artifacts: PathBuf,
    /// Starts further services.
    pub starter: Starter,
    /// What was deleted on purpose since the last check.
    pub cuts: Mutex<Vec<Cut>>,
    _folder: TempDir,
}

impl Rig {
    /// Starts a line with one broker or three; its logs go to the artifacts of this name.
    ///
    /// # Panics
    /// When a part does not come up.
    pub async fn start(label: &str, brokers: u16) -> Self {
        let artifacts = binaries::artifacts(label);
        let folder = tempfile::tempdir().expect("a temporary folder");
        let engine_log = artifacts.join("clickhouse.log");
        let ((kafka, links), engine) = tokio::join!(start_kafka(brokers), PrivateEngine::start(engine_log));
        let clickhouse = engine.admin();
        clickhouse.ask(&format!("CREATE DATABASE {NAME}")).await;
        let clickhouse = clickhouse.with_database(NAME);
        let store_link = FaultProxy::to(authority(&engine.url()), Protocol::Bytes, ports::free()).await;
        let env = environment(&kafka, &engine, folder.path());
        let starter = Starter { env, artifacts: artifacts.clone() };
        migrate(&starter).await;
        let sentinel = starter.start("sentinel", "sentinel", &[]);
        let ingest = |n| starter.start("ingest", &format!("ingest-{n}"), &links.ingest_env(&kafka));
        let ingests = [ingest(1), ingest(2)];
        let processor_env = links.processor_env(&kafka, &store_link);
        let processors = [1, 2].map(|n| start_processor(&starter, n, &processor_env));
        let key = make_key(&starter).await;
        let urls = [ingests[0].url.clone(), ingests[1].url.clone()];
        let rig = Self {
            brokers: kafka.brokers(),
            kafka: Mutex::new(kafka),
            engine: Mutex::new(engine),
            sentinel: Mutex::new(sentinel),
            ingests: ingests.map(Mutex::new),
            processors: processors.map(Mutex::new),
            store_link: Mutex::new(store_link),
            ingest_link: links.ingest.map(Mutex::new),
            processor_link: links.processor.map(Mutex::new),
            clickhouse,
            topics: Topics::with_prefix(NAME),
            urls,
            key,
            artifacts,
            starter,
            cuts: Mutex::default(),
            _folder: folder,
        };
        rig.whole().await;
        for url in &rig.urls {
            until_key_works(&Gateway::new(url, &rig.key)).await;
        }
        rig
    }

    /// Waits until every part says that it is ready.
    ///
    /// # Panics
    /// When one ended by itself, or does not become ready.
    pub async fn whole(&self) {
        let all = [&self.sentinel].into_iter().chain(&self.ingests).chain(&self.processors);
        for service in all {
            service.lock().await.ready_within(WHOLE).await;
        }
    }

    /// Writes into the log of faults what happens when.
    pub async fn note(&self, what: &str) {
        let line = format!("{} {what}\n", chrono::Utc::now().to_rfc3339());
        let path = self.artifacts.join("faults.log");
        let file = tokio::fs::OpenOptions::new().create(true).append(true).open(path).await;
        let mut file = file.expect("the log of faults");
        file.write_all(line.as_bytes()).await.expect("the log of faults");
    }

    /// Names what should run and has ended by itself.
    pub async fn ended(&self) -> Vec<String> {
        let mut ended = Vec::new();
        for service in [&self.sentinel].into_iter().chain(&self.ingests).chain(&self.processors) {
            let mut service = service.lock().await;
            if let Some(status) = service.process.ended() {
                ended.push(format!("{} ended by itself with {status}", service.process.name()));
            }
        }
        ended
    }
}

/// The proxies before Kafka; none before a cluster.
struct Links {
    ingest: Option<FaultProxy>,
    processor: Option<FaultProxy>,
}

impl Links {
    fn ingest_env(&self, kafka: &PrivateKafka) -> Vec<(&'static str, String)> {
        let brokers = self.ingest.as_ref().map_or(kafka.brokers(), |link| link.address().to_string());
        vec![("BATAUDIT_KAFKA_BROKERS", brokers)]
    }

    fn processor_env(&self, kafka: &PrivateKafka, store: &FaultProxy) -> Vec<(&'static str, String)> {
        let brokers = self.processor.as_ref().map_or(kafka.brokers(), |link| link.address().to_string());
        vec![
            ("BATAUDIT_KAFKA_BROKERS", brokers),
            ("BATAUDIT_CLICKHOUSE_URL", format!("http://{}", store.address())),
            ("BATAUDIT_CLICKHOUSE_USER", WRITER.0.to_owned()),
            ("BATAUDIT_CLICKHOUSE_PASSWORD", WRITER.1.to_owned()),
        ]
    }
}

async fn start_kafka(brokers: u16) -> (PrivateKafka, Links) {
    if brokers > 1 {
        let kafka = PrivateKafka::start_with(brokers, &[]).await;
        return (kafka, Links { ingest: None, processor: None });
    }
    let listener = |name| Listener { name, port: ports::free(), advertised: ports::free() };
    let (ingest, processor) = (listener("INGEST"), listener("PROCESSOR"));
    let kafka = PrivateKafka::start_with(1, &[ingest.clone(), processor.clone()]).await;
    let link = async |listener: Listener| {
        let target = format!("127.0.0.1:{}", listener.port);
        FaultProxy::to(&target, Protocol::Kafka, listener.advertised).await
    };
    (kafka, Links { ingest: Some(link(ingest).await), processor: Some(link(processor).await) })
}

/// Starts a processor, with crash points compiled in, under a stable name of its own.
#[must_use]
pub fn start_processor(starter: &Starter, number: usize, env: &[(&'static str, String)]) -> Service {
    let mut env = env.to_vec();
    env.push(("BATAUDIT_PROCESSOR_INSTANCE_ID", format!("processor-{number}")));
    starter.start_as("processor", "bataudit-chaos-processor", &format!("processor-{number}"), &env)
}

fn environment(
    kafka: &PrivateKafka,
    engine: &PrivateEngine,
    folder: &std::path::Path,
) -> BTreeMap<String, String> {
    let replication = if kafka.nodes() > 1 { "3" } else { "1" };
    let control = format!("sqlite://{}", folder.join("control.db").display());
    let fixed = [
        ("BATAUDIT_KAFKA_BROKERS", kafka.brokers()),
        ("BATAUDIT_KAFKA_TOPIC_PREFIX", NAME.to_owned()),
        ("BATAUDIT_KAFKA_PARTITIONS", PARTITIONS.to_string()),
        ("BATAUDIT_KAFKA_REPLICATION", replication.to_owned()),
        ("BATAUDIT_PROCESSOR_GROUP", NAME.to_owned()),
        ("BATAUDIT_PROCESSOR_SESSION_TIMEOUT_MS", SESSION.as_millis().to_string()),
        ("BATAUDIT_PROCESSOR_INSERT_TIMEOUT_MS", INSERT_TIMEOUT.as_millis().to_string()),
        ("BATAUDIT_PROCESSOR_FLUSH_INTERVAL_MS", "200".to_owned()),
        ("BATAUDIT_CLICKHOUSE_URL", engine.url()),
        ("BATAUDIT_CLICKHOUSE_USER", ADMIN.0.to_owned()),
        ("BATAUDIT_CLICKHOUSE_PASSWORD", ADMIN.1.to_owned()),
        ("BATAUDIT_CLICKHOUSE_DATABASE", NAME.to_owned()),
        ("BATAUDIT_CLICKHOUSE_TIMEOUT_MS", "5000".to_owned()),
        ("BATAUDIT_CONTROL_URL", control),
        ("BATAUDIT_CONTROL_TIMEOUT_MS", "10000".to_owned()),
        (
            "BATAUDIT_LOG",
            "debug,clickhouse=info,rdkafka=info,librdkafka=info,hyper=info,hyper_util=info,sqlx=info"
                .to_owned(),
        ),
        ("JWT_SECRET", "a-secret-of-the-end-to-end-tests-0123456789".to_owned()),
        ("INITIAL_OWNER_EMAIL", OWNER_EMAIL.to_owned()),
        ("INITIAL_OWNER_PASSWORD", OWNER_PASSWORD.to_owned()),
    ];
    fixed.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

async fn migrate(starter: &Starter) {
    let launch = Launch {
        name: "migrate".to_owned(),
        binary: binaries::path("bataudit"),
        arguments: vec!["migrate".into()],
        env: starter.env.clone(),
        log: starter.artifacts.join("migrate.log"),
    };
    let (success, written) = process::run(launch, WHOLE).await;
    assert!(success, "bataudit migrate failed:\n{written}");
}

/// A project and a key, made by an API that is not on the way of an event and ends again.
async fn make_key(starter: &Starter) -> String {
    let mut query_api = starter.start("query-api", "query-api", &[]);
    query_api.ready_within(WHOLE).await;
    let owner = Api::login(&query_api.url, OWNER_EMAIL, OWNER_PASSWORD).await;
    let project = owner.create_project(SERVICE).await;
    let key = owner.create_key(&project, "chaos").await.key;
    query_api.process.kill();
    key
}

fn authority(url: &str) -> &str {
    crate::services::authority(url)
}

/// Sets the weather of a link for as long as the value lives.
#[derive(Debug)]
pub struct Spell<'a>(&'a FaultProxy);

impl<'a> Spell<'a> {
    /// Bad weather begins.
    #[must_use]
    pub fn cast(link: &'a FaultProxy, weather: Weather) -> Self {
        link.set(weather);
        Self(link)
    }
}

impl Drop for Spell<'_> {
    fn drop(&mut self) {
        self.0.set(Weather::Clear);
    }
}
