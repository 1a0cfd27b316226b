//! The dead letters: what could never be stored, and why. In: the dead-letter topic. Out: [`Letter`]s, one
//! for each place, whatever number of times it was sent. A letter shows what was left after masking; what
//! it stands for is still in the events topic, as long as Kafka keeps it.

use std::collections::BTreeMap;

use bataudit_event::{dead_letter, record};
use bataudit_kafka::Connection;
use rdkafka::message::{BorrowedMessage, Message};

use crate::log::{Log, header};
use crate::{LedgerError, SourcePlace};

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
}

/// Reads the letters that were written at `since` or later (unix milliseconds), by life of the topic and place.
///
/// # Errors
/// When Kafka cannot be read.
pub async fn read(kafka: &Connection, topic: &str, since: i64) -> Result<Vec<Letter>, LedgerError> {
    let (kafka, topic) = (kafka.clone(), topic.to_owned());
    tokio::task::spawn_blocking(move || {
        let log = Log::open(&kafka, &topic, "bataudit-ledger")?;
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
    .map_err(|_| LedgerError::Reader)?
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

#[cfg(test)]
mod tests {
    use super::*;

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
