//! What people do here reaches the events topic, once for each entry, on a real broker.

#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a fixture that cannot be built fails its test")]

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use bataudit_control::outbox::{self as entries, Act};
use bataudit_control::{Actor, Config, Store};
use bataudit_event::access::{Entry, EntryKey, Stream};
use bataudit_event::id::partition_of;
use bataudit_event::record;
use bataudit_kafka::topics::{self, TopicLayout};
use bataudit_kafka::{Connection, Topics};
use bataudit_sentinel::events_topic::EventsTopic;
use bataudit_sentinel::outbox;
use bataudit_sentinel::publish::diff::Change;
use bataudit_sentinel::publish::topic::AccessTopic;
use bataudit_service::{Env, Field, Shutdown};
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::message::Message;
use rdkafka::{Offset, TopicPartitionList};
use tempfile::TempDir;
use uuid::Uuid;

const BROKERS: Field =
    Field::new("BATAUDIT_TEST_KAFKA_BROKERS", "127.0.0.1:19092", "Kafka of `make services-up`.");
const SERVICES: &str = "Kafka does not answer: run `make services-up`";
const PARTITIONS: i32 = 4;
/// Ids lie on fewer partitions than there are, as after the topic got more.
const SPREAD: i32 = 3;

struct Installation {
    kafka: Connection,
    topics: Topics,
    access: AccessTopic,
    store: Store,
    _folder: TempDir,
}

impl Installation {
    async fn new() -> Self {
        let kafka = Connection::plaintext(Env::from_process().text(&BROKERS));
        let topics = Topics::with_prefix(&format!("sentinel-outbox-{}", Uuid::new_v4()));
        let layout = TopicLayout { partitions: PARTITIONS, replication: 1, retention_ms: 3_600_000 };
        topics::create(&kafka, &topics, layout).await.expect(SERVICES);
        let access = AccessTopic::new(kafka.clone(), &topics).unwrap();
        let folder = TempDir::new().unwrap();
        // A busy machine may take its time; a test that is only slow must not fail.
        let file = folder.path().join("control.db");
        let patient = Config { timeout: Duration::from_secs(60), ..Config::sqlite(&file) };
        let store = Store::connect(&patient).await.unwrap();
        store.migrate().await.unwrap();
        Self { kafka, topics, access, store, _folder: folder }
    }

    /// As sentinel's publishing room does it.
    async fn say_where_ids_lie(&self) {
        let stream = Entry::Stream(Stream { id_partitions: SPREAD }).encode();
        let put = Change::Put(EntryKey::Stream.encode(), stream);
        self.access.publish(&[put]).await.expect(SERVICES);
    }

    fn events(&self) -> EventsTopic {
        EventsTopic::new(&self.kafka, &self.topics, self.access.clone()).unwrap()
    }

    async fn act(&self, n: usize) {
        let store = self.store.acting(Actor::default());
        entries::record(&store, Act::done("EXPORT", format!("/events/{n}"))).await.unwrap();
    }

    /// Every event of the topic: partition and path by id, and how many copies there are.
    fn read(&self, at_least: usize) -> BTreeMap<Uuid, Vec<(i32, String)>> {
        let consumer: BaseConsumer = self
            .kafka
            .consumer("test")
            .set("group.id", "test")
            .set("enable.auto.commit", "false")
            .create()
            .unwrap();
        let mut all = TopicPartitionList::new();
        for partition in 0..PARTITIONS {
            all.add_partition_offset(&self.topics.events, partition, Offset::Beginning).unwrap();
        }
        consumer.assign(&all).unwrap();
        let (mut found, mut count) = (BTreeMap::<Uuid, Vec<_>>::new(), 0);
        let begun = Instant::now();
        while count < at_least {
            assert!(begun.elapsed() < Duration::from_secs(60), "{count} of {at_least} events arrived");
            let Some(message) = consumer.poll(Duration::from_millis(100)) else { continue };
            let message = message.unwrap();
            for event in record::decode(message.payload().unwrap()).unwrap() {
                let place = (message.partition(), event.path.to_owned());
                found.entry(Uuid::from_bytes(event.id)).or_default().push(place);
                count += 1;
            }
        }
        found
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn entries_become_events_and_leave() {
    let installation = Installation::new().await;
    installation.say_where_ids_lie().await;
    for n in 0..250 {
        installation.act(n).await;
    }
    let shutdown = Shutdown::new();
    let running =
        tokio::spawn(outbox::run(installation.store.clone(), installation.events(), shutdown.clone()));
    let emptied = tokio::time::timeout(Duration::from_secs(60), async {
        while !entries::oldest(&installation.store, 1).await.unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
    });
    emptied.await.expect("the outbox was not emptied");
    shutdown.trigger();
    running.await.unwrap();
    let found = installation.read(250);
    assert_eq!(found.len(), 250);
    for (id, places) in found {
        assert_eq!(places.len(), 1, "published once");
        assert_eq!(places[0].0, partition_of(id.as_bytes(), SPREAD), "where the gateways would put it");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crash_before_the_removal_repeats_the_same_event() {
    let installation = Installation::new().await;
    installation.say_where_ids_lie().await;
    installation.act(1).await;
    let waiting = entries::oldest(&installation.store, 10).await.unwrap();
    // Published, acknowledged, and then this sentinel died.
    let events: Vec<_> = waiting.iter().map(outbox::event::outgoing).collect();
    installation.events().publish(&events).await.expect(SERVICES);
    assert_eq!(outbox::round(&installation.store, &mut installation.events()).await.unwrap(), 1);
    assert_eq!(entries::oldest(&installation.store, 10).await.unwrap(), []);
    let found = installation.read(2);
    assert_eq!(found.len(), 1, "one id");
    let places = &found[&waiting[0].id];
    assert_eq!(places[0], places[1], "in one place, with one content");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_leaves_before_it_is_known_where_ids_lie() {
    let installation = Installation::new().await;
    installation.act(1).await;
    let mut events = installation.events();
    let error = outbox::round(&installation.store, &mut events).await.unwrap_err();
    assert!(error.to_string().contains("where ids lie"), "{error}");
    assert_eq!(entries::oldest(&installation.store, 10).await.unwrap().len(), 1);
    installation.say_where_ids_lie().await;
    assert_eq!(outbox::round(&installation.store, &mut events).await.unwrap(), 1);
}
