//! A ClickHouse of two shards behind the whole line: every service finds all events, and a shard may be killed in the
//! middle of its inserts without an event being lost or stored twice.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bataudit_e2e::api::Api;
use bataudit_e2e::load::{Load, Running};
use bataudit_e2e::private_engine::{ADMIN, CLUSTER, Mood, PrivateEngine};
use bataudit_e2e::stack::{Application, Plan, Stack};
use bataudit_e2e::wait::{eventually, holds};
use bataudit_e2e::{binaries, kafka, sample};
use bataudit_ledger::Confirmed;
use bataudit_ledger::rollups::{self, mend::mend};
use bataudit_processor::intent::Reading;
use bataudit_processor::recover::{ClickHouseRows, Origin, StoredRows as _};
use bataudit_processor::write::pins;
use bataudit_store::{Connection, schema};
use serde_json::{Value, json};
use uuid::Uuid;

const PER_SECOND: u32 = 150;
const SOME: usize = 200;
const SOON: Duration = Duration::from_secs(30);
/// How long after the last fault everything acknowledged must be visible.
const SETTLED: Duration = Duration::from_secs(90);

async fn start(label: &'static str) -> ([PrivateEngine; 2], Stack) {
    let shards = PrivateEngine::shards(&binaries::artifacts(&format!("{label}_shards"))).await;
    let stack = start_on(&shards, label).await;
    (shards, stack)
}

async fn start_on(shards: &[PrivateEngine; 2], label: &'static str) -> Stack {
    let env = [("BATAUDIT_CLICKHOUSE_CLUSTER", CLUSTER), ("BATAUDIT_KAFKA_PARTITIONS", "4")];
    let env = env.map(|(name, value)| (name, value.to_owned())).to_vec();
    let plan = Plan { clickhouse: Some(shards[0].url()), env, ..Plan::new(label) };
    Stack::start(plan).await
}

fn load(stack: &Stack, app: &Application) -> Running {
    let urls = stack.ingests.iter().map(|ingest| ingest.url.clone()).collect();
    let (key, service) = (app.gateway.key.clone(), app.service.clone());
    Load { urls, key, service, per_second: PER_SECOND }.start()
}

/// Rows of each shard, asked of its own table; an engine that has just started may not answer yet.
async fn rows_of_shards(shards: &[PrivateEngine; 2], stack: &Stack) -> [u64; 2] {
    let own = |shard: &PrivateEngine| {
        let client = shard.admin().with_database(&format!("{}_local", stack.clickhouse.database()));
        async move { client.number("SELECT count() FROM events").await }
    };
    let (one, two) = tokio::join!(own(&shards[0]), own(&shards[1]));
    [one, two]
}

/// What every reader of the events says of them.
async fn readers_see(owner: &Api, app: &Application, events: usize) {
    let total = async |path: &str, pointer: &str| {
        let answer = owner.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
        answer.json().pointer(pointer).and_then(Value::as_u64)
    };
    let (project, expected) = (&app.project, Some(events as u64));
    let list = format!("/v1/audit?project_id={project}&limit=1");
    assert_eq!(total(&list, "/pagination/totalItems").await, expected, "the list");
    // By routes, by routes that do not tell, and event by event over all there is.
    for (filter, expected) in
        [("path_prefix=/api/", expected), ("path_prefix=/api/users%3F", Some(0)), ("tenant_id!=x", expected)]
    {
        let found = total(&format!("{list}&{filter}"), "/pagination/totalItems").await;
        assert_eq!(found, expected, "{filter}");
    }
    let stats = format!("/v1/audit/stats?project_id={project}");
    assert_eq!(total(&stats, "/total").await, expected, "the rollups");
    let sessions = owner.get(&format!("/v1/audit/sessions?project_id={project}")).await;
    assert_eq!(sessions.status, 200, "{sessions:?}");
    let orphans = owner.get(&format!("/v1/audit/orphans?project_id={project}")).await;
    assert_eq!(orphans.status, 200, "{orphans:?}");
}

#[tokio::test]
async fn every_reader_sees_both_shards() {
    let (shards, stack) = start("cluster_reads").await;
    let app = stack.application("cluster-reads").await;
    let running = load(&stack, &app);
    running.more(3 * SOME, SOON).await;
    let ledger = running.stop().await;
    let verdict = ledger.settle(&stack.clickhouse, SETTLED).await;
    verdict.assert_rollups_agree();
    assert_eq!((verdict.duplicates.len(), verdict.rows), (0, verdict.acknowledged), "{verdict}");
    let rows = rows_of_shards(&shards, &stack).await;
    assert!(rows.iter().all(|rows| *rows > 0), "both shards take part: {rows:?}");
    readers_see(&app.owner, &app, verdict.rows).await;
    eventually("the sizes of both shards are told", SOON, async || {
        let storage = app.owner.get("/v1/pipeline/storage").await.json();
        let told = storage.pointer("/tables/0/rows").and_then(Value::as_u64);
        let stored: u64 = rows_of_shards(&shards, &stack).await.iter().sum();
        holds(told == Some(stored), format!("{told:?} of {stored}: {storage}"))
    })
    .await;
}

/// Events of which a second copy is a repeat.
fn with_ids(service: &str) -> Vec<Value> {
    (0..SOME).map(|_| sample::event_with(service, json!({ "id": Uuid::now_v7() }))).collect()
}

/// Starts the engines anew with another number of shards in their configuration.
async fn know_shards(engines: &mut [PrivateEngine; 2], count: usize) {
    for engine in engines {
        engine.process.kill();
        engine.knows_shards(count);
        engine.up(Mood::Usual).await;
    }
}

#[tokio::test]
async fn a_shard_may_be_added() {
    let mut engines = PrivateEngine::shards(&binaries::artifacts("cluster_grows_shards")).await;
    know_shards(&mut engines, 1).await;
    let mut stack = start_on(&engines, "cluster_grows").await;
    let app = stack.application("cluster-grows").await;
    let running = load(&stack, &app);
    running.more(SOME, SOON).await;
    let repeated = with_ids("repeated");
    app.gateway.accept_batch(&repeated).await;
    let before = running.stop().await.settle(&stack.clickhouse, SETTLED).await;
    let rows_of_repeated = async || {
        let rows =
            stack.clickhouse.try_ask("SELECT count() FROM events WHERE service_name = 'repeated'").await;
        holds(rows == Ok(SOME.to_string()), format!("{rows:?}"))
    };
    eventually("they are stored", SETTLED, rows_of_repeated).await;
    stack.processor.process.stop(SOON).await;

    know_shards(&mut engines, 2).await;
    stack.migrate().await;
    stack.processor.process.restart();
    stack.processor.ready().await;
    // Half of their partitions belong to the new shard now, and the first copies are in the old one.
    app.gateway.accept_batch(&repeated).await;
    let running = load(&stack, &app);
    running.more(2 * SOME, SOON).await;
    let ledger = running.stop().await;
    let wanted = before.rows + ledger.posts.len();
    let ids = format!("FROM events WHERE service_name = '{}'", app.service);
    let sent = format!("SELECT count() {ids}");
    eventually("everything is stored", SETTLED, async || {
        let rows = stack.clickhouse.number(&sent).await;
        holds(rows >= wanted as u64, format!("{rows:?} of {wanted}"))
    })
    .await;
    let stored = stack.clickhouse.number(&sent).await;
    let different = stack.clickhouse.number(&format!("SELECT uniqExact(id) {ids}")).await;
    assert_eq!((stored, different), (wanted as u64, wanted as u64));
    let repeats = stack.clickhouse.number("SELECT count() FROM events WHERE service_name = 'repeated'").await;
    assert_eq!(repeats, SOME as u64, "what was posted before and after the shard was added is stored once");
    let rows = rows_of_shards(&engines, &stack).await;
    assert!(rows[1] > 0, "the new shard takes part: {rows:?}");
    readers_see(&app.owner, &app, wanted + SOME).await;
}

/// The schema on two shards, without any service.
async fn tables(label: &str) -> ([PrivateEngine; 2], Connection) {
    let engines = PrivateEngine::shards(&binaries::artifacts(label)).await;
    let admin = engines[0].admin().with_database("audit").connection(ADMIN.0, ADMIN.1);
    let connection = admin.in_cluster(CLUSTER);
    assert!(!schema::migrate(&connection).await.expect("the schema").is_empty());
    assert_eq!(schema::migrate(&connection).await.expect("the schema"), [""; 0], "once is enough");
    (engines, connection)
}

/// An insert counts into the rollups of its own shard, and so does who counts anew.
#[tokio::test]
async fn a_rollup_that_falls_short_in_one_shard_is_counted_anew_there() {
    let (engines, connection) = tables("cluster_mends").await;
    let two_days_ago = "toStartOfDay(now('UTC')) - INTERVAL 2 DAY + INTERVAL 5 HOUR";
    let rows = format!(
        "INSERT INTO events (id, project_id, event_type, timestamp, received_at, service_name, status_code, identifier, \
         k_epoch, k_partition, k_offset, k_end) SELECT generateUUIDv4(), '01010101-0101-0101-0101-010101010101', 'http', \
         {two_days_ago}, {two_days_ago}, 'shop', 500, 'u', '1', number % 2, number, 200 FROM numbers(200)"
    );
    let client = connection.client();
    client.query_raw(&rows).execute().await.expect("rows");
    let now = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock").as_millis())
        .expect("now");
    let range = now - 3 * 86_400_000..now;
    let confirmed = Confirmed { epoch: "1".to_owned(), offsets: [(0, 200), (1, 200)].into() };
    let wrong = async || rollups::check(&connection, &range, None, &confirmed).await.expect("the rollups");
    assert_eq!(wrong().await, []);
    let local = engines[1].admin().with_database("audit_local");
    for table in ["stats_hour", "user_day"] {
        local.ask(&format!("ALTER TABLE {table} DELETE WHERE 1 SETTINGS mutations_sync = 2")).await;
    }
    let found = wrong().await;
    let short: Vec<_> = found.iter().map(|cell| (cell.table, cell.rows, cell.counted)).collect();
    assert_eq!(short, [("stats_hour", 200, 100), ("user_day", 200, 100)]);
    assert_eq!(mend(&connection, &found, &confirmed, now).await.expect("mending"), found);
    assert_eq!(wrong().await, []);
}

/// As when the number of shards was changed while a batch was under way.
#[tokio::test]
async fn rows_in_another_shard_stop_their_partition() {
    let (engines, connection) = tables("cluster_elsewhere").await;
    let shards = Arc::new(pins::check(&connection).await.expect("a cluster that keeps the promise"));
    let rows = ClickHouseRows::over(shards, &connection, "1");
    let row =
        "INSERT INTO audit_local.events (k_epoch, k_partition, k_offset, k_end) VALUES ('1', 2, 41, 42)";
    let origin = |committed| Origin {
        committed: Some(committed),
        reading: Reading::Nothing,
        low: 0,
        high: 50,
        seen: 50,
    };
    // Partition 2 belongs to the first shard.
    engines[0].admin().ask(row).await;
    assert_eq!(rows.look(2, &origin(41)).await.expect("its own shard has them").batches.len(), 1);
    engines[1].admin().ask(row).await;
    let refused = rows.look(2, &origin(41)).await.expect_err("the second shard has some too");
    assert!(refused.to_string().contains("lie on another shard than 1"), "{refused}");
    rows.look(2, &origin(42)).await.expect("what is settled may lie anywhere");
}

/// Whether an event with an id of its own is a repeat, as the line's own events may be, is asked of its own shard.
#[tokio::test]
async fn a_shard_that_is_away_holds_up_no_other() {
    let (mut shards, stack) = start("cluster_away").await;
    let app = stack.application("cluster-away").await;
    app.gateway.accept_batch(&with_ids(&app.service)).await;
    let sent = "SELECT count() FROM events WHERE NOT startsWith(event_type, 'system.')";
    eventually("the line goes", SETTLED, async || {
        let rows = stack.clickhouse.number(sent).await;
        holds(rows == SOME as u64, format!("{rows} rows"))
    })
    .await;
    shards[1].process.kill();
    let table = shards[0].admin().with_database(&format!("{}_local", stack.clickhouse.database()));
    let (before, mut posted) = (table.number(sent).await, SOME as u64);
    eventually("the other shard takes its events all the while", SETTLED, async || {
        app.gateway.accept_batch(&with_ids(&app.service)).await;
        posted += SOME as u64;
        let more = table.number(sent).await - before;
        holds(more >= 4 * SOME as u64, format!("{more} of {posted} rows"))
    })
    .await;
    shards[1].up(Mood::Usual).await;
    eventually("the rest is stored", SETTLED, async || {
        let rows = stack.clickhouse.try_ask(sent).await;
        holds(rows == Ok(posted.to_string()), format!("{rows:?} of {posted}"))
    })
    .await;
}

#[tokio::test]
async fn a_shard_may_be_killed_in_the_middle_of_its_inserts() {
    let (mut shards, stack) = start("cluster_kills").await;
    let app = stack.application("cluster-kills").await;
    let running = load(&stack, &app);
    for killed in [1, 0, 1, 1, 0] {
        running.more(SOME, SOON).await;
        shards[killed].process.kill();
        // Events are accepted all the while.
        running.more(SOME, SOON).await;
        shards[killed].up(Mood::Usual).await;
    }
    running.more(SOME, SOON).await;
    let ledger = running.stop().await;
    let given_up = ledger.posts.iter().filter(|post| post.acknowledged_at().is_none()).count();
    assert_eq!(given_up, 0, "posts that were repeated for a minute and never accepted");
    let verdict = ledger.settle(&stack.clickhouse, SETTLED).await;
    verdict.assert_posts_explain_copies();
    assert_eq!(verdict.inserted_twice().count(), 0, "{verdict}");
    // A kill may leave rows without their counts, which sentinel counts anew when the hour is over; never too many.
    let too_many: Vec<_> =
        verdict.disagreeing.iter().filter(|(_, counted)| *counted > verdict.rows as u64).collect();
    assert!(too_many.is_empty(), "{verdict}");
    let letters = kafka::read_all(&stack.brokers, &stack.topics.dead_letters).await;
    assert!(letters.is_empty(), "{} dead letters", letters.len());
    println!("{verdict}");
    std::fs::write(stack.artifacts.join("verdict.txt"), format!("{verdict}\n")).expect("an artifact");
}
