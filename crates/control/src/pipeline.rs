//! How the line is doing, as sentinel last saw it: the partitions of the events topic and what waits in them. Who reads
//! it need not know Kafka, and tells how old it is.

use crate::error::Result;
use crate::store::Store;

/// A partition of the events topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct Partition {
    /// Its number.
    #[sqlx(rename = "k_partition")]
    pub partition: i64,
    /// The first offset it holds.
    pub first_offset: i64,
    /// The offset after the last.
    pub end_offset: i64,
    /// How far the processors have confirmed; `None` where they never have.
    pub committed: Option<i64>,
    /// When the first record after that was written, unix milliseconds; `None` where none waits.
    pub oldest_waiting_at: Option<i64>,
}

impl Partition {
    /// How many records wait.
    #[must_use]
    pub fn waiting(&self) -> i64 {
        (self.end_offset - self.committed.unwrap_or(self.first_offset).max(self.first_offset)).max(0)
    }
}

/// When sentinel looked. Times are unix milliseconds.
#[derive(Debug, Clone, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Look {
    /// When Kafka last answered.
    pub answered_at: Option<i64>,
    /// Since when it does not.
    pub failed_since: Option<i64>,
    /// What it said instead, in short.
    pub problem: Option<String>,
}

/// Takes what was seen at `now` in place of what was seen before.
///
/// # Errors
/// When the store does not answer.
pub async fn saw(store: &Store, partitions: &[Partition], now: i64) -> Result<()> {
    store
        .within(async {
            let mut transaction = store.begin().await?;
            sqlx::query("DELETE FROM pipeline_partitions").execute(&mut *transaction).await?;
            for seen in partitions {
                let sql = "INSERT INTO pipeline_partitions (k_partition, first_offset, end_offset, committed, \
                           oldest_waiting_at) VALUES ($1, $2, $3, $4, $5)";
                sqlx::query(sql)
                    .bind(seen.partition)
                    .bind(seen.first_offset)
                    .bind(seen.end_offset)
                    .bind(seen.committed)
                    .bind(seen.oldest_waiting_at)
                    .execute(&mut *transaction)
                    .await?;
            }
            let sql = "INSERT INTO pipeline_looks (id, answered_at, failed_since, problem) VALUES (1, $1, NULL, NULL) \
                       ON CONFLICT (id) DO UPDATE SET answered_at = excluded.answered_at, failed_since = NULL, \
                       problem = NULL";
            sqlx::query(sql).bind(now).execute(&mut *transaction).await?;
            Ok(transaction.commit().await?)
        })
        .await
}

/// Remembers that Kafka did not answer at `now`; what was seen before stays.
///
/// # Errors
/// When the store does not answer.
pub async fn failed(store: &Store, problem: &str, now: i64) -> Result<()> {
    let sql = "INSERT INTO pipeline_looks (id, answered_at, failed_since, problem) VALUES (1, NULL, $1, $2) \
               ON CONFLICT (id) DO UPDATE SET problem = excluded.problem, \
               failed_since = coalesce(pipeline_looks.failed_since, excluded.failed_since)";
    store.execute(sqlx::query(sql).bind(now).bind(problem)).await.map(drop)
}

/// When sentinel looked; all `None` when it never has.
///
/// # Errors
/// When the store does not answer.
pub async fn look(store: &Store) -> Result<Look> {
    let sql = "SELECT answered_at, failed_since, problem FROM pipeline_looks WHERE id = 1";
    Ok(store.one(sqlx::query_as(sql)).await?.unwrap_or_default())
}

/// The partitions as they were seen, in order.
///
/// # Errors
/// When the store does not answer.
pub async fn partitions(store: &Store) -> Result<Vec<Partition>> {
    let sql = "SELECT k_partition, first_offset, end_offset, committed, oldest_waiting_at FROM pipeline_partitions \
               ORDER BY k_partition";
    store.all(sqlx::query_as(sql)).await
}
