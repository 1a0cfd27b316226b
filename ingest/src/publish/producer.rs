//! The Kafka producer: sends what the queue lets go, and settles what became of it. The queue decides
//! when a record leaves, so the client library neither waits for company nor holds records back.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use bataudit_event::record::{COUNT_HEADER, FORMAT, FORMAT_HEADER};
use bataudit_kafka::Connection;
use bataudit_kafka::log::log_line;
use bataudit_trace::{Headers, TRACEPARENT, TRACESTATE};
use rdkafka::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{DeliveryResult, Header, Message as _, OwnedHeaders};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer as _, ProducerContext};

use super::kafka::StartError;
use super::line::{Part, Record};
use super::pack::Packed;
use super::pending::{Outcome, Pending};
use super::queue::Queue;
use super::traced::Traced;
use super::{PublishError, watch::Wake};
use crate::config::PublishConfig;

/// Most traced submissions that a record names.
const MOST_TRACED: usize = 16;
/// Largest request to the broker: that of the events topic.
const MAX_MESSAGE_BYTES: &str = "8388608";
/// How long the thread of the producer may not notice its end.
const POLL: Duration = Duration::from_millis(100);

/// A record that was handed over.
pub(super) struct Sent {
    partition: i32,
    /// Bytes of memory that its parts took.
    room: usize,
    /// The submission of each part.
    pendings: Vec<Arc<Pending>>,
}

impl Sent {
    fn landed(&self, offset: i64) {
        let traced = self.pendings.iter().filter_map(|pending| pending.traced.as_deref());
        traced.for_each(|traced| traced.landed(self.partition, offset));
    }

    fn settle(self, outcome: Outcome) {
        // Its submissions did not choose to travel together: each may pass by itself.
        let outcome = match outcome {
            Err(PublishError::RecordTooLarge) if self.pendings.len() > 1 => Err(PublishError::Overloaded),
            other => other,
        };
        self.pendings.iter().for_each(|pending| pending.settle(outcome));
    }
}

/// What the requests and the delivery callbacks share.
pub(super) struct Delivery {
    topic: String,
    queue: Mutex<Queue<Arc<Pending>>>,
    /// How long a part may wait before it must not be sent any more.
    patience: Duration,
    wake: Wake,
    /// Weak, as the producer owns this.
    client: OnceLock<Weak<Client>>,
}

type Client = BaseProducer<Delivery>;

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
    type DeliveryOpaque = Box<Sent>;

    fn delivery(&self, result: &DeliveryResult<'_>, sent: Box<Sent>) {
        let mut queue = self.queue();
        queue.landed(sent.partition, sent.room);
        let expired = queue.expire(self.limit());
        // The next record is on its way before the clients of this one are answered.
        if let Some(client) = self.client.get().and_then(Weak::upgrade) {
            self.send(&client, &mut queue, sent.partition);
        }
        drop(queue);
        unsent(expired);
        if let Ok(message) = result {
            sent.landed(message.offset());
        }
        sent.settle(result.as_ref().map(drop).map_err(|(error, _)| failure(error)));
    }
}

impl Delivery {
    fn queue(&self) -> MutexGuard<'_, Queue<Arc<Pending>>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What has waited since then must not be sent any more.
    fn limit(&self) -> Instant {
        let now = Instant::now();
        now.checked_sub(self.patience).unwrap_or(now)
    }

    /// Sends what may leave for a partition. Under the lock of the queue, so that records leave in
    /// their order.
    fn send(&self, client: &Client, queue: &mut Queue<Arc<Pending>>, partition: i32) {
        while let Some(Record { encoded, submissions, room }) = queue.leave(partition) {
            let traced = submissions.iter().filter_map(|pending| pending.traced.as_deref());
            let headers = headers(encoded.events(), traced.map(Traced::headers));
            let sent = Box::new(Sent { partition, room, pendings: submissions });
            let record: BaseRecord<'_, (), [u8], _> = BaseRecord::with_opaque_to(&self.topic, sent)
                .partition(partition)
                .payload(encoded.value())
                .headers(headers);
            if let Err((error, record)) = client.send(record) {
                queue.landed(partition, room);
                record.delivery_opaque.settle(Err(refusal(&error)));
            }
        }
    }
}

/// Settles parts that were never handed over.
fn unsent(parts: Vec<Arc<Pending>>) {
    parts.iter().for_each(|pending| pending.settle(Err(PublishError::Unavailable)));
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

/// What a record that was not even handed over means: nothing was sent.
fn refusal(error: &KafkaError) -> PublishError {
    match failure(error) {
        PublishError::OutcomeUnknown => PublishError::Unavailable,
        other => other,
    }
}

/// The headers of a record. Every traced submission in it has a `traceparent`, and behind it its `tracestate` where it
/// has one.
fn headers<'t>(events: usize, traced: impl Iterator<Item = &'t Headers>) -> OwnedHeaders {
    let count = events.to_string();
    let mut headers = OwnedHeaders::new_with_capacity(3)
        .insert(Header { key: FORMAT_HEADER, value: Some(FORMAT) })
        .insert(Header { key: COUNT_HEADER, value: Some(&count) });
    let mut left_out = 0;
    for (n, Headers { parent, state }) in traced.enumerate() {
        if n >= MOST_TRACED {
            left_out += 1;
            continue;
        }
        headers = headers.insert(Header { key: TRACEPARENT, value: Some(parent) });
        if let Some(state) = state {
            headers = headers.insert(Header { key: TRACESTATE, value: Some(state) });
        }
    }
    if left_out > 0 {
        bataudit_trace::untraced(left_out);
    }
    headers
}

/// A producer with its queue, for one life.
pub(super) struct Producer {
    client: Arc<Client>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Producer {
    pub(super) fn start(
        connection: &Connection,
        topic: &str,
        config: &PublishConfig,
        wake: Wake,
    ) -> Result<Self, StartError> {
        // Of the time a client waits: what has not been sent by then never is.
        let patience = config.deadline * 4 / 5;
        let delivery = Delivery {
            topic: topic.to_owned(),
            queue: Mutex::new(Queue::new(config.queue_bytes)),
            patience,
            wake,
            client: OnceLock::new(),
        };
        let client: Client = connection
            .client("bataudit-ingest")
            .set("acks", "all")
            .set("enable.idempotence", "true")
            .set("compression.type", "zstd")
            .set("compression.level", "1")
            .set("linger.ms", "0")
            // A record that was handed over is sent until the broker has it, also when its client was told
            // long ago that nobody knows. Given up, it would make the library number everything behind it
            // anew, and the broker take records twice that it has already.
            .set("message.timeout.ms", "0")
            .set("message.max.bytes", MAX_MESSAGE_BYTES)
            .set("allow.auto.create.topics", "false")
            .create_with_context(delivery)?;
        let (client, stop) = (Arc::new(client), Arc::new(AtomicBool::new(false)));
        client.context().client.get_or_init(|| Arc::downgrade(&client));
        let thread = std::thread::Builder::new().name("events-producer".to_owned()).spawn({
            let (client, stop) = (Arc::clone(&client), Arc::clone(&stop));
            move || {
                while !stop.load(Ordering::Relaxed) {
                    client.poll(POLL);
                }
            }
        })?;
        Ok(Self { client, stop, thread: Some(thread) })
    }

    /// Whether the client library has given up: it fails every record from then on.
    pub(super) fn is_dead(&self) -> bool {
        self.client.client().fatal_error().is_some()
    }

    /// The client to ask about the topic.
    pub(super) fn client(&self) -> &rdkafka::client::Client<Delivery> {
        self.client.client()
    }

    /// Takes the parts of a submission. Says whether one of their partitions has more to do than
    /// it can.
    pub(super) fn take(&self, parts: Vec<Packed>, pending: &Arc<Pending>) -> bool {
        let count = parts.len();
        let room = parts.iter().map(|part| part.encoded.room()).sum();
        let delivery = self.client.context();
        let mut queue = delivery.queue();
        if let Err(refused) = queue.admit(room) {
            drop(queue);
            (0..count).for_each(|_| pending.settle(Err(refused)));
            return false;
        }
        let since = Instant::now();
        let mut is_full = false;
        for Packed { partition, encoded } in parts {
            queue.join(partition, Part { submission: Arc::clone(pending), encoded, since });
            delivery.send(&self.client, &mut queue, partition);
            is_full |= queue.is_full(partition);
        }
        is_full
    }

    /// Takes out of the queue what has waited for too long.
    pub(super) fn expire(&self) {
        let delivery = self.client.context();
        let expired = delivery.queue().expire(delivery.limit());
        unsent(expired);
    }
}

impl Drop for Producer {
    fn drop(&mut self) {
        let waiting = self.client.context().queue().close();
        unsent(waiting);
        self.stop.store(true, Ordering::Relaxed);
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("The thread of the Kafka producer ended with a panic.");
        }
        // What is under way is given up by the client's own end, which settles it.
    }
}
