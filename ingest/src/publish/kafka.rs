//! The publisher on Kafka: packs, puts into the queue, and waits for the acknowledgement under one
//! deadline.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use bataudit_kafka::Connection;
use bataudit_service::{Readiness, Shutdown};
use bataudit_trace::Span;
use rdkafka::error::KafkaError;

use super::pack::pack;
use super::partitions::Partitions;
use super::pending::Pending;
use super::producer::Producer;
use super::traced::Traced;
use super::watch::{self, Wake, Watch};
use super::{Acknowledgement, BrokerStatus, PublishError, Publisher, Submission};
use crate::config::PublishConfig;
use crate::metrics;

/// How long new events go to the same partition, so that many become one record.
const STAY: Duration = Duration::from_millis(10);

/// Why the publisher could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The Kafka settings were refused.
    #[error("the Kafka producer cannot start: {0}")]
    Client(#[from] KafkaError),
    /// No thread.
    #[error("cannot start a thread: {0}")]
    Thread(#[from] std::io::Error),
}

/// Publishes to the events topic.
pub struct KafkaPublisher {
    state: Arc<State>,
    watch: Mutex<Option<Watch>>,
}

/// What the publisher and its watch share.
pub(super) struct State {
    pub(super) connection: Connection,
    pub(super) topic: String,
    pub(super) config: PublishConfig,
    pub(super) producer: ArcSwap<Producer>,
    pub(super) partitions: ArcSwap<Partitions>,
    /// Microseconds of the last answer; 0 when there was none.
    pub(super) round_trip: AtomicU64,
    started: Instant,
    /// How often the partition was left before its time, as it had too much to do.
    left_early: AtomicUsize,
}

impl State {
    /// Whose turn it is.
    fn turn(&self) -> usize {
        let stays = self.started.elapsed().as_millis() / STAY.as_millis();
        usize::try_from(stays).unwrap_or_default().wrapping_add(self.left_early.load(Ordering::Relaxed))
    }
}

impl KafkaPublisher {
    /// Starts the producer for `topic` and asks for its partitions; `ready` is set when they are
    /// known.
    ///
    /// # Errors
    /// When the producer's settings are refused or no thread can be made.
    pub fn start(
        connection: &Connection,
        topic: &str,
        config: PublishConfig,
        ready: Readiness,
        shutdown: Shutdown,
    ) -> Result<Self, StartError> {
        let (wake, woken) = Wake::new();
        let producer = Producer::start(connection, topic, &config, wake.clone())?;
        let state = Arc::new(State {
            connection: connection.clone(),
            topic: topic.to_owned(),
            config,
            producer: ArcSwap::from_pointee(producer),
            partitions: ArcSwap::default(),
            round_trip: AtomicU64::new(0),
            started: Instant::now(),
            left_early: AtomicUsize::new(0),
        });
        let watch = watch::start(Arc::clone(&state), ready, shutdown, (wake, woken))?;
        Ok(Self { state, watch: Mutex::new(Some(watch)) })
    }

    /// Ends the watch, after the shutdown. Records under way belong to requests, which wait for them.
    pub fn close(&self) {
        let watch = self.watch.lock().unwrap_or_else(PoisonError::into_inner).take();
        watch.into_iter().for_each(Watch::join);
    }
}

impl Publisher for KafkaPublisher {
    fn publish(&self, submission: &Submission<'_>) -> Acknowledgement {
        let state = &self.state;
        let partitions = state.partitions.load();
        let trace = submission.span.map(Span::trace_id);
        // Once the watch has given the broker up, "nothing was sent" at once is a better answer than
        // "nobody knows" after the deadline. Shorter outages are waited out in the queue.
        if partitions.is_empty() || !self.status().is_reachable {
            metrics::published(PublishError::Unavailable.tag(), Duration::ZERO, trace);
            return Box::pin(std::future::ready(Err(PublishError::Unavailable)));
        }
        let begun = Instant::now();
        let parts = pack(submission, &partitions, partitions.in_turn(state.turn()));
        let traced = submission.span.map(|span| Traced::begin(span, submission.events.len()));
        let (pending, mut outcome) = Pending::new(parts.len(), traced);
        let pending = Arc::new(pending);
        let traced = pending.traced.is_some().then(|| Arc::clone(&pending));
        if state.producer.load().take(parts, &pending) {
            state.left_early.fetch_add(1, Ordering::Relaxed);
        }
        let state = Arc::clone(state);
        Box::pin(async move {
            let settled = match tokio::time::timeout(state.config.deadline, &mut outcome).await {
                Ok(settled) => settled.ok(),
                // What still waits will not be sent; then it is known that nothing was.
                Err(_) => {
                    state.producer.load().expire();
                    outcome.try_recv().ok()
                }
            };
            // A dropped sender is a producer that was given up with the records inside.
            let outcome = settled.unwrap_or(Err(PublishError::OutcomeUnknown));
            if let Some(traced) = traced.as_ref().and_then(|pending| pending.traced.as_deref()) {
                traced.end(outcome);
            }
            let result = outcome.map_or_else(PublishError::tag, |()| "acknowledged");
            metrics::published(result, begun.elapsed(), trace);
            outcome
        })
    }

    fn status(&self) -> BrokerStatus {
        let round_trip = Duration::from_micros(self.state.round_trip.load(Ordering::Relaxed));
        BrokerStatus { is_reachable: !round_trip.is_zero(), round_trip }
    }
}
