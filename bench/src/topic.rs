//! The events topic as the benches see it: how many records and events lie in it, what the group has
//! committed.

use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use bataudit_event::record::{self, COUNT_HEADER};
use bataudit_kafka::Connection;
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::message::Headers as _;
use rdkafka::{Message as _, Offset, TopicPartitionList};
use tokio::time::interval;

const TIMEOUT: Duration = Duration::from_secs(10);
/// How often a commit is looked for.
const LOOK: Duration = Duration::from_millis(10);

/// Looks at one topic; joins no group.
pub struct Topic {
    consumer: BaseConsumer,
    name: String,
    /// Its partitions.
    pub partitions: i32,
}

impl Topic {
    /// A look at a topic, and at what this group has committed of it.
    ///
    /// # Errors
    /// When Kafka does not answer.
    pub fn open(brokers: &str, name: &str, group: &str) -> anyhow::Result<Self> {
        let mut client = Connection::plaintext(brokers).client("bataudit-bench");
        let consumer: BaseConsumer =
            client.set("group.id", group).set("enable.auto.commit", "false").create()?;
        let metadata = consumer.fetch_metadata(Some(name), TIMEOUT)?;
        let topic = metadata.topics().first().context("no such topic")?;
        let partitions = i32::try_from(topic.partitions().len())?;
        Ok(Self { consumer, name: name.to_owned(), partitions })
    }

    /// How many records lie in it.
    ///
    /// # Errors
    /// When Kafka does not answer.
    pub fn records(&self) -> anyhow::Result<u64> {
        (0..self.partitions)
            .map(|partition| {
                let (low, high) = self.consumer.fetch_watermarks(&self.name, partition, TIMEOUT)?;
                Ok(u64::try_from(high - low)?)
            })
            .sum()
    }

    /// How many events lie in it, but for BatAudit's own. A gateway puts as many into a record as it likes.
    ///
    /// # Errors
    /// When Kafka does not answer, or a record does not hold as many as it says.
    pub fn events(&self) -> anyhow::Result<u64> {
        let mut list = TopicPartitionList::new();
        for partition in 0..self.partitions {
            list.add_partition_offset(&self.name, partition, Offset::Beginning)?;
        }
        self.consumer.assign(&list)?;
        let mut events = 0;
        for _ in 0..self.records()? {
            let message = self.consumer.poll(TIMEOUT).context("Kafka has fewer records than it says")??;
            let headers = message.headers().context("a record without headers")?;
            let count =
                headers.iter().find(|header| header.key == COUNT_HEADER).and_then(|header| header.value);
            let count = std::str::from_utf8(count.context("a record without a count")?)?.parse::<usize>()?;
            let decoded = record::decode(message.payload().unwrap_or_default())?;
            ensure!(decoded.len() == count, "a record says {count} events and holds {}", decoded.len());
            events += decoded.iter().filter(|event| !event.event_type.starts_with("system.")).count() as u64;
        }
        self.consumer.unassign()?;
        Ok(events)
    }

    /// The sum of the offsets the group has committed.
    ///
    /// # Errors
    /// When Kafka does not answer.
    pub fn committed(&self) -> anyhow::Result<i64> {
        let mut list = TopicPartitionList::new();
        list.add_partition_range(&self.name, 0, self.partitions - 1);
        let committed = self.consumer.committed_offsets(list, TIMEOUT)?;
        let offsets = committed.elements().into_iter().map(|element| match element.offset() {
            Offset::Offset(offset) => offset,
            _ => 0,
        });
        Ok(offsets.sum())
    }

    /// Waits until the offsets committed come to at least this sum.
    ///
    /// # Errors
    /// When they do not in time, or Kafka does not answer.
    pub async fn committed_when(&self, sum: i64, deadline: Duration) -> anyhow::Result<()> {
        let (end, mut looks) = (Instant::now() + deadline, interval(LOOK));
        loop {
            looks.tick().await;
            let committed = tokio::task::block_in_place(|| self.committed())?;
            if committed >= sum {
                return Ok(());
            }
            ensure!(Instant::now() < end, "{committed} of {sum} records were committed within {deadline:?}");
        }
    }
}
