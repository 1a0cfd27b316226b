//! The processor on a real Kafka and a real ClickHouse (`make services-up`), each test with topics, a
//! group and a database of its own.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use bataudit_event::{Event, record};
use bataudit_kafka::topics::{TopicLayout, create};
use bataudit_kafka::{Connection, Topics, stream};
use bataudit_processor::Config;
use bataudit_processor::intent::{self, Intent, Mark};
use bataudit_service::{Env, Field, Health, Shutdown};
use bataudit_store::{connection, scratch::Scratch};
use rdkafka::admin::{AdminClient, AdminOptions};
use rdkafka::client::DefaultClientContext;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer};
use rdkafka::groups::GroupInfo;
use rdkafka::message::{BorrowedMessage, Header, Headers, Message, OwnedHeaders};
use rdkafka::producer::{BaseRecord, DefaultProducerContext, Producer, ThreadedProducer};
use rdkafka::{Offset, TopicPartitionList};
use tokio::task::JoinHandle;

const TEST_BROKERS: Field = Field::new("BATAUDIT_TEST_KAFKA_BROKERS", "127.0.0.1:19092", "Kafka for tests.");
const PATIENCE: Duration = Duration::from_secs(30);
const PARTITIONS: i32 = 2;

/// Topics, a group and a database, with a producer and an admin client.
struct Line {
    kafka: Connection,
    topics: Topics,
    scratch: Scratch,
    producer: ThreadedProducer<DefaultProducerContext>,
    admin: AdminClient<DefaultClientContext>,
    name: String,
    epoch: String,
}

impl Line {
    async fn new() -> Result<Self> {
        let kafka = Connection::plaintext(Env::from_process().text(&TEST_BROKERS));
        let name = format!("test-{}", uuid::Uuid::new_v4().simple());
        let topics = Topics::with_prefix(&name);
        let layout = TopicLayout { partitions: PARTITIONS, replication: 1, retention_ms: 3_600_000 };
        create(&kafka, &topics, layout).await.context("run `make services-up`")?;
        let producer = kafka.client(&name).create()?;
        let admin = kafka.client(&name).create()?;
        Ok(Self {
            kafka,
            topics,
            scratch: Scratch::migrated().await?,
            producer,
            admin,
            name,
            epoch: "1".to_owned(),
        })
    }

    fn config(&self) -> Result<Config> {
        let store = &self.scratch.connection;
        let mut env = Env::default()
            .with(&bataudit_kafka::connection::BROKERS, &self.kafka.brokers)
            .with(&bataudit_kafka::topics::PREFIX, &self.name)
            .with(&connection::URL, &store.url)
            .with(&connection::USER, &store.user)
            .with(&connection::PASSWORD, store.password.expose())
            .with(&connection::DATABASE, &store.database)
            .with(&stream::GROUP, &self.name)
            .with(&stream::EPOCH, &self.epoch);
        let config = Config::from_env(&mut env);
        env.finish()?;
        Ok(config)
    }

    fn start(&self) -> Result<Running> {
        let (health, shutdown) = (Health::new(), Shutdown::new());
        let task = tokio::spawn(bataudit_processor::run(self.config()?, health.clone(), shutdown.clone()));
        Ok(Running { health, shutdown, task: Some(task) })
    }

    /// Produces one record of `count` events; each has an id of its own.
    fn produce(&self, partition: i32, count: usize) -> Result<()> {
        let ids: Vec<_> = (0..count).map(|_| uuid::Uuid::now_v7().into_bytes()).collect();
        let events: Vec<_> = ids.iter().map(|id| event(*id)).collect();
        let mut value = Vec::new();
        record::encode(events.iter(), &mut value);
        self.produce_bytes(partition, &value)
    }

    fn produce_bytes(&self, partition: i32, value: &[u8]) -> Result<()> {
        let headers = OwnedHeaders::new()
            .insert(Header { key: record::FORMAT_HEADER, value: Some(record::FORMAT) })
            .insert(Header { key: record::COUNT_HEADER, value: Some("3") });
        let record: BaseRecord<'_, (), [u8]> =
            BaseRecord::to(&self.topics.events).partition(partition).payload(value).headers(headers);
        self.producer.send(record).map_err(|(error, _)| error)?;
        Ok(self.producer.flush(PATIENCE)?)
    }

    async fn number(&self, sql: &str) -> Result<u64> {
        Ok(self.scratch.connection.client().query(sql).fetch_one().await?)
    }

    async fn rows(&self) -> Result<u64> {
        self.number("SELECT count() FROM events").await
    }

    /// Waits until the table has this many rows.
    async fn until_rows(&self, rows: u64) -> Result<()> {
        let deadline = Instant::now() + PATIENCE;
        let mut ticks = tokio::time::interval(Duration::from_millis(20));
        while self.rows().await? < rows {
            ensure!(Instant::now() < deadline, "only {} of {rows} rows", self.rows().await?);
            ticks.tick().await;
        }
        ensure!(self.rows().await? == rows, "too many rows");
        Ok(())
    }

    /// A consumer that is no member of the group, for its offsets or for another topic.
    fn outsider(&self) -> Result<BaseConsumer> {
        let mut client = self.kafka.client("outsider");
        client.set("group.id", &self.name).set("enable.auto.commit", "false");
        Ok(client.create()?)
    }

    /// Waits until the group has this many members and is just dividing the partitions.
    async fn until_joining(&self, members: usize) -> Result<()> {
        let (outsider, deadline) = (self.outsider()?, Instant::now() + PATIENCE);
        let mut ticks = tokio::time::interval(Duration::from_millis(10));
        loop {
            let groups = outsider.fetch_group_list(Some(&self.name), PATIENCE)?;
            let is_joining =
                |group: &GroupInfo| group.members().len() == members && group.state() != "Stable";
            if groups.groups().iter().any(is_joining) {
                return Ok(());
            }
            ensure!(Instant::now() < deadline, "no member joins");
            ticks.tick().await;
        }
    }

    /// What the group has committed; -1 for nothing.
    fn committed(&self) -> Result<Vec<i64>> {
        let mut list = TopicPartitionList::new();
        list.add_partition_range(&self.topics.events, 0, PARTITIONS - 1);
        let list = self.outsider()?.committed_offsets(list, PATIENCE)?;
        Ok(list.elements().iter().map(|element| element.offset().to_raw().unwrap_or(-1).max(-1)).collect())
    }

    /// Sets what the group, which has no members, has committed.
    fn commit(&self, partition: i32, offset: i64) -> Result<()> {
        self.commit_with(partition, offset, "")
    }

    fn commit_with(&self, partition: i32, offset: i64, metadata: impl AsRef<str>) -> Result<()> {
        let mut list = TopicPartitionList::new();
        list.add_partition_offset(&self.topics.events, partition, Offset::Offset(offset))?;
        let mut element = list.find_partition(&self.topics.events, partition).context("the element")?;
        element.set_metadata(metadata);
        Ok(self.outsider()?.commit(&list, CommitMode::Sync)?)
    }

    /// The metadata of what is committed of partition 0.
    fn metadata(&self) -> Result<String> {
        let mut list = TopicPartitionList::new();
        list.add_partition(&self.topics.events, 0);
        let list = self.outsider()?.committed_offsets(list, PATIENCE)?;
        Ok(list.elements().first().context("an element")?.metadata().to_owned())
    }

    /// The incidents, one line each.
    async fn incidents(&self) -> Result<Vec<String>> {
        let sql = "SELECT concat(kind, ' ', toString(k_partition), ' ', toString(first_offset), '-', \
            toString(end_offset), ' lost ', toString(lost)) FROM loss_incidents FINAL ORDER BY ALL";
        Ok(self.scratch.connection.client().query(sql).fetch_all().await?)
    }

    /// Deletes the events topic and makes it anew.
    async fn recreate(&self) -> Result<()> {
        self.admin.delete_topics(&[&self.topics.events], &AdminOptions::new()).await?;
        let layout = TopicLayout { partitions: PARTITIONS, replication: 1, retention_ms: 3_600_000 };
        let deadline = Instant::now() + PATIENCE;
        let mut ticks = tokio::time::interval(Duration::from_millis(100));
        // A topic is deleted some time after the answer, and until then it exists.
        while self.outsider()?.fetch_watermarks(&self.topics.events, 0, PATIENCE).ok() != Some((0, 0)) {
            ensure!(Instant::now() < deadline, "the topic was not made anew");
            ticks.tick().await;
            create(&self.kafka, &self.topics, layout).await?;
        }
        Ok(())
    }

    async fn remove(self) -> Result<()> {
        let topics = [&*self.topics.events, &*self.topics.access, &*self.topics.dead_letters];
        self.admin.delete_topics(&topics, &AdminOptions::new()).await?;
        Ok(())
    }
}

struct Running {
    health: Health,
    shutdown: Shutdown,
    task: Option<JoinHandle<Result<(), bataudit_processor::Error>>>,
}

impl Running {
    async fn stop(mut self) -> Result<()> {
        self.shutdown.trigger();
        let task = self.task.take().context("stopped twice")?;
        Ok(tokio::time::timeout(PATIENCE, task).await???)
    }

    async fn until(&self, what: &str, condition: impl Fn(&Health) -> bool) -> Result<()> {
        let deadline = Instant::now() + PATIENCE;
        let mut ticks = tokio::time::interval(Duration::from_millis(20));
        while !condition(&self.health) {
            ensure!(Instant::now() < deadline, "never {what}: {:?}", self.health.waiting_for());
            ticks.tick().await;
        }
        Ok(())
    }
}

impl Drop for Running {
    /// A test that fails must not wait for a processor that nobody stops.
    fn drop(&mut self) {
        self.shutdown.trigger();
    }
}

fn event(id: [u8; 16]) -> Event<'static> {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let now = i64::try_from(now.as_millis()).unwrap_or_default();
    Event {
        id,
        event_type: "http",
        timestamp: now,
        received_at: now,
        path: "/users/42",
        request_body: r#"{"password":"hunter2"}"#,
        source: "backend",
        ..Event::default()
    }
}

fn header(message: &BorrowedMessage<'_>, key: &str) -> Option<String> {
    let headers = message.headers()?;
    let value = headers.iter().find(|header| header.key == key)?.value?;
    Some(String::from_utf8_lossy(value).into_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn events_flow_and_a_restart_repeats_nothing() -> Result<()> {
    let line = Line::new().await?;
    let running = line.start()?;
    for record in 0..40 {
        line.produce(record % PARTITIONS, 5)?;
    }
    line.until_rows(200).await?;
    running.until("ready", Health::is_ready).await?;
    running.stop().await?;
    assert_eq!(line.committed()?, [20, 20]);

    line.produce(0, 7)?;
    let again = line.start()?;
    line.until_rows(207).await?;
    again.stop().await?;
    assert_eq!(line.committed()?, [21, 20]);
    assert_eq!(line.number("SELECT sum(events) FROM stats_day").await?, 207);
    assert_eq!(line.number("SELECT countIf(request_body LIKE '%hunter2%') FROM events").await?, 0);
    assert_eq!(line.number("SELECT uniqExact(k_partition, k_offset, k_index) FROM events").await?, 207);
    line.remove().await
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_were_stored_but_not_committed_are_not_stored_again() -> Result<()> {
    let line = Line::new().await?;
    for _ in 0..10 {
        line.produce(0, 3)?;
    }
    let running = line.start()?;
    line.until_rows(30).await?;
    running.stop().await?;

    // As if the processor had been killed between its last inserts and their commits.
    line.commit(0, 4)?;
    line.produce(0, 1)?;
    let again = line.start()?;
    line.until_rows(31).await?;
    again.stop().await?;
    assert_eq!(line.committed()?[0], 11);
    assert_eq!(line.number("SELECT sum(events) FROM stats_day").await?, 31);
    line.remove().await
}

#[tokio::test(flavor = "multi_thread")]
async fn poison_goes_to_the_dead_letters_and_holds_up_nothing() -> Result<()> {
    let line = Line::new().await?;
    line.produce_bytes(1, b"hunter2 is not a record")?;
    line.produce(1, 2)?;
    let running = line.start()?;
    line.until_rows(2).await?;
    running.stop().await?;
    assert_eq!(line.committed()?[1], 2);

    let reader = line.outsider()?;
    let mut list = TopicPartitionList::new();
    list.add_partition_offset(&line.topics.dead_letters, 0, Offset::Beginning)?;
    reader.assign(&list)?;
    let letter = reader.poll(PATIENCE).context("no dead letter")??;
    assert_eq!(letter.key(), Some(format!("{}-1-0", line.topics.events).as_bytes()));
    assert_eq!(letter.payload().unwrap_or_default(), b"");
    assert_eq!(header(&letter, "bataudit-reason").as_deref(), Some("malformed_record"));
    assert_eq!(header(&letter, record::COUNT_HEADER).as_deref(), Some("3"));
    assert_eq!(header(&letter, "bataudit-length").as_deref(), Some("23"));
    line.remove().await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_kafka_deleted_is_an_incident_and_the_rest_is_stored() -> Result<()> {
    let line = Line::new().await?;
    for _ in 0..10 {
        line.produce(0, 1)?;
    }
    line.commit(0, 2)?;
    let mut cut = TopicPartitionList::new();
    cut.add_partition_offset(&line.topics.events, 0, Offset::Offset(6))?;
    line.admin.delete_records(&cut, &AdminOptions::new()).await?;
    let running = line.start()?;
    line.until_rows(4).await?;
    running.stop().await?;
    assert_eq!(line.committed()?[0], 10);
    assert_eq!(line.incidents().await?, ["retention_cut 0 2-6 lost 4"]);
    line.remove().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_ends_before_the_committed_offset_stands_still_alone() -> Result<()> {
    let line = Line::new().await?;
    line.commit(0, 500)?;
    line.produce(0, 1)?;
    line.produce(1, 1)?;
    let running = line.start()?;
    line.until_rows(1).await?;
    let stands_still = |health: &Health| {
        health.waiting_for().iter().any(|(part, why)| *part == "partitions" && why.contains("made anew"))
    };
    running.until("standing still", stands_still).await?;
    running.stop().await?;
    assert_eq!(line.committed()?, [500, 1]);
    assert_eq!(line.incidents().await?, ["topic_recreated 0 500-500 lost 0"]);
    line.remove().await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_intent_is_carried_out_under_its_token_and_rollups_agree() -> Result<()> {
    let line = Line::new().await?;
    for _ in 0..6 {
        line.produce(0, 2)?;
    }
    // As a processor leaves it that was killed before its insert.
    let intent = Intent { end: 4, rows: 8, dead_letters: 0, mask_rules: 1 };
    line.commit_with(0, 0, intent::encode(Mark::Open(intent), "1", 0))?;
    let running = line.start()?;
    line.until_rows(12).await?;
    running.stop().await?;
    assert_eq!(line.number("SELECT countIf(k_batch = 0 AND k_end = 4) FROM events").await?, 8);
    assert_eq!(line.committed()?[0], 6);
    assert_eq!(line.metadata()?, intent::encode(Mark::Settled, "1", 6));

    // As one that was killed after its insert, or between the rows and the rollups.
    let intent = Intent { end: 6, rows: 4, dead_letters: 0, mask_rules: 1 };
    line.commit_with(0, 4, intent::encode(Mark::Open(intent), "1", 4))?;
    line.produce(0, 1)?;
    let again = line.start()?;
    line.until_rows(13).await?;
    again.stop().await?;
    assert_eq!(line.number("SELECT sum(events) FROM stats_day").await?, 13);
    assert!(line.incidents().await?.is_empty());
    line.remove().await
}

#[tokio::test(flavor = "multi_thread")]
async fn foreign_metadata_is_no_intent() -> Result<()> {
    let line = Line::new().await?;
    for (records, metadata) in [(0, "somebody's note"), (1, "bat1 1 9 9 9 9 00000000")] {
        line.produce(0, 1)?;
        line.commit_with(0, records, metadata)?;
        let running = line.start()?;
        line.until_rows(u64::try_from(records + 1)?).await?;
        running.stop().await?;
        assert_eq!(line.committed()?[0], records + 1);
    }
    line.remove().await
}

#[tokio::test(flavor = "multi_thread")]
async fn offsets_that_kafka_forgot_are_found_in_the_table() -> Result<()> {
    let line = Line::new().await?;
    for _ in 0..5 {
        line.produce(0, 2)?;
    }
    let running = line.start()?;
    line.until_rows(10).await?;
    running.stop().await?;
    line.admin.delete_groups(&[&line.name], &AdminOptions::new()).await?;
    assert_eq!(line.committed()?[0], -1);
    line.produce(0, 3)?;
    let again = line.start()?;
    line.until_rows(13).await?;
    again.stop().await?;
    assert_eq!(line.committed()?[0], 6);
    assert_eq!(line.number("SELECT sum(events) FROM stats_day").await?, 13);
    let incidents = line.incidents().await?;
    assert!(incidents.len() == 1 && incidents[0].starts_with("offsets_expired 0 "), "{incidents:?}");
    line.remove().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_topic_made_anew_is_refused_until_it_gets_a_new_epoch() -> Result<()> {
    let mut line = Line::new().await?;
    for _ in 0..3 {
        line.produce(0, 1)?;
    }
    let running = line.start()?;
    line.until_rows(3).await?;
    running.stop().await?;
    line.recreate().await?;
    // More records than before: only what they hold tells that they are others.
    for _ in 0..5 {
        line.produce(0, 1)?;
    }
    line.commit(0, 3)?;
    let refused = line.start()?;
    let stands_still = |health: &Health| {
        health.waiting_for().iter().any(|(part, why)| *part == "partitions" && why.contains("STREAM_EPOCH"))
    };
    refused.until("standing still", stands_still).await?;
    refused.stop().await?;
    assert_eq!(line.rows().await?, 3);
    assert_eq!(line.incidents().await?, ["topic_recreated 0 2-3 lost 0"]);

    line.epoch = "2".to_owned();
    line.commit_with(0, 3, intent::encode(Mark::Settled, "1", 3))?;
    let anew = line.start()?;
    line.until_rows(8).await?;
    anew.stop().await?;
    assert_eq!(line.committed()?[0], 5);
    line.remove().await
}

/// A shutdown that comes between the halves of a rebalance: what the group then gives must be given back, else the
/// client waits for ever.
#[tokio::test(flavor = "multi_thread")]
async fn a_processor_that_is_stopped_while_it_joins_ends() -> Result<()> {
    let line = Line::new().await?;
    line.produce(0, 1)?;
    let running = line.start()?;
    line.until_rows(1).await?;
    for _ in 0..3 {
        let joining = line.start()?;
        line.until_joining(2).await?;
        joining.stop().await?;
    }
    line.produce(1, 1)?;
    line.until_rows(2).await?;
    running.stop().await?;
    line.remove().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_block_stops_its_partition_and_no_other() -> Result<()> {
    let line = Line::new().await?;
    let client = line.scratch.connection.client();
    client.query_raw("ALTER TABLE events ADD CONSTRAINT none CHECK k_partition != 0").execute().await?;
    line.produce(0, 1)?;
    line.produce(1, 1)?;
    let running = line.start()?;
    line.until_rows(1).await?;
    let named = |health: &Health| {
        health
            .waiting_for()
            .iter()
            .any(|(part, why)| *part == "partitions" && why.contains("partition 0: block 1:"))
    };
    running.until("readiness names it", named).await?;
    line.produce(1, 1)?;
    line.until_rows(2).await?;
    running.stop().await?;
    assert_eq!(line.committed()?, [0, 2], "its intent, and nothing past it");

    client.query_raw("ALTER TABLE events DROP CONSTRAINT none").execute().await?;
    let again = line.start()?;
    line.until_rows(3).await?;
    again.stop().await?;
    assert_eq!(line.committed()?, [1, 2]);
    line.remove().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_processor_shares_the_work_and_nothing_is_doubled() -> Result<()> {
    let line = Line::new().await?;
    let first = line.start()?;
    first.until("ready", Health::is_ready).await?;
    line.produce(0, 1)?;
    let second = line.start()?;
    for record in 0..200 {
        line.produce(record % PARTITIONS, 2)?;
    }
    line.until_rows(401).await?;
    first.stop().await?;
    line.produce(0, 1)?;
    line.produce(1, 1)?;
    line.until_rows(403).await?;
    second.stop().await?;
    assert_eq!(line.committed()?, [102, 101]);
    line.remove().await
}
