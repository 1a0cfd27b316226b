//! Dead letters once more: the original records, found where they still lie in the log, are published
//! again. In: letters. Out: for each, what can be published, or why not.
//!
//! The events keep their ids and times, and are marked as repeatable: one that was replayed twice, or was
//! posted again by its client, is stored once. What a letter itself shows is masked and is never published.

use std::time::Duration;

use bataudit_event::access::{Entry, EntryKey};
use bataudit_event::{Event, id, record};
use bataudit_kafka::{Connection, Topics};
use rdkafka::message::{BorrowedMessage, Header, Message, OwnedHeaders};
use rdkafka::producer::{FutureProducer, FutureRecord};
use sha2::{Digest, Sha256};

use crate::LedgerError;
use crate::letters::Letter;
use crate::log::{Extent, Log, header};

/// How long Kafka may take to acknowledge a record.
const ACK: Duration = Duration::from_secs(20);
/// The access topic says where ids lie.
const UNKNOWN_GROUP: &str = "bataudit-ledger";

/// An event to be published again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Again {
    /// The partition its id belongs to.
    pub partition: i32,
    /// Its id.
    pub id: [u8; 16],
    /// A record of it.
    value: Vec<u8>,
}

/// Why a letter cannot be replayed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Lost {
    /// Kafka has deleted the record.
    #[error("Kafka no longer keeps the original record")]
    Deleted,
    /// What lies there is something else.
    #[error("another record lies at its place: the topic was made anew")]
    Replaced,
    /// It cannot be read, by this version at least.
    #[error("this version cannot read the original record either")]
    Unreadable,
}

/// A letter, and what can be published of it.
#[derive(Debug, Clone)]
pub struct Original {
    /// The letter.
    pub letter: Letter,
    /// Its events, or why there are none.
    pub events: Result<Vec<Again>, Lost>,
}

/// Finds the originals of letters.
///
/// # Errors
/// When Kafka cannot be read.
pub async fn find(
    kafka: &Connection,
    topics: &Topics,
    letters: Vec<Letter>,
) -> Result<Vec<Original>, LedgerError> {
    let (kafka, topics) = (kafka.clone(), topics.clone());
    tokio::task::spawn_blocking(move || {
        let log = Log::open(&kafka, &topics.events, UNKNOWN_GROUP)?;
        let extents = log.extents()?;
        let fixed = read_id_partitions(&kafka, &topics)?;
        let count = i32::try_from(extents.len()).unwrap_or(i32::MAX);
        let spread = fixed.filter(|fixed| (1..=count).contains(fixed)).unwrap_or(count);
        letters.into_iter().map(|letter| original(&log, &topics, &extents, spread, letter)).collect()
    })
    .await
    .map_err(|_| LedgerError::Reader)?
}

fn original(
    log: &Log,
    topics: &Topics,
    extents: &[Extent],
    spread: i32,
    letter: Letter,
) -> Result<Original, LedgerError> {
    let (partition, offset) = (letter.place.partition, letter.place.offset);
    let is_there = letter.topic == topics.events
        && extents.iter().any(|extent| extent.partition == partition && extent.offsets.contains(&offset));
    let mut events = Err(Lost::Deleted);
    if is_there {
        let extent = Extent { partition, offsets: offset..offset + 1 };
        log.read(&extent, |record| {
            if record.offset() == offset {
                events = events_of(record, &letter, spread);
            }
            false
        })?;
    }
    Ok(Original { letter, events })
}

fn events_of(message: &BorrowedMessage<'_>, letter: &Letter, spread: i32) -> Result<Vec<Again>, Lost> {
    let value = message.payload().unwrap_or_default();
    if letter.sha256.as_ref().is_some_and(|sha256| *sha256 != hex::encode(Sha256::digest(value))) {
        return Err(Lost::Replaced);
    }
    if header(message, record::FORMAT_HEADER).map(str::as_bytes) != Some(record::FORMAT) {
        return Err(Lost::Unreadable);
    }
    let events = record::decode(value).map_err(|_| Lost::Unreadable)?;
    again(events, letter, spread)
}

/// The events a letter stands for, ready to be published.
fn again(events: Vec<Event<'_>>, letter: &Letter, spread: i32) -> Result<Vec<Again>, Lost> {
    let events = match letter.place.index {
        None => events,
        Some(index) => {
            let event = events.into_iter().nth(usize::from(index)).ok_or(Lost::Replaced)?;
            let shown = record::decode(&letter.redacted).unwrap_or_default();
            // The letter shows the id, which is never masked.
            if shown.first().is_some_and(|shown| shown.id != event.id) {
                return Err(Lost::Replaced);
            }
            vec![event]
        }
    };
    let again = events.into_iter().map(|event| {
        let event = Event { repeatable: true, replayed: true, ..event };
        let mut value = Vec::new();
        record::encode([&event].into_iter(), &mut value);
        Again { partition: id::partition_of(&event.id, spread), id: event.id, value }
    });
    Ok(again.collect())
}

/// Among how many partitions ids are spread; `None` when that was never fixed, as before sentinel first ran.
///
/// # Errors
/// When Kafka cannot be read.
pub async fn id_partitions(kafka: &Connection, topics: &Topics) -> Result<Option<i32>, LedgerError> {
    let (kafka, topics) = (kafka.clone(), topics.clone());
    tokio::task::spawn_blocking(move || read_id_partitions(&kafka, &topics))
        .await
        .map_err(|_| LedgerError::Reader)?
}

fn read_id_partitions(kafka: &Connection, topics: &Topics) -> Result<Option<i32>, LedgerError> {
    let log = Log::open(kafka, &topics.access, UNKNOWN_GROUP)?;
    let (key, mut found) = (EntryKey::Stream.encode(), None);
    for extent in log.extents()? {
        log.read(&extent, |message| {
            if message.key() == Some(key.as_bytes()) {
                found = match message.payload().and_then(Entry::decode) {
                    Some(Entry::Stream(stream)) => Some(stream.id_partitions),
                    _ => None,
                };
            }
            true
        })?;
    }
    Ok(found)
}

/// Publishes events, and returns how many Kafka has acknowledged: all of them.
///
/// # Errors
/// When one is not acknowledged. Publishing all of them again is harmless.
pub async fn publish(kafka: &Connection, topics: &Topics, events: &[Again]) -> Result<usize, LedgerError> {
    let producer: FutureProducer = kafka
        .client("bataudit-replay")
        .set("acks", "all")
        .set("enable.idempotence", "true")
        .set("compression.type", "zstd")
        .set("message.max.bytes", "8388608")
        .set("message.timeout.ms", ACK.as_millis().to_string())
        .set("allow.auto.create.topics", "false")
        .create()?;
    for event in events {
        let headers = OwnedHeaders::new()
            .insert(Header { key: record::FORMAT_HEADER, value: Some(record::FORMAT) })
            .insert(Header { key: record::COUNT_HEADER, value: Some("1") });
        let record = FutureRecord::<(), [u8]>::to(&topics.events)
            .partition(event.partition)
            .payload(&event.value)
            .headers(headers);
        producer.send(record, ACK).await.map_err(|(error, _)| error)?;
    }
    Ok(events.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SourcePlace;

    fn letter(index: Option<u16>, redacted: &[Event<'_>]) -> Letter {
        let mut value = Vec::new();
        record::encode(redacted.iter(), &mut value);
        Letter {
            place: SourcePlace { partition: 0, offset: 7, index },
            topic: "t.events".to_owned(),
            epoch: Some("1".to_owned()),
            written_at: 0,
            reason: "unmaskable".to_owned(),
            detail: String::new(),
            events: 1,
            redacted: value,
            sha256: None,
        }
    }

    fn event(id: u8) -> Event<'static> {
        Event { id: [id; 16], request_body: "{\"secret\":1", ..Event::default() }
    }

    #[test]
    fn the_event_comes_back_whole_under_its_id_and_repeatable() {
        let again = again(vec![event(1), event(2)], &letter(Some(1), &[event(2)]), 4).unwrap();
        let [one] = &again[..] else { panic!("{again:?}") };
        assert_eq!((one.partition, one.id), (id::partition_of(&[2; 16], 4), [2; 16]));
        let events = record::decode(&one.value).unwrap();
        assert_eq!(events, [Event { repeatable: true, replayed: true, ..event(2) }]);
    }

    #[test]
    fn a_letter_for_a_record_stands_for_all_of_it() {
        assert_eq!(again(vec![event(1), event(2)], &letter(None, &[]), 4).unwrap().len(), 2);
    }

    #[test]
    fn another_event_at_the_place_is_left_alone() {
        assert_eq!(again(vec![event(1)], &letter(Some(0), &[event(9)]), 4), Err(Lost::Replaced));
        assert_eq!(again(vec![event(1)], &letter(Some(3), &[event(1)]), 4), Err(Lost::Replaced));
    }
}
