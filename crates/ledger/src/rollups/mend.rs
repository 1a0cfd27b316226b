//! Counting anew what falls short of its rows. In: what [`check`](super::check) found, and how far the
//! processors have confirmed. Out: what agrees now.
//!
//! A rollup can fall short: the engine notes the token of a block before its part exists, and when it is
//! killed between the two it takes the block sent again for one it has. The rows themselves are filled in
//! by the processor; of the rollups only the rows can tell what is missing.
//!
//! An hour or a day is counted anew from its rows, beside the rollup, and then takes the place of what the
//! rollup had. Nothing may come in meanwhile, so it has to be over for a while, and all its rows have to be
//! of batches that are confirmed. What comes in nevertheless is seen in the comparison that follows, and
//! the cell is counted once more. A rollup that counts more than there are rows is left alone: the rows may
//! have been removed.

use std::ops::Range;
use std::time::Duration;

use bataudit_store::cluster::Node;
use bataudit_store::twin::Twin;
use bataudit_store::{Connection, Shards, StoreError};
use clickhouse::query::Query;
use clickhouse::{Client, Row};
use serde::Deserialize;

use super::Disagreement;
use super::level::{self, APPLICATIONS, Level};
use crate::confirmed::{BY_PARTITION, Confirmed, ENDS, End};

/// How long a cell must be over before it is counted anew. Later events may still come, though few do.
const OVER: i64 = 10 * 60;
/// How often a cell is counted when something comes in meanwhile.
const TRIES: usize = 3;
/// How long one statement may take.
const STATEMENT: Duration = Duration::from_secs(120);

/// Counts anew those cells that fall short and are over at `now` (unix milliseconds). Returns those that
/// agree with their rows now. What is confirmed is to be asked before the rows are.
///
/// # Errors
/// When ClickHouse fails or is late. A cell that was being counted may then be missing from its rollup: it
/// falls short, and is counted anew the next time.
pub async fn mend(
    connection: &Connection,
    wrong: &[Disagreement],
    confirmed: &Confirmed,
    now: i64,
) -> Result<Vec<Disagreement>, StoreError> {
    let mut connection = connection.clone();
    connection.timeout = STATEMENT;
    let shards = Shards::find(&connection).await?;
    let mut mended = Vec::new();
    for found in wrong.iter().filter(|found| found.rows > found.counted) {
        let Some(level) = level::named(found.table) else { continue };
        let start = found.at / 1000;
        let seconds = start..start + level.cell.seconds();
        if now / 1000 < seconds.end.saturating_add(OVER) {
            continue;
        }
        let mut agrees = true;
        // An insert counts into the rollups of its own shard.
        for shard in shards.iter() {
            shard.caught_up("events").await?;
            let Node { connection, client } = shard.caught_up(level.table).await?;
            let cell =
                CellOf { connection, client, level, project: &found.project, seconds: seconds.clone() };
            agrees &= cell.mend(confirmed).await?;
        }
        if agrees {
            mended.push(found.clone());
        }
    }
    Ok(mended)
}

/// An hour or a day of a project in a rollup.
struct CellOf<'a> {
    connection: &'a Connection,
    client: &'a Client,
    level: &'a Level,
    project: &'a str,
    seconds: Range<i64>,
}

/// Keys of a cell that do not count what the rows are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Row, Deserialize)]
struct Keys {
    short: u64,
    too_many: u64,
}

impl CellOf<'_> {
    /// Counts the cell anew, unless it is not to be touched. Returns whether it agrees now.
    async fn mend(&self, confirmed: &Confirmed) -> Result<bool, StoreError> {
        if !self.is_settled(confirmed).await? {
            return Ok(false);
        }
        let twin = format!("mend_{}", self.level.table);
        for attempt in 0..TRIES {
            let made = Twin::create(self.connection, self.client, self.level.table, &twin).await?;
            self.connection.bounded(self.query(&self.count(&twin)).execute()).await?;
            let keys = self.keys(&twin).await?;
            if keys == (Keys { short: 0, too_many: 0 }) || (attempt == 0 && keys.too_many > 0) {
                made.drop().await?;
                return Ok(keys.too_many == 0);
            }
            self.replace(made).await?;
        }
        Ok(false)
    }

    async fn is_settled(&self, confirmed: &Confirmed) -> Result<bool, StoreError> {
        let ends = format!("{ENDS}{}{BY_PARTITION}", self.rows());
        let ends: Vec<End> = self.connection.bounded(self.query(&ends).fetch_all()).await?;
        Ok(confirmed.has_all(&ends))
    }

    /// Counts the rows into the twin.
    fn count(&self, twin: &str) -> String {
        let Level { key, made, columns, .. } = self.level;
        let pairs = || made.iter().chain(*columns);
        let names: Vec<_> = pairs().map(|(name, _)| *name).collect();
        let given: Vec<_> = pairs().map(|(name, of)| format!("{of} AS {name}")).collect();
        let by: Vec<_> = made.iter().map(|(name, _)| *name).collect();
        format!(
            "INSERT INTO {twin} ({key}, {}) SELECT {key}, {} FROM events WHERE {} GROUP BY {key}, {}",
            names.join(", "),
            given.join(", "),
            self.rows(),
            by.join(", ")
        )
    }

    /// How many keys of the rollup fall short of the twin, and how many count more.
    async fn keys(&self, twin: &str) -> Result<Keys, StoreError> {
        let Level { table, key, made, .. } = self.level;
        let made: Vec<_> = made.iter().map(|(name, _)| *name).collect();
        let key = format!("{key}, {}", made.join(", "));
        let statement = format!(
            "SELECT countIf(missing > 0) AS short, countIf(missing < 0) AS too_many FROM (\
             SELECT {key}, sum(counted) AS missing FROM (\
             SELECT {key}, toInt64(events) AS counted FROM {twin} UNION ALL \
             SELECT {key}, -toInt64(events) AS counted FROM {table} WHERE {}) GROUP BY {key})",
            self.buckets()
        );
        self.connection.bounded(self.query(&statement).fetch_one()).await
    }

    /// Puts the twin's counts in the place of the rollup's.
    async fn replace(&self, twin: Twin<'_>) -> Result<(), StoreError> {
        let table = self.level.table;
        let delete = format!("ALTER TABLE {table} DELETE WHERE {}", self.buckets());
        let delete = self.query(&delete).with_setting("mutations_sync", "2");
        self.connection.bounded(delete.execute()).await?;
        // Past the views: the levels above are counted on their own.
        twin.move_in().await
    }

    /// The rows that the cell counts; the project is to be bound.
    fn rows(&self) -> String {
        let Range { start, end } = self.seconds;
        format!(
            "{APPLICATIONS} AND {} AND project_id = ? AND timestamp >= toDateTime64({start}, 3, 'UTC') \
             AND timestamp < toDateTime64({end}, 3, 'UTC')",
            self.level.rows
        )
    }

    /// What the rollup has for the cell; the project is to be bound.
    fn buckets(&self) -> String {
        let Range { start, end } = self.seconds;
        format!(
            "project_id = ? AND toDateTime(bucket, 'UTC') >= fromUnixTimestamp({start}) \
             AND toDateTime(bucket, 'UTC') < fromUnixTimestamp({end})"
        )
    }

    /// A statement that names the project once.
    fn query(&self, statement: &str) -> Query {
        self.client.query(statement).bind(self.project)
    }
}
