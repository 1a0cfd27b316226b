//! The books are compared without anybody asking, on a real broker and a real ClickHouse.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a fixture that cannot be built fails its test"
)]

use std::time::Duration;

use bataudit_control::dead_letters::replays::{self, Selection};
use bataudit_control::dead_letters::{self, DeadLetter, Wanted};
use bataudit_control::reconciliations::{self, By, Reconciliation};
use bataudit_control::{Config, Store, clock, pipeline};
use bataudit_event::{Event, dead_letter, record};
use bataudit_kafka::topics::{self, TopicLayout};
use bataudit_kafka::{Connection, Stream, Topics};
use bataudit_ledger::Sources;
use bataudit_sentinel::{Turn, books, letters, progress};
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

    /// A dead letter for the record at this offset, as a processor would write it.
    async fn bury(&self, offset: i64) {
        let event = Event {
            project_id: Uuid::from_u128(7).into_bytes(),
            request_body: "\"********\"",
            ..Event::default()
        };
        let mut value = Vec::new();
        record::encode([&event].into_iter(), &mut value);
        let offset = offset.to_string();
        let headers = [
            (dead_letter::REASON, "unmaskable"),
            (dead_letter::DETAIL, "request_body is no JSON"),
            (dead_letter::SOURCE_TOPIC, self.sources.topics.events.as_str()),
            (dead_letter::SOURCE_PARTITION, "0"),
            (dead_letter::SOURCE_OFFSET, offset.as_str()),
            (dead_letter::SOURCE_EPOCH, "1"),
            (record::COUNT_HEADER, "1"),
        ];
        let headers = headers.iter().fold(OwnedHeaders::new(), |headers, (key, value)| {
            headers.insert(Header { key, value: Some(*value) })
        });
        let producer: FutureProducer = self.sources.kafka.client("test").create().unwrap();
        let topic = &self.sources.topics.dead_letters;
        let record = FutureRecord::<[u8], [u8]>::to(topic).payload(&value).headers(headers);
        producer.send(record, SOON).await.unwrap();
    }

    /// How many records the events topic holds.
    async fn end(&self) -> i64 {
        progress::look(&self.store, &self.sources).await.unwrap();
        pipeline::partitions(&self.store).await.unwrap()[0].end_offset
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

    let project = [Uuid::from_u128(7).to_string()];
    let hours = reconciliations::hours(&at.store, Some(&project), 0, i64::MAX, By::Hour).await.unwrap();
    let hours: Vec<_> =
        hours.iter().map(|hour| (hour.hour, hour.accepted, hour.stored, hour.differing)).collect();
    assert_eq!(hours, [(received - received.rem_euclid(60 * MINUTE), 1, 0, 1)]);

    let next = at.until("the next range follows", |found| found.from_ms == lost.to_ms).await;
    assert_eq!((next.accepted, next.differing), (0, 0), "{next:?}");
    assert_eq!(reconciliations::differing(&at.store, received).await.unwrap(), 1);
    shutdown.trigger();
    task.await.unwrap();
}

#[tokio::test]
async fn how_far_the_line_has_come_is_noted_for_those_who_do_not_know_kafka() {
    let at = Installation::new().await;
    progress::look(&at.store, &at.sources).await.unwrap();
    assert!(pipeline::partitions(&at.store).await.unwrap().iter().all(|seen| seen.waiting() == 0));

    let before = clock::now_ms();
    at.produce(before).await;
    progress::look(&at.store, &at.sources).await.unwrap();
    let seen = pipeline::partitions(&at.store).await.unwrap();
    assert_eq!((seen[0].committed, seen[0].waiting(), seen[0].end_offset), (None, 1, 1), "{seen:?}");
    assert!(
        seen[0].oldest_waiting_at.is_some_and(|at| (before - 1_000..=clock::now_ms() + 1_000).contains(&at))
    );

    at.commit(1);
    progress::look(&at.store, &at.sources).await.unwrap();
    let seen = pipeline::partitions(&at.store).await.unwrap();
    assert_eq!(
        (seen[0].committed, seen[0].waiting(), seen[0].oldest_waiting_at),
        (Some(1), 0, None),
        "{seen:?}"
    );

    let mut gone = at.sources.clone();
    gone.topics.events = "no-such-topic".to_owned();
    progress::look(&at.store, &gone).await.unwrap();
    let look = pipeline::look(&at.store).await.unwrap();
    assert!(look.failed_since.is_some() && look.answered_at.is_some_and(|at| at >= before), "{look:?}");
    assert_eq!(pipeline::partitions(&at.store).await.unwrap(), seen, "what was seen stays");
}

#[tokio::test]
async fn dead_letters_are_copied_once_and_replayed_when_somebody_asks() {
    let at = Installation::new().await;
    at.produce(clock::now_ms()).await;
    for offset in [0, 0, 77] {
        at.bury(offset).await;
    }
    let copied = async || -> Vec<DeadLetter> {
        letters::round(&at.store, &at.sources).await.unwrap();
        dead_letters::page(&at.store, &Wanted::default(), None, 9).await.unwrap()
    };
    let found = copied().await;
    let mut ids: Vec<_> = found.iter().map(|letter| letter.id.as_str()).collect();
    ids.sort_unstable();
    assert_eq!(ids, ["1:0-0", "1:0-77"], "what was sent twice is there once");
    assert_eq!(copied().await, found);
    let project = Uuid::from_u128(7).to_string();
    assert!(found.iter().all(|letter| letter.project_id.as_ref() == Some(&project)), "{found:?}");
    assert!(found[0].shown.as_ref().is_some_and(|shown| shown.contains("********")), "{found:?}");
    assert_eq!(at.end().await, 1, "nothing is replayed unless somebody asks");

    let selection = Selection { to_ms: i64::MAX, ..Selection::default() };
    let asked = replays::ask(&at.store, None, "Ada", &selection).await.unwrap().unwrap();
    letters::round(&at.store, &at.sources).await.unwrap();
    let done = replays::find(&at.store, &asked.id).await.unwrap().unwrap();
    assert_eq!((done.state.as_str(), done.letters, done.events, done.lost), ("done", 2, 1, 1), "{done:?}");
    assert_eq!(at.end().await, 2, "the original, once more");
    let lost = dead_letters::find(&at.store, "1:0-77").await.unwrap().unwrap();
    assert_eq!(lost.outcome.as_deref(), Some("Kafka no longer keeps the original record"));
    let published = dead_letters::find(&at.store, "1:0-0").await.unwrap().unwrap();
    assert_eq!(published.outcome.as_deref(), Some("published"));
}
