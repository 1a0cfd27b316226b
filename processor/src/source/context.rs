//! What librdkafka calls back, all of it on the source's thread, from within a poll: assignments,
//! revocations, errors, statistics. And who may commit: only the current owner of a partition.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use bataudit_service::Readiness;
use rdkafka::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext, RebalanceProtocol};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::statistics::Statistics;
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};
use rdkafka::types::RDKafkaRespErr;

use super::lanes::Lanes;
use super::positions::{Ends, Positions, list};
use super::{Source, lock};
use crate::commit::{Commit, Confirmation, Request};
use crate::metrics;
use crate::recover::Origin;

/// How long lanes may take to finish when their partitions move to another member.
const HAND_OVER: Duration = Duration::from_secs(5);
/// How long to wait for a commit request in one go.
const STEP: Duration = Duration::from_millis(10);

pub(super) struct Context {
    positions: Positions,
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
    pub(super) fn new(source: &Source, lanes: Lanes, ends: Ends) -> Self {
        Self {
            positions: Positions { topic: source.topic.clone(), epoch: source.epoch.clone(), ends },
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
        self.kafka
            .not_ready(format!("topic {} does not exist: run `bataudit migrate`", self.positions.topic));
    }

    /// Carries out the commits that lanes asked for; waits for the first for `patience` at most.
    pub(super) fn serve(&self, consumer: &BaseConsumer<Self>, patience: Duration) {
        let mut patience = patience;
        loop {
            let request = lock(&self.requests).recv_timeout(patience);
            let Ok(Request { commit, reply }) = request else { return };
            let confirmation = self.commit(consumer, &commit);
            if reply.send(confirmation).is_err() {
                tracing::debug!(?commit, ?confirmation, "The lane that asked for this commit was aborted.");
            }
            patience = Duration::ZERO;
        }
    }

    /// Commits for the current owner of a partition, and for nobody else: a broker does not check who
    /// owns one.
    fn commit(&self, consumer: &BaseConsumer<Self>, commit: &Commit) -> Confirmation {
        if consumer.assignment_lost() || !self.lanes().is_current(commit) {
            return Confirmation::Stale;
        }
        let Err(error) = self.positions.commit(consumer, commit) else { return Confirmation::Confirmed };
        let Commit { partition, offset, .. } = *commit;
        tracing::warn!(partition, offset, %error, "The commit failed or its answer was lost; reads it back.");
        if self.positions.holds(consumer, commit) { Confirmation::Confirmed } else { Confirmation::Unknown }
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
        let origins = self.positions.origins(consumer, partitions)?;
        self.open(consumer, origins)?;
        if !partitions.is_empty() {
            self.topic_missing.store(false, Ordering::Relaxed);
        }
        self.kafka.ready();
        Ok(())
    }

    fn open(&self, consumer: &BaseConsumer<Self>, origins: Vec<(i32, Origin)>) -> Result<(), KafkaError> {
        let mut list = TopicPartitionList::new();
        for (partition, origin) in &origins {
            list.add_partition_offset(&self.positions.topic, *partition, Offset::Offset(origin.first()))?;
        }
        if is_cooperative(consumer) {
            consumer.incremental_assign(&list)?
        } else {
            consumer.assign(&list)?
        }
        // A pause outlives the assignment it was made under; the new lane has room.
        consumer.resume(&list)?;
        for (partition, origin) in origins {
            lock(&self.reading).insert(partition);
            self.lanes().open(partition, origin);
        }
        Ok(())
    }

    /// Begins a partition anew: at an offset, or at what is committed. Another try is made with a new
    /// consumer when that does not work.
    pub(super) fn reopen(&self, consumer: &BaseConsumer<Self>, partition: i32, at: Option<i64>) {
        if consumer.assignment_lost() || !lock(&self.reading).contains(&partition) {
            return;
        }
        let reopened = match at {
            Some(at) => {
                self.positions.origin_at(consumer, partition, at).map(|origin| vec![(partition, origin)])
            }
            None => self.positions.origins(consumer, &[partition]),
        };
        let reopened = reopened.and_then(|origins| {
            let list = list(&self.positions.topic, &[partition]);
            consumer.incremental_unassign(&list)?;
            self.open(consumer, origins)
        });
        if let Err(error) = reopened {
            *lock(&self.broken) = Some(format!("partition {partition} could not be begun anew: {error}"));
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
            return consumer.unassign();
        }
        // The client waits for an answer to every revocation, and whoever closes the consumer waits for the client: what
        // was given but never assigned is given back too.
        let given = if read.is_empty() { partitions } else { &read };
        consumer.incremental_unassign(&list(&self.positions.topic, given))
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

    fn error(&self, error: KafkaError, reason: &str) {
        bataudit_kafka::refusal::report(&error, reason);
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
        let Some(topic) = statistics.topics.get(&self.positions.topic) else { return };
        for partition in topic.partitions.values().filter(|known| reading.contains(&known.partition)) {
            // It is below 0 before the first fetch.
            self.positions.ends.see(partition.partition, partition.hi_offset.max(0));
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
