//! The publisher on Kafka: packs, hands over, and waits for the acknowledgement under one deadline.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use bataudit_kafka::Connection;
use bataudit_service::{Readiness, Shutdown};
use rdkafka::error::KafkaError;

use super::pack::{Packed, pack};
use super::partitions::Partitions;
use super::pending::Pending;
use super::producers::Producers;
use super::watch::{self, Wake, Watch};
use super::{Acknowledgement, BrokerStatus, PublishError, Publisher, Submission};
use crate::config::PublishConfig;
use crate::metrics;

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
    pub(super) producers: ArcSwap<Producers>,
    pub(super) partitions: ArcSwap<Partitions>,
    /// Microseconds of the last answer; 0 when there was none.
    pub(super) round_trip: AtomicU64,
    turn: AtomicUsize,
}

impl KafkaPublisher {
    /// Starts the producers for `topic` and asks for its partitions; `ready` is set when they are
    /// known.
    ///
    /// # Errors
    /// When the producers' settings are refused or no thread can be made.
    pub fn start(
        connection: &Connection,
        topic: &str,
        config: PublishConfig,
        ready: Readiness,
        shutdown: Shutdown,
    ) -> Result<Self, StartError> {
        let (wake, woken) = Wake::new();
        let producers = Producers::start(connection, &config, wake.clone())?;
        let state = Arc::new(State {
            connection: connection.clone(),
            topic: topic.to_owned(),
            config,
            producers: ArcSwap::from_pointee(producers),
            partitions: ArcSwap::default(),
            round_trip: AtomicU64::new(0),
            turn: AtomicUsize::new(0),
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
        // Once the watch has given the broker up, "nothing was sent" at once is a better answer than
        // "nobody knows" after the deadline. Shorter outages are waited out in the queue.
        if partitions.is_empty() || !self.status().is_reachable {
            metrics::published(PublishError::Unavailable.tag(), Duration::ZERO);
            return Box::pin(std::future::ready(Err(PublishError::Unavailable)));
        }
        let begun = Instant::now();
        let turn = state.turn.fetch_add(1, Ordering::Relaxed);
        let records: Vec<Packed> = pack(submission, &partitions, partitions.in_turn(turn));
        let (pending, outcome) = Pending::new(records.len());
        state.producers.load().send(&state.topic, &records, submission.traceparent, &Arc::new(pending));
        let deadline = state.config.deadline;
        Box::pin(async move {
            let settled = tokio::time::timeout(deadline, outcome).await;
            // A dropped sender is a producer that was given up with the records inside.
            let outcome = settled.ok().and_then(Result::ok).unwrap_or(Err(PublishError::OutcomeUnknown));
            metrics::published(outcome.map_or_else(PublishError::tag, |()| "acknowledged"), begun.elapsed());
            outcome
        })
    }

    fn status(&self) -> BrokerStatus {
        let round_trip = Duration::from_micros(self.state.round_trip.load(Ordering::Relaxed));
        BrokerStatus { is_reachable: !round_trip.is_zero(), round_trip }
    }
}
