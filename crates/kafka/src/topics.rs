//! The topics of an installation and how they are made. Only the migrate step makes topics, so that
//! a service whose topic vanished fails loudly instead of making an empty one.

use std::time::Duration;

use bataudit_service::env::{Env, Field};
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};

use crate::{Connection, refusal};

/// Prefix of all topic names.
pub const PREFIX: Field =
    Field::new("BATAUDIT_KAFKA_TOPIC_PREFIX", "bataudit", "First part of every topic name.");
/// Partitions of the events topic.
pub const PARTITIONS: Field = Field::new(
    "BATAUDIT_KAFKA_PARTITIONS",
    "6",
    "Partitions of the events topic when the migrate step makes it: the most processors that can share the work.",
);
/// Copies of each partition.
pub const REPLICATION: Field = Field::new(
    "BATAUDIT_KAFKA_REPLICATION",
    "1",
    "Copies of each partition when the migrate step makes a topic: 3 in production.",
);
/// How long the events topic keeps what was written.
pub const RETENTION_MS: Field = Field::new(
    "BATAUDIT_KAFKA_RETENTION_MS",
    "604800000",
    "How long Kafka keeps events, in milliseconds (7 days): the longest outage of ClickHouse that loses nothing.",
);

/// The variables read here. The last three matter to the migrate step only.
pub const FIELDS: &[&Field] = &[&PREFIX, &PARTITIONS, &REPLICATION, &RETENTION_MS];

const REQUEST_TIMEOUT: Duration = Duration::from_secs(15);

/// Names of the topics.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topics {
    /// Records of events, from ingest to the processor.
    pub events: String,
    /// Keys and projects, from sentinel to every ingest; compacted, one partition.
    pub access: String,
    /// What could never be stored, with the reason.
    pub dead_letters: String,
}

impl Topics {
    /// The topics under this prefix.
    #[must_use]
    pub fn with_prefix(prefix: &str) -> Self {
        Self {
            events: format!("{prefix}.events"),
            access: format!("{prefix}.access"),
            dead_letters: format!("{prefix}.dead-letters"),
        }
    }

    /// Reads the prefix.
    pub fn from_env(env: &mut Env) -> Self {
        let prefix = env.text(&PREFIX);
        let legal = prefix.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'));
        env.check(legal && prefix.len() <= 200, &PREFIX, "may hold letters, digits, '.', '_' and '-' only");
        Self::with_prefix(&prefix)
    }
}

/// How the migrate step makes topics.
#[derive(Debug, Clone, Copy)]
pub struct TopicLayout {
    /// Partitions of the events topic.
    pub partitions: i32,
    /// Copies of each partition.
    pub replication: i32,
    /// Retention of the events topic in milliseconds.
    pub retention_ms: i64,
}

impl TopicLayout {
    /// Reads the layout variables.
    pub fn from_env(env: &mut Env) -> Self {
        let layout = Self {
            partitions: env.parse(&PARTITIONS),
            replication: env.parse(&REPLICATION),
            retention_ms: env.parse(&RETENTION_MS),
        };
        env.check((1..=1000).contains(&layout.partitions), &PARTITIONS, "must be between 1 and 1000");
        env.check((1..=9).contains(&layout.replication), &REPLICATION, "must be between 1 and 9");
        env.check(layout.retention_ms > 0, &RETENTION_MS, "must be above 0");
        layout
    }
}

/// How long the brokers have for a first answer; after that the request itself is tried.
const FIRST_CONTACT: Duration = Duration::from_secs(3);

/// Why the topics could not be made.
#[derive(Debug, thiserror::Error)]
pub enum TopicError {
    /// The broker did not answer, or refused the request as a whole.
    #[error("Kafka did not create the topics: {0}")]
    Request(#[from] KafkaError),
    /// A certificate or a password was not believed.
    #[error(
        "Kafka and this process do not trust each other: {0}; see BATAUDIT_KAFKA_SECURITY_PROTOCOL, _SSL_ and _SASL_"
    )]
    Trust(String),
    /// The broker refused one topic.
    #[error("Kafka refused to create topic {topic}: {code}")]
    Refused {
        /// The topic.
        topic: String,
        /// The broker's reason.
        code: RDKafkaErrorCode,
    },
}

/// Makes the topics that do not exist yet; existing ones stay as they are.
///
/// # Errors
/// When the broker cannot be reached within 15 s or refuses a topic.
pub async fn create(connection: &Connection, topics: &Topics, layout: TopicLayout) -> Result<(), TopicError> {
    let first = connection.clone();
    let contact = tokio::task::spawn_blocking(move || refusal::find(&first, FIRST_CONTACT)).await;
    if let Ok(Some(reason)) = contact {
        return Err(TopicError::Trust(reason));
    }
    let admin: AdminClient<DefaultClientContext> = connection.client("bataudit-migrate").create()?;
    let retention = layout.retention_ms.to_string();
    let copies = || TopicReplication::Fixed(layout.replication);
    // An acknowledged event must be on more than one broker where there is more than one.
    let in_sync = if layout.replication >= 3 { "2" } else { "1" };
    let wanted = [
        NewTopic::new(&topics.events, layout.partitions, copies())
            .set("retention.ms", &retention)
            .set("max.message.bytes", "8388608"),
        NewTopic::new(&topics.access, 1, copies()).set("cleanup.policy", "compact"),
        NewTopic::new(&topics.dead_letters, 1, copies())
            .set("retention.ms", "-1")
            .set("max.message.bytes", "8388608"),
    ]
    .map(|topic| topic.set("min.insync.replicas", in_sync));
    let options =
        AdminOptions::new().request_timeout(Some(REQUEST_TIMEOUT)).operation_timeout(Some(REQUEST_TIMEOUT));
    for result in admin.create_topics(&wanted, &options).await? {
        match result {
            Ok(topic) => tracing::info!(topic, "Created the topic."),
            Err((_, RDKafkaErrorCode::TopicAlreadyExists)) => {}
            Err((topic, code)) => return Err(TopicError::Refused { topic, code }),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        let topics = Topics::with_prefix("t1");
        assert_eq!(topics.events, "t1.events");
        assert_eq!(topics.access, "t1.access");
        assert_eq!(topics.dead_letters, "t1.dead-letters");
    }

    #[test]
    fn illegal_prefixes_are_problems() {
        let mut env = Env::from_pairs([("BATAUDIT_KAFKA_TOPIC_PREFIX", "a b")]);
        Topics::from_env(&mut env);
        assert!(env.finish().is_err());
    }
}
