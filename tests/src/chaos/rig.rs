//! The line that faults are done to: brokers, engine, sentinel, two gateways, two processors, each a
//! process of its own, and proxies where connections are to suffer.
//!
//! Every part has a lock. A fault holds the lock of what it disturbs, so that two faults at a time
//! disturb two parts.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use bataudit_kafka::Topics;
use tempfile::TempDir;
use tokio::io::AsyncWriteExt as _;
use tokio::sync::Mutex;

use super::load::Manner;
use super::log::Entry;
use super::rules::ProjectRules;
use crate::clickhouse::ClickHouse;
use crate::fault_proxy::{FaultProxy, Weather};
use crate::private_engine::PrivateEngine;
use crate::private_kafka::PrivateKafka;
use crate::service::{Service, Starter};

mod start;

pub use start::start_processor;

/// The service name of all events.
pub const SERVICE: &str = "chaos";
/// Partitions of the events topic.
pub const PARTITIONS: i32 = 4;
/// The consumer group, and the first part of the topics' names.
pub const NAME: &str = "chaos";
/// The stream epoch of the topic's first life.
pub const FIRST_EPOCH: u32 = 1;
/// The shortest session a processor may have; a stop is longer.
pub const SESSION: Duration = Duration::from_millis(6000);
/// How long an insert may take before it is repeated: shorter than a stop of the engine.
pub const INSERT_TIMEOUT: Duration = Duration::from_millis(2500);
/// How long the line may take to be whole again when the last fault of a round is over.
const WHOLE: Duration = Duration::from_secs(180);

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

/// A life of the events topic that is over: it was deleted, and made anew under the same name.
#[derive(Debug, Clone)]
pub struct Life {
    /// Its stream epoch.
    pub epoch: u32,
    /// All records it had.
    pub entries: Vec<Entry>,
    /// Its end, by partition.
    pub ends: Vec<i64>,
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
    /// Held while a third processor is there, or while none may be.
    pub third: Mutex<()>,
    /// Held while rows of an unconfirmed batch are gone, or while somebody else overwrites what was announced of one.
    pub intents: Mutex<()>,
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
    /// The stream epoch of the topic's present life.
    epoch: AtomicU32,
    /// The lives of the topic that ended since the last check.
    pub lives: Mutex<Vec<Life>>,
    /// The project's own masking rules.
    pub rules: ProjectRules,
    /// How the load is to post.
    pub manner: Arc<Manner>,
    _folder: TempDir,
}

impl Rig {
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

    /// The stream epoch of the topic's present life.
    #[must_use]
    pub fn epoch(&self) -> u32 {
        self.epoch.load(Ordering::Relaxed)
    }

    /// Notes that the topic's present life is over; a next one has begun.
    pub async fn bury(&self, life: Life) {
        self.epoch.store(life.epoch + 1, Ordering::Relaxed);
        self.lives.lock().await.push(life);
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
