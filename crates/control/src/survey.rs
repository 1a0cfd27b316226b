//! What an operator must know of the control store, asked without changing anything.
//!
//! In: the store. Out: its clock, keys that end soon, how long acts of people have waited. Judging is the caller's.

use crate::error::Result;
use crate::store::{Backend, Store};

/// A key that stops working soon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndingKey {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// When it stops, unix milliseconds.
    pub expires_at: i64,
}

/// The clock of the database's machine, unix milliseconds; none where that is this machine.
///
/// # Errors
/// When the store does not answer.
pub async fn clock_ms(store: &Store) -> Result<Option<i64>> {
    if store.backend() == Backend::Sqlite {
        return Ok(None);
    }
    let sql = "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)";
    Ok(store.one(sqlx::query_as::<_, (i64,)>(sql)).await?.map(|(now,)| now))
}

/// Keys that work at `now` and stop before `until`, the soonest first. Those with a successor are left out: their
/// end is meant.
///
/// # Errors
/// When the store does not answer.
pub async fn ending_keys(store: &Store, now: i64, until: i64) -> Result<Vec<EndingKey>> {
    let sql = "SELECT id, name, expires_at FROM api_keys WHERE revoked_at IS NULL AND replaced_by IS NULL \
               AND expires_at > $1 AND expires_at < $2 ORDER BY expires_at, id LIMIT 100";
    let rows = store.all(sqlx::query_as::<_, (String, String, i64)>(sql).bind(now).bind(until)).await?;
    Ok(rows.into_iter().map(|(id, name, expires_at)| EndingKey { id, name, expires_at }).collect())
}

/// Keys that work at `now`.
///
/// # Errors
/// When the store does not answer.
pub async fn active_keys(store: &Store, now: i64) -> Result<i64> {
    let sql =
        "SELECT COUNT(*) FROM api_keys WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $1)";
    Ok(store.one(sqlx::query_as::<_, (i64,)>(sql).bind(now)).await?.map_or(0, |(count,)| count))
}

/// When the oldest act of a person that is not published yet was done, unix milliseconds.
///
/// # Errors
/// When the store does not answer.
pub async fn oldest_unpublished(store: &Store) -> Result<Option<i64>> {
    let sql = "SELECT created_at FROM outbox ORDER BY created_at LIMIT 1";
    Ok(store.one(sqlx::query_as::<_, (i64,)>(sql)).await?.map(|(at,)| at))
}
