//! Where events go: into the line, at its beginning, like those of the gateway. In: events. Out: the brokers'
//! acknowledgement, and which events are there already.

use std::collections::HashSet;
use std::ops::Range;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use bataudit_event::Event;
use bataudit_event::limits::REPEAT_WINDOW_MS;
use bataudit_ingest::config::PublishConfig;
use bataudit_ingest::publish::{KafkaPublisher, PublishError, Publisher as _, Submission};
use bataudit_ledger::table::Table;
use bataudit_ledger::{Sources, replay};
use bataudit_service::{Health, Shutdown};

/// Longest wait for one acknowledgement.
const DEADLINE: Duration = Duration::from_secs(20);
/// Bytes of events that wait to be acknowledged.
const QUEUE_BYTES: usize = 64 << 20;
/// How long the brokers may be away before the import stops.
const PATIENCE: Duration = Duration::from_secs(120);
/// Pause between two attempts.
const PAUSE: Duration = Duration::from_millis(200);
/// How long one question to ClickHouse may take.
const QUESTION: Duration = Duration::from_secs(120);

/// The line.
pub(super) struct Line {
    publisher: KafkaPublisher,
    id_partitions: i32,
    table: Table,
    threads: Shutdown,
}

impl Line {
    /// Connects to it. Copies of one event must lie in one partition, so it must be known already how ids are spread.
    pub(super) async fn open(sources: &Sources) -> anyhow::Result<Self> {
        let fixed =
            replay::id_partitions(&sources.kafka, &sources.topics).await.context("cannot read Kafka")?;
        let Some(id_partitions) = fixed else {
            bail!(
                "sentinel has not prepared the access topic yet: start the services first, events go through them"
            );
        };
        sources.store.ping().await?;
        let threads = Shutdown::new();
        let publish = PublishConfig { deadline: DEADLINE, queue_bytes: QUEUE_BYTES };
        let ready = Health::new().part("publish");
        let publisher =
            KafkaPublisher::start(&sources.kafka, &sources.topics.events, publish, ready, threads.clone())?;
        let table = Table::new(&sources.store.with_timeout(QUESTION), &sources.stream.epoch, None);
        Ok(Self { publisher, id_partitions, table, threads })
    }

    /// Which of these events, by project and id, are stored already, or were and have been removed on purpose.
    pub(super) async fn there(&self, events: &[Event<'_>]) -> anyhow::Result<HashSet<([u8; 16], [u8; 16])>> {
        let times = || events.iter().map(|event| event.received_at);
        let (Some(first), Some(last)) = (times().min(), times().max()) else { return Ok(HashSet::new()) };
        let received = Range { start: first - REPEAT_WINDOW_MS, end: last + REPEAT_WINDOW_MS + 1 };
        let ids: Vec<[u8; 16]> = events.iter().map(|event| event.id).collect();
        let copies = self.table.copies(&ids, &received).await?;
        Ok(copies.into_iter().map(|copy| (copy.key.project, copy.key.id)).collect())
    }

    /// Publishes events until the brokers have all of them. Doing it once more, after a failure too, doubles none.
    pub(super) async fn publish(&self, events: Vec<Event<'_>>, stop: &Shutdown) -> anyhow::Result<()> {
        if events.is_empty() {
            return Ok(());
        }
        let submission = Submission { events, id_partitions: Some(self.id_partitions), span: None };
        let end = Instant::now() + PATIENCE;
        loop {
            match self.publisher.publish(&submission).await {
                Ok(()) => return Ok(()),
                Err(error @ PublishError::RecordTooLarge) => return Err(error.into()),
                Err(error) if Instant::now() > end || stop.is_triggered() => {
                    return Err(error).context("Kafka takes no events");
                }
                Err(_) => tokio::time::sleep(PAUSE).await,
            }
        }
    }

    /// Ends its threads.
    pub(super) fn close(self) {
        self.threads.trigger();
        self.publisher.close();
    }
}
