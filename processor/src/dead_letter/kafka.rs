//! Dead letters on Kafka, keyed by where they came from.

use std::time::Duration;

use bataudit_event::dead_letter::{
    DETAIL, LENGTH, REASON, SHA256, SOURCE_EPOCH, SOURCE_INDEX, SOURCE_OFFSET, SOURCE_PARTITION, SOURCE_TOPIC,
};
use bataudit_event::record::{COUNT_HEADER, FORMAT, FORMAT_HEADER};
use bataudit_kafka::{Connection, Topics};
use futures::future::BoxFuture;
use rdkafka::ClientContext;
use rdkafka::error::KafkaError;
use rdkafka::message::{DeliveryResult, Header, OwnedHeaders};
use rdkafka::producer::{BaseRecord, Producer, ProducerContext, ThreadedProducer};
use tokio::sync::oneshot;

use super::{DeadLetter, DeadLetterError, DeadLetters, Remains};

/// How long the broker may take to acknowledge a letter.
const ACK_TIMEOUT: Duration = Duration::from_secs(20);

/// Passes on whether the broker took a record.
struct Acks;

type Ack = oneshot::Sender<Result<(), KafkaError>>;

impl ClientContext for Acks {}

impl ProducerContext for Acks {
    type DeliveryOpaque = Box<Ack>;

    fn delivery(&self, result: &DeliveryResult<'_>, ack: Self::DeliveryOpaque) {
        // Nobody waits any more when the lane was stopped.
        drop(ack.send(result.as_ref().map(|_| ()).map_err(|(error, _)| error.clone())));
    }
}

/// The dead-letter topic.
pub struct KafkaDeadLetters {
    producer: ThreadedProducer<Acks>,
    topic: String,
    source: String,
    epoch: String,
}

impl KafkaDeadLetters {
    /// A producer to the dead-letter topic, of what lay in this life of the events topic.
    ///
    /// # Errors
    /// When the client cannot be made of this configuration.
    pub fn try_new(connection: &Connection, topics: &Topics, epoch: &str) -> Result<Self, KafkaError> {
        let mut client = connection.client("bataudit-processor-dead-letters");
        client
            .set("acks", "all")
            .set("enable.idempotence", "true")
            .set("compression.type", "zstd")
            .set("linger.ms", "0")
            .set("message.max.bytes", "8388608")
            .set("message.timeout.ms", "15000")
            .set("queue.buffering.max.kbytes", "65536");
        let producer = client.create_with_context(Acks)?;
        let (topic, source) = (topics.dead_letters.clone(), topics.events.clone());
        Ok(Self { producer, topic, source, epoch: epoch.to_owned() })
    }

    fn produce(&self, letter: &DeadLetter) -> Result<oneshot::Receiver<Result<(), KafkaError>>, KafkaError> {
        let (ack, acked) = oneshot::channel();
        let key = format!("{}-{}-{}", self.source, letter.partition, letter.offset);
        let value: &[u8] = match &letter.remains {
            Remains::Redacted(value) => value,
            Remains::Digest { .. } => b"",
        };
        let record = BaseRecord::with_opaque_to(&self.topic, Box::new(ack))
            .key(&key)
            .payload(value)
            .headers(self.headers(letter));
        self.producer.send(record).map_err(|(error, _)| error)?;
        Ok(acked)
    }

    fn headers(&self, letter: &DeadLetter) -> OwnedHeaders {
        let mut headers = vec![
            (REASON, letter.reason.to_owned()),
            (DETAIL, letter.detail.clone()),
            (SOURCE_TOPIC, self.source.clone()),
            (SOURCE_PARTITION, letter.partition.to_string()),
            (SOURCE_OFFSET, letter.offset.to_string()),
            (SOURCE_EPOCH, self.epoch.clone()),
            (COUNT_HEADER, letter.events.to_string()),
        ];
        headers.extend(letter.index.map(|index| (SOURCE_INDEX, index.to_string())));
        match &letter.remains {
            Remains::Redacted(_) => {
                headers.push((FORMAT_HEADER, String::from_utf8_lossy(FORMAT).into_owned()))
            }
            Remains::Digest { length, sha256 } => {
                headers.push((LENGTH, length.to_string()));
                headers.push((SHA256, sha256.clone()));
            }
        }
        let owned = OwnedHeaders::new_with_capacity(headers.len());
        headers.iter().fold(owned, |owned, (key, value)| owned.insert(Header { key, value: Some(value) }))
    }

    async fn send_all(&self, letters: &[DeadLetter]) -> Result<(), KafkaError> {
        let mut waiting = Vec::with_capacity(letters.len());
        for letter in letters {
            waiting.push(self.produce(letter)?);
        }
        for acked in waiting {
            acked.await.map_err(|_| KafkaError::Canceled)??;
        }
        Ok(())
    }
}

impl DeadLetters for KafkaDeadLetters {
    fn send<'a>(&'a self, letters: &'a [DeadLetter]) -> BoxFuture<'a, Result<(), DeadLetterError>> {
        Box::pin(async move {
            match tokio::time::timeout(ACK_TIMEOUT, self.send_all(letters)).await {
                Ok(sent) => sent.map_err(|error| DeadLetterError(error.to_string())),
                Err(_) => Err(DeadLetterError(format!("no acknowledgement within {ACK_TIMEOUT:?}"))),
            }
        })
    }
}

impl Drop for KafkaDeadLetters {
    fn drop(&mut self) {
        // Whatever is still in the queue was not confirmed, and comes again with its batch.
        drop(self.producer.flush(Duration::ZERO));
    }
}
