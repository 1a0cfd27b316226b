//! The middle of an upgrade: the stores have the schema of the next version, and the programs are still this version's. They
//! take events, start, prepare the stores, read and let people in as before.

use std::time::Duration;

use bataudit_e2e::control;
use bataudit_e2e::load::Load;
use bataudit_e2e::operator::Operator;
use bataudit_e2e::sample;
use bataudit_e2e::stack::{Plan, Stack};
use bataudit_e2e::wait::{eventually, holds};

const SOON: Duration = Duration::from_secs(30);
const SETTLED: Duration = Duration::from_secs(60);
const PER_SECOND: u32 = 100;
/// About a second of load.
const SOME: usize = 100;

/// What the migrate step of a next version may do: it adds.
const NEXT_EVENTS: [&str; 4] = [
    "ALTER TABLE events ADD COLUMN next_version String DEFAULT 'unset' AFTER path",
    "CREATE TABLE next_hour (bucket DateTime('UTC'), events SimpleAggregateFunction(sum, UInt64)) \
     ENGINE = AggregatingMergeTree ORDER BY bucket SETTINGS non_replicated_deduplication_window = 10000",
    "CREATE MATERIALIZED VIEW mv_next_hour TO next_hour AS \
     SELECT toStartOfHour(toDateTime(timestamp, 'UTC')) AS bucket, count() AS events FROM events GROUP BY bucket",
    "INSERT INTO schema_migrations (name, checksum) VALUES ('9999_next', 'of the next version')",
];
const NEXT_CONTROL: &str = "\
    ALTER TABLE projects ADD COLUMN next_version TEXT NOT NULL DEFAULT 'unset'; \
    ALTER TABLE users ADD COLUMN next_version TEXT; \
    CREATE TABLE next_things (id TEXT PRIMARY KEY); \
    INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
    VALUES (9999, 'next', TRUE, '\\x00', 0)";

#[tokio::test]
async fn programs_go_on_with_the_schema_of_the_next_version() {
    let mut stack = Stack::start(Plan::new("upgrade")).await;
    let app = stack.application("upgrade").await;
    let (urls, key, service) = (vec![app.gateway.url.clone()], app.gateway.key.clone(), app.service.clone());
    let running = Load { urls, key, service, per_second: PER_SECOND }.start();
    running.more(SOME, SOON).await;
    for statement in NEXT_EVENTS {
        stack.clickhouse.ask(statement).await;
    }
    control::carry_out(&stack.control_url, NEXT_CONTROL).await;
    running.more(SOME, SOON).await;
    // As after the way back to the version before, and as a pod that moved to another node.
    for service in stack.all() {
        service.process.stop(SOON).await;
        service.process.restart();
        service.ready().await;
    }
    stack.migrate().await;
    running.more(SOME, SOON).await;
    let verdict = running.stop().await.settle(&stack.clickhouse, SETTLED).await;
    assert_eq!((verdict.rows, verdict.acknowledged), (verdict.posted, verdict.posted), "{verdict}");
    verdict.assert_rollups_agree();
    let log = stack.processor.process.log();
    assert!(log.contains("holds a migration of a later version"), "{}", stack.processor.process.tail());

    // What the next version added is filled by what this one stores, each event once.
    let counted = "SELECT sum(events) FROM next_hour";
    let before = stack.clickhouse.number(counted).await;
    let more: Vec<_> = (0..SOME).map(|_| sample::event(&app.service)).collect();
    app.gateway.accept_batch(&more).await;
    let wanted = before + SOME as u64;
    eventually("the next version's rollup counts them", SETTLED, async || {
        let now = stack.clickhouse.number(counted).await;
        holds(now == wanted, format!("{now} of {wanted}"))
    })
    .await;
    let unset = "SELECT countIf(next_version != 'unset') FROM events";
    assert_eq!(stack.clickhouse.number(unset).await, 0);

    // A new project and key, a sign-in, a list, and the books.
    let later = stack.application("upgrade-later").await;
    later.gateway.accept(&sample::event(&later.service)).await;
    later.owner.events_when(&later.query(), 1, SETTLED).await;
    let (agrees, report) = Operator::at(&stack).verify(&[]).await;
    assert!(agrees, "{report}");
}
