//! Retention that cuts into what no processor has read: this loses events by design, and must be
//! recorded as an incident.

use std::time::Duration;

use bataudit_kafka::Connection;
use rand::Rng as _;
use rand::rngs::StdRng;
use rdkafka::admin::{AdminClient, AdminOptions};
use rdkafka::client::DefaultClientContext;
use rdkafka::{Offset, TopicPartitionList};

use crate::chaos::log::Log;
use crate::chaos::rig::{Cut, PARTITIONS, Rig};
use crate::wait::{eventually, holds};

const ANSWER: Duration = Duration::from_secs(30);
/// Records that wait unread before a cut.
const UNREAD: i64 = 10;

/// Kafka deletes some records that wait while no processor runs; returns whether there were any.
pub(in super::super) async fn cut(rig: &Rig, random: &mut StdRng) -> bool {
    let _kafka = rig.kafka.lock().await;
    // A third processor would read what is about to be deleted.
    let _third = rig.third.lock().await;
    let (log, partition) = (Log::new(&rig.brokers, &rig.topics), random.random_range(0..PARTITIONS));
    let at = usize::try_from(partition).expect("a partition");
    // What was never read is no incident.
    eventually("something is committed", ANSWER, async || {
        let progress = log.progress().await?[at];
        holds(progress.committed.is_some_and(|offset| offset > progress.low), format!("{progress:?}"))
    })
    .await;
    let (mut first, mut second) = (rig.processors[0].lock().await, rig.processors[1].lock().await);
    first.process.kill();
    second.process.kill();
    let waiting = eventually("records wait unread", ANSWER, async || {
        let progress = log.progress().await?[at];
        let waiting = progress.high - progress.committed.unwrap_or(progress.low);
        holds(waiting >= UNREAD, format!("{progress:?}")).map(|()| progress)
    })
    .await;
    let from = waiting.committed.unwrap_or(waiting.low);
    let to = from + random.random_range(1..UNREAD);
    let mut entries = log.entries(&vec![0; usize::try_from(PARTITIONS).expect("few")]).await;
    entries.retain(|entry| entry.partition == partition && entry.offset < to);
    rig.cuts.lock().await.push(Cut { partition, from, to, entries });
    delete_records(rig, partition, to).await;
    first.process.restart();
    second.process.restart();
    true
}

async fn delete_records(rig: &Rig, partition: i32, to: i64) {
    let client = Connection::plaintext(&rig.brokers).client("bataudit-e2e");
    let admin: AdminClient<DefaultClientContext> = client.create().expect("an admin client");
    let options = AdminOptions::new().request_timeout(Some(ANSWER)).operation_timeout(Some(ANSWER));
    let mut before = TopicPartitionList::new();
    before.add_partition_offset(&rig.topics.events, partition, Offset::Offset(to)).expect("an offset");
    admin.delete_records(&before, &options).await.expect("the records are deleted");
}
