//! Fills the store with events that ClickHouse makes itself, in blocks as a processor inserts them, views and
//! rollups included: see `seed.sql`.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use bataudit_e2e::services::Services;
use bataudit_processor::write::pins;
use tokio::time::{Instant, interval, timeout};

use crate::line::Line;

const STATEMENT: &str = include_str!("seed.sql");
/// Rows of an insert, which is one block.
const BLOCK: u64 = 250_000;
const PROJECTS: usize = 20;
/// Among how many of the last events orphans are counted.
const ORPHANS_OF: u64 = 100_000;
/// How long one block may take.
const INSERTED: Duration = Duration::from_secs(300);
/// How long the engine may go on merging afterwards.
const MERGED: Duration = Duration::from_secs(600);

/// Fills the store; returns the projects, the largest first.
///
/// # Errors
/// When ClickHouse fails, or the rollups do not count what was stored.
pub async fn fill(line: &Line, events: u64) -> anyhow::Result<Vec<String>> {
    let mut projects = Vec::new();
    for number in 0..PROJECTS {
        projects.push(line.application.owner.create_project(&format!("reads-{number:02}")).await);
    }
    let services = Services::running();
    let connection =
        line.stack.clickhouse.connection(&services.clickhouse_user, &services.clickhouse_password);
    let (client, now) = (connection.client(), chrono::Utc::now().timestamp_millis());
    for first in (0..events).step_by(usize::try_from(BLOCK)?) {
        let rows = BLOCK.min(events - first);
        let insert = client
            .query_raw(STATEMENT)
            .param("lo", first)
            .param("rows", rows)
            .param("total", events)
            .param("now_ms", now)
            .param("projects", &projects);
        let insert =
            pins::SETTINGS.iter().fold(insert, |insert, (name, value)| insert.with_setting(*name, *value));
        let insert = insert
            .with_setting("insert_deduplication_token", format!("seed:{events}:{first}"))
            .with_setting("max_block_size", BLOCK.to_string())
            .with_setting("max_threads", "1");
        timeout(INSERTED, insert.execute()).await.context("a block took too long")??;
    }
    check(line, events).await?;
    settle(line).await?;
    Ok(projects)
}

/// What is stored is what was asked for, and every rollup counts it.
async fn check(line: &Line, events: u64) -> anyhow::Result<()> {
    let number = async |statement: &str| line.stack.clickhouse.number(statement).await;
    let stored = number("SELECT count() FROM events").await;
    ensure!(stored == events, "{stored} of {events} events are stored");
    for table in ["stats_minute", "stats_hour", "stats_day", "endpoint_hour", "endpoint_day"] {
        let counted = number(&format!("SELECT sum(events) FROM {table}")).await;
        ensure!(counted == events, "{table} counts {counted} of {events} events");
    }
    for (table, rows) in [("user_day", "identifier != ''"), ("error_day", "status_code >= 400")] {
        let rows = number(&format!("SELECT count() FROM events WHERE {rows}")).await;
        let counted = number(&format!("SELECT sum(events) FROM {table}")).await;
        ensure!(counted == rows, "{table} counts {counted} of {rows} events");
    }
    // Of the last events; all of them at once would be too many to join.
    let first = events.saturating_sub(ORPHANS_OF);
    let of = |source: &str| {
        format!(
            "(SELECT k_offset, project_id, request_id FROM events WHERE k_offset >= {first} AND source = '{source}')"
        )
    };
    let (browser, backend) = (of("browser"), of("backend"));
    let join =
        format!("{browser} AS browser LEFT ANTI JOIN {backend} AS backend USING (project_id, request_id)");
    let found = number(&format!("SELECT count() FROM {join}")).await;
    let planned = number(&format!("SELECT countIf(cityHash64(k_offset, 2) % 12 = 0) FROM {browser}")).await;
    ensure!(found == planned && found > 0, "{found} orphans instead of {planned}");
    Ok(())
}

/// Waits until nothing is being merged: what is measured is not the aftermath of so many inserts at once.
async fn settle(line: &Line) -> anyhow::Result<()> {
    let (end, mut looks, mut quiet) = (Instant::now() + MERGED, interval(Duration::from_millis(500)), 0);
    while quiet < 4 {
        looks.tick().await;
        let merging = "SELECT count() FROM system.merges WHERE database = currentDatabase()";
        quiet = if line.stack.clickhouse.number(merging).await == 0 { quiet + 1 } else { 0 };
        ensure!(Instant::now() < end, "the engine still merges after {MERGED:?}");
    }
    Ok(())
}
