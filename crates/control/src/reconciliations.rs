//! What comparing the books found, range by range: sentinel writes it, and goes on after the last one.

use crate::error::Result;
use crate::store::Store;

const COLUMNS: &str = "SELECT from_ms, to_ms, checked_at, accepted, stored, dead_lettered, repeats, waiting, \
                       differing, rollups_differing, is_cut, findings FROM reconciliations";

/// One comparison. Times are unix milliseconds, the others counts of events.
#[derive(Debug, Clone, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Reconciliation {
    /// Start of the range: events received from then on.
    pub from_ms: i64,
    /// End of the range.
    pub to_ms: i64,
    /// When it was looked at.
    pub checked_at: i64,
    /// Events in the log.
    pub accepted: i64,
    /// Rows.
    pub stored: i64,
    /// Events among the dead letters.
    pub dead_lettered: i64,
    /// Events whose first copy is stored elsewhere.
    pub repeats: i64,
    /// Events the processors had not come to: with any, the range is looked at again.
    pub waiting: i64,
    /// Events missing or too many.
    pub differing: i64,
    /// Buckets of rollups that did not count what the rows are; `None` where nobody looked.
    pub rollups_differing: Option<i64>,
    /// 1 when the log had already lost records of the range, so that they could not be compared.
    pub is_cut: i64,
    /// Kinds, counts and first places of what differs, as JSON; holds nothing of an event but its place.
    pub findings: String,
}

/// Writes a comparison; a later one of the same start takes its place.
///
/// # Errors
/// When the store does not answer.
pub async fn put(store: &Store, found: &Reconciliation) -> Result<()> {
    let sql = "INSERT INTO reconciliations (from_ms, to_ms, checked_at, accepted, stored, dead_lettered, repeats, \
               waiting, differing, rollups_differing, is_cut, findings) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
               ON CONFLICT (from_ms) DO UPDATE SET to_ms = excluded.to_ms, checked_at = excluded.checked_at, \
               accepted = excluded.accepted, stored = excluded.stored, dead_lettered = excluded.dead_lettered, \
               repeats = excluded.repeats, waiting = excluded.waiting, differing = excluded.differing, \
               rollups_differing = excluded.rollups_differing, is_cut = excluded.is_cut, \
               findings = excluded.findings";
    let query = sqlx::query(sql)
        .bind(found.from_ms)
        .bind(found.to_ms)
        .bind(found.checked_at)
        .bind(found.accepted)
        .bind(found.stored)
        .bind(found.dead_lettered)
        .bind(found.repeats)
        .bind(found.waiting)
        .bind(found.differing)
        .bind(found.rollups_differing)
        .bind(found.is_cut)
        .bind(&found.findings);
    store.execute(query).await.map(drop)
}

/// The comparison of the latest range.
///
/// # Errors
/// When the store does not answer.
pub async fn last(store: &Store) -> Result<Option<Reconciliation>> {
    store.one(sqlx::query_as(&format!("{COLUMNS} ORDER BY from_ms DESC LIMIT 1"))).await
}

/// The latest comparison that looked at the rollups.
///
/// # Errors
/// When the store does not answer.
pub async fn last_of_rollups(store: &Store) -> Result<Option<Reconciliation>> {
    let sql = format!("{COLUMNS} WHERE rollups_differing IS NOT NULL ORDER BY from_ms DESC LIMIT 1");
    store.one(sqlx::query_as(&sql)).await
}

/// The comparisons of ranges that ended after `since`, newest first.
///
/// # Errors
/// When the store does not answer.
pub async fn list(store: &Store, since: i64, limit: i64) -> Result<Vec<Reconciliation>> {
    let sql = format!("{COLUMNS} WHERE to_ms > $1 ORDER BY from_ms DESC LIMIT $2");
    store.all(sqlx::query_as(&sql).bind(since).bind(limit)).await
}

/// How many events were missing or too many in ranges that ended after `since`.
///
/// # Errors
/// When the store does not answer.
pub async fn differing(store: &Store, since: i64) -> Result<i64> {
    // The databases differ in the type of a sum.
    let sql = "SELECT CAST(coalesce(sum(differing), 0) AS BIGINT) FROM reconciliations WHERE to_ms > $1";
    let found: Option<(i64,)> = store.one(sqlx::query_as(sql).bind(since)).await?;
    Ok(found.map_or(0, |(differing,)| differing))
}

/// Removes the comparisons of ranges that ended before `before`.
///
/// # Errors
/// When the store does not answer.
pub async fn remove_before(store: &Store, before: i64) -> Result<u64> {
    store.execute(sqlx::query("DELETE FROM reconciliations WHERE to_ms < $1").bind(before)).await
}
