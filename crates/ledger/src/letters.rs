//! The dead letters: what could never be stored, and why. In: the dead-letter topic. Out: [`Letter`]s, one
//! for each place, whatever number of times it was sent. A letter shows what was left after masking; what
//! it stands for is still in the events topic, as long as Kafka keeps it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use bataudit_event::{Event, dead_letter, record};
use bataudit_kafka::Connection;
use chrono::{DateTime, SecondsFormat};
use rdkafka::message::{BorrowedMessage, Message};
use serde_json::{Value, json};

use crate::log::{Extent, Log, header};
use crate::{LedgerError, SourcePlace};

/// Letters that lie this many offsets apart are not read in one go.
const CLOSE: i64 = 200;

/// A dead letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Where what it stands for lies in the events topic.
    pub place: SourcePlace,
    /// The name of that topic.
    pub topic: String,
    /// The life of that topic; `None` in letters of before this was written.
    pub epoch: Option<String>,
    /// When it was written, unix milliseconds.
    pub written_at: i64,
    /// Why: one of a closed set of names.
    pub reason: String,
    /// What exactly is wrong.
    pub detail: String,
    /// How many events it stands for; 0 where that cannot be told.
    pub events: u64,
    /// A record of the event with every secret masked; empty where nothing may be shown.
    pub redacted: Vec<u8>,
    /// SHA-256 of a record of which nothing may be shown.
    pub sha256: Option<String>,
}

impl Letter {
    /// Whether its place is one in this life of the topic, as far as can be told.
    #[must_use]
    pub fn is_of(&self, epoch: &str) -> bool {
        self.epoch.as_deref().is_none_or(|own| own == epoch)
    }

    /// The masked event that it shows, if it shows one.
    #[must_use]
    pub fn shown(&self) -> Option<Event<'_>> {
        record::decode(&self.redacted).ok()?.into_iter().next()
    }
}

/// Reads the letters that were written at `since` or later (unix milliseconds), by life of the topic and place.
///
/// # Errors
/// When Kafka cannot be read.
pub async fn read(kafka: &Connection, topic: &str, since: i64) -> Result<Vec<Letter>, LedgerError> {
    on_a_thread(kafka, topic, move |log| {
        let mut letters = BTreeMap::new();
        for extent in log.between(&log.extents()?, since, i64::MAX / 2)? {
            log.read(&extent, |record| {
                if let Some(letter) = letter(record) {
                    letters.insert((letter.epoch.clone(), letter.place), letter);
                }
                true
            })?;
        }
        Ok(letters.into_values().collect())
    })
    .await
}

/// A letter, and where it lies in the dead-letter topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted {
    /// The partition.
    pub partition: i32,
    /// The offset.
    pub offset: i64,
    /// The letter.
    pub letter: Letter,
}

/// Some letters, and where to go on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// In the order of the topic, partition by partition; one may stand for the same place as another.
    pub letters: Vec<Posted>,
    /// The offset after the last one that was looked at, by partition.
    pub next: BTreeMap<i32, i64>,
    /// The first offset that each partition still holds.
    pub first: BTreeMap<i32, i64>,
    /// Whether these are all there were.
    pub is_last: bool,
}

/// Reads letters from these offsets on, about `most` of each partition. A partition that is not named is read from its
/// beginning, and so is one whose log ends before the offset: it was made anew.
///
/// # Errors
/// When Kafka cannot be read.
pub async fn after(
    kafka: &Connection,
    topic: &str,
    next: BTreeMap<i32, i64>,
    most: usize,
) -> Result<Page, LedgerError> {
    on_a_thread(kafka, topic, move |log| {
        let mut page = Page { next, is_last: true, ..Page::default() };
        for Extent { partition, offsets } in log.extents()? {
            let known = page.next.get(&partition).copied().filter(|next| *next <= offsets.end);
            let start = known.unwrap_or(offsets.start).max(offsets.start);
            let (mut reached, mut taken) = (offsets.end, 0);
            log.read(&Extent { partition, offsets: start..offsets.end }, |record| {
                taken += 1;
                page.letters.extend(letter(record).map(|letter| posted(record, letter)));
                if taken == most && record.offset() + 1 < offsets.end {
                    reached = record.offset() + 1;
                }
                taken < most
            })?;
            page.is_last &= reached == offsets.end;
            page.next.insert(partition, reached);
            page.first.insert(partition, offsets.start);
        }
        Ok(page)
    })
    .await
}

/// Reads the letters that lie at these places of the dead-letter topic, partition and offset; those that are not there
/// any more are left out.
///
/// # Errors
/// When Kafka cannot be read.
pub async fn at(
    kafka: &Connection,
    topic: &str,
    places: BTreeSet<(i32, i64)>,
) -> Result<Vec<Posted>, LedgerError> {
    on_a_thread(kafka, topic, move |log| {
        let mut letters = Vec::with_capacity(places.len());
        for Extent { partition, offsets: held } in log.extents()? {
            let wanted: BTreeSet<i64> = places
                .range((partition, held.start)..(partition, held.end))
                .map(|(_, offset)| *offset)
                .collect();
            for offsets in close_together(&wanted) {
                log.read(&Extent { partition, offsets }, |record| {
                    if wanted.contains(&record.offset()) {
                        letters.extend(letter(record).map(|letter| posted(record, letter)));
                    }
                    true
                })?;
            }
        }
        Ok(letters)
    })
    .await
}

/// Ranges that hold all of these offsets, and few others: what lies close together is read in one go.
fn close_together(offsets: &BTreeSet<i64>) -> Vec<Range<i64>> {
    let mut ranges: Vec<Range<i64>> = Vec::new();
    for offset in offsets {
        match ranges.last_mut() {
            Some(range) if offset - range.end < CLOSE => range.end = offset + 1,
            _ => ranges.push(*offset..offset + 1),
        }
    }
    ranges
}

async fn on_a_thread<T: Send + 'static>(
    kafka: &Connection,
    topic: &str,
    read: impl FnOnce(&Log) -> Result<T, LedgerError> + Send + 'static,
) -> Result<T, LedgerError> {
    let (kafka, topic) = (kafka.clone(), topic.to_owned());
    tokio::task::spawn_blocking(move || read(&Log::open(&kafka, &topic, "bataudit-ledger")?))
        .await
        .map_err(|_| LedgerError::Reader)?
}

fn posted(record: &BorrowedMessage<'_>, letter: Letter) -> Posted {
    Posted { partition: record.partition(), offset: record.offset(), letter }
}

/// A record without a place is not one of the processor's.
fn letter(record: &BorrowedMessage<'_>) -> Option<Letter> {
    let text = |name| header(record, name).unwrap_or_default().to_owned();
    let place = SourcePlace {
        partition: header(record, dead_letter::SOURCE_PARTITION)?.parse().ok()?,
        offset: header(record, dead_letter::SOURCE_OFFSET)?.parse().ok()?,
        index: header(record, dead_letter::SOURCE_INDEX).and_then(|index| index.parse().ok()),
    };
    Some(Letter {
        place,
        topic: text(dead_letter::SOURCE_TOPIC),
        epoch: header(record, dead_letter::SOURCE_EPOCH).map(str::to_owned),
        written_at: record.timestamp().to_millis().unwrap_or_default(),
        reason: text(dead_letter::REASON),
        detail: text(dead_letter::DETAIL),
        events: header(record, record::COUNT_HEADER).and_then(|count| count.parse().ok()).unwrap_or_default(),
        redacted: record.payload().unwrap_or_default().to_vec(),
        sha256: header(record, dead_letter::SHA256).map(str::to_owned),
    })
}

/// A masked event as JSON, without what is empty.
#[must_use]
pub fn masked(event: &Event<'_>) -> Value {
    let texts = [
        ("event_type", event.event_type),
        ("original_timestamp", event.original_timestamp),
        ("method", event.method),
        ("path", event.path),
        ("identifier", event.identifier),
        ("user_email", event.user_email),
        ("user_name", event.user_name),
        ("user_roles", event.user_roles),
        ("user_type", event.user_type),
        ("tenant_id", event.tenant_id),
        ("ip", event.ip),
        ("user_agent", event.user_agent),
        ("request_id", event.request_id),
        ("session_id", event.session_id),
        ("query_params", event.query_params),
        ("path_params", event.path_params),
        ("request_body", event.request_body),
        ("response_body", event.response_body),
        ("error_message", event.error_message),
        ("source", event.source),
        ("service_name", event.service_name),
        ("environment", event.environment),
    ];
    let texts = texts.iter().filter(|(_, text)| !text.is_empty());
    let mut fields: serde_json::Map<_, _> =
        texts.map(|(name, text)| ((*name).to_owned(), json!(text))).collect();
    fields.insert("timestamp".to_owned(), json!(time(event.timestamp)));
    fields.insert("received_at".to_owned(), json!(time(event.received_at)));
    fields.insert("status_code".to_owned(), json!(event.status_code));
    fields.insert("response_time".to_owned(), json!(event.response_time));
    Value::Object(fields)
}

fn time(millis: i64) -> String {
    DateTime::from_timestamp_millis(millis).unwrap_or_default().to_rfc3339_opts(SecondsFormat::Millis, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_close_together_is_read_in_one_go() {
        let ranges = |offsets: &[i64]| -> Vec<(i64, i64)> {
            let ranges = close_together(&offsets.iter().copied().collect());
            ranges.into_iter().map(|range| (range.start, range.end)).collect()
        };
        assert_eq!(ranges(&[]), []);
        assert_eq!(ranges(&[7, 5, 204]), [(5, 205)]);
        assert_eq!(ranges(&[5, 205, 406]), [(5, 206), (406, 407)]);
    }

    #[test]
    fn a_letter_of_an_earlier_life_stands_for_nothing_in_this_one() {
        let letter = Letter {
            place: SourcePlace { partition: 0, offset: 7, index: None },
            topic: String::new(),
            epoch: None,
            written_at: 0,
            reason: String::new(),
            detail: String::new(),
            events: 1,
            redacted: Vec::new(),
            sha256: None,
        };
        let of = |epoch: Option<&str>| Letter { epoch: epoch.map(str::to_owned), ..letter.clone() };
        assert!(of(Some("2")).is_of("2") && !of(Some("1")).is_of("2"));
        assert!(of(None).is_of("2"), "written before lives were told");
    }
}
