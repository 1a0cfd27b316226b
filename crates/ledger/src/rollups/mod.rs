//! The rollups against the rows they count. [`compare`] is pure, the rest asks ClickHouse; [`mend`] counts
//! anew what falls short.
//!
//! Rows may arrive while the books are read, and a row is visible before its rollups: on a busy machine for
//! seconds, since a view writes after the other. So the rollups are read before and after the rows. What they
//! counted before must be rows; and of the rows those must be counted after whose batch is confirmed, for a batch is
//! confirmed when its insert has answered, views and all. The others are on their way.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::time::Duration;

use bataudit_store::{Connection, StoreError};
use clickhouse::{Client, Row};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;
use uuid::Uuid;

use crate::confirmed::Confirmed;
use level::{APPLICATIONS, LEVELS, Level};

mod level;
pub mod mend;

/// For how long all comparisons together are repeated that disagree: what is removed meanwhile is noted first.
const PATIENCE: Duration = Duration::from_secs(5);
/// Pause between two looks.
const PAUSE: Duration = Duration::from_millis(250);
/// How many disagreements are kept.
const KEPT: usize = 100;

/// Events by unix seconds of the bucket, and project.
pub type Cells = BTreeMap<(i64, String), u64>;

/// The rows of each cell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rows {
    /// All that can be seen.
    pub all: Cells,
    /// Those whose batch is confirmed.
    pub confirmed: Cells,
}

/// A rollup that does not count what the rows are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Disagreement {
    /// The rollup's table.
    pub table: &'static str,
    /// Start of its hour or day, unix milliseconds.
    pub at: i64,
    /// The project.
    pub project: String,
    /// Rows that it must count.
    pub rows: u64,
    /// What the rollup counts.
    pub counted: u64,
}

/// The cells of which the rollup counted more before than there are rows, or counts fewer after than were confirmed.
#[must_use]
pub fn compare(table: &'static str, before: &Cells, rows: &Rows, after: &Cells) -> Vec<Disagreement> {
    let cells: BTreeSet<_> = before.keys().chain(rows.all.keys()).chain(after.keys()).collect();
    let count = |cells: &Cells, cell| cells.get(cell).copied().unwrap_or_default();
    let wrong = cells.into_iter().filter_map(|cell| {
        let (seen, confirmed) = (count(&rows.all, cell), count(&rows.confirmed, cell));
        let (least, most) = (count(before, cell), count(after, cell));
        let (rows, counted) = if seen < least { (seen, least) } else { (confirmed, most) };
        let (at, project) = (cell.0 * 1000, cell.1.clone());
        (seen < least || confirmed > most).then_some(Disagreement { table, at, project, rows, counted })
    });
    wrong.collect()
}

fn plus(mut cells: Cells, more: Cells) -> Cells {
    for (cell, events) in more {
        *cells.entry(cell).or_default() += events;
    }
    cells
}

#[derive(Row, Deserialize)]
struct Cell {
    at: u32,
    project: String,
    events: u64,
}

#[derive(Row, Deserialize)]
struct RowCell {
    at: u32,
    project: String,
    events: u64,
    confirmed: u64,
}

/// Compares every rollup with the rows of these days (unix milliseconds, rounded outwards to whole days). What is
/// confirmed is to be asked before.
///
/// # Errors
/// When ClickHouse fails or is late.
pub async fn check(
    connection: &Connection,
    range: &Range<i64>,
    project: Option<Uuid>,
    confirmed: &Confirmed,
) -> Result<Vec<Disagreement>, StoreError> {
    let (client, range) = (connection.client(), days(range));
    let confirmed = confirmed.condition();
    let asker = Asker { connection, client, range, project, confirmed, end: Instant::now() + PATIENCE };
    let mut wrong = Vec::new();
    for level in LEVELS {
        wrong.extend(asker.level(level).await?);
    }
    wrong.truncate(KEPT);
    Ok(wrong)
}

/// Whole days, in unix seconds.
fn days(range: &Range<i64>) -> Range<i64> {
    const DAY_MS: i64 = 24 * 60 * 60 * 1000;
    let start = range.start.div_euclid(DAY_MS) * DAY_MS;
    let end = (range.end + DAY_MS - 1).div_euclid(DAY_MS) * DAY_MS;
    start / 1000..end / 1000
}

struct Asker<'a> {
    connection: &'a Connection,
    client: Client,
    range: Range<i64>,
    project: Option<Uuid>,
    /// Which rows are of confirmed batches.
    confirmed: String,
    /// When a rollup that does not agree yet counts as one that will not.
    end: Instant,
}

impl Asker<'_> {
    /// Looks until the rollup agrees or is out of time.
    async fn level(&self, level: &Level) -> Result<Vec<Disagreement>, StoreError> {
        let Level { table, removed, .. } = *level;
        loop {
            // What was removed on purpose counts on both sides as if it were still there.
            let gone = format!("sum({removed}) AS events FROM removals WHERE source_table = 'events'");
            let gone_counts = format!("sum(counted) AS events FROM removals WHERE source_table = '{table}'");
            let counted = format!("sum(events) AS events FROM {table} WHERE 1");
            let time = "toDateTime(bucket, 'UTC')";
            let before =
                plus(self.cells(level, time, &counted).await?, self.cells(level, time, &gone_counts).await?);
            let Rows { all, confirmed } = self.rows(level).await?;
            let gone = self.cells(level, time, &gone).await?;
            let rows = Rows { all: plus(all, gone.clone()), confirmed: plus(confirmed, gone) };
            let after =
                plus(self.cells(level, time, &counted).await?, self.cells(level, time, &gone_counts).await?);
            let mut wrong = compare(table, &before, &rows, &after);
            if table == "user_day" {
                // Counts by user have no time of storing: events that came while a person was erased went uncounted.
                let erased =
                    "count() AS events FROM removals WHERE source_table = 'user_day' AND reason = 'erasure'";
                let erased = self.cells(level, time, erased).await?;
                wrong.retain(|wrong| !erased.contains_key(&(wrong.at / 1000, wrong.project.clone())));
            }
            if wrong.is_empty() || Instant::now() > self.end {
                return Ok(wrong);
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn cells(&self, level: &Level, time: &str, counted: &str) -> Result<Cells, StoreError> {
        let rows: Vec<Cell> = self.ask(level, time, counted).await?;
        Ok(rows.into_iter().map(|cell| ((i64::from(cell.at), cell.project), cell.events)).collect())
    }

    async fn rows(&self, level: &Level) -> Result<Rows, StoreError> {
        let counted = format!(
            "count() AS events, countIf({}) AS confirmed FROM events WHERE {APPLICATIONS} AND {}",
            self.confirmed, level.rows
        );
        let cells: Vec<RowCell> = self.ask(level, "toDateTime(timestamp, 'UTC')", &counted).await?;
        let mut rows = Rows::default();
        for RowCell { at, project, events, confirmed } in cells {
            let cell = (i64::from(at), project);
            rows.all.insert(cell.clone(), events);
            rows.confirmed.insert(cell, confirmed);
        }
        Ok(rows)
    }

    /// What `counted` says of each cell; its condition is narrowed to the time and the project.
    async fn ask<R>(&self, level: &Level, time: &str, counted: &str) -> Result<Vec<R>, StoreError>
    where
        R: clickhouse::RowOwned + clickhouse::RowRead,
    {
        let (bucket, days) = (level.cell.start(), level.days);
        let only = self.project.map_or_else(String::new, |project| format!(" AND project_id = '{project}'"));
        let sql = format!(
            "SELECT toUnixTimestamp({bucket}({time})) AS at, toString(project_id) AS project, {counted} \
             AND {time} >= fromUnixTimestamp(?) AND {time} < fromUnixTimestamp(?) \
             AND {time} >= toStartOfDay(now('UTC')) - INTERVAL {days} DAY{only} GROUP BY at, project",
        );
        let rows = self.client.query(&sql).bind(self.range.start).bind(self.range.end).fetch_all();
        self.connection.bounded(rows).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(pairs: &[(i64, u64)]) -> Cells {
        pairs.iter().map(|(at, events)| ((*at, "p".to_owned()), *events)).collect()
    }

    fn rows(all: &[(i64, u64)], confirmed: &[(i64, u64)]) -> Rows {
        Rows { all: cells(all), confirmed: cells(confirmed) }
    }

    #[test]
    fn rows_that_arrive_meanwhile_are_no_disagreement() {
        let seen = rows(&[(0, 7), (1, 1)], &[(0, 7), (1, 1)]);
        let wrong = compare("t", &cells(&[(0, 5)]), &seen, &cells(&[(0, 9), (1, 1)]));
        assert!(wrong.is_empty(), "{wrong:?}");
    }

    #[test]
    fn rows_of_an_insert_under_way_are_no_disagreement_and_confirmed_ones_are() {
        let counted = cells(&[(0, 5)]);
        let seen = |confirmed| rows(&[(0, 9), (1, 4)], &[(0, confirmed), (1, 0)]);
        assert_eq!(compare("t", &counted, &seen(5), &counted), []);
        let wrong = compare("t", &counted, &seen(6), &counted);
        assert_eq!(
            wrong.iter().map(|wrong| (wrong.at, wrong.rows, wrong.counted)).collect::<Vec<_>>(),
            [(0, 6, 5)]
        );
    }

    #[test]
    fn too_many_and_too_few_are() {
        let counted = cells(&[(0, 5), (1, 3), (2, 2)]);
        let stored = [(0, 5), (1, 4), (3, 1)];
        let wrong = compare("t", &counted, &rows(&stored, &stored), &counted);
        let seen: Vec<_> = wrong.iter().map(|wrong| (wrong.at, wrong.rows, wrong.counted)).collect();
        assert_eq!(seen, [(1000, 4, 3), (2000, 0, 2), (3000, 1, 0)]);
    }

    #[test]
    fn days_are_whole() {
        assert_eq!(days(&(1..86_400_001)), 0..172_800);
        assert_eq!(days(&(0..86_400_000)), 0..86_400);
    }
}
