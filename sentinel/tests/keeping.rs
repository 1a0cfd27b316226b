//! What is kept: retention, legal holds and erasures, on a real broker and a real ClickHouse.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a fixture that cannot be built fails its test"
)]

use std::time::Duration;

use bataudit_control::erasures::{self, Erasure, NewErasure};
use bataudit_control::holds::{self, Filter, NewHold};
use bataudit_control::projects::{self, NewProject};
use bataudit_control::retention::{self as kept, Days};
use bataudit_control::{Config, Store, clock, marks};
use bataudit_event::{Event, record};
use bataudit_kafka::topics::{self, TopicLayout};
use bataudit_kafka::{Connection, Stream, Topics};
use bataudit_ledger::{Report, Scope, Sources, verify};
use bataudit_sentinel::retention::{Terms, pass, tell};
use bataudit_sentinel::{Turn, erasure};
use bataudit_service::{Env, Field, Shutdown};
use bataudit_store::scratch::Scratch;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer as _};
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::{FutureProducer, FutureRecord};
use rdkafka::{Offset, TopicPartitionList};
use serde_json::{Value, json};
use tempfile::TempDir;
use uuid::Uuid;

const BROKERS: Field =
    Field::new("BATAUDIT_TEST_KAFKA_BROKERS", "127.0.0.1:19092", "Kafka of `make services-up`.");
const SERVICES: &str = "Kafka or ClickHouse does not answer: run `make services-up`";
const SOON: Duration = Duration::from_secs(30);
const DAY: i64 = 24 * 60 * 60 * 1000;
/// Who is erased: not of hexadecimal digits, since the certificate is looked through for the name and holds hashes.
const ERASED: &str = "lovelace";
const TERMS: Terms = Terms { raw_days: 30, hourly_days: 365, hour: 0 };

/// A log, a database and a control store of its own.
struct Installation {
    store: Store,
    sources: Sources,
    scratch: Scratch,
    _folder: TempDir,
}

/// An event as it was received and stored.
struct Stored<'a> {
    project: &'a str,
    identifier: &'a str,
    age_days: i64,
}

impl Installation {
    async fn new() -> Self {
        let kafka = Connection::plaintext(Env::from_process().text(&BROKERS));
        let name = format!("keeping-{}", Uuid::new_v4());
        let topics = Topics::with_prefix(&name);
        let layout = TopicLayout { partitions: 1, replication: 1, retention_ms: 3_600_000 };
        topics::create(&kafka, &topics, layout).await.expect(SERVICES);
        let scratch = Scratch::migrated().await.expect(SERVICES);
        let folder = TempDir::new().unwrap();
        let store = Store::connect(&Config::sqlite(&folder.path().join("control.db"))).await.unwrap();
        store.migrate().await.unwrap();
        let stream = Stream { group: name, epoch: "1".to_owned() };
        let sources = Sources { kafka, topics, stream, store: scratch.connection.clone() };
        Self { store, sources, scratch, _folder: folder }
    }

    async fn project(&self, slug: &str) -> String {
        projects::create(&self.store, NewProject { name: slug, slug, created_by: None }).await.unwrap().id
    }

    async fn execute(&self, sql: &str) {
        let client = self.scratch.connection.client().with_setting("async_insert", "0");
        self.scratch.connection.bounded(client.query_raw(sql).execute()).await.unwrap();
    }

    async fn number(&self, sql: &str) -> u64 {
        let client = self.scratch.connection.client();
        self.scratch.connection.bounded(client.query(sql).fetch_one::<u64>()).await.unwrap()
    }

    /// Events in the log, and their rows, stored an hour ago.
    async fn events(&self, events: &[Stored<'_>]) {
        let producer: FutureProducer = self.sources.kafka.client("test").create().unwrap();
        let received_at = clock::now_ms() - 5 * 60_000;
        let mut rows = Vec::new();
        for (offset, stored) in events.iter().enumerate() {
            let (id, timestamp) = (Uuid::now_v7(), clock::now_ms() - stored.age_days * DAY);
            let event = Event {
                id: id.into_bytes(),
                project_id: Uuid::parse_str(stored.project).unwrap().into_bytes(),
                event_type: "http",
                timestamp,
                received_at,
                identifier: stored.identifier,
                service_name: "shop",
                key_hash: 7,
                ..Event::default()
            };
            let mut value = Vec::new();
            record::encode([&event].into_iter(), &mut value);
            let headers = OwnedHeaders::new()
                .insert(Header { key: record::FORMAT_HEADER, value: Some(record::FORMAT) })
                .insert(Header { key: record::COUNT_HEADER, value: Some("1") });
            let topic = &self.sources.topics.events;
            let record = FutureRecord::<[u8], [u8]>::to(topic).partition(0).payload(&value).headers(headers);
            producer.send(record, SOON).await.unwrap();
            let seconds = |ms: i64| format!("{}.{:03}", ms / 1000, ms % 1000);
            rows.push(json!({
                "id": id, "project_id": stored.project, "event_type": "http", "timestamp": seconds(timestamp),
                "received_at": seconds(received_at), "identifier": stored.identifier, "service_name": "shop",
                "user_email": format!("{}@example.com", stored.identifier), "status_code": 500, "key_hash": 7,
                "k_epoch": "1", "k_partition": 0, "k_offset": offset, "k_index": 0,
                "k_batch": offset, "k_end": offset + 1,
                "stored_at": seconds(clock::now_ms() - 60 * 60_000),
            }).to_string());
        }
        self.execute(&format!("INSERT INTO events FORMAT JSONEachRow\n{}", rows.join("\n"))).await;
        self.commit(i64::try_from(events.len()).unwrap());
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

    /// All books since the oldest event, rollups included.
    async fn books(&self) -> Report {
        let now = clock::now_ms();
        let received = now - 60 * 60_000..now + 60_000;
        let scope = Scope { received, project: None, rollups: None };
        let mut report = verify(&self.sources, &scope).await.unwrap();
        let days = now - 60 * DAY..now;
        let confirmed = bataudit_ledger::Confirmed::ask(&self.sources).await.unwrap();
        let check = bataudit_ledger::rollups::check(&self.sources.store, &days, None, &confirmed);
        report.rollups = check.await.unwrap();
        report
    }

    async fn pass(&self) -> u64 {
        pass(&self.store, &self.scratch.connection, TERMS, clock::now_ms()).await.unwrap()
    }

    /// Has a job done.
    async fn erase(&self, project: &str, field: &str, subject: &str) -> Erasure {
        let new =
            NewErasure { project_id: project, field, subject, reason: "request 7", requested_by: "dpo@x.y" };
        let job = erasures::create(&self.store, new).await.unwrap();
        let shutdown = Shutdown::new();
        let (store, sources) = (self.store.clone(), self.sources.clone());
        let run = erasure::run(store, sources, Duration::ZERO, Turn::default(), shutdown.clone());
        let task = tokio::spawn(run);
        let done = tokio::time::timeout(SOON, async {
            let mut ticks = tokio::time::interval(Duration::from_millis(50));
            loop {
                ticks.tick().await;
                let job = erasures::find(&self.store, project, &job.id).await.unwrap().unwrap();
                if job.status == "done" {
                    return job;
                }
            }
        });
        let done = done.await.unwrap_or_else(|_| panic!("the erasure does not end"));
        shutdown.trigger();
        task.await.unwrap();
        done
    }

    async fn hold(&self, project: &str, filter: Filter) -> String {
        let new = NewHold {
            project_id: project,
            name: "case 9",
            reason: "court",
            filter: &filter,
            from_ms: None,
            to_ms: None,
            created_by: "counsel@x.y",
        };
        holds::create(&self.store, new).await.unwrap().id
    }
}

fn of(identifier: &str) -> Filter {
    Filter { identifier: Some(identifier.to_owned()), ..Filter::default() }
}

#[tokio::test]
async fn what_is_older_than_it_is_kept_goes_and_what_is_held_stays() {
    let at = Installation::new().await;
    let (short, long) = (at.project("short").await, at.project("long").await);
    kept::set(&at.store, &short, Days { raw_days: Some(7), ..Days::default() }).await.unwrap();
    let stored = |project, identifier, age_days| Stored { project, identifier, age_days };
    at.events(&[
        stored(&short, "ada", 1),
        stored(&short, "ada", 10),
        stored(&short, "held", 10),
        stored(&short, "held", 45),
        stored(&long, "ada", 10),
        stored(&long, "ada", 45),
        stored(&long, "held", 45),
    ])
    .await;
    let hold = at.hold(&short, of("held")).await;
    let before = at.books().await;
    assert!(before.agrees(), "{before:?}");

    assert_eq!(at.pass().await, 3);
    let left = |project: &str, identifier: &str| {
        format!("SELECT count() FROM events WHERE project_id = '{project}' AND identifier = '{identifier}'")
    };
    for (project, identifier, rows) in
        [(&short, "ada", 1), (&short, "held", 2), (&long, "ada", 1), (&long, "held", 0)]
    {
        assert_eq!(at.number(&left(project, identifier)).await, rows, "{project} {identifier}");
    }
    let after = at.books().await;
    assert!(after.agrees(), "{after:?}");
    assert_eq!((after.total.accepted, after.total.stored, after.total.removed), (7, 4, 3));
    assert_eq!(at.pass().await, 0, "a pass leaves nothing to the next");

    // What is lost is still told from what was removed.
    at.execute(&format!("ALTER TABLE events DELETE WHERE project_id = '{long}' SETTINGS mutations_sync = 1"))
        .await;
    let lost = at.books().await;
    assert_eq!((lost.differing(), lost.total.difference), (1, 1), "{lost:?}");
    assert!(!lost.rollups.is_empty());

    holds::release(&at.store, &short, &hold, "counsel@x.y").await.unwrap();
    assert_eq!(at.pass().await, 2, "what is released goes with the next pass");
}

/// A pass that was killed after it noted what goes, and before that went, is carried out as it was.
#[tokio::test]
async fn a_pass_that_was_cut_short_notes_nothing_twice() {
    let at = Installation::new().await;
    let project = at.project("p").await;
    at.events(&[Stored { project: &project, identifier: "ada", age_days: 45 }]).await;
    let bound = clock::now_ms() - 30 * 60_000;
    marks::set(&at.store, "retention_bound", bound).await.unwrap();
    let day = (clock::now_ms() - 45 * DAY).div_euclid(DAY);
    at.execute(&format!(
        "INSERT INTO removals (job, reason, source_table, project_id, bucket, row_count, counted, identified, failed, \
         keyed) SELECT 'retention-{bound}-{day}', 'retention', 'events', project_id, \
         toStartOfHour(toDateTime(timestamp, 'UTC')), 1, 1, 1, 1, 1 FROM events"
    ))
    .await;
    assert_eq!(at.pass().await, 1);
    assert_eq!(at.number("SELECT sum(row_count) FROM removals").await, 1);
    let books = at.books().await;
    assert!(books.agrees(), "{books:?}");
    assert_eq!(marks::get(&at.store, "retention_bound").await.unwrap(), Some(0));
}

#[tokio::test]
async fn counts_go_when_their_project_says_so() {
    let at = Installation::new().await;
    let project = at.project("p").await;
    at.events(&[
        Stored { project: &project, identifier: "ada", age_days: 20 },
        Stored { project: &project, identifier: "ada", age_days: 2 },
    ])
    .await;
    let days = Days { raw_days: Some(5), hourly_days: Some(10), daily_days: Some(15) };
    kept::set(&at.store, &project, days).await.unwrap();
    tell(&at.store, TERMS).await.unwrap();
    let told = Days { raw_days: Some(30), hourly_days: Some(365), daily_days: None };
    assert_eq!(kept::of_installation(&at.store).await.unwrap(), Some(told));
    at.pass().await;
    for table in [
        "events",
        "stats_minute",
        "stats_hour",
        "endpoint_hour",
        "stats_day",
        "user_day",
        "error_day",
        "key_day",
    ] {
        assert_eq!(at.number(&format!("SELECT count() FROM {table}")).await, 1, "{table}");
    }
    let books = at.books().await;
    assert!(books.agrees(), "{books:?}");
}

#[tokio::test]
async fn a_person_is_erased_with_a_certificate() {
    let at = Installation::new().await;
    let (mine, other) = (at.project("mine").await, at.project("other").await);
    let stored = |project, identifier, age_days| Stored { project, identifier, age_days };
    at.events(&[
        stored(&mine, ERASED, 1),
        stored(&mine, ERASED, 2),
        stored(&mine, "bob", 1),
        stored(&other, ERASED, 1),
    ])
    .await;
    let job = at.erase(&mine, "identifier", ERASED).await;
    let left = "SELECT count() FROM events";
    assert_eq!(at.number(left).await, 2);
    let used = format!("SELECT sum(events) FROM key_day WHERE project_id = '{mine}'");
    assert_eq!(at.number(&used).await, 3, "how much a key was used names nobody");
    let users =
        format!("SELECT count() FROM user_day WHERE project_id = '{mine}' AND identifier = '{ERASED}'");
    assert_eq!(at.number(&users).await, 0);
    // Not on the disk either: a part that was written anew has only rows that are there.
    let masked = "SELECT count() FROM system.parts WHERE database = currentDatabase() AND active AND has_lightweight_delete";
    assert_eq!(at.number(masked).await, 0);

    assert_eq!(job.subject, None, "whom it was about is forgotten");
    let text = job.certificate.unwrap();
    assert!(!text.contains(ERASED), "{text}");
    let certificate: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(certificate["subject_sha256"], json!(erasures::subject_hash(&mine, "identifier", ERASED)));
    assert_eq!(
        certificate["tables"],
        json!([
            {"table": "events", "before": 2, "held": 0, "removed": 2, "after": 0},
            {"table": "user_day", "before": 2, "held": 0, "removed": 2, "after": 0},
        ])
    );
    let books = at.books().await;
    assert!(books.agrees(), "{books:?}");
    assert_eq!((books.total.accepted, books.total.stored, books.total.removed), (4, 2, 2));

    let again = at.erase(&mine, "user_email", "bob@example.com").await;
    assert_eq!(at.number(left).await, 1);
    assert!(again.certificate.unwrap().contains(r#""removed":1"#));
    assert!(at.books().await.agrees());
}

#[tokio::test]
async fn what_is_held_of_a_person_stays_and_the_certificate_says_so() {
    let at = Installation::new().await;
    let project = at.project("p").await;
    let stored = |age_days| Stored { project: &project, identifier: "ada", age_days };
    at.events(&[stored(1), stored(5)]).await;
    let new = NewHold {
        project_id: &project,
        name: "case",
        reason: "court",
        filter: &Filter::default(),
        from_ms: None,
        to_ms: Some(clock::now_ms() - 3 * DAY),
        created_by: "c@x.y",
    };
    holds::create(&at.store, new).await.unwrap();
    let job = at.erase(&project, "identifier", "ada").await;
    let certificate: Value = serde_json::from_str(&job.certificate.unwrap()).unwrap();
    assert_eq!(
        certificate["tables"],
        json!([
            {"table": "events", "before": 2, "held": 1, "removed": 1, "after": 0},
            {"table": "user_day", "before": 2, "held": 1, "removed": 1, "after": 0},
        ])
    );
    assert_eq!(at.number("SELECT count() FROM events").await, 1);
    let books = at.books().await;
    assert!(books.agrees(), "{books:?}");
}

/// A batch that is under way is completed after a crash, also by what was removed of it: so nothing of it is removed.
#[tokio::test]
async fn an_erasure_waits_until_what_it_removes_is_confirmed() {
    let at = Installation::new().await;
    let project = at.project("p").await;
    let stored = |identifier| Stored { project: &project, identifier, age_days: 1 };
    at.events(&[stored("bob"), stored("ada"), stored("bob")]).await;
    // The batch with her event is under way again; one of somebody else after it is of no concern.
    at.commit(1);
    let erase = async |subject: &str| {
        let new = NewErasure {
            project_id: &project,
            field: "identifier",
            subject,
            reason: "request 8",
            requested_by: "dpo@x.y",
        };
        erasures::create(&at.store, new).await.unwrap()
    };
    let job = erase("ada").await;
    let step =
        async || erasure::step(&at.store, &at.sources, Duration::ZERO, &Turn::default()).await.unwrap();
    let rows = "SELECT count() FROM events";
    for _ in 0..2 {
        assert_eq!(step().await, erasure::Step::Waits { id: job.id.clone() });
        assert_eq!(at.number(rows).await, 3);
        assert_eq!(at.number("SELECT count() FROM removals").await, 0, "nothing is noted that has not gone");
    }
    at.commit(2);
    assert_eq!(step().await, erasure::Step::Done);
    assert_eq!(at.number(rows).await, 2);
    erase("nobody").await;
    assert_eq!(step().await, erasure::Step::Done, "there is nothing to wait for");
    assert_eq!(step().await, erasure::Step::Nothing);
    assert!(at.books().await.agrees());
}
