//! Asks the broker about the events topic from time to time: its partitions, whether it answers at
//! all. Replaces a producer that the client library has given up, which otherwise fails for ever.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use bataudit_service::{Readiness, Shutdown};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};

use super::kafka::State;
use super::partitions::Partitions;
use super::producer::Producer;
use crate::metrics;

/// How often the topic is asked about while all is well.
const EVERY: Duration = Duration::from_secs(10);
/// How often while it is not.
const RETRY: Duration = Duration::from_millis(250);
/// How long an answer may take.
const TIMEOUT: Duration = Duration::from_secs(2);
/// How long a stop may go unnoticed.
const STOP: Duration = Duration::from_millis(100);

/// Wakes the watch before its time.
#[derive(Debug, Clone)]
pub(super) struct Wake(SyncSender<()>);

impl Wake {
    pub(super) fn new() -> (Self, Receiver<()>) {
        let (sender, receiver) = sync_channel(1);
        (Self(sender), receiver)
    }

    pub(super) fn wake(&self) {
        if self.0.try_send(()).is_err() {
            tracing::trace!("The watch is about to wake anyway, or has ended.");
        }
    }
}

/// The running watch.
pub(super) struct Watch(JoinHandle<()>);

impl Watch {
    pub(super) fn join(self) {
        if self.0.join().is_err() {
            tracing::error!("The watch of the events topic ended with a panic.");
        }
    }
}

pub(super) fn start(
    state: Arc<State>,
    ready: Readiness,
    shutdown: Shutdown,
    (wake, woken): (Wake, Receiver<()>),
) -> std::io::Result<Watch> {
    ready.not_ready("asking Kafka for the events topic");
    let thread = std::thread::Builder::new().name("events-topic".to_owned()).spawn(move || {
        // An outage is logged when it begins and when it ends, not every time it is seen.
        let mut was_well = None;
        while !shutdown.is_triggered() {
            if state.producer.load().is_dead() {
                replace(&state, &wake);
            }
            let seen = look(&state);
            let is_well = seen.is_ok();
            match seen {
                Ok(()) => {
                    ready.ready();
                    if was_well == Some(false) {
                        tracing::info!("Kafka takes events again.");
                    }
                }
                Err(why) => {
                    if was_well != Some(false) {
                        tracing::warn!(%why, "Events cannot be published; requests get 503.");
                    }
                    ready.not_ready(why);
                }
            }
            was_well = Some(is_well);
            pause(if is_well { EVERY } else { RETRY }, &woken, &shutdown);
        }
    })?;
    Ok(Watch(thread))
}

/// Waits for `time`, a wake-up, or the stop.
fn pause(time: Duration, woken: &Receiver<()>, shutdown: &Shutdown) {
    let until = Instant::now() + time;
    while Instant::now() < until && !shutdown.is_triggered() {
        if woken.recv_timeout(STOP.min(time)).is_ok() {
            return;
        }
    }
}

fn replace(state: &State, wake: &Wake) {
    match Producer::start(&state.connection, &state.topic, &state.config, wake.clone()) {
        Ok(producer) => {
            state.producer.store(Arc::new(producer));
            metrics::producers_replaced();
            tracing::warn!("Replaced the Kafka producer after an error it cannot recover from.");
        }
        Err(error) => tracing::error!(%error, "Cannot replace the Kafka producer; trying again."),
    }
}

/// Asks once; the error is why events cannot be published now.
fn look(state: &State) -> Result<(), String> {
    let asked = Instant::now();
    let answer = partitions(state);
    metrics::broker_reachable(answer.is_ok());
    match answer {
        Ok(partitions) => {
            let took = u64::try_from(asked.elapsed().as_micros()).unwrap_or(u64::MAX).max(1);
            state.round_trip.store(took, Ordering::Relaxed);
            let usable = !partitions.is_empty();
            if **state.partitions.load() != partitions {
                state.partitions.store(Arc::new(partitions));
            }
            usable.then_some(()).ok_or_else(|| format!("no partition of topic {} has a leader", state.topic))
        }
        Err(error) => {
            state.round_trip.store(0, Ordering::Relaxed);
            let unknown = error.rdkafka_error_code() == Some(RDKafkaErrorCode::UnknownTopicOrPartition);
            Err(match unknown {
                true => format!("topic {} does not exist; run the migrate step", state.topic),
                false => format!("Kafka does not answer: {error}"),
            })
        }
    }
}

fn partitions(state: &State) -> Result<Partitions, KafkaError> {
    let producer = state.producer.load_full();
    let metadata = producer.client().fetch_metadata(Some(&state.topic), TIMEOUT)?;
    let unknown = KafkaError::MetadataFetch(RDKafkaErrorCode::UnknownTopicOrPartition);
    let topic = metadata.topics().first().ok_or_else(|| unknown.clone())?;
    if let Some(error) = topic.error() {
        return Err(KafkaError::MetadataFetch(error.into()));
    }
    let led = topic.partitions().iter().filter(|p| p.leader() >= 0).map(|p| p.id()).collect();
    let count = i32::try_from(topic.partitions().len()).unwrap_or(i32::MAX);
    if count == 0 { Err(unknown) } else { Ok(Partitions::new(count, led)) }
}
