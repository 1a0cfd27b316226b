//! The events topic, as sentinel writes to it: every record acknowledged, and copies of one event in one
//! partition.

use std::time::Duration;

use bataudit_event::access::{Entry, EntryKey};
use bataudit_event::id::partition_of;
use bataudit_event::record::{COUNT_HEADER, FORMAT, FORMAT_HEADER};
use bataudit_kafka::{Connection, Topics};
use rdkafka::error::KafkaError;
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::{FutureProducer, FutureRecord};
use uuid::Uuid;

use crate::publish::topic::{AccessTopic, TopicError};

/// How long the brokers may take to acknowledge a record.
const DEADLINE: Duration = Duration::from_secs(20);

/// A record of one event of BatAudit's own: the same bytes whenever it is published again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// The event's id, which decides its partition.
    pub id: Uuid,
    /// The record's value.
    pub value: Vec<u8>,
}

/// A connection to the events topic.
#[derive(Clone)]
pub struct EventsTopic {
    topic: String,
    producer: FutureProducer,
    access: AccessTopic,
    /// Among how many partitions ids are spread, once that was read: it never changes.
    spread: Option<i32>,
}

impl EventsTopic {
    /// Prepares a producer; nothing is sent yet. `access` says where ids lie.
    ///
    /// # Errors
    /// When the Kafka settings are refused by the client.
    pub fn new(connection: &Connection, topics: &Topics, access: AccessTopic) -> Result<Self, TopicError> {
        let producer = connection
            .client("bataudit-sentinel-outbox")
            .set("enable.idempotence", "true")
            .set("acks", "all")
            .set("linger.ms", "5")
            .set("message.timeout.ms", DEADLINE.as_millis().to_string())
            .set("message.max.bytes", "8388608")
            .set("allow.auto.create.topics", "false")
            .create()?;
        Ok(Self { topic: topics.events.clone(), producer, access, spread: None })
    }

    /// Publishes events and waits until all are acknowledged.
    ///
    /// # Errors
    /// When any was not acknowledged in time: all must be published again.
    pub async fn publish(&mut self, events: &[Outgoing]) -> Result<(), TopicError> {
        let partitions = self.partitions().await?;
        let mut sent = Vec::with_capacity(events.len());
        for Outgoing { id, value } in events {
            let record = FutureRecord::<(), [u8]>::to(&self.topic)
                .partition(partition_of(id.as_bytes(), partitions))
                .headers(headers())
                .payload(value);
            sent.push(self.producer.send_result(record).map_err(|(error, _)| error)?);
        }
        for delivery in sent {
            let lost = |_| KafkaError::Canceled;
            delivery.await.map_err(lost)?.map_err(|(error, _)| error)?;
        }
        Ok(())
    }

    /// Among how many partitions ids are spread, as the gateways spread them.
    async fn partitions(&mut self) -> Result<i32, TopicError> {
        let spread = match self.spread {
            Some(spread) => spread,
            None => {
                let entries = self.access.read().await?;
                let found = entries.get(&EntryKey::Stream.encode()).and_then(|value| Entry::decode(value));
                let Some(Entry::Stream(stream)) = found else {
                    // It is about to be written, by this sentinel's own other room.
                    return Err(TopicError::NoStream);
                };
                *self.spread.insert(stream.id_partitions)
            }
        };
        let count = self.access.events_partitions().await?;
        Ok(if (1..=count).contains(&spread) { spread } else { count })
    }
}

fn headers() -> OwnedHeaders {
    OwnedHeaders::new_with_capacity(2)
        .insert(Header { key: FORMAT_HEADER, value: Some(FORMAT) })
        .insert(Header { key: COUNT_HEADER, value: Some("1") })
}
