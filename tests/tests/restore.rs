//! The restore drill of docs/BACKUP.md: ClickHouse is lost and comes back from a backup that is older than what was
//! stored, on its own disk or in a bucket. Afterwards every accepted event is there once, in the rows and in the rollups.

use std::time::Duration;

use bataudit_e2e::bucket::Bucket;
use bataudit_e2e::clickhouse::ClickHouse;
use bataudit_e2e::operator::Operator;
use bataudit_e2e::private_engine::PrivateEngine;
use bataudit_e2e::stack::{Application, Plan, Stack};
use bataudit_e2e::wait::{eventually, holds};
use bataudit_e2e::{binaries, sample};
use serde_json::{Value, json};

const SOON: Duration = Duration::from_secs(30);

async fn post(app: &Application, count: usize) {
    let events: Vec<Value> = (0..count).map(|_| sample::event(&app.service)).collect();
    for some in events.chunks(20) {
        app.gateway.accept_batch(some).await;
    }
}

async fn until_rows(stack: &Stack, app: &Application, count: u64) {
    let rows = format!("SELECT count() FROM events WHERE project_id = '{}'", app.project);
    eventually("the rows are stored", SOON, async || {
        let rows = stack.clickhouse.number(&rows).await;
        holds(rows >= count, format!("{rows} of {count}"))
    })
    .await;
}

/// The engine, whatever became of the stack's database.
fn server(stack: &Stack) -> ClickHouse {
    stack.clickhouse.clone().with_database("default")
}

/// Where backups are.
#[derive(Debug, Clone, Copy)]
enum Place {
    Folder,
    Bucket,
}

impl Place {
    /// A backup there, in the words of BACKUP and RESTORE.
    fn of(self, name: &str) -> String {
        match self {
            Self::Folder => format!("File('{name}')"),
            Self::Bucket => format!("Disk('bucket', '{name}')"),
        }
    }
}

/// Backs the database up while no processor writes: rows and rollups are then of the same moment.
async fn back_up(stack: &mut Stack, place: Place, name: &str, base: Option<&str>) {
    stack.processor.process.stop(SOON).await;
    let (database, to) = (stack.clickhouse.database(), place.of(name));
    let base = base.map_or_else(String::new, |base| format!(" SETTINGS base_backup = {}", place.of(base)));
    let answer = server(stack).ask(&format!("BACKUP DATABASE `{database}` TO {to}{base}")).await;
    assert!(answer.contains("BACKUP_CREATED"), "{answer}");
    stack.processor.process.restart();
    stack.processor.ready().await;
}

/// Fills a line and backs it up fully and incrementally, with 200 events before each backup and 200 behind the last, whose
/// name is returned.
async fn fill_and_back_up(stack: &mut Stack, app: &Application, place: Place) -> String {
    let database = stack.clickhouse.database().to_owned();
    let (full, later) = (format!("{database}_full"), format!("{database}_later"));
    for (backup, accepted) in [(Some((&full, None)), 200), (Some((&later, Some(&full))), 400), (None, 600)] {
        post(app, 200).await;
        until_rows(stack, app, accepted).await;
        if let Some((name, base)) = backup {
            back_up(stack, place, name, base.map(String::as_str)).await;
        }
    }
    later
}

/// The way back from a disaster of which applications notice nothing, under a new group.
async fn restore(stack: &mut Stack, app: &Application, backup: &str, group: &str) {
    let database = stack.clickhouse.database().to_owned();
    post(app, 100).await;
    stack.processor.process.kill();
    stack.sentinel.process.stop(SOON).await;
    let answer = server(stack).ask(&format!("RESTORE DATABASE `{database}` FROM {backup}")).await;
    assert!(answer.contains("RESTORED"), "{answer}");
    for service in [&mut stack.processor, &mut stack.sentinel] {
        service.process.restart_with(&[("BATAUDIT_PROCESSOR_GROUP", Some(group.to_owned()))]);
        service.ready().await;
    }
}

/// Asserts that everything that was accepted is stored and counted, each event once.
async fn assert_whole(stack: &Stack, app: &Application, group: &str, accepted: u64) {
    until_rows(stack, app, accepted).await;
    let operator = Operator::at(stack).with("BATAUDIT_PROCESSOR_GROUP", group);
    let (agrees, report) = eventually("nothing waits", SOON, async || {
        let (agrees, report) = operator.verify(&["--project", &app.project]).await;
        holds(report["total"]["waiting"] == 0, report.to_string()).map(|()| (agrees, report))
    })
    .await;
    assert!(agrees, "{report}");
    let total = &report["total"];
    assert_eq!((&total["accepted"], &total["stored"]), (&json!(accepted), &json!(accepted)), "{report}");
    let project = format!("WHERE project_id = '{}'", app.project);
    let rows = stack.clickhouse.number(&format!("SELECT count() FROM events {project}")).await;
    assert_eq!(rows, accepted, "none is there twice");
    for rollup in ["stats_minute", "stats_hour", "stats_day"] {
        let counted = stack.clickhouse.number(&format!("SELECT sum(events) FROM {rollup} {project}")).await;
        assert_eq!(counted, accepted, "{rollup}");
    }
    // It is written down that the group began anew, and that this lost nothing.
    let incidents =
        "SELECT arrayStringConcat(arraySort(groupUniqArray(kind)), ' '), sum(lost) FROM loss_incidents FINAL";
    assert_eq!(stack.clickhouse.ask(incidents).await, "offsets_expired rollups_unverified\t0");
}

#[tokio::test]
async fn what_was_stored_after_the_backup_comes_back_from_kafka() {
    let mut stack = Stack::start(Plan::new("restore")).await;
    let app = stack.application("restore").await;
    let database = stack.clickhouse.database().to_owned();
    let backup = Place::Folder.of(&fill_and_back_up(&mut stack, &app, Place::Folder).await);
    // The second time, the last rows of the backup are older than the first restore too.
    for (time, accepted) in [("once", 700), ("twice", 800)] {
        let group = format!("{database}_{time}");
        server(&stack).ask(&format!("DROP DATABASE `{database}` SYNC")).await;
        restore(&mut stack, &app, &backup, &group).await;
        assert_whole(&stack, &app, &group, accepted).await;
    }
}

#[tokio::test]
#[ignore = "wants an S3 server, which scripts/restore-test builds"]
async fn a_lost_server_comes_back_from_a_bucket() {
    let logs = binaries::artifacts("restore_bucket_stores");
    let bucket = Bucket::start(logs.join("bucket.log")).await;
    let mut engine = PrivateEngine::with_bucket(&bucket, logs.join("clickhouse.log")).await;
    let plan = Plan { clickhouse: Some(engine.url()), ..Plan::new("restore_bucket") };
    let mut stack = Stack::start(plan).await;
    let app = stack.application("restore-bucket").await;
    let group = format!("{}_once", stack.clickhouse.database());
    let backup = fill_and_back_up(&mut stack, &app, Place::Bucket).await;
    assert!(bucket.holds(&backup), "the backup is not in the bucket");
    engine.lose_disk().await;
    restore(&mut stack, &app, &Place::Bucket.of(&backup), &group).await;
    assert_whole(&stack, &app, &group, 700).await;
}
