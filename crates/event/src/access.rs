//! The compacted access topic: what the gateway knows of API keys and projects, and the processor of
//! masking rules, without a database. Sentinel writes it from the control store; every gateway and
//! every processor reads it to its end before it is ready and follows it from then on. It holds salts
//! of hashes, and so belongs to those services alone.
//!
//! The Kafka key names the entry, the value is JSON; a record without a value (tombstone) removes
//! the entry.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The key of an access record.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EntryKey {
    /// An API key, by the lower-case hex SHA-256 of its text.
    ApiKey(String),
    /// A project, by its id.
    Project(Uuid),
    /// The masking rules of a project, by its id.
    MaskRules(Uuid),
    /// How events lie on their topic.
    Stream,
}

impl EntryKey {
    /// The bytes of the Kafka key.
    #[must_use]
    pub fn encode(&self) -> String {
        match self {
            Self::ApiKey(hash) => format!("key:{hash}"),
            Self::Project(id) => format!("project:{id}"),
            Self::MaskRules(id) => format!("mask:{id}"),
            // Sorts before all keys: a gateway knows where an id lies before it lets anybody in.
            Self::Stream => "events:stream".to_owned(),
        }
    }

    /// Reads the bytes of a Kafka key; `None` for a kind this version does not know.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let (kind, name) = std::str::from_utf8(bytes).ok()?.split_once(':')?;
        match kind {
            "key" => Some(Self::ApiKey(name.to_owned())),
            "project" => Some(Self::Project(Uuid::try_parse(name).ok()?)),
            "mask" => Some(Self::MaskRules(Uuid::try_parse(name).ok()?)),
            "events" if name == "stream" => Some(Self::Stream),
            _ => None,
        }
    }
}

/// What a key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyScope {
    /// Writes events of one project.
    Project,
    /// Writes events of any project; the service name decides which.
    Instance,
    /// Writes browser events of one project, from the listed origins only.
    Browser,
}

/// How many events a key may send.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rate {
    /// Events per second, over time.
    pub per_second: u32,
    /// Events at once.
    pub burst: u32,
}

/// An API key as the gateway needs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKey {
    /// The project it belongs to.
    pub project_id: Uuid,
    /// What it may do.
    pub scope: KeyScope,
    /// Origins a browser key may be used from, such as `https://app.example.com`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub origins: Vec<String>,
    /// When it stops working, unix milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<i64>,
    /// What it may send; what every key may unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<Rate>,
}

/// A project as the gateway needs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Project {
    /// Its slug, which instance keys address by service name.
    pub slug: String,
    /// Whether it takes no events any more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub archived: bool,
}

/// The masking rules of a project as the processor needs them.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MaskRules {
    /// Counts the changes of these rules, from 1.
    pub version: u32,
    /// What hashes are salted with, as hex. A secret.
    pub salt: String,
    /// The list of rules, as the author wrote it; checked before it was stored, and again by whoever
    /// masks by it.
    pub rules: serde_json::Value,
}

impl fmt::Debug for MaskRules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MaskRules").field("version", &self.version).finish_non_exhaustive()
    }
}

/// How events lie on their topic: written once, when the installation first starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stream {
    /// Among how many partitions, the first ones, repeatable events are spread by their ids. It stays what
    /// it is when the topic gets more partitions: otherwise a repeat would no longer meet the first copy.
    pub id_partitions: i32,
}

/// The value of an access record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Entry {
    /// An API key.
    ApiKey(ApiKey),
    /// A project.
    Project(Project),
    /// The masking rules of a project.
    MaskRules(MaskRules),
    /// How events lie on their topic.
    Stream(Stream),
}

impl Entry {
    /// The bytes of the Kafka value.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        // Serialising these types cannot fail: every key of a map is a text.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Reads the bytes of a Kafka value; `None` when this version does not understand them.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_round_trip() {
        let entry = Entry::ApiKey(ApiKey {
            project_id: Uuid::from_u128(1),
            scope: KeyScope::Browser,
            origins: vec!["https://app.example.com".to_owned()],
            expires_at: Some(5),
            rate: Some(Rate { per_second: 10, burst: 100 }),
        });
        assert_eq!(Entry::decode(&entry.encode()), Some(entry));
        for key in [EntryKey::Project(Uuid::from_u128(2)), EntryKey::MaskRules(Uuid::from_u128(3))] {
            assert_eq!(EntryKey::decode(key.encode().as_bytes()), Some(key));
        }
        let rules = serde_json::json!([{"key": "a"}]);
        let rules = Entry::MaskRules(MaskRules { version: 7, salt: "5a17".to_owned(), rules });
        assert!(!format!("{rules:?}").contains("5a17"), "a salt is a secret");
        assert_eq!(Entry::decode(&rules.encode()), Some(rules));
        let stream = Entry::Stream(Stream { id_partitions: 6 });
        assert_eq!(Entry::decode(&stream.encode()), Some(stream));
        assert_eq!(EntryKey::decode(EntryKey::Stream.encode().as_bytes()), Some(EntryKey::Stream));
    }

    #[test]
    fn unknown_kinds_are_skipped() {
        assert_eq!(EntryKey::decode(b"quota:1"), None);
        assert_eq!(Entry::decode(br#"{"kind":"quota","n":1}"#), None);
        let later = br#"{"kind":"project","slug":"a","colour":"red"}"#;
        assert_eq!(
            Entry::decode(later),
            Some(Entry::Project(Project { slug: "a".to_owned(), archived: false }))
        );
    }
}
