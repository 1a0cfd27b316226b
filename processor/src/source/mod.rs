//! The source: one thread that owns the Kafka consumer, polls it, hands records to the lanes of their
//! partitions, and commits what the lanes have stored. Nobody else polls or commits: librdkafka cannot
//! join a group anew before this thread has served the revocation, so a position is never committed
//! for a partition that went to somebody else.
//!
//! What the records hold is not known here.

mod client;
mod context;
mod lanes;
mod positions;

use std::sync::atomic::AtomicU64;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bataudit_event::record::{COUNT_HEADER, FORMAT_HEADER};
use bataudit_service::{Readiness, Shutdown};
use bataudit_trace::{TRACEPARENT, TRACESTATE};
use rdkafka::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{BorrowedMessage, Headers, Message};
use rdkafka::topic_partition_list::TopicPartitionList;
use tokio::runtime::Handle;

use crate::commit::Request;
use crate::record::Record;
use crate::traced::Named;
use context::Context;
use lanes::{Lanes, Next};
use positions::Ends;

pub(crate) use client::consumer_client;
pub(crate) use lanes::StartLane;

/// Without a record for this long, a partition counts as drained. (`PartitionEOF` says it exactly, but
/// with the fetch after the last record's, which the broker may hold back for half a second.)
const LULL: Duration = Duration::from_millis(4);
/// How long the lanes may take, once they heard that there are no more records, to ask for the commit of
/// their intents: it would otherwise wait for the end of a poll.
const HAND_OFF: Duration = Duration::from_millis(2);
/// How long a poll may take when lanes hold what is not confirmed: bounds how late a commit is made.
const BUSY: Duration = Duration::from_millis(2);
/// How long a poll may take when no lane waits for anything.
const IDLE: Duration = Duration::from_millis(25);
/// How long the client may take to leave its group at a shutdown.
const CLOSE: Duration = Duration::from_secs(5);
/// Pause before the consumer is made anew.
const RESTART_PAUSE: Duration = Duration::from_secs(1);

/// Everything the source needs.
pub(crate) struct Source {
    pub(crate) client: ClientConfig,
    pub(crate) topic: String,
    /// Part of every mark.
    pub(crate) epoch: String,
    pub(crate) start_lane: StartLane,
    pub(crate) requests: Arc<Mutex<Receiver<Request>>>,
    /// Whether Kafka answers and the group has settled.
    pub(crate) kafka: Readiness,
    /// Whether every assigned partition moves.
    pub(crate) partitions: Readiness,
    pub(crate) runtime: Handle,
    pub(crate) shutdown: Shutdown,
    /// How long the lanes may take to finish at a shutdown.
    pub(crate) drain: Duration,
    /// Whether records are looked at for traces.
    pub(crate) is_traced: bool,
    /// Bytes of records that may wait for lanes.
    pub(crate) waiting_bytes: usize,
}

/// Why a consumer is given up.
enum Ended {
    Shutdown,
    /// It cannot go on, but a new one may.
    Broken(String),
}

impl Source {
    /// Runs until the shutdown. Kafka being away is no reason to stop.
    ///
    /// # Errors
    /// When the consumer cannot be made of its configuration.
    pub(crate) fn run(&self) -> Result<(), KafkaError> {
        let (assignments, ends) = (Arc::new(AtomicU64::new(0)), Ends::default());
        loop {
            let (start, health) = (self.start_lane.clone(), self.partitions.clone());
            let lanes = Lanes::new(start, health, assignments.clone(), self.waiting_bytes);
            match self.consume(lanes, ends.clone())? {
                Ended::Shutdown => return Ok(()),
                Ended::Broken(why) => {
                    tracing::warn!(why, "The consumer is made anew.");
                    self.kafka.not_ready(why);
                    self.pause();
                }
            }
        }
    }

    fn consume(&self, lanes: Lanes, ends: Ends) -> Result<Ended, KafkaError> {
        let context = Context::new(self, lanes, ends);
        let consumer: BaseConsumer<Context> = self.client.create_with_context(context)?;
        consumer.subscribe(&[&self.topic])?;
        let ended = loop {
            if self.shutdown.is_triggered() {
                break Ended::Shutdown;
            }
            if let Some(why) = self.turn(&consumer) {
                break Ended::Broken(why);
            }
        };
        let drain = if matches!(ended, Ended::Shutdown) { self.drain } else { Duration::ZERO };
        let context = consumer.context();
        let all = context.lanes().partitions();
        context.finish(&consumer, &all, drain);
        match ended {
            Ended::Shutdown => close(consumer, self.runtime.clone()),
            Ended::Broken(_) => drop(consumer),
        }
        Ok(ended)
    }

    /// One turn: commit, poll, deliver. Returns why the consumer must be given up.
    fn turn(&self, consumer: &BaseConsumer<Context>) -> Option<String> {
        let context = consumer.context();
        context.serve(consumer, Duration::ZERO);
        self.steer(consumer);
        // Not within the match, which would hold the lanes' lock while the poll calls back.
        let patience = Self::patience(&context.lanes());
        match consumer.poll(patience) {
            Some(Ok(message)) => {
                let next = context.lanes().deliver(message.partition(), record(&message, self.is_traced));
                if next == Next::Pause {
                    self.report(consumer.pause(&self.list(&[message.partition()])));
                }
            }
            Some(Err(error)) => return Self::broken_by(context, &error).or_else(|| context.broken()),
            None => self.drained(consumer),
        }
        context.broken()
    }

    fn patience(lanes: &Lanes) -> Duration {
        if lanes.is_waiting() {
            LULL
        } else if lanes.are_busy() {
            BUSY
        } else {
            IDLE
        }
    }

    /// There are no more records for now: those there were are stored at once.
    fn drained(&self, consumer: &BaseConsumer<Context>) {
        let context = consumer.context();
        let is_news = context.lanes().is_waiting();
        context.lanes().drained();
        if is_news {
            context.serve(consumer, HAND_OFF);
        }
    }

    /// Notices ended lanes, and reads on where a lane has caught up.
    fn steer(&self, consumer: &BaseConsumer<Context>) {
        let (resumable, due) = {
            let mut lanes = consumer.context().lanes();
            lanes.ended(&self.runtime);
            (lanes.resumable(), lanes.due())
        };
        for (partition, reopening) in due {
            consumer.context().reopen(consumer, partition, reopening.at);
        }
        if !resumable.is_empty() {
            self.report(consumer.resume(&self.list(&resumable)));
        }
    }

    fn list(&self, partitions: &[i32]) -> TopicPartitionList {
        positions::list(&self.topic, partitions)
    }

    /// A partition that cannot be paused or resumed was revoked in the meantime.
    fn report(&self, result: Result<(), KafkaError>) {
        if let Err(error) = result {
            tracing::debug!(topic = self.topic, %error, "A partition could not be paused or resumed.");
        }
    }

    fn broken_by(context: &Context, error: &KafkaError) -> Option<String> {
        let code = error.rdkafka_error_code();
        match (error, code) {
            (KafkaError::MessageConsumptionFatal(_), _) => Some(format!("fatal: {error}")),
            // What Kafka held was cut away while it was being read, or the topic was made anew.
            (_, Some(RDKafkaErrorCode::AutoOffsetReset)) => {
                Some(format!("the offset to read is gone: {error}"))
            }
            (_, Some(RDKafkaErrorCode::UnknownTopicOrPartition | RDKafkaErrorCode::UnknownTopic)) => {
                context.no_topic();
                None
            }
            _ => {
                tracing::debug!(%error, "Kafka reported an error; the client goes on by itself.");
                None
            }
        }
    }

    /// Waits before the next consumer, but not past a shutdown.
    fn pause(&self) {
        let until = Instant::now() + RESTART_PAUSE;
        while !self.shutdown.is_triggered() && Instant::now() < until {
            std::thread::park_timeout(IDLE);
        }
    }
}

/// Leaves the group, or keeps the place of a static member; the revocation is served on the way. A client that does not
/// come to an end, as in the middle of a rebalance, must not hold up the shutdown: nothing is under way any more, and its
/// place ends with its session.
fn close(consumer: BaseConsumer<Context>, runtime: Handle) {
    let (open, closed) = mpsc::channel::<()>();
    let closing = std::thread::spawn(move || {
        // A partition that is still given on the way starts a lane, before it is given back.
        let _context = runtime.enter();
        drop(consumer);
        drop(open);
    });
    if closed.recv_timeout(CLOSE) == Err(RecvTimeoutError::Timeout) {
        tracing::warn!(seconds = CLOSE.as_secs(), "The Kafka client did not leave its group in time.");
    } else if closing.join().is_err() {
        tracing::error!("The thread that closed the Kafka client died.");
    }
}

fn record(message: &BorrowedMessage<'_>, is_traced: bool) -> Record {
    let mut record = Record { offset: message.offset(), ..Record::default() };
    record.value = message.payload().map(<[u8]>::to_vec);
    let mut named = Named::default();
    for header in message.headers().into_iter().flat_map(|headers| headers.iter()) {
        match (header.key, header.value) {
            (FORMAT_HEADER, Some(value)) => record.format = Some(value.to_vec()),
            (COUNT_HEADER, Some(value)) => {
                record.announced =
                    std::str::from_utf8(value).ok().and_then(|n| n.parse().ok()).unwrap_or_default();
            }
            (TRACEPARENT, Some(value)) if is_traced => named.parent(value),
            (TRACESTATE, Some(value)) if is_traced => named.state(value),
            _ => {}
        }
    }
    record.traced = named.arrived();
    record
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
