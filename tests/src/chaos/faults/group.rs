//! Members of the consumer group that come, go, and do what they should not.

use std::time::Duration;

use bataudit_kafka::Connection;
use rand::Rng as _;
use rand::rngs::StdRng;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer as _};
use rdkafka::{Offset, TopicPartitionList};

use super::some;
use super::topic::EPOCH;
use crate::chaos::rig::{NAME, PARTITIONS, Rig, SESSION, start_processor};

/// How long a member may take to be in the group, with the others handing over.
const JOINED: Duration = Duration::from_secs(30);
/// How long an orderly end may take.
const ENDED: Duration = Duration::from_secs(20);

/// A third processor joins while the others insert, and ends in order or is killed.
pub(in super::super) async fn join(rig: &Rig, random: &mut StdRng) {
    let _third = rig.third.lock().await;
    pass_through(rig, random).await;
}

/// As [`join`], for whoever keeps others from it.
pub(super) async fn pass_through(rig: &Rig, random: &mut StdRng) {
    let env = {
        let link = rig.store_link.lock().await;
        let kafka = match &rig.processor_link {
            Some(link) => link.lock().await.address().to_string(),
            None => rig.brokers.clone(),
        };
        [
            ("BATAUDIT_CLICKHOUSE_URL", format!("http://{}", link.address())),
            ("BATAUDIT_KAFKA_BROKERS", kafka),
            (EPOCH, rig.epoch().to_string()),
        ]
    };
    // A name of its own each time: nobody waits for the one that was killed before.
    let mut third = start_processor(&rig.starter, random.random_range(3..1_000_000), &env);
    some(300..2500, random).await;
    if random.random() {
        third.process.stop(ENDED).await;
    } else {
        third.process.kill();
    }
}

/// A member that owns no partition commits one, some way back and without any metadata: what the
/// broker allows and a processor must survive.
pub(in super::super) async fn foreign_commit(rig: &Rig, random: &mut StdRng) -> bool {
    let (brokers, events) = (rig.brokers.clone(), rig.topics.events.clone());
    let (partition, back) = (random.random_range(0..PARTITIONS), random.random_range(0..20));
    let _intents = rig.intents.lock().await;
    let meddle = move || meddle(&brokers, &events, partition, back);
    let refused = tokio::task::spawn_blocking(meddle).await.expect("the foreign member");
    if let Some(why) = &refused {
        rig.note(&format!("the foreign commit was refused: {why}")).await;
    }
    // Whoever owns the partition now starts from what the stranger left.
    super::process::kill_processors(rig, random).await;
    refused.is_none()
}

fn meddle(brokers: &str, topic: &str, partition: i32, back: i64) -> Option<String> {
    let mut client = Connection::plaintext(brokers).client("bataudit-e2e");
    client
        .set("group.id", NAME)
        .set("group.protocol", "classic")
        .set("partition.assignment.strategy", "cooperative-sticky")
        .set("session.timeout.ms", SESSION.as_millis().to_string())
        .set("enable.auto.commit", "false");
    let consumer: BaseConsumer = client.create().expect("a consumer");
    // A topic of which it gets nothing to do with events: it is in the group and owns none of them.
    consumer.subscribe(&[&topic.replace(".events", ".dead-letters")]).expect("a subscription");
    let end = std::time::Instant::now() + JOINED;
    while consumer.assignment().map_or(true, |assigned| assigned.count() == 0) {
        if std::time::Instant::now() > end {
            return Some("it did not get into the group".to_owned());
        }
        drop(consumer.poll(Duration::from_millis(20)));
    }
    let mut asked = TopicPartitionList::new();
    asked.add_partition(topic, partition);
    let committed = match consumer.committed_offsets(asked, JOINED) {
        Ok(offsets) => offsets.elements().first().map(|element| element.offset()),
        Err(error) => return Some(error.to_string()),
    };
    let Some(Offset::Offset(committed)) = committed else {
        return Some("nothing is committed yet".to_owned());
    };
    let mut offsets = TopicPartitionList::new();
    let at = Offset::Offset((committed - back).max(0));
    offsets.add_partition_offset(topic, partition, at).expect("an offset");
    consumer.commit(&offsets, CommitMode::Sync).err().map(|error| error.to_string())
}
