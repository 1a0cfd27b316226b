//! The wiring: config in, a running processor out. The only module that knows all rooms.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bataudit_kafka::follow::FollowerError;
use bataudit_service::{Health, Readiness, Shutdown};
use bataudit_store::Shards;
use bataudit_store::schema::{self, SchemaError};
use bataudit_trace::{Tracer, Tracing};
use rdkafka::error::KafkaError;
use tokio::runtime::Handle;

use crate::batch::InsertBudget;
use crate::commit::SourceCommits;
use crate::config::Config;
use crate::dead_letter::KafkaDeadLetters;
use crate::incident::ClickHouseIncidents;
use crate::lane::{self, Capacities, Shared};
use crate::recover::ClickHouseRows;
use crate::repeat::ClickHouseIds;
use crate::rules::{self, Rules};
use crate::source::{Source, consumer_client};
use crate::write::pins::{self, PinError};
use crate::write::{ClickHouseRepair, ClickHouseWriter};

/// Pause before ClickHouse is asked again whether it is there.
const STORE_PAUSE: Duration = Duration::from_millis(500);

/// Why a processor cannot run.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database is not ours, or was not migrated.
    #[error(transparent)]
    Schema(#[from] SchemaError),
    /// The database would not store every event exactly once.
    #[error(transparent)]
    Pins(#[from] PinError),
    /// A Kafka client cannot be made of its configuration.
    #[error("cannot make a Kafka client: {0}")]
    Kafka(#[from] KafkaError),
    /// The rules of the projects cannot be read.
    #[error(transparent)]
    Rules(#[from] FollowerError),
    /// The source's thread died, which is a defect.
    #[error("the source thread stopped unexpectedly")]
    Source,
}

/// Runs a processor until the shutdown. Kafka or ClickHouse being away is waited out; `health` says so.
///
/// # Errors
/// When it cannot run at all: see [`Error`].
pub async fn run(config: Config, health: Health, shutdown: Shutdown) -> Result<(), Error> {
    let rules = Rules::of_file(config.mask_rules.as_ref());
    let clickhouse = health.part("clickhouse");
    let (kafka, partitions) = (health.part("kafka"), health.part("partitions"));
    let shards = tokio::select! {
        checked = check_schema(&config, &clickhouse) => Arc::new(checked?),
        () = shutdown.triggered() => return Ok(()),
    };
    let following = Shutdown::new();
    let follower = rules::follow(
        &config.kafka,
        &config.topics.access,
        (rules.clone(), config.mask_rules.clone()),
        (health.part("rules topic"), health.part("masking rules")),
        following.clone(),
    )?;
    let tracing = Tracing::start("bataudit-processor", &config.trace);
    let (commits, requests) = SourceCommits::channel();
    let shared = Arc::new(shared(&config, &shards, rules, commits, (clickhouse, tracing.tracer()))?);
    let source = Source {
        client: consumer_client(&config.kafka, &config),
        topic: config.topics.events.clone(),
        epoch: config.stream_epoch.clone(),
        start_lane: Arc::new(move |seat| {
            // Called on the source's thread, which is inside the runtime's context.
            tokio::spawn(lane::run(shared.clone(), seat))
        }),
        requests: Arc::new(Mutex::new(requests)),
        kafka,
        partitions,
        runtime: Handle::current(),
        shutdown,
        drain: config.drain_timeout,
        is_traced: tracing.tracer().is_on(),
        waiting_bytes: config.fetch_bytes as usize,
    };
    tracing::info!(group = config.group, topic = source.topic, "The processor starts.");
    let ended = tokio::task::spawn_blocking(move || {
        let ended = source.run();
        following.trigger();
        follower.join();
        ended
    })
    .await;
    tracing.close().await;
    tracing::info!("The processor has stopped.");
    Ok(ended.map_err(|_| Error::Source)??)
}

/// Waits for ClickHouse, and checks that its schema and its settings are ours. Returns the shards it has.
async fn check_schema(config: &Config, health: &Readiness) -> Result<Shards, Error> {
    loop {
        let checked = match schema::verify(&config.store).await {
            Ok(()) => pins::check(&config.store).await.map_err(Error::from),
            Err(error) => Err(error.into()),
        };
        match checked {
            Ok(shards) => {
                health.ready();
                return Ok(shards);
            }
            Err(Error::Schema(SchemaError::Store(error)) | Error::Pins(PinError::Store(error))) => {
                health.not_ready(error.to_string());
                tracing::warn!(%error, "ClickHouse does not answer; asks again.");
                tokio::time::sleep(STORE_PAUSE).await;
            }
            Err(wrong) => return Err(wrong),
        }
    }
}

fn shared(
    config: &Config,
    shards: &Arc<Shards>,
    rules: Rules,
    commits: SourceCommits,
    (health, tracer): (Readiness, Tracer),
) -> Result<Shared, KafkaError> {
    let (store, epoch, topic) = (&config.store, &config.stream_epoch, &config.topics.events);
    Ok(Shared {
        topic: topic.clone(),
        stream_epoch: epoch.clone(),
        rules,
        limits: config.limits,
        budget: InsertBudget::new(config.early_inserts, config.early_inserts * 2, Instant::now()),
        capacities: Capacities::new(shards.count(), config.memory_bytes, config.concurrent_inserts),
        writer: Arc::new(ClickHouseWriter::over(shards.clone(), config.insert_timeout)),
        repair: Arc::new(ClickHouseRepair::over(shards.clone(), epoch, config.insert_timeout)),
        dead_letters: Arc::new(KafkaDeadLetters::try_new(&config.kafka, &config.topics, epoch)?),
        commits: Arc::new(commits),
        stored: Arc::new(ClickHouseRows::over(shards.clone(), store, epoch)),
        ids: Arc::new(ClickHouseIds::over(shards.clone(), store, epoch)),
        repeat_bytes: config.repeat_bytes,
        incidents: Arc::new(ClickHouseIncidents::new(store, topic, epoch)),
        health,
        tracer,
    })
}
