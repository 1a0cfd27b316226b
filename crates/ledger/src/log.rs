//! Reading a topic from one offset to another, without being a member of any group. Blocking: callers
//! give it a thread.

use std::collections::BTreeMap;
use std::ops::Range;
use std::time::{Duration, Instant};

use bataudit_kafka::Connection;
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{BorrowedMessage, Headers, Message};
use rdkafka::{ClientContext, Offset, TopicPartitionList};

use crate::LedgerError;

/// How long the broker may take to answer a question.
const ASK: Duration = Duration::from_secs(15);
/// How long it may deliver nothing although there is more.
const SILENCE: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(200);

/// What librdkafka reports beside its answers is told by the answers too.
pub struct Quiet;

impl ClientContext for Quiet {
    fn error(&self, _: KafkaError, _: &str) {}
}

impl ConsumerContext for Quiet {}

/// What a partition holds: from the first offset to after the last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extent {
    /// The partition.
    pub partition: i32,
    /// Its offsets.
    pub offsets: Range<i64>,
}

/// A topic.
pub struct Log {
    consumer: BaseConsumer<Quiet>,
    topic: String,
}

impl Log {
    /// Opens a topic. The offsets that `group` committed can be asked; the group is not joined.
    ///
    /// # Errors
    /// When the client cannot be made of this configuration.
    pub fn open(kafka: &Connection, topic: &str, group: &str) -> Result<Self, LedgerError> {
        let consumer = kafka
            .consumer("bataudit-ledger")
            .set("group.id", group)
            .set("enable.auto.commit", "false")
            .set("enable.auto.offset.store", "false")
            .set("enable.partition.eof", "true")
            .set("auto.offset.reset", "error")
            .set("allow.auto.create.topics", "false")
            .create_with_context(Quiet)?;
        Ok(Self { consumer, topic: topic.to_owned() })
    }

    /// What each partition holds now.
    ///
    /// # Errors
    /// When the broker does not answer or knows no such topic.
    pub fn extents(&self) -> Result<Vec<Extent>, LedgerError> {
        let metadata = self.consumer.fetch_metadata(Some(&self.topic), ASK)?;
        let known = metadata.topics().first().filter(|topic| topic.error().is_none());
        let partitions = known.map(|topic| topic.partitions()).unwrap_or_default();
        if partitions.is_empty() {
            return Err(LedgerError::NoTopic(self.topic.clone()));
        }
        let mut extents = Vec::with_capacity(partitions.len());
        for partition in partitions.iter().map(|partition| partition.id()) {
            let (low, high) = self.consumer.fetch_watermarks(&self.topic, partition, ASK)?;
            extents.push(Extent { partition, offsets: low..high });
        }
        extents.sort_by_key(|extent| extent.partition);
        Ok(extents)
    }

    /// How far the group has stored each of these partitions; nothing where it has committed nothing.
    ///
    /// # Errors
    /// When the broker does not answer.
    pub fn committed(&self, extents: &[Extent]) -> Result<BTreeMap<i32, i64>, LedgerError> {
        let mut list = TopicPartitionList::new();
        for extent in extents {
            list.add_partition(&self.topic, extent.partition);
        }
        let list = self.consumer.committed_offsets(list, ASK)?;
        let mut committed = BTreeMap::new();
        for element in list.elements() {
            element.error()?;
            if let Offset::Offset(offset) = element.offset() {
                committed.insert(element.partition(), offset);
            }
        }
        Ok(committed)
    }

    /// The parts of these extents that were written at `from` or later and before `to`, unix
    /// milliseconds, by the brokers' index of time.
    ///
    /// # Errors
    /// When the broker does not answer.
    pub fn between(&self, extents: &[Extent], from: i64, to: i64) -> Result<Vec<Extent>, LedgerError> {
        let (starts, ends) = (self.at(extents, from)?, self.at(extents, to)?);
        let cut = |extent: &Extent| {
            let Range { start: low, end: high } = extent.offsets;
            // Nothing as late as that: the end of the log.
            let offset = |found: &BTreeMap<i32, i64>| {
                found.get(&extent.partition).copied().unwrap_or(high).clamp(low, high.max(low))
            };
            Extent { partition: extent.partition, offsets: offset(&starts)..offset(&ends) }
        };
        Ok(extents.iter().map(cut).collect())
    }

    fn at(&self, extents: &[Extent], millis: i64) -> Result<BTreeMap<i32, i64>, LedgerError> {
        let mut list = TopicPartitionList::new();
        for extent in extents {
            list.add_partition_offset(&self.topic, extent.partition, Offset::Offset(millis.max(0)))?;
        }
        let list = self.consumer.offsets_for_times(list, ASK)?;
        let offsets = list.elements().into_iter().filter_map(|element| match element.offset() {
            Offset::Offset(offset) => Some((element.partition(), offset)),
            _ => None,
        });
        let mut offsets: BTreeMap<_, _> = offsets.collect();
        for extent in extents {
            // The embedded broker (tansu 0.6) answers 0 where Kafka says that nothing is as late: then the whole log
            // would be taken for later than everything in it, and the books would compare nothing.
            let is_first =
                offsets.get(&extent.partition).is_some_and(|offset| *offset <= extent.offsets.start);
            if is_first && self.first_written(extent)?.is_some_and(|written| written < millis) {
                offsets.remove(&extent.partition);
            }
        }
        Ok(offsets)
    }

    /// When the first record of an extent was written, unix milliseconds.
    fn first_written(&self, extent: &Extent) -> Result<Option<i64>, LedgerError> {
        let mut written = None;
        self.read(extent, |record| {
            written = record.timestamp().to_millis();
            false
        })?;
        Ok(written)
    }

    /// Gives every record of an extent to `each`, in order, until that says stop.
    ///
    /// # Errors
    /// When the broker fails, or delivers nothing for long.
    pub fn read(
        &self,
        extent: &Extent,
        mut each: impl FnMut(&BorrowedMessage<'_>) -> bool,
    ) -> Result<(), LedgerError> {
        let Extent { partition, offsets } = extent.clone();
        if offsets.is_empty() {
            return Ok(());
        }
        let mut list = TopicPartitionList::new();
        list.add_partition_offset(&self.topic, partition, Offset::Offset(offsets.start))?;
        self.consumer.assign(&list)?;
        let mut heard = Instant::now();
        loop {
            match self.consumer.poll(POLL) {
                Some(Ok(record)) => {
                    heard = Instant::now();
                    let offset = record.offset();
                    if offset >= offsets.end || !each(&record) || offset + 1 == offsets.end {
                        break;
                    }
                }
                Some(Err(KafkaError::PartitionEOF(_))) => break,
                // The client reconnects by itself; silence bounds how long it may try.
                Some(Err(KafkaError::MessageConsumption(code))) if is_passing(code) => {}
                Some(Err(error)) => return Err(error.into()),
                None => {}
            }
            if heard.elapsed() > SILENCE {
                let (topic, seconds) = (self.topic.clone(), SILENCE.as_secs());
                return Err(LedgerError::Silent { topic, partition, seconds });
            }
        }
        Ok(self.consumer.unassign()?)
    }
}

/// A header of a record, as text.
#[must_use]
pub fn header<'r>(record: &'r BorrowedMessage<'_>, name: &str) -> Option<&'r str> {
    let found = record.headers()?.iter().find(|header| header.key == name)?;
    std::str::from_utf8(found.value?).ok()
}

fn is_passing(code: RDKafkaErrorCode) -> bool {
    use RDKafkaErrorCode::{AllBrokersDown, BrokerTransportFailure, OperationTimedOut};
    matches!(code, BrokerTransportFailure | AllBrokersDown | OperationTimedOut)
}
