//! What librdkafka calls back, all of it on the source's thread, from within a poll: assignments,
//! revocations, errors, statistics. And the one place that commits.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use bataudit_service::Readiness;
use rdkafka::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer, ConsumerContext, RebalanceProtocol};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::statistics::Statistics;
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};
use rdkafka::types::RDKafkaRespErr;

use super::lanes::Lanes;
use super::start::{Start, decide};
use super::{Source, lock};
use crate::commit::{Confirmation, Position, Request};
use crate::metrics;

/// How long the broker may take to say what is committed, or where a log starts and ends.
const ASK_TIMEOUT: Duration = Duration::from_secs(5);
/// How long lanes may take to finish when their partitions move to another member.
const HAND_OVER: Duration = Duration::from_secs(5);
/// How long to wait for a commit request in one go.
const STEP: Duration = Duration::from_millis(10);

pub(super) struct Context {
    topic: String,
    lanes: Mutex<Lanes>,
    /// Partitions that librdkafka was told to read.
    reading: Mutex<BTreeSet<i32>>,
    requests: Arc<Mutex<Receiver<Request>>>,
    kafka: Readiness,
    /// Whether the broker said that it knows no such topic; it says so once.
    topic_missing: AtomicBool,
    /// Why this consumer must be given up.
    broken: Mutex<Option<String>>,
}

impl Context {
    pub(super) fn new(source: &Source, lanes: Lanes) -> Self {
        Self {
            topic: source.topic.clone(),
            lanes: Mutex::new(lanes),
            reading: Mutex::default(),
            requests: source.requests.clone(),
            kafka: source.kafka.clone(),
            topic_missing: AtomicBool::new(false),
            broken: Mutex::default(),
        }
    }

    pub(super) fn lanes(&self) -> MutexGuard<'_, Lanes> {
        lock(&self.lanes)
    }

    pub(super) fn broken(&self) -> Option<String> {
        lock(&self.broken).take()
    }

    /// Notes that the broker knows no such topic.
    pub(super) fn no_topic(&self) {
        self.topic_missing.store(true, Ordering::Relaxed);
        self.kafka.not_ready(format!("topic {} does not exist: run `bataudit migrate`", self.topic));
    }

    /// Carries out the commits that lanes asked for; waits for the first for `patience` at most.
    pub(super) fn serve(&self, consumer: &BaseConsumer<Self>, patience: Duration) {
        let mut patience = patience;
        loop {
            let request = lock(&self.requests).recv_timeout(patience);
            let Ok(Request { position, reply }) = request else { return };
            let confirmation = self.confirm(consumer, position);
            if reply.send(confirmation).is_err() {
                tracing::debug!(?position, ?confirmation, "The lane that asked for this commit was aborted.");
            }
            patience = Duration::ZERO;
        }
    }

    /// The one function that commits: one partition, synchronously, only under its current assignment.
    /// A broker does not check who owns a partition.
    fn confirm(&self, consumer: &BaseConsumer<Self>, position: Position) -> Confirmation {
        if consumer.assignment_lost() || !self.lanes().is_current(position) {
            return Confirmation::Stale;
        }
        let Position { partition, offset, .. } = position;
        let mut list = TopicPartitionList::new();
        let committed = list
            .add_partition_offset(&self.topic, partition, Offset::Offset(offset))
            .and_then(|()| consumer.commit(&list, CommitMode::Sync));
        let Err(error) = committed else { return Confirmation::Confirmed };
        tracing::warn!(partition, offset, %error, "The commit failed or its answer was lost; reads it back.");
        match self.committed(consumer, &[partition]) {
            Ok(offsets) if offsets == [(partition, Some(offset))] => Confirmation::Confirmed,
            _ => Confirmation::Unknown,
        }
    }

    /// What the group has committed of these partitions.
    fn committed(
        &self,
        consumer: &BaseConsumer<Self>,
        partitions: &[i32],
    ) -> Result<Vec<(i32, Option<i64>)>, KafkaError> {
        let offsets = consumer.committed_offsets(list(&self.topic, partitions), ASK_TIMEOUT)?;
        let offsets = offsets.elements().into_iter().map(|element| match element.offset() {
            Offset::Offset(offset) => element.error().map(|()| (element.partition(), Some(offset))),
            _ => element.error().map(|()| (element.partition(), None)),
        });
        offsets.collect()
    }

    /// Lets lanes store what they began, for `drain` at most, and takes them out.
    pub(super) fn finish(&self, consumer: &BaseConsumer<Self>, partitions: &[i32], drain: Duration) {
        self.lanes().finish(partitions);
        let deadline = Instant::now() + drain;
        while !self.lanes().have_ended(partitions) && Instant::now() < deadline {
            self.serve(consumer, STEP);
        }
        self.lanes().close(partitions);
    }

    /// Starts newly assigned partitions where the group left off.
    fn assign(&self, consumer: &BaseConsumer<Self>, partitions: &[i32]) -> Result<(), KafkaError> {
        let mut starts = Vec::new();
        for (partition, committed) in self.committed(consumer, partitions)? {
            let (low, high) = consumer.fetch_watermarks(&self.topic, partition, ASK_TIMEOUT)?;
            let start = decide(committed, low, high);
            if let Some(offset) = self.announce(partition, start) {
                starts.push((partition, offset));
            }
        }
        let mut list = TopicPartitionList::new();
        for (partition, offset) in &starts {
            list.add_partition_offset(&self.topic, *partition, Offset::Offset(*offset))?;
        }
        if is_cooperative(consumer) {
            consumer.incremental_assign(&list)?
        } else {
            consumer.assign(&list)?
        }
        for (partition, offset) in starts {
            lock(&self.reading).insert(partition);
            self.lanes().open(partition, offset);
        }
        if !partitions.is_empty() {
            self.topic_missing.store(false, Ordering::Relaxed);
        }
        self.kafka.ready();
        Ok(())
    }

    /// The offset to start at, if the partition may start at all.
    fn announce(&self, partition: i32, start: Start) -> Option<i64> {
        match start {
            Start::At(offset) => Some(offset),
            Start::AfterLoss { at, lost } => {
                tracing::error!(
                    topic = self.topic,
                    partition,
                    at,
                    lost,
                    "Kafka deleted records before they were read: this many events' records are lost. \
                     Raise the topic's retention above the longest outage."
                );
                metrics::lost(lost);
                Some(at)
            }
            Start::Refused { committed, end } => {
                let why = format!(
                    "offset {committed} is committed but the log ends at {end}: topic {} was made anew. \
                     Give it a new BATAUDIT_PROCESSOR_STREAM_EPOCH and reset the group's offsets",
                    self.topic
                );
                self.lanes().stop(partition, why);
                None
            }
        }
    }

    fn revoke(&self, consumer: &BaseConsumer<Self>, partitions: &[i32]) -> Result<(), KafkaError> {
        // After a lost assignment nothing may be committed any more, so there is nothing to wait for.
        let drain = if consumer.assignment_lost() { Duration::ZERO } else { HAND_OVER };
        self.finish(consumer, partitions, drain);
        let mut reading = lock(&self.reading);
        let read: Vec<i32> =
            partitions.iter().copied().filter(|partition| reading.remove(partition)).collect();
        if !is_cooperative(consumer) {
            consumer.unassign()
        } else if read.is_empty() {
            Ok(())
        } else {
            consumer.incremental_unassign(&list(&self.topic, &read))
        }
    }
}

impl ClientContext for Context {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        match level {
            RDKafkaLogLevel::Emerg
            | RDKafkaLogLevel::Alert
            | RDKafkaLogLevel::Critical
            | RDKafkaLogLevel::Error => tracing::warn!(target: "librdkafka", facility, message),
            _ => tracing::debug!(target: "librdkafka", facility, message),
        }
    }

    fn error(&self, error: KafkaError, _reason: &str) {
        if error.rdkafka_error_code() == Some(RDKafkaErrorCode::AllBrokersDown) {
            self.kafka.not_ready("no broker answers");
        }
    }

    fn stats(&self, statistics: Statistics) {
        let reached = statistics.brokers.values().any(|broker| broker.state == "UP" && broker.nodeid >= 0);
        let settled = statistics.cgrp.as_ref().is_some_and(|group| group.join_state == "steady");
        match (reached, settled) {
            (true, true) => self.kafka.ready(),
            (true, false) if self.topic_missing.load(Ordering::Relaxed) => self.no_topic(),
            (true, false) => self.kafka.not_ready("joining the consumer group"),
            (false, _) => self.kafka.not_ready("no broker answers"),
        }
        let reading = lock(&self.reading).clone();
        let Some(topic) = statistics.topics.get(&self.topic) else { return };
        for partition in topic.partitions.values().filter(|known| reading.contains(&known.partition)) {
            // Nothing was committed yet where the lag is -1.
            metrics::lag(partition.partition, partition.consumer_lag.max(0));
        }
    }
}

impl ConsumerContext for Context {
    fn rebalance(&self, consumer: &BaseConsumer<Self>, event: RDKafkaRespErr, list: &mut TopicPartitionList) {
        let partitions: Vec<i32> = list.elements().iter().map(|element| element.partition()).collect();
        let assigned = event == RDKafkaRespErr::RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS;
        let result =
            if assigned { self.assign(consumer, &partitions) } else { self.revoke(consumer, &partitions) };
        tracing::info!(?partitions, assigned, "The group moved partitions.");
        if let Err(error) = result {
            *lock(&self.broken) = Some(format!("the assignment could not be served: {error}"));
        }
    }
}

fn is_cooperative(consumer: &BaseConsumer<Context>) -> bool {
    matches!(consumer.rebalance_protocol(), RebalanceProtocol::Cooperative)
}

/// Partitions of one topic.
pub(super) fn list(topic: &str, partitions: &[i32]) -> TopicPartitionList {
    let mut list = TopicPartitionList::new();
    for partition in partitions {
        list.add_partition(topic, *partition);
    }
    list
}
