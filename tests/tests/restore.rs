//! The restore drill of docs/BACKUP.md: ClickHouse is lost and comes back from a backup that is older than what was
//! stored. Afterwards every accepted event is there once, in the rows and in the rollups.

use std::time::Duration;

use bataudit_e2e::clickhouse::ClickHouse;
use bataudit_e2e::operator::Operator;
use bataudit_e2e::sample;
use bataudit_e2e::stack::{Application, Plan, Stack};
use bataudit_e2e::wait::{eventually, holds};
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

/// Backs the database up while no processor writes: rows and rollups are then of the same moment.
async fn back_up(stack: &mut Stack, name: &str, base: Option<&str>) {
    stack.processor.process.stop(SOON).await;
    let database = stack.clickhouse.database();
    let base = base.map_or_else(String::new, |base| format!(" SETTINGS base_backup = File('{base}')"));
    let answer = server(stack).ask(&format!("BACKUP DATABASE `{database}` TO File('{name}'){base}")).await;
    assert!(answer.contains("BACKUP_CREATED"), "{answer}");
    stack.processor.process.restart();
    stack.processor.ready().await;
}

/// The disaster, applications that notice nothing of it, and the way back under a new group.
async fn lose_and_restore(stack: &mut Stack, app: &Application, backup: &str, group: &str) {
    let database = stack.clickhouse.database().to_owned();
    server(stack).ask(&format!("DROP DATABASE `{database}` SYNC")).await;
    post(app, 100).await;
    stack.processor.process.kill();
    stack.sentinel.process.stop(SOON).await;
    let answer = server(stack).ask(&format!("RESTORE DATABASE `{database}` FROM File('{backup}')")).await;
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
    let (full, later) = (format!("{database}_full"), format!("{database}_later"));
    post(&app, 200).await;
    until_rows(&stack, &app, 200).await;
    back_up(&mut stack, &full, None).await;
    post(&app, 200).await;
    until_rows(&stack, &app, 400).await;
    back_up(&mut stack, &later, Some(&full)).await;
    post(&app, 200).await;
    until_rows(&stack, &app, 600).await;

    // The second time, the last rows of the backup are older than the first restore too.
    for (time, accepted) in [("once", 700), ("twice", 800)] {
        let group = format!("{database}_{time}");
        lose_and_restore(&mut stack, &app, &later, &group).await;
        assert_whole(&stack, &app, &group, accepted).await;
    }
}
