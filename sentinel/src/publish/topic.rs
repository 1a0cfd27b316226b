//! The access topic itself: read to its end, and write with acknowledgement.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use bataudit_kafka::{Connection, Topics};
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext};
use rdkafka::error::KafkaError;
use rdkafka::message::Message;
use rdkafka::producer::{FutureProducer, FutureRecord, Producer};
use rdkafka::types::RDKafkaErrorCode;
use rdkafka::{ClientContext, Offset, TopicPartitionList};

use super::diff::Change;

/// Values by Kafka key.
pub type Entries = BTreeMap<String, Vec<u8>>;

/// How long the broker may take to acknowledge a change, or to deliver the whole topic.
const DEADLINE: Duration = Duration::from_secs(20);
/// The topic has one partition: its order is the order of changes.
const PARTITION: i32 = 0;

/// Why the topic could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum TopicError {
    /// Kafka's answer, or its lack of one.
    #[error(transparent)]
    Kafka(#[from] KafkaError),
    /// The end was not reached in time.
    #[error("not read to its end within {} s", DEADLINE.as_secs())]
    Slow,
    /// The topic does not yet say how events lie on theirs.
    #[error("the access topic does not say yet where ids lie")]
    NoStream,
    /// The reading task was lost.
    #[error("the reader stopped")]
    Reader,
}

/// A connection to the access topic.
#[derive(Clone)]
pub struct AccessTopic {
    connection: Connection,
    topic: String,
    /// The events topic, of which only the number of partitions matters here.
    events: String,
    producer: FutureProducer,
}

impl AccessTopic {
    /// Prepares a producer; nothing is sent yet.
    ///
    /// # Errors
    /// When the Kafka settings are refused by the client.
    pub fn new(connection: Connection, topics: &Topics) -> Result<Self, TopicError> {
        let producer = connection
            .client("bataudit-sentinel")
            .set("enable.idempotence", "true")
            .set("acks", "all")
            .set("linger.ms", "0")
            .set("message.timeout.ms", DEADLINE.as_millis().to_string())
            .create()?;
        let (topic, events) = (topics.access.clone(), topics.events.clone());
        Ok(Self { connection, topic, events, producer })
    }

    /// How many partitions the events topic has now.
    ///
    /// # Errors
    /// When the broker cannot be reached in time or the topic does not exist.
    pub async fn events_partitions(&self) -> Result<i32, TopicError> {
        let (producer, events) = (self.producer.clone(), self.events.clone());
        let asked = tokio::task::spawn_blocking(move || {
            let metadata = producer.client().fetch_metadata(Some(&events), DEADLINE)?;
            let count = metadata.topics().first().map_or(0, |topic| topic.partitions().len());
            let unknown = KafkaError::MetadataFetch(RDKafkaErrorCode::UnknownTopicOrPartition);
            i32::try_from(count).ok().filter(|count| *count > 0).ok_or(unknown)
        });
        Ok(asked.await.map_err(|_| TopicError::Reader)??)
    }

    /// Reads the topic from its beginning to its end.
    ///
    /// # Errors
    /// When the broker cannot be reached in time or the topic does not exist.
    pub async fn read(&self) -> Result<Entries, TopicError> {
        let (connection, topic) = (self.connection.clone(), self.topic.clone());
        tokio::task::spawn_blocking(move || read_to_end(&connection, &topic))
            .await
            .map_err(|_| TopicError::Reader)?
    }

    /// Writes changes in order and waits until all are acknowledged.
    ///
    /// # Errors
    /// When any was not acknowledged in time: the topic must be read anew.
    pub async fn publish(&self, changes: &[Change]) -> Result<(), TopicError> {
        for change in changes {
            let record = FutureRecord::<str, [u8]>::to(&self.topic).partition(PARTITION);
            let record = match change {
                Change::Put(key, value) => record.key(key).payload(value),
                Change::Remove(key) => record.key(key),
            };
            self.producer.send(record, DEADLINE).await.map_err(|(error, _)| error)?;
        }
        Ok(())
    }
}

fn read_to_end(connection: &Connection, topic: &str) -> Result<Entries, TopicError> {
    let consumer: BaseConsumer<ReaderLog> = connection
        .consumer("bataudit-sentinel")
        // A group name is needed to assign; no group is made at the broker.
        .set("group.id", "bataudit-sentinel-reader")
        .set("enable.auto.commit", "false")
        .set("enable.partition.eof", "true")
        .set("auto.offset.reset", "error")
        .set("allow.auto.create.topics", "false")
        .create_with_context(ReaderLog)?;
    let mut assignment = TopicPartitionList::new();
    assignment.add_partition_offset(topic, PARTITION, Offset::Beginning)?;
    consumer.assign(&assignment)?;

    let mut entries = Entries::new();
    let end = Instant::now() + DEADLINE;
    while Instant::now() < end {
        match consumer.poll(Duration::from_millis(200)) {
            None => {}
            Some(Err(KafkaError::PartitionEOF(_))) => return Ok(entries),
            // The client reconnects by itself; the deadline bounds how long it may try.
            Some(Err(KafkaError::MessageConsumption(code))) if is_passing(code) => {}
            Some(Err(error)) => return Err(error.into()),
            Some(Ok(record)) => apply(&mut entries, record.key(), record.payload()),
        }
    }
    Err(TopicError::Slow)
}

/// What the client reports beside its answers. That the end was reached is an answer.
struct ReaderLog;

impl ClientContext for ReaderLog {
    fn error(&self, error: KafkaError, reason: &str) {
        if !matches!(error, KafkaError::Global(RDKafkaErrorCode::PartitionEOF)) {
            tracing::warn!(%error, reason, "The reader of the access topic reports an error.");
        }
    }
}

impl ConsumerContext for ReaderLog {}

fn apply(entries: &mut Entries, key: Option<&[u8]>, value: Option<&[u8]>) {
    // A record under no key, or one that is not text, is not ours: it can be neither replaced nor
    // removed, and no gateway reads it.
    let Some(key) = key.and_then(|key| std::str::from_utf8(key).ok()) else { return };
    match value {
        Some(value) => entries.insert(key.to_owned(), value.to_vec()),
        None => entries.remove(key),
    };
}

fn is_passing(code: RDKafkaErrorCode) -> bool {
    use RDKafkaErrorCode::{AllBrokersDown, BrokerTransportFailure, OperationTimedOut};
    matches!(code, BrokerTransportFailure | AllBrokersDown | OperationTimedOut)
}
