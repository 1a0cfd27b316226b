//! Kafka as the checker of the tests sees it: whole topics read, and topics removed afterwards.

use std::time::{Duration, Instant};

use bataudit_kafka::{Connection, Topics};
use rdkafka::admin::{AdminClient, AdminOptions};
use rdkafka::client::DefaultClientContext;
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::error::KafkaError;
use rdkafka::message::{Headers as _, Message as _};
use rdkafka::producer::{FutureProducer, FutureRecord};
use rdkafka::{Offset, TopicPartitionList};

const TIMEOUT: Duration = Duration::from_secs(20);

/// A record as it lies in a topic.
#[derive(Debug, Clone)]
pub struct Record {
    /// Its key.
    pub key: Vec<u8>,
    /// Its value; empty for a tombstone.
    pub value: Vec<u8>,
    /// Its headers.
    pub headers: Vec<(String, Vec<u8>)>,
}

/// Everything a topic of one partition holds.
///
/// # Panics
/// When Kafka does not deliver it in time.
pub async fn read_all(brokers: &str, topic: &str) -> Vec<Record> {
    let (connection, topic) = (Connection::plaintext(brokers), topic.to_owned());
    let read = tokio::task::spawn_blocking(move || read_blocking(&connection, &topic));
    read.await.expect("the reader of a topic")
}

fn read_blocking(connection: &Connection, topic: &str) -> Vec<Record> {
    let mut client = connection.client("bataudit-e2e");
    client
        .set("group.id", "bataudit-e2e")
        .set("enable.partition.eof", "true")
        .set("enable.auto.commit", "false");
    let consumer: BaseConsumer = client.create().expect("a consumer");
    let mut assignment = TopicPartitionList::new();
    assignment.add_partition_offset(topic, 0, Offset::Beginning).expect("an assignment");
    consumer.assign(&assignment).expect("an assignment");
    let (end, mut records) = (Instant::now() + TIMEOUT, Vec::new());
    while Instant::now() < end {
        match consumer.poll(Duration::from_millis(200)) {
            Some(Ok(message)) => records.push(record(&message)),
            Some(Err(KafkaError::PartitionEOF(_))) => return records,
            Some(Err(_)) | None => {}
        }
    }
    panic!("{topic} was not read to its end within {TIMEOUT:?}");
}

fn record(message: &rdkafka::message::BorrowedMessage<'_>) -> Record {
    let headers = message.headers().into_iter().flat_map(|headers| headers.iter());
    Record {
        key: message.key().unwrap_or_default().to_vec(),
        value: message.payload().unwrap_or_default().to_vec(),
        headers: headers.map(|h| (h.key.to_owned(), h.value.unwrap_or_default().to_vec())).collect(),
    }
}

/// Writes a record that no gateway would write.
///
/// # Panics
/// When Kafka does not acknowledge it.
pub async fn write(brokers: &str, topic: &str, value: &[u8]) {
    let producer: FutureProducer =
        Connection::plaintext(brokers).client("bataudit-e2e").create().expect("a producer");
    let record = FutureRecord::<[u8], [u8]>::to(topic).payload(value);
    producer.send(record, TIMEOUT).await.map_err(|(error, _)| error).expect("an acknowledgement");
}

/// Removes the topics and the consumer group of a test; those that were never made do not matter.
///
/// # Errors
/// When Kafka does not answer.
pub async fn remove(brokers: &str, topics: &Topics, group: &str) -> Result<(), String> {
    let client = Connection::plaintext(brokers).client("bataudit-e2e");
    let admin: AdminClient<DefaultClientContext> = client.create().map_err(|error| error.to_string())?;
    let names = [topics.events.as_str(), &topics.access, &topics.dead_letters];
    let options = AdminOptions::new().request_timeout(Some(TIMEOUT)).operation_timeout(Some(TIMEOUT));
    admin.delete_groups(&[group], &options).await.map_err(|error| error.to_string())?;
    admin.delete_topics(&names, &options).await.map(drop).map_err(|error| error.to_string())
}
