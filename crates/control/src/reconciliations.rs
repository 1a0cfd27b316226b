//! What comparing the books found, range by range: sentinel writes it, and goes on after the last one.

use crate::error::Result;
use crate::store::{AnyArgs, Store};

type Statement<'q> = sqlx::query::Query<'q, sqlx::Any, AnyArgs<'q>>;

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

impl Reconciliation {
    /// Up to when the books were compared, unix milliseconds: a range in which something waits is compared again.
    #[must_use]
    pub fn settled_until(&self) -> i64 {
        if self.waiting > 0 { self.from_ms } else { self.to_ms }
    }
}

/// What became of the events that were received in an hour for a project.
#[derive(Debug, Clone, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Hour {
    /// Start of the hour, unix milliseconds; 0 in sums over several.
    pub hour: i64,
    /// The project; empty in sums over several.
    pub project_id: String,
    /// Events in the log.
    pub accepted: i64,
    /// Rows.
    pub stored: i64,
    /// Events among the dead letters.
    pub dead_lettered: i64,
    /// Events whose first copy is stored elsewhere.
    pub repeats: i64,
    /// Events that were stored, and removed on purpose.
    pub removed: i64,
    /// Above 0 events are missing, below 0 there are rows too many.
    pub differing: i64,
}

/// Writes a comparison; a later one of the same start takes its place. Once nothing waits any more the range is settled
/// and never compared again: then `hours` are added to what is known of those hours.
///
/// # Errors
/// When the store does not answer.
pub async fn put(store: &Store, found: &Reconciliation, hours: &[Hour]) -> Result<()> {
    store
        .within(async {
            let mut transaction = store.begin().await?;
            // The answer to a commit may be lost: what was settled then is not added once more.
            let settled: Option<(i64,)> =
                sqlx::query_as("SELECT from_ms FROM reconciliations WHERE from_ms = $1 AND waiting = 0")
                    .bind(found.from_ms)
                    .fetch_optional(&mut *transaction)
                    .await?;
            write(found).execute(&mut *transaction).await?;
            if found.waiting == 0 && settled.is_none() {
                for hour in hours {
                    add(hour).execute(&mut *transaction).await?;
                }
            }
            Ok(transaction.commit().await?)
        })
        .await
}

fn write(found: &Reconciliation) -> Statement<'_> {
    let sql = "INSERT INTO reconciliations (from_ms, to_ms, checked_at, accepted, stored, dead_lettered, repeats, \
               waiting, differing, rollups_differing, is_cut, findings) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
               ON CONFLICT (from_ms) DO UPDATE SET to_ms = excluded.to_ms, checked_at = excluded.checked_at, \
               accepted = excluded.accepted, stored = excluded.stored, dead_lettered = excluded.dead_lettered, \
               repeats = excluded.repeats, waiting = excluded.waiting, differing = excluded.differing, \
               rollups_differing = excluded.rollups_differing, is_cut = excluded.is_cut, \
               findings = excluded.findings";
    sqlx::query(sql)
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
        .bind(&found.findings)
}

fn add(hour: &Hour) -> Statement<'_> {
    let sql = "INSERT INTO pipeline_hours (hour, project_id, accepted, stored, dead_lettered, repeats, removed, differing) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (hour, project_id) DO UPDATE SET \
               accepted = pipeline_hours.accepted + excluded.accepted, \
               stored = pipeline_hours.stored + excluded.stored, \
               dead_lettered = pipeline_hours.dead_lettered + excluded.dead_lettered, \
               repeats = pipeline_hours.repeats + excluded.repeats, \
               removed = pipeline_hours.removed + excluded.removed, \
               differing = pipeline_hours.differing + excluded.differing";
    sqlx::query(sql)
        .bind(hour.hour)
        .bind(&hour.project_id)
        .bind(hour.accepted)
        .bind(hour.stored)
        .bind(hour.dead_lettered)
        .bind(hour.repeats)
        .bind(hour.removed)
        .bind(hour.differing)
}

/// What hours are added up by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// Each hour, over the projects.
    Hour,
    /// Each project, over the hours.
    Project,
}

/// What became of the events that were received from the hour `from` on and before `to`, for these projects or all of
/// them; in order.
///
/// # Errors
/// When the store does not answer.
pub async fn hours(
    store: &Store,
    projects: Option<&[String]>,
    from: i64,
    to: i64,
    by: By,
) -> Result<Vec<Hour>> {
    let sums = ["accepted", "stored", "dead_lettered", "repeats", "removed", "differing"];
    // The databases differ in the type of a sum.
    let sums = sums.map(|name| format!("CAST(sum({name}) AS BIGINT) AS {name}")).join(", ");
    let (key, shown) = match by {
        By::Hour => ("hour", "hour, '' AS project_id"),
        By::Project => ("project_id", "CAST(0 AS BIGINT) AS hour, project_id"),
    };
    let of = projects.map_or_else(String::new, |projects| {
        let places: Vec<_> = (3..projects.len() + 3).map(|place| format!("${place}")).collect();
        format!("AND project_id IN ({})", places.join(", "))
    });
    let sql = format!(
        "SELECT {shown}, {sums} FROM pipeline_hours WHERE hour >= $1 AND hour < $2 {of} GROUP BY {key} ORDER BY {key}"
    );
    let query = sqlx::query_as(&sql).bind(from).bind(to);
    match projects {
        Some([]) => Ok(Vec::new()),
        projects => {
            let projects = projects.unwrap_or_default();
            store.all(projects.iter().fold(query, |query, project| query.bind(project))).await
        }
    }
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

/// Comparisons of ranges that began before `before`, newest first; of all, or only of those that differed.
///
/// # Errors
/// When the store does not answer.
pub async fn page(
    store: &Store,
    before: i64,
    only_differing: bool,
    limit: i64,
) -> Result<Vec<Reconciliation>> {
    let differing =
        if only_differing { "AND (differing != 0 OR coalesce(rollups_differing, 0) != 0)" } else { "" };
    let sql = format!("{COLUMNS} WHERE from_ms < $1 {differing} ORDER BY from_ms DESC LIMIT $2");
    store.all(sqlx::query_as(&sql).bind(before).bind(limit)).await
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

/// Removes the comparisons of ranges, and what is known of hours, that ended before `before`.
///
/// # Errors
/// When the store does not answer.
pub async fn remove_before(store: &Store, before: i64) -> Result<u64> {
    let hours = sqlx::query("DELETE FROM pipeline_hours WHERE hour < $1").bind(before);
    let ranges = sqlx::query("DELETE FROM reconciliations WHERE to_ms < $1").bind(before);
    Ok(store.execute(hours).await? + store.execute(ranges).await?)
}
