//! Dead letters, as sentinel copied them from their topic: which there are, and what became of those that people want
//! published once more ([`replays`]). What a letter shows was masked before it was written.

pub mod replays;

use crate::error::Result;
use crate::store::Store;

/// The most letters that are kept here; their topic has all.
const MOST: i64 = 20_000;
/// The marks that say up to where each partition was copied begin so.
const MARK: &str = "dead-letters.";

/// A dead letter. Times are unix milliseconds.
#[derive(Debug, Clone, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct DeadLetter {
    /// Life of the events topic, partition, offset and index of what it stands for: `1:3-1207-0`.
    pub id: String,
    /// The project; `None` where the record could not be read.
    pub project_id: Option<String>,
    /// The partition of the dead-letter topic it lies in.
    pub l_partition: i64,
    /// Its offset there.
    pub l_offset: i64,
    /// When it was written.
    pub written_at: i64,
    /// Why: one of a closed set of names.
    pub reason: String,
    /// What exactly is wrong.
    pub detail: String,
    /// How many events it stands for; 0 where that cannot be told.
    pub events: i64,
    /// The id of its event.
    pub event_id: Option<String>,
    /// The service that sent it.
    pub service_name: Option<String>,
    /// The event with every secret masked, as JSON; `None` where nothing may be shown, or it is too large.
    pub shown: Option<String>,
    /// SHA-256 of a record of which nothing may be shown.
    pub sha256: Option<String>,
    /// The latest replay.
    pub replay_id: Option<String>,
    /// When that was.
    pub replayed_at: Option<i64>,
    /// What became of the letter in it: `published`, or why nothing could be.
    pub outcome: Option<String>,
}

const COLUMNS: &str = "SELECT id, project_id, l_partition, l_offset, written_at, reason, detail, events, event_id, \
                       service_name, shown, sha256, replay_id, replayed_at, outcome FROM dead_letters";

/// Which letters.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted<'a> {
    /// Only of this project; of every project and of none when absent.
    pub project_id: Option<&'a str>,
    /// Only of this reason.
    pub reason: Option<&'a str>,
    /// Only those written then or later.
    pub from_ms: Option<i64>,
    /// Only those written by then.
    pub to_ms: Option<i64>,
    /// Only those that were replayed, or were not.
    pub replayed: Option<bool>,
}

/// The condition of [`Wanted`]: its five values are bound first, in its order.
const WANTED: &str = "($1 = '' OR project_id = $1) AND ($2 = '' OR reason = $2) AND written_at >= $3 AND written_at <= $4 \
                      AND ($5 < 0 OR ($5 = 1 AND replay_id IS NOT NULL) OR ($5 = 0 AND replay_id IS NULL))";

type Asked<'q, T> = sqlx::query::QueryAs<'q, sqlx::Any, T, sqlx::any::AnyArguments<'q>>;

fn bind<'q, T>(query: Asked<'q, T>, wanted: &Wanted<'q>) -> Asked<'q, T> {
    query
        .bind(wanted.project_id.unwrap_or_default())
        .bind(wanted.reason.unwrap_or_default())
        .bind(wanted.from_ms.unwrap_or(i64::MIN))
        .bind(wanted.to_ms.unwrap_or(i64::MAX))
        .bind(wanted.replayed.map_or(-1_i64, i64::from))
}

/// A page of letters, the newest first, after the one that was written then and has this id.
///
/// # Errors
/// When the store does not answer.
pub async fn page(
    store: &Store,
    wanted: &Wanted<'_>,
    after: Option<(i64, &str)>,
    limit: i64,
) -> Result<Vec<DeadLetter>> {
    let sql = format!(
        "{COLUMNS} WHERE {WANTED} AND (written_at < $6 OR (written_at = $6 AND id < $7)) \
         ORDER BY written_at DESC, id DESC LIMIT $8"
    );
    let (written_at, id) = after.unwrap_or((i64::MAX, ""));
    let query = bind(sqlx::query_as(&sql), wanted).bind(written_at).bind(id).bind(limit);
    store.all(query).await
}

/// How many letters there are of each reason, the most frequent first.
///
/// # Errors
/// When the store does not answer.
pub async fn reasons(store: &Store, wanted: &Wanted<'_>) -> Result<Vec<(String, i64)>> {
    let sql = format!(
        "SELECT reason, count(*) FROM dead_letters WHERE {WANTED} GROUP BY reason ORDER BY count(*) DESC, reason"
    );
    store.all(bind(sqlx::query_as(&sql), wanted)).await
}

/// The letter of this id.
///
/// # Errors
/// When the store does not answer.
pub async fn find(store: &Store, id: &str) -> Result<Option<DeadLetter>> {
    store.one(sqlx::query_as(&format!("{COLUMNS} WHERE id = $1")).bind(id)).await
}

/// Up to where each partition of the dead-letter topic was copied: partition and the offset after the last.
///
/// # Errors
/// When the store does not answer.
pub async fn copied(store: &Store) -> Result<Vec<(i32, i64)>> {
    let sql = "SELECT name, value FROM marks WHERE name LIKE $1";
    let rows: Vec<(String, i64)> = store.all(sqlx::query_as(sql).bind(format!("{MARK}%"))).await?;
    let partition = |name: &str| name.strip_prefix(MARK)?.parse().ok();
    Ok(rows.into_iter().filter_map(|(name, next)| Some((partition(&name)?, next))).collect())
}

/// Takes letters, and how far the copy has come, all or nothing. A letter of a place that is known takes its place, and
/// what became of it stays.
///
/// # Errors
/// When the store does not answer.
pub async fn take(store: &Store, letters: &[DeadLetter], next: &[(i32, i64)]) -> Result<()> {
    store
        .within(async {
            let mut transaction = store.begin().await?;
            for letter in letters {
                insert(letter).execute(&mut *transaction).await?;
            }
            for (partition, next) in next {
                let sql = "INSERT INTO marks (name, value) VALUES ($1, $2) \
                           ON CONFLICT (name) DO UPDATE SET value = excluded.value";
                let mark = sqlx::query(sql).bind(format!("{MARK}{partition}")).bind(*next);
                mark.execute(&mut *transaction).await?;
            }
            Ok(transaction.commit().await?)
        })
        .await
}

type Insert<'q> = sqlx::query::Query<'q, sqlx::Any, sqlx::any::AnyArguments<'q>>;

fn insert(letter: &DeadLetter) -> Insert<'_> {
    let sql = "INSERT INTO dead_letters (id, project_id, l_partition, l_offset, written_at, reason, detail, events, \
               event_id, service_name, shown, sha256) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
               ON CONFLICT (id) DO UPDATE SET l_partition = excluded.l_partition, l_offset = excluded.l_offset, \
               written_at = excluded.written_at, reason = excluded.reason, detail = excluded.detail";
    sqlx::query(sql)
        .bind(&letter.id)
        .bind(&letter.project_id)
        .bind(letter.l_partition)
        .bind(letter.l_offset)
        .bind(letter.written_at)
        .bind(&letter.reason)
        .bind(&letter.detail)
        .bind(letter.events)
        .bind(&letter.event_id)
        .bind(&letter.service_name)
        .bind(&letter.shown)
        .bind(&letter.sha256)
}

/// Forgets letters that their topic has deleted, given the first offset each partition still holds, and all but the
/// newest 20,000.
///
/// # Errors
/// When the store does not answer.
pub async fn forget(store: &Store, first: &[(i32, i64)]) -> Result<u64> {
    let mut forgotten = 0;
    for (partition, first) in first {
        let sql = "DELETE FROM dead_letters WHERE l_partition = $1 AND l_offset < $2";
        forgotten += store.execute(sqlx::query(sql).bind(i64::from(*partition)).bind(*first)).await?;
    }
    let sql = "SELECT written_at FROM dead_letters ORDER BY written_at DESC LIMIT 1 OFFSET $1";
    let surplus: Option<(i64,)> = store.one(sqlx::query_as(sql).bind(MOST)).await?;
    if let Some((written_at,)) = surplus {
        let sql = "DELETE FROM dead_letters WHERE written_at <= $1";
        forgotten += store.execute(sqlx::query(sql).bind(written_at)).await?;
    }
    Ok(forgotten)
}
