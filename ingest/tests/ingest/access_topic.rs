//! Keys as they arrive through real Kafka: new ones work and revoked ones stop within a second, and
//! a topic that is made anew replaces what was known.

use std::time::{Duration, Instant};

use bataudit_event::access::KeyScope;
use bataudit_ingest::access::{Access, Follower};
use bataudit_kafka::topics::{self, TopicLayout};
use bataudit_kafka::{Connection, Topics};
use bataudit_service::{Env, Field, Health, Shutdown};
use rdkafka::admin::{AdminClient, AdminOptions};
use rdkafka::client::DefaultClientContext;
use rdkafka::mocking::MockCluster;
use rdkafka::producer::{BaseProducer, BaseRecord, DefaultProducerContext, Producer};
use uuid::Uuid;

use crate::support::*;

const BROKERS: Field = Field::new(
    "BATAUDIT_TEST_KAFKA_BROKERS",
    "127.0.0.1:19092",
    "Kafka brokers for tests; `make services-up`.",
);
const LAYOUT: TopicLayout = TopicLayout { partitions: 2, replication: 1, retention_ms: 3_600_000 };

/// Topics of one test on the real broker.
pub(crate) struct RealTopics {
    pub(crate) brokers: String,
    pub(crate) topics: Topics,
}

/// Makes topics of its own for a test.
pub(crate) async fn real_topics(test: &str) -> RealTopics {
    let brokers = Env::from_process().text(&BROKERS);
    let topics = Topics::with_prefix(&format!("test-{test}-{}", Uuid::new_v4().simple()));
    let made = topics::create(&Connection::plaintext(&brokers), &topics, LAYOUT).await;
    made.unwrap_or_else(|error| panic!("Kafka at {brokers}: {error}; run `make services-up`"));
    RealTopics { brokers, topics }
}

impl RealTopics {
    fn connection(&self) -> Connection {
        Connection::plaintext(&self.brokers)
    }

    pub(crate) fn write(&self, records: &[(String, Option<Vec<u8>>)]) {
        let producer: BaseProducer = self.connection().client("test").create().unwrap();
        for (key, value) in records {
            let mut record = BaseRecord::to(&self.topics.access).key(key.as_str());
            if let Some(value) = value {
                record = record.payload(value.as_slice());
            }
            producer.send(record).map_err(|(error, _)| error).unwrap();
        }
        producer.flush(Duration::from_secs(20)).unwrap();
    }

    pub(crate) async fn delete(&self) {
        let Topics { events, access, dead_letters } = &self.topics;
        self.delete_topics(&[events, access, dead_letters]).await;
    }

    async fn delete_topics(&self, topics: &[&str]) {
        let admin: AdminClient<DefaultClientContext> = self.connection().client("test").create().unwrap();
        for deleted in admin.delete_topics(topics, &AdminOptions::new()).await.unwrap() {
            deleted.unwrap();
        }
    }
}

fn knows(access: &Access, key: &str) -> bool {
    access.table().is_some_and(|table| table.find_key(key, 0).is_some())
}

#[tokio::test]
async fn keys_arrive_and_go_within_a_second() {
    let broker = real_topics("ingest-access").await;
    broker.write(&access_records());
    let (access, health, shutdown) = (Access::default(), Health::new(), Shutdown::new());
    let ready = health.part("access");
    let topic = &broker.topics.access;
    let follower =
        Follower::start(&broker.connection(), topic, access.clone(), ready, shutdown.clone()).unwrap();
    assert!(!health.is_ready());
    eventually("the end of the topic", || health.is_ready().then_some(())).await;
    assert!(knows(&access, &project_key()) && !knows(&access, &revoked_key()));
    assert_eq!(access.table().unwrap().project_by_slug("shop"), Some(SHOP));

    let new = key('1');
    for (value, expected) in [(Some(entry(KeyScope::Project, None)), true), (None, false)] {
        broker.write(&[(entry_key(&new), value)]);
        let written = Instant::now();
        eventually("the change of the key", || (knows(&access, &new) == expected).then_some(())).await;
        assert!(written.elapsed() < Duration::from_secs(1), "{:?}", written.elapsed());
    }
    shutdown.trigger();
    tokio::task::spawn_blocking(move || follower.join()).await.unwrap();
    broker.delete().await;
}

#[tokio::test]
async fn an_empty_topic_is_an_end_too() {
    let broker = real_topics("ingest-empty").await;
    let (access, health, shutdown) = (Access::default(), Health::new(), Shutdown::new());
    let topic = &broker.topics.access;
    let ready = health.part("access");
    let _follower =
        Follower::start(&broker.connection(), topic, access.clone(), ready, shutdown.clone()).unwrap();
    eventually("the end of the topic", || health.is_ready().then_some(())).await;
    assert_eq!(access.table().unwrap().counts(), (0, 0));
    shutdown.trigger();
    broker.delete().await;
}

#[tokio::test]
async fn a_topic_made_anew_replaces_what_was_known() {
    let broker = real_topics("ingest-anew").await;
    broker.write(&access_records());
    let (access, health, shutdown) = (Access::default(), Health::new(), Shutdown::new());
    let topic = &broker.topics.access;
    let ready = health.part("access");
    let _follower =
        Follower::start(&broker.connection(), topic, access.clone(), ready, shutdown.clone()).unwrap();
    eventually("the end of the topic", || knows(&access, &project_key()).then_some(())).await;
    broker.delete_topics(&[topic]).await;
    assert!(knows(&access, &project_key()), "an outage must not forget keys");
    recreate(&broker).await;
    let new = key('2');
    // Written again and again: for a moment a broker may still write into the topic that is gone.
    eventually("the new topic", || {
        broker.write(&[(entry_key(&new), Some(entry(KeyScope::Project, None)))]);
        (knows(&access, &new) && !knows(&access, &project_key())).then_some(())
    })
    .await;
    shutdown.trigger();
    broker.delete().await;
}

#[tokio::test]
async fn an_outage_of_the_broker_is_caught_up_with() {
    let cluster: MockCluster<'_, DefaultProducerContext> = MockCluster::new(1).unwrap();
    let broker = RealTopics { brokers: cluster.bootstrap_servers(), topics: Topics::with_prefix("t") };
    cluster.create_topic(&broker.topics.access, 1, 1).unwrap();
    broker.write(&access_records());
    let (access, health, shutdown) = (Access::default(), Health::new(), Shutdown::new());
    let topic = &broker.topics.access;
    let ready = health.part("access");
    let _follower =
        Follower::start(&broker.connection(), topic, access.clone(), ready, shutdown.clone()).unwrap();
    eventually("the end of the topic", || knows(&access, &project_key()).then_some(())).await;
    cluster.broker_down(1).unwrap();
    assert!(knows(&access, &project_key()) && health.is_ready());
    cluster.broker_up(1).unwrap();
    let new = key('3');
    broker.write(&[(entry_key(&new), Some(entry(KeyScope::Project, None)))]);
    eventually("the change after the outage", || knows(&access, &new).then_some(())).await;
    shutdown.trigger();
}

/// A topic that is being deleted cannot be made for a moment.
async fn recreate(broker: &RealTopics) {
    let begun = Instant::now();
    let mut ticks = tokio::time::interval(Duration::from_millis(50));
    while topics::create(&broker.connection(), &broker.topics, LAYOUT).await.is_err() {
        ticks.tick().await;
        assert!(begun.elapsed() < Duration::from_secs(20));
    }
}
