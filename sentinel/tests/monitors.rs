//! What monitors find reaches the events topic, once for each change, on a real broker.

#![expect(clippy::unwrap_used, reason = "a fixture that cannot be built fails its test")]

use std::time::{Duration, Instant};

use bataudit_control::monitors::checks::{self, Check, Step};
use bataudit_control::monitors::{self, Change, Status, Target, changes};
use bataudit_control::projects::{self, NewProject};
use bataudit_control::{Config, Store};
use bataudit_event::access::{Entry, EntryKey, Stream};
use bataudit_event::record;
use bataudit_kafka::topics::{self, TopicLayout};
use bataudit_kafka::{Connection, Topics};
use bataudit_sentinel::events_topic::EventsTopic;
use bataudit_sentinel::monitors::tell;
use bataudit_sentinel::publish::diff::Change as Put;
use bataudit_sentinel::publish::topic::AccessTopic;
use bataudit_service::{Env, Field};
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::message::Message;
use rdkafka::{Offset, TopicPartitionList};
use serde_json::{Value, json};
use tempfile::TempDir;
use uuid::Uuid;

const BROKERS: Field =
    Field::new("BATAUDIT_TEST_KAFKA_BROKERS", "127.0.0.1:19092", "Kafka of `make services-up`.");
const SERVICES: &str = "Kafka does not answer: run `make services-up`";

/// A store in which an address was found to be down.
async fn found_down(store: &Store, event_id: &str) {
    let new = NewProject { name: "Shop", slug: "shop", created_by: None };
    let project = projects::create(store, new).await.unwrap().id;
    let target = Target {
        name: "shop".to_owned(),
        url: "https://shop.example.com/health".to_owned(),
        interval_seconds: 60,
        timeout_seconds: 10,
        expected_status: 200,
        certificate_warning_days: 14,
        enabled: true,
    };
    let monitor = monitors::create(store, &project, target, None, 10).await.unwrap().unwrap();
    let event = json!({
        "event_type": "system.healthcheck.down", "path": "https://shop.example.com/health",
        "service_name": "shop", "details": {"error": "no answer within 10 s"}, "timestamp": 1_767_225_600_000_i64,
    });
    let check = Check {
        id: checks::new_id(),
        monitor_id: monitor.id.clone(),
        status: "down".to_owned(),
        status_code: None,
        response_ms: 10_000,
        error: Some("no answer within 10 s".to_owned()),
        checked_at: 1_767_225_600_000,
    };
    let change = Change { event_id: event_id.to_owned(), event: event.to_string(), alert: "{}".to_owned() };
    let step = Step {
        check,
        status: Status::Down,
        since_ms: 1_767_225_600_000,
        known_ms: 0,
        in_time: false,
        due_at: 1_767_225_660_000,
        certificate_expires_at: None,
        certificate_warned: None,
        changes: vec![change],
    };
    assert!(checks::record(store, &monitor, &step).await.unwrap());
    assert!(monitors::delete(store, &monitor).await.unwrap(), "what was found outlives the monitor");
}

fn read(kafka: &Connection, topics: &Topics, at_least: usize) -> Vec<(Uuid, String, Value)> {
    let consumer: BaseConsumer =
        kafka.consumer("test").set("group.id", "test").set("enable.auto.commit", "false").create().unwrap();
    let mut all = TopicPartitionList::new();
    all.add_partition_offset(&topics.events, 0, Offset::Beginning).unwrap();
    consumer.assign(&all).unwrap();
    let (mut found, begun) = (Vec::new(), Instant::now());
    while found.len() < at_least {
        assert!(begun.elapsed() < Duration::from_secs(60), "{} of {at_least} events arrived", found.len());
        let Some(message) = consumer.poll(Duration::from_millis(100)) else { continue };
        let message = message.unwrap();
        for event in record::decode(message.payload().unwrap()).unwrap() {
            let details = serde_json::from_str(event.request_body).unwrap();
            found.push((Uuid::from_bytes(event.id), format!("{} {}", event.event_type, event.path), details));
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_found_is_an_event_and_a_crash_repeats_the_same_one() {
    let kafka = Connection::plaintext(Env::from_process().text(&BROKERS));
    let topics = Topics::with_prefix(&format!("sentinel-monitors-{}", Uuid::new_v4()));
    let layout = TopicLayout { partitions: 1, replication: 1, retention_ms: 3_600_000 };
    topics::create(&kafka, &topics, layout).await.expect(SERVICES);
    let access = AccessTopic::new(kafka.clone(), &topics).unwrap();
    let folder = TempDir::new().unwrap();
    let patient =
        Config { timeout: Duration::from_secs(60), ..Config::sqlite(&folder.path().join("control.db")) };
    let store = Store::connect(&patient).await.unwrap();
    store.migrate().await.unwrap();
    let id = Uuid::now_v7();
    found_down(&store, &id.to_string()).await;
    let untold = changes::oldest(&store, 10).await.unwrap();

    let mut events = EventsTopic::new(&kafka, &topics, access.clone()).unwrap();
    assert!(tell::round(&store, &mut events).await.is_err(), "not before it is known where ids lie");
    assert_eq!(changes::oldest(&store, 10).await.unwrap(), untold, "and nothing is lost");
    let stream = Entry::Stream(Stream { id_partitions: 1 }).encode();
    access.publish(&[Put::Put(EntryKey::Stream.encode(), stream)]).await.expect(SERVICES);
    assert_eq!(tell::round(&store, &mut events).await.unwrap(), 1);
    assert_eq!(tell::round(&store, &mut events).await.unwrap(), 0, "once");
    let found = read(&kafka, &topics, 1);
    let shown = "system.healthcheck.down https://shop.example.com/health".to_owned();
    assert_eq!(found, [(id, shown, json!({"error": "no answer within 10 s"}))]);
}
