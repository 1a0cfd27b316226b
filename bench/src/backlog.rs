//! Records as the gateway makes them, written straight into the topic: for what stands behind it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::ensure;
use bataudit_event::record::{self, COUNT_HEADER, FORMAT, FORMAT_HEADER};
use bataudit_kafka::Connection;
use rdkafka::ClientContext;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{DeliveryResult, Header, OwnedHeaders};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer as _, ProducerContext};

use crate::sample::{Sample, Samples};

const TIMEOUT: Duration = Duration::from_secs(60);

/// Counts what was acknowledged.
#[derive(Debug, Clone, Default)]
pub struct Acknowledged(Arc<AtomicU64>);

impl Acknowledged {
    /// How many records were.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl ClientContext for Acknowledged {}

impl ProducerContext for Acknowledged {
    type DeliveryOpaque = ();

    fn delivery(&self, result: &DeliveryResult<'_>, (): ()) {
        if result.is_ok() {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// The bare producer: the settings of the gateway's, and nothing around it.
pub struct Bare {
    producer: BaseProducer<Acknowledged>,
    acknowledged: Acknowledged,
}

impl Bare {
    /// A producer with this linger.
    ///
    /// # Errors
    /// When its settings are refused.
    pub fn start(brokers: &str, linger: Duration) -> Result<Self, KafkaError> {
        let acknowledged = Acknowledged::default();
        let mut client = Connection::plaintext(brokers).client("bataudit-bench");
        client
            .set("acks", "all")
            .set("enable.idempotence", "true")
            .set("compression.type", "zstd")
            .set("compression.level", "1")
            .set("linger.ms", linger.as_millis().to_string())
            .set("message.max.bytes", "8388608")
            .set("queue.buffering.max.kbytes", "65536");
        Ok(Self { producer: client.create_with_context(acknowledged.clone())?, acknowledged })
    }

    /// Hands a record over, serving acknowledgements while the queue is full.
    ///
    /// # Errors
    /// When the client refuses it for another reason.
    pub fn send(&self, topic: &str, partition: i32, value: &[u8], events: usize) -> Result<(), KafkaError> {
        let count = events.to_string();
        let headers = OwnedHeaders::new_with_capacity(2)
            .insert(Header { key: FORMAT_HEADER, value: Some(FORMAT) })
            .insert(Header { key: COUNT_HEADER, value: Some(&count) });
        let mut record =
            BaseRecord::<(), [u8]>::to(topic).partition(partition).payload(value).headers(headers);
        loop {
            match self.producer.send(record) {
                Ok(()) => {
                    self.producer.poll(Duration::ZERO);
                    return Ok(());
                }
                Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), refused)) => {
                    self.producer.poll(Duration::from_millis(1));
                    record = refused;
                }
                Err((error, _)) => return Err(error),
            }
        }
    }

    /// Serves acknowledgements for this long at most.
    pub fn poll(&self, time: Duration) {
        self.producer.poll(time);
    }

    /// How many records were acknowledged.
    #[must_use]
    pub fn acknowledged(&self) -> u64 {
        self.acknowledged.count()
    }

    /// Waits for all acknowledgements.
    ///
    /// # Errors
    /// When they do not come, or are not `count`.
    pub fn flush(&self, count: u64) -> anyhow::Result<()> {
        self.producer.flush(TIMEOUT)?;
        ensure!(self.acknowledged() == count, "{} of {count} records were acknowledged", self.acknowledged());
        Ok(())
    }
}

/// Writes `rows` events of this seed into a topic, in records of `per_record`, on all partitions in
/// turn.
///
/// # Errors
/// When Kafka does not take them all.
pub fn write(
    brokers: &str,
    topic: &str,
    partitions: i32,
    (rows, per_record): (u64, usize),
    seed: u64,
) -> anyhow::Result<()> {
    let producer = Bare::start(brokers, Duration::from_millis(5))?;
    let (mut samples, mut left, mut records, mut value) = (Samples::of(seed), rows, 0_u64, Vec::new());
    while left > 0 {
        let count = usize::try_from(left)?.min(per_record);
        let made: Vec<Sample> = samples.by_ref().take(count).collect();
        encode(&made, &mut value);
        producer.send(topic, i32::try_from(records % u64::try_from(partitions)?)?, &value, count)?;
        left -= count as u64;
        records += 1;
    }
    producer.flush(records)
}

/// The value of one record of these events, received now.
pub fn encode(samples: &[Sample], value: &mut Vec<u8>) {
    let now = chrono::Utc::now().timestamp_millis();
    let events: Vec<_> = samples.iter().map(|sample| sample.event("bench", now)).collect();
    value.clear();
    record::encode(events.iter(), value);
}
