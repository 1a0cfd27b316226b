//! How the line comes up: its parts in the order in which they need each other.

use std::collections::BTreeMap;
use std::sync::Arc;

use bataudit_kafka::Topics;
use tokio::sync::Mutex;

use super::{FIRST_EPOCH, INSERT_TIMEOUT, NAME, PARTITIONS, Rig, SERVICE, SESSION, WHOLE};
use crate::api::Api;
use crate::chaos::rules::ProjectRules;
use crate::fault_proxy::{FaultProxy, Protocol};
use crate::gateway::Gateway;
use crate::private_engine::{ADMIN, PrivateEngine, WRITER};
use crate::private_kafka::{Listener, PrivateKafka};
use crate::process::{self, Launch};
use crate::service::{Service, Starter};
use crate::stack::{OWNER_EMAIL, OWNER_PASSWORD, until_key_works};
use crate::{binaries, ports};

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
        let topics = Topics::with_prefix(NAME);
        let (key, rules) = prepare_project(&starter, &kafka.brokers(), &topics).await;
        // They read the project's rules before they take the first event.
        let processor_env = links.processor_env(&kafka, &store_link);
        let processors = [1, 2].map(|n| start_processor(&starter, n, &processor_env));
        let urls = [ingests[0].url.clone(), ingests[1].url.clone()];
        let rig = Self {
            brokers: kafka.brokers(),
            kafka: Mutex::new(kafka),
            engine: Mutex::new(engine),
            sentinel: Mutex::new(sentinel),
            ingests: ingests.map(Mutex::new),
            processors: processors.map(Mutex::new),
            third: Mutex::default(),
            intents: Mutex::default(),
            store_link: Mutex::new(store_link),
            ingest_link: links.ingest.map(Mutex::new),
            processor_link: links.processor.map(Mutex::new),
            clickhouse,
            topics,
            urls,
            key,
            artifacts,
            starter,
            cuts: Mutex::default(),
            epoch: FIRST_EPOCH.into(),
            lives: Mutex::default(),
            rules,
            manner: Arc::default(),
            _folder: folder,
        };
        rig.whole().await;
        for url in &rig.urls {
            until_key_works(&Gateway::new(url, &rig.key)).await;
        }
        rig
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
        ("BATAUDIT_CONTROL_SEAL_SECRET", "what-seals-in-the-end-to-end-tests-0123456789".to_owned()),
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

/// A project with a key and rules of its own, which sentinel has published.
async fn prepare_project(starter: &Starter, brokers: &str, topics: &Topics) -> (String, ProjectRules) {
    let mut query_api = starter.start("query-api", "query-api", &[]);
    query_api.ready_within(WHOLE).await;
    let owner = Api::login(&query_api.url, OWNER_EMAIL, OWNER_PASSWORD).await;
    let project = owner.create_project(SERVICE).await;
    let key = owner.create_key(&project, "chaos").await.key;
    (key, ProjectRules::first(query_api, owner, project, (brokers, &topics.access)).await)
}

fn authority(url: &str) -> &str {
    crate::services::authority(url)
}
