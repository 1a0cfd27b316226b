//! Reading and writing positions: what the group has committed, where a log starts and ends, and the one
//! function that commits.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::topic_partition_list::{Offset, TopicPartitionList, TopicPartitionListElem};

use super::context::Context;
use super::lock;
use crate::commit::Commit;
use crate::intent::{self, Reading};
use crate::recover::Origin;

/// How long the broker may take to say what is committed, or where a log starts and ends.
const ASK_TIMEOUT: Duration = Duration::from_secs(5);

/// Positions of one topic in one stream epoch.
#[derive(Debug)]
pub(super) struct Positions {
    pub(super) topic: String,
    pub(super) epoch: String,
    pub(super) ends: Ends,
}

/// The furthest end of every partition that this process has seen, over all its consumers.
#[derive(Debug, Clone, Default)]
pub(super) struct Ends(Arc<Mutex<BTreeMap<i32, i64>>>);

impl Ends {
    /// Notes an end, and returns the furthest.
    pub(super) fn see(&self, partition: i32, end: i64) -> i64 {
        let mut ends = lock(&self.0);
        let furthest = ends.entry(partition).or_insert(end);
        *furthest = end.max(*furthest);
        *furthest
    }
}

impl Positions {
    /// The one function that commits: one partition, synchronously, always with a mark, since a commit
    /// without one would erase the one there is.
    pub(super) fn commit(&self, consumer: &BaseConsumer<Context>, commit: &Commit) -> Result<(), KafkaError> {
        let metadata = intent::encode(commit.mark, &self.epoch, commit.offset);
        let mut list = TopicPartitionList::new();
        list.add_partition_offset(&self.topic, commit.partition, Offset::Offset(commit.offset))?;
        if let Some(mut element) = list.find_partition(&self.topic, commit.partition) {
            element.set_metadata(metadata);
        }
        consumer.commit(&list, CommitMode::Sync)
    }

    /// Whether the broker holds this commit.
    pub(super) fn holds(&self, consumer: &BaseConsumer<Context>, commit: &Commit) -> bool {
        let Ok(committed) = self.committed(consumer, &[commit.partition]) else { return false };
        let reading = Reading::Ours(commit.mark);
        committed == [(commit.partition, Some(commit.offset), reading)]
    }

    /// What Kafka says of these partitions.
    pub(super) fn origins(
        &self,
        consumer: &BaseConsumer<Context>,
        partitions: &[i32],
    ) -> Result<Vec<(i32, Origin)>, KafkaError> {
        let committed = self.committed(consumer, partitions)?.into_iter();
        let origins = committed.map(|(partition, committed, reading)| {
            say(partition, &reading);
            let (low, high) = self.watermarks(consumer, partition)?;
            let seen = self.ends.see(partition, high);
            Ok((partition, Origin { committed, reading, low, high, seen }))
        });
        origins.collect()
    }

    /// The origin of a partition that starts at a given offset.
    pub(super) fn origin_at(
        &self,
        consumer: &BaseConsumer<Context>,
        partition: i32,
        at: i64,
    ) -> Result<Origin, KafkaError> {
        let (low, high) = self.watermarks(consumer, partition)?;
        let seen = self.ends.see(partition, high);
        Ok(Origin { committed: Some(at), reading: Reading::Nothing, low, high, seen })
    }

    fn watermarks(&self, consumer: &BaseConsumer<Context>, partition: i32) -> Result<(i64, i64), KafkaError> {
        consumer.fetch_watermarks(&self.topic, partition, ASK_TIMEOUT)
    }

    /// What the group has committed of these partitions, and the mark beside it.
    fn committed(
        &self,
        consumer: &BaseConsumer<Context>,
        partitions: &[i32],
    ) -> Result<Vec<(i32, Option<i64>, Reading)>, KafkaError> {
        let list = consumer.committed_offsets(list(&self.topic, partitions), ASK_TIMEOUT)?;
        let read = |element: &TopicPartitionListElem<'_>| {
            element.error()?;
            Ok(match element.offset() {
                Offset::Offset(offset) => (element.partition(), Some(offset), self.reading(element, offset)),
                _ => (element.partition(), None, Reading::Nothing),
            })
        };
        list.elements().iter().map(read).collect()
    }

    fn reading(&self, element: &TopicPartitionListElem<'_>, offset: i64) -> Reading {
        // The client panics on metadata that is not UTF-8, which any tool may have written.
        match catch_unwind(AssertUnwindSafe(|| element.metadata().to_owned())) {
            Ok(metadata) => intent::decode(&metadata, &self.epoch, offset),
            Err(_) => Reading::Unreadable("it is not text"),
        }
    }
}

/// Says loudly what is odd about the mark of a partition.
fn say(partition: i32, reading: &Reading) {
    match reading {
        Reading::Nothing | Reading::Ours(_) => {}
        Reading::OtherEpoch(epoch) => tracing::error!(
            partition,
            epoch,
            "The committed offset belongs to another stream epoch and does not count; reads the log from its beginning."
        ),
        Reading::Unreadable(why) => tracing::error!(
            partition,
            why,
            "The committed offset bears metadata that no processor wrote; goes by the offset and the table."
        ),
    }
}

/// Partitions of one topic.
pub(super) fn list(topic: &str, partitions: &[i32]) -> TopicPartitionList {
    let mut list = TopicPartitionList::new();
    for partition in partitions {
        list.add_partition(topic, *partition);
    }
    list
}
