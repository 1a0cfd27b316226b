//! The two producers and what becomes of each record. While nothing is under way a record is sent at
//! once; while others are, it waits a few milliseconds for company, which is what keeps a busy
//! gateway and its broker cheap. No order between records is promised, so two producers are as good
//! as one.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bataudit_event::record::{COUNT_HEADER, FORMAT, FORMAT_HEADER};
use bataudit_kafka::Connection;
use rdkafka::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{DeliveryResult, Header, OwnedHeaders};
use rdkafka::producer::{BaseRecord, Producer, ProducerContext, ThreadedProducer};

use super::pack::Packed;
use super::pending::Pending;
use super::{PublishError, watch::Wake};
use crate::config::PublishConfig;
use bataudit_kafka::log::log_line;

/// Name of the record header with the client's trace.
const TRACE_HEADER: &str = "traceparent";
/// Largest request to the broker: that of the events topic.
const MAX_MESSAGE_BYTES: &str = "8388608";

/// What both producers share.
#[derive(Clone)]
pub(super) struct Delivery {
    /// Records handed over and not settled yet.
    in_flight: Arc<AtomicUsize>,
    wake: Wake,
}

impl ClientContext for Delivery {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, line: &str) {
        log_line(level, facility, line);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        bataudit_kafka::refusal::report(&error, reason);
        tracing::debug!(%error, reason, "The Kafka producer reports an error.");
        // Whether it is one the producer cannot recover from, the watch asks the client.
        self.wake.wake();
    }
}

impl ProducerContext for Delivery {
    type DeliveryOpaque = Arc<Pending>;

    fn delivery(&self, result: &DeliveryResult<'_>, pending: Self::DeliveryOpaque) {
        self.in_flight.fetch_sub(1, Ordering::Relaxed);
        let outcome = result.as_ref().map(drop).map_err(|(error, _)| failure(error));
        pending.settle(1, outcome);
    }
}

/// What a failed record means. Anything that happened after it was handed over leaves open whether
/// the broker has it.
fn failure(error: &KafkaError) -> PublishError {
    match error.rdkafka_error_code() {
        Some(RDKafkaErrorCode::MessageSizeTooLarge | RDKafkaErrorCode::InvalidMessageSize) => {
            PublishError::RecordTooLarge
        }
        Some(RDKafkaErrorCode::QueueFull) => PublishError::Overloaded,
        _ => PublishError::OutcomeUnknown,
    }
}

/// The producers of one life.
pub(super) struct Producers {
    eager: ThreadedProducer<Delivery>,
    lingering: ThreadedProducer<Delivery>,
    delivery: Delivery,
}

impl Producers {
    pub(super) fn start(
        connection: &Connection,
        config: &PublishConfig,
        wake: Wake,
    ) -> Result<Self, KafkaError> {
        let delivery = Delivery { in_flight: Arc::default(), wake };
        let producer = |linger: u128| {
            // A record must not arrive after its client was told that nobody knows.
            let message_timeout = config.deadline.as_millis() * 4 / 5;
            let mut client = connection.client("bataudit-ingest");
            client
                .set("acks", "all")
                .set("enable.idempotence", "true")
                .set("compression.type", "zstd")
                .set("compression.level", "1")
                .set("linger.ms", linger.to_string())
                .set("message.timeout.ms", message_timeout.to_string())
                .set("message.max.bytes", MAX_MESSAGE_BYTES)
                .set("queue.buffering.max.kbytes", (config.queue_bytes / 1024).max(1024).to_string())
                .set("allow.auto.create.topics", "false");
            client.create_with_context(delivery.clone())
        };
        let (eager, lingering) = (producer(0)?, producer(config.linger.as_millis())?);
        Ok(Self { eager, lingering, delivery })
    }

    /// Whether the client library has given one of them up: it fails every record from then on.
    pub(super) fn are_dead(&self) -> bool {
        [&self.eager, &self.lingering].iter().any(|producer| producer.client().fatal_error().is_some())
    }

    /// The client to ask about the topic.
    pub(super) fn client(&self) -> &rdkafka::client::Client<Delivery> {
        self.eager.client()
    }

    /// Hands the records over. Those the queue has no room for are settled at once.
    pub(super) fn send(&self, topic: &str, records: &[Packed], trace: Option<&str>, pending: &Arc<Pending>) {
        let before = self.delivery.in_flight.fetch_add(records.len(), Ordering::Relaxed);
        let producer = if before == 0 { &self.eager } else { &self.lingering };
        for (index, packed) in records.iter().enumerate() {
            let record: BaseRecord<'_, (), [u8], _> = BaseRecord::with_opaque_to(topic, Arc::clone(pending))
                .partition(packed.partition)
                .payload(packed.value.as_slice())
                .headers(headers(packed.events, trace));
            if let Err((error, _)) = producer.send(record) {
                let unsent = records.len() - index;
                self.delivery.in_flight.fetch_sub(unsent, Ordering::Relaxed);
                // Records of the submission that are on their way already may well be stored.
                let failure = if index == 0 { refusal(&error) } else { PublishError::OutcomeUnknown };
                pending.settle(unsent, Err(failure));
                return;
            }
        }
    }
}

/// What a record that was not even queued means: nothing was sent.
fn refusal(error: &KafkaError) -> PublishError {
    match failure(error) {
        PublishError::OutcomeUnknown => PublishError::Unavailable,
        other => other,
    }
}

fn headers(events: usize, trace: Option<&str>) -> OwnedHeaders {
    let count = events.to_string();
    let headers = OwnedHeaders::new_with_capacity(3)
        .insert(Header { key: FORMAT_HEADER, value: Some(FORMAT) })
        .insert(Header { key: COUNT_HEADER, value: Some(&count) });
    match trace {
        Some(trace) => headers.insert(Header { key: TRACE_HEADER, value: Some(trace) }),
        None => headers,
    }
}
