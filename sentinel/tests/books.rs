//! The books are compared without anybody asking, on a real broker and a real ClickHouse.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a fixture that cannot be built fails its test"
)]

use std::time::Duration;

use bataudit_control::reconciliations::{self, Reconciliation};
use bataudit_control::{Config, Store, clock};
use bataudit_event::{Event, record};
use bataudit_kafka::topics::{self, TopicLayout};
use bataudit_kafka::{Connection, Stream, Topics};
use bataudit_ledger::Sources;
use bataudit_sentinel::{Turn, books};
use bataudit_service::{Env, Field, Shutdown};
use bataudit_store::scratch::Scratch;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer as _};
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::{FutureProducer, FutureRecord};
use rdkafka::{Offset, TopicPartitionList};
use tempfile::TempDir;
use uuid::Uuid;

const BROKERS: Field =
    Field::new("BATAUDIT_TEST_KAFKA_BROKERS", "127.0.0.1:19092", "Kafka of `make services-up`.");
const SERVICES: &str = "Kafka or ClickHouse does not answer: run `make services-up`";
const SOON: Duration = Duration::from_secs(30);
const MINUTE: i64 = 60_000;

/// A log, a database and a control store of its own.
struct Installation {
    store: Store,
    sources: Sources,
    _scratch: Scratch,
    _folder: TempDir,
}

impl Installation {
    async fn new() -> Self {
        let kafka = Connection::plaintext(Env::from_process().text(&BROKERS));
        let name = format!("books-{}", Uuid::new_v4());
        let topics = Topics::with_prefix(&name);
        let layout = TopicLayout { partitions: 1, replication: 1, retention_ms: 3_600_000 };
        topics::create(&kafka, &topics, layout).await.expect(SERVICES);
        let scratch = Scratch::migrated().await.expect(SERVICES);
        let folder = TempDir::new().unwrap();
        let store = Store::connect(&Config::sqlite(&folder.path().join("control.db"))).await.unwrap();
        store.migrate().await.unwrap();
        let stream = Stream { group: name, epoch: "1".to_owned() };
        let sources = Sources { kafka, topics, stream, store: scratch.connection.clone() };
        Self { store, sources, _scratch: scratch, _folder: folder }
    }

    /// A record of one event that was received at this time.
    async fn produce(&self, received_at: i64) {
        let event = Event {
            id: Uuid::now_v7().into_bytes(),
            project_id: Uuid::from_u128(7).into_bytes(),
            event_type: "http",
            timestamp: received_at,
            received_at,
            service_name: "shop",
            ..Event::default()
        };
        let mut value = Vec::new();
        record::encode([&event].into_iter(), &mut value);
        let headers = OwnedHeaders::new()
            .insert(Header { key: record::FORMAT_HEADER, value: Some(record::FORMAT) })
            .insert(Header { key: record::COUNT_HEADER, value: Some("1") });
        let producer: FutureProducer = self.sources.kafka.client("test").create().unwrap();
        let topic = &self.sources.topics.events;
        let record = FutureRecord::<[u8], [u8]>::to(topic).partition(0).payload(&value).headers(headers);
        producer.send(record, SOON).await.unwrap();
    }

    /// Says as a processor would that everything before `offset` is done.
    fn commit(&self, offset: i64) {
        let mut client = self.sources.kafka.client("test");
        client.set("group.id", &self.sources.stream.group);
        let consumer: BaseConsumer = client.create().unwrap();
        let mut list = TopicPartitionList::new();
        list.add_partition_offset(&self.sources.topics.events, 0, Offset::Offset(offset)).unwrap();
        consumer.commit(&list, CommitMode::Sync).unwrap();
    }

    /// The latest comparison, once it is as wanted.
    async fn until(&self, what: &str, wanted: impl Fn(&Reconciliation) -> bool) -> Reconciliation {
        let mut last = None;
        let looked = tokio::time::timeout(SOON, async {
            let mut ticks = tokio::time::interval(Duration::from_millis(50));
            loop {
                ticks.tick().await;
                last = reconciliations::last(&self.store).await.unwrap();
                if let Some(found) = last.as_ref().filter(|found| wanted(found)) {
                    return found.clone();
                }
            }
        });
        let found = looked.await;
        found.unwrap_or_else(|_| panic!("{what}: {last:?}"))
    }
}

#[tokio::test]
async fn what_waits_is_looked_at_again_and_what_is_missing_is_told() {
    let at = Installation::new().await;
    let received = clock::now_ms() - 5 * MINUTE;
    at.produce(received).await;
    let shutdown = Shutdown::new();
    let every = Duration::from_secs(1);
    let task = tokio::spawn(books::run(
        at.store.clone(),
        at.sources.clone(),
        every,
        Turn::default(),
        shutdown.clone(),
    ));

    let waits = at.until("it waits", |found| found.waiting == 1).await;
    assert_eq!((waits.accepted, waits.stored, waits.differing, waits.is_cut), (1, 0, 0, 0), "{waits:?}");
    assert!((waits.from_ms..waits.to_ms).contains(&received), "{waits:?}");

    // Passed by the processors, but in no table.
    at.commit(1);
    let lost = at.until("it is missing", |found| found.differing == 1).await;
    assert_eq!((lost.from_ms, lost.accepted, lost.waiting), (waits.from_ms, 1, 0), "{lost:?}");
    assert!(lost.findings.contains(r#""found":{"missing":1}"#), "{lost:?}");

    let next = at.until("the next range follows", |found| found.from_ms == lost.to_ms).await;
    assert_eq!((next.accepted, next.differing), (0, 0), "{next:?}");
    assert_eq!(reconciliations::differing(&at.store, received).await.unwrap(), 1);
    shutdown.trigger();
    task.await.unwrap();
}
