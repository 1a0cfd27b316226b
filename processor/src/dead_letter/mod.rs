//! What can never be stored goes to the dead-letter topic, so that it is not lost: with the reason and
//! the place it came from, never with a secret. A [`DeadLetter`] goes in; [`DeadLetters::send`] returns
//! when the broker has acknowledged it.

mod kafka;

use bataudit_event::{Event, record};
use futures::future::BoxFuture;
use sha2::{Digest, Sha256};

pub use kafka::KafkaDeadLetters;

use crate::mask::{Masker, Scratch};

/// An event, or a whole record, that can never be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// The partition it came from.
    pub partition: i32,
    /// The offset of its record.
    pub offset: i64,
    /// The event within the record; `None` for the whole record.
    pub index: Option<u16>,
    /// Why it cannot be stored: one of a closed set of names.
    pub reason: &'static str,
    /// What exactly is wrong, for a person. Holds no byte of the event.
    pub detail: String,
    /// How many events it stands for; 0 where that cannot be told.
    pub events: u64,
    /// What is left of it.
    pub remains: Remains,
}

/// What a dead letter shows of what it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remains {
    /// A record with the one event, every secret masked and every unreadable field masked whole.
    Redacted(Vec<u8>),
    /// Nothing could be masked: only what identifies the bytes to somebody who has them.
    Digest {
        /// How many bytes there were.
        length: usize,
        /// Their SHA-256, as hex.
        sha256: String,
    },
}

impl Remains {
    /// The event as far as it may be shown.
    #[must_use]
    pub fn of_event(masker: &Masker, event: &Event<'_>) -> Self {
        let (mut scratch, mut value) = (Scratch::default(), Vec::new());
        record::encode([masker.redacted(event, &mut scratch)].iter(), &mut value);
        Self::Redacted(value)
    }

    /// The digest of bytes that could not be read.
    #[must_use]
    pub fn of_bytes(bytes: &[u8]) -> Self {
        Self::Digest { length: bytes.len(), sha256: hex::encode(Sha256::digest(bytes)) }
    }
}

/// Why dead letters were not acknowledged. Sending them again is always right: a reader of the topic
/// tells repeats by their key.
#[derive(Debug, thiserror::Error)]
#[error("the dead-letter topic did not take the record: {0}")]
pub struct DeadLetterError(pub String);

/// Where dead letters go.
pub trait DeadLetters: Send + Sync {
    /// Sends all letters, and returns when every one is acknowledged.
    fn send<'a>(&'a self, letters: &'a [DeadLetter]) -> BoxFuture<'a, Result<(), DeadLetterError>>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remains_hold_no_secret() {
        let masker = Masker::built_in();
        let event =
            Event { request_body: "{\"password\":\"hunter2\"", path: "/a?token=hunter2", ..Event::default() };
        let Remains::Redacted(value) = Remains::of_event(&masker, &event) else { panic!("not redacted") };
        assert!(!String::from_utf8_lossy(&value).contains("hunter2"));
        assert_eq!(record::decode(&value).unwrap()[0].path, "/a?token=********");
        let digest = Remains::of_bytes(b"hunter2");
        assert!(
            matches!(digest, Remains::Digest { length: 7, .. }) && !format!("{digest:?}").contains("hunter2")
        );
    }
}
