//! The publisher against a broker that misbehaves (mocked) and against a real one.

use std::sync::Arc;
use std::time::Duration;

use bataudit_event::{Event, record};
use bataudit_ingest::config::PublishConfig;
use bataudit_ingest::publish::{KafkaPublisher, PublishError, Publisher, Submission};
use bataudit_kafka::{Connection, Topics};
use bataudit_service::{Health, Shutdown};
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::message::Headers;
use rdkafka::mocking::MockCluster;
use rdkafka::producer::DefaultProducerContext;
use rdkafka::types::{RDKafkaApiKey, RDKafkaRespErr};
use rdkafka::{Message, Offset, TopicPartitionList};

use crate::support::eventually;

pub(crate) const TOPIC: &str = "t.events";

pub(crate) type Cluster = MockCluster<'static, DefaultProducerContext>;

pub(crate) fn mocked(partitions: i32) -> Cluster {
    let cluster = MockCluster::new(1).unwrap();
    cluster.create_topic(TOPIC, partitions, 1).unwrap();
    cluster
}

fn settings(deadline_ms: u64) -> PublishConfig {
    PublishConfig { deadline: Duration::from_millis(deadline_ms), queue_bytes: 16 << 20 }
}

pub(crate) struct Running {
    pub(crate) publisher: Arc<KafkaPublisher>,
    health: Health,
    shutdown: Shutdown,
}

pub(crate) async fn start(brokers: &str, topic: &str, deadline_ms: u64) -> Running {
    let (health, shutdown) = (Health::new(), Shutdown::new());
    let connection = Connection::plaintext(brokers);
    let ready = health.part("publish");
    let publisher =
        KafkaPublisher::start(&connection, topic, settings(deadline_ms), ready, shutdown.clone()).unwrap();
    eventually("the topic being known", || health.is_ready().then_some(())).await;
    Running { publisher: Arc::new(publisher), health, shutdown }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.shutdown.trigger();
    }
}

fn submission(ids: &[u128], repeatable: bool) -> Submission<'static> {
    let event = |id: &u128| Event { id: id.to_be_bytes(), path: "/a", repeatable, ..Event::default() };
    Submission { events: ids.iter().map(event).collect(), span: None, id_partitions: None }
}

/// All records of a topic: partition, ids, and the count in the header.
pub(crate) fn consume(brokers: &str, topic: &str, partitions: i32, events: usize) -> Vec<(i32, Vec<u128>)> {
    let consumer: BaseConsumer =
        Connection::plaintext(brokers).client("test").set("group.id", "test").create().unwrap();
    let mut from = TopicPartitionList::new();
    for partition in 0..partitions {
        from.add_partition_offset(topic, partition, Offset::Beginning).unwrap();
    }
    consumer.assign(&from).unwrap();
    let mut found = Vec::new();
    let mut count = 0;
    while count < events {
        let message = consumer.poll(Duration::from_secs(20)).expect("no record within 20 s").unwrap();
        let decoded = record::decode(message.payload().unwrap()).unwrap();
        let headers: Vec<_> = message.headers().unwrap().iter().map(|h| (h.key, h.value.unwrap())).collect();
        let written = decoded.len().to_string();
        assert!(headers.contains(&(record::FORMAT_HEADER, record::FORMAT)));
        assert!(headers.contains(&(record::COUNT_HEADER, written.as_bytes())));
        count += decoded.len();
        found.push((message.partition(), decoded.iter().map(|e| u128::from_be_bytes(e.id)).collect()));
    }
    found
}

#[tokio::test]
async fn one_record_a_submission_and_partition() {
    let cluster = mocked(4);
    let brokers = cluster.bootstrap_servers();
    let running = start(&brokers, TOPIC, 10_000).await;
    running.publisher.publish(&submission(&[10, 11, 12], false)).await.unwrap();
    running.publisher.publish(&submission(&[4, 8, 5], true)).await.unwrap();
    running.publisher.publish(&submission(&[8], true)).await.unwrap();
    let records = consume(&brokers, TOPIC, 4, 7);
    assert_eq!(records.len(), 4);
    assert!(records.iter().any(|(_, ids)| ids == &[10, 11, 12]));
    assert!(records.contains(&(0, vec![4, 8])));
    assert!(records.contains(&(1, vec![5])));
    assert!(records.contains(&(0, vec![8])));
}

#[tokio::test]
async fn what_comes_while_a_record_is_under_way_becomes_the_next() {
    let cluster = mocked(1);
    let brokers = cluster.bootstrap_servers();
    let running = start(&brokers, TOPIC, 20_000).await;
    running.publisher.publish(&submission(&[0], false)).await.unwrap();
    cluster.broker_round_trip_time(1, Duration::from_secs(1)).unwrap();
    let repeatable = |id: u128| id.is_multiple_of(2);
    let waiting: Vec<_> =
        (1..=20).map(|id| running.publisher.publish(&submission(&[id, 100 + id], repeatable(id)))).collect();
    for acknowledgement in waiting {
        acknowledgement.await.unwrap();
    }
    let ids: Vec<_> = consume(&brokers, TOPIC, 1, 41).into_iter().map(|(_, ids)| ids).collect();
    let rest: Vec<u128> = (2..=20).flat_map(|id| [id, 100 + id]).collect();
    assert_eq!(ids, [vec![0], vec![1, 101], rest]);
}

#[tokio::test]
async fn what_waited_in_vain_is_not_sent_and_said_so() {
    let cluster = mocked(1);
    let brokers = cluster.bootstrap_servers();
    let running = start(&brokers, TOPIC, 1_500).await;
    running.publisher.publish(&submission(&[1], false)).await.unwrap();
    cluster.broker_down(1).unwrap();
    let sent = running.publisher.publish(&submission(&[2], false));
    let waiting = running.publisher.publish(&submission(&[3, 4], false));
    let begun = std::time::Instant::now();
    assert_eq!(
        tokio::join!(sent, waiting),
        (Err(PublishError::OutcomeUnknown), Err(PublishError::Unavailable))
    );
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    cluster.broker_up(1).unwrap();
    while running.publisher.publish(&submission(&[5], false)).await.is_err() {
        assert!(begun.elapsed() < Duration::from_secs(30), "the broker is not used again");
    }
    // What was handed over is sent all the same: giving it up could make the broker take others twice.
    let ids: Vec<_> = consume(&brokers, TOPIC, 1, 3).into_iter().flat_map(|(_, ids)| ids).collect();
    assert!(ids.starts_with(&[1, 2, 5]) && !ids.contains(&3), "{ids:?}");
}

#[tokio::test]
async fn passing_faults_are_ridden_out() {
    use RDKafkaRespErr as Code;
    let cluster = mocked(1);
    let running = start(&cluster.bootstrap_servers(), TOPIC, 20_000).await;
    let faults = [
        Code::RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION,
        Code::RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS,
        Code::RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT,
    ];
    cluster.request_errors(RDKafkaApiKey::Produce, &faults);
    running.publisher.publish(&submission(&[1, 2], false)).await.unwrap();
}

#[tokio::test]
async fn a_record_too_large_for_the_broker_is_no_outage() {
    let cluster = mocked(1);
    let running = start(&cluster.bootstrap_servers(), TOPIC, 10_000).await;
    cluster.request_errors(RDKafkaApiKey::Produce, &[RDKafkaRespErr::RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE]);
    let outcome = running.publisher.publish(&submission(&[1], false)).await;
    assert_eq!(outcome, Err(PublishError::RecordTooLarge));
}

#[tokio::test]
async fn a_silent_broker_is_waited_for_until_the_deadline_only() {
    let cluster = mocked(1);
    let running = start(&cluster.bootstrap_servers(), TOPIC, 1_500).await;
    cluster.broker_round_trip_time(1, Duration::from_secs(60)).unwrap();
    let begun = std::time::Instant::now();
    let outcome = running.publisher.publish(&submission(&[1], false)).await;
    assert_eq!(outcome, Err(PublishError::OutcomeUnknown));
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn an_unknown_broker_is_said_at_once() {
    let (health, shutdown) = (Health::new(), Shutdown::new());
    let connection = Connection::plaintext("127.0.0.1:1");
    let ready = health.part("publish");
    let publisher =
        KafkaPublisher::start(&connection, TOPIC, settings(10_000), ready, shutdown.clone()).unwrap();
    assert_eq!(publisher.publish(&submission(&[1], false)).await, Err(PublishError::Unavailable));
    assert!(!publisher.status().is_reachable);
    assert!(!health.is_ready());
    shutdown.trigger();
    tokio::task::spawn_blocking(move || publisher.close()).await.unwrap();
}

#[tokio::test]
async fn a_full_queue_is_said_at_once() {
    let cluster = mocked(1);
    let running = start(&cluster.bootstrap_servers(), TOPIC, 10_000).await;
    cluster.broker_round_trip_time(1, Duration::from_secs(60)).unwrap();
    let body = "x".repeat(200_000);
    let event = Event { request_body: &body, ..Event::default() };
    let large = Submission { events: vec![event], ..Submission::default() };
    // Dropping an acknowledgement does not take the record back.
    let refused = (0..1000).find_map(|_| {
        let mut waiting = running.publisher.publish(&large);
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        match waiting.as_mut().poll(&mut context) {
            std::task::Poll::Ready(outcome) => Some(outcome),
            std::task::Poll::Pending => None,
        }
    });
    assert_eq!(refused, Some(Err(PublishError::Overloaded)));
}

#[tokio::test]
async fn a_fatal_error_is_survived() {
    let cluster = mocked(1);
    let running = start(&cluster.bootstrap_servers(), TOPIC, 5_000).await;
    running.publisher.publish(&submission(&[1], false)).await.unwrap();
    // The client library takes this one for a gap it cannot close, and gives the producer up.
    let fault = RDKafkaRespErr::RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER;
    cluster.request_errors(RDKafkaApiKey::Produce, &[fault]);
    let struck = running.publisher.publish(&submission(&[2], false)).await;
    assert_eq!(struck, Err(PublishError::OutcomeUnknown));
    let begun = std::time::Instant::now();
    while running.publisher.publish(&submission(&[3], false)).await.is_err() {
        assert!(begun.elapsed() < Duration::from_secs(30), "the producer was not replaced");
    }
}

#[tokio::test]
async fn real_kafka_acknowledges() {
    let broker = crate::access_topic::real_topics("ingest-publish").await;
    let Topics { events, .. } = &broker.topics;
    let running = start(&broker.brokers, events, 10_000).await;
    let waiting: Vec<_> =
        (0..50).map(|id| running.publisher.publish(&submission(&[id, 100 + id], false))).collect();
    for acknowledgement in waiting {
        acknowledgement.await.unwrap();
    }
    let stored = consume(&broker.brokers, events, 2, 100);
    let mut ids: Vec<u128> = stored.into_iter().flat_map(|(_, ids)| ids).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 100);
    assert!(running.health.is_ready());
    broker.delete().await;
}
