//! Kafka's own account: every record of the events topic with the numbers of its events, every dead
//! letter with the place it stands for, and how far the group has committed.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use bataudit_event::{Event, record};
use bataudit_kafka::Connection;
use bataudit_processor::intent::{self, Mark, Reading};
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::error::KafkaError;
use rdkafka::message::{BorrowedMessage, Headers as _, Message as _};
use rdkafka::{Offset, TopicPartitionList};
use uuid::Uuid;

use super::load::{OWN, number_of};
use super::rig::{NAME, PARTITIONS};

const ANSWER: Duration = Duration::from_secs(10);
/// How long a reading may take: some hundred thousand records.
const READ: Duration = Duration::from_secs(60);

/// A record of the events topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its partition.
    pub partition: i32,
    /// Its offset.
    pub offset: i64,
    /// Its events, in order; `None` where it is no record of a gateway.
    pub events: Option<Vec<Logged>>,
}

/// An event as it lies in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Logged {
    /// Its number.
    pub number: u64,
    /// Whether its client may post it again.
    pub repeatable: bool,
}

/// The place that a dead letter stands for: partition, offset, and the event unless it is the whole
/// record.
pub type Letter = (i32, i64, Option<u16>);

/// How far a partition has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// The first offset that Kafka still holds.
    pub low: i64,
    /// The offset after the last.
    pub high: i64,
    /// What the group has committed.
    pub committed: Option<i64>,
    /// Where the batch ends that was begun there and is not confirmed, if there is one.
    pub open_until: Option<i64>,
}

/// Reads a cluster as the checker.
#[derive(Debug, Clone)]
pub struct Log {
    connection: Connection,
    events: String,
    letters: String,
}

impl Log {
    /// The log of a line.
    #[must_use]
    pub fn new(brokers: &str, topics: &bataudit_kafka::Topics) -> Self {
        let connection = Connection::plaintext(brokers);
        Self { connection, events: topics.events.clone(), letters: topics.dead_letters.clone() }
    }

    /// How far every partition has come.
    ///
    /// # Errors
    /// When Kafka does not answer.
    pub async fn progress(&self) -> Result<Vec<Progress>, String> {
        let log = self.clone();
        let asked = tokio::task::spawn_blocking(move || log.ask_progress()).await.expect("the reader");
        asked.map_err(|error| error.to_string())
    }

    /// The records from these offsets on, one for each partition, to the end.
    pub async fn entries(&self, from: &[i64]) -> Vec<Entry> {
        let (log, from) = (self.clone(), from.to_vec());
        let topic = self.events.clone();
        tokio::task::spawn_blocking(move || log.read(&topic, &from, entry)).await.expect("the reader")
    }

    /// The dead letters from this offset on.
    pub async fn letters(&self, from: i64) -> Vec<Letter> {
        let (log, topic) = (self.clone(), self.letters.clone());
        let letters = move || log.read(&topic, &[from], letter).into_iter().flatten().collect();
        tokio::task::spawn_blocking(letters).await.expect("the reader")
    }

    fn consumer(&self) -> Result<BaseConsumer, KafkaError> {
        let mut client = self.connection.client("bataudit-e2e");
        // The group is only asked for its offsets; nobody joins it here.
        client.set("group.id", NAME).set("enable.partition.eof", "true").set("enable.auto.commit", "false");
        client.create()
    }

    fn ask_progress(&self) -> Result<Vec<Progress>, KafkaError> {
        let consumer = self.consumer()?;
        let mut all = TopicPartitionList::new();
        for partition in 0..PARTITIONS {
            all.add_partition(&self.events, partition);
        }
        let offsets = consumer.committed_offsets(all, ANSWER)?;
        let mut progress = Vec::new();
        for element in offsets.elements() {
            element.error()?;
            let (low, high) = consumer.fetch_watermarks(&self.events, element.partition(), ANSWER)?;
            let committed = match element.offset() {
                Offset::Offset(offset) => Some(offset),
                _ => None,
            };
            let open_until = committed.and_then(|offset| open_until(element.metadata(), offset));
            progress.push(Progress { low, high, committed, open_until });
        }
        Ok(progress)
    }

    fn read<T>(&self, topic: &str, from: &[i64], what: fn(&BorrowedMessage<'_>) -> T) -> Vec<T> {
        let consumer = self.consumer().expect("a consumer");
        let mut assignment = TopicPartitionList::new();
        for (partition, offset) in (0..).zip(from) {
            // Before the beginning is the beginning.
            let (low, _) = consumer.fetch_watermarks(topic, partition, ANSWER).expect("the end of the log");
            let at = Offset::Offset((*offset).max(low));
            assignment.add_partition_offset(topic, partition, at).expect("an assignment");
        }
        consumer.assign(&assignment).expect("an assignment");
        // A partition that is still written to ends more than once.
        let (end, mut ended, mut found) = (Instant::now() + READ, BTreeSet::new(), Vec::new());
        while ended.len() < from.len() {
            assert!(Instant::now() < end, "{topic} was not read to its end within {READ:?}");
            match consumer.poll(Duration::from_millis(200)) {
                Some(Ok(message)) => found.push(what(&message)),
                Some(Err(KafkaError::PartitionEOF(partition))) => {
                    ended.insert(partition);
                }
                Some(Err(_)) | None => {}
            }
        }
        found
    }
}

/// The end of the batch that a commit announces, in whatever stream epoch.
fn open_until(metadata: &str, offset: i64) -> Option<i64> {
    let epoch = metadata.split(' ').nth(1)?;
    match intent::decode(metadata, epoch, offset) {
        Reading::Ours(Mark::Open(intent)) => Some(intent.end),
        _ => None,
    }
}

fn entry(message: &BorrowedMessage<'_>) -> Entry {
    let events = message.payload().and_then(|value| record::decode(value).ok());
    let logged = |event: &Event<'_>| {
        let is_own = event.event_type.starts_with("system.");
        let mark =
            if is_own { format!("{OWN}{}", Uuid::from_bytes(event.id)) } else { event.request_id.to_owned() };
        number_of(&mark).map(|number| Logged { number, repeatable: event.repeatable })
    };
    let events = events.and_then(|events| events.iter().map(logged).collect());
    Entry { partition: message.partition(), offset: message.offset(), events }
}

fn letter(message: &BorrowedMessage<'_>) -> Option<Letter> {
    let headers = message.headers().into_iter().flat_map(|headers| headers.iter());
    let texts = headers.filter_map(|header| Some((header.key, std::str::from_utf8(header.value?).ok()?)));
    let texts: BTreeMap<_, _> = texts.collect();
    let index = texts.get("bataudit-source-index").and_then(|index| index.parse().ok());
    let place = |name: &str| texts.get(name);
    Some((
        place("bataudit-source-partition")?.parse().ok()?,
        place("bataudit-source-offset")?.parse().ok()?,
        index,
    ))
}
