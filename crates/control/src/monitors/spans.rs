//! From when to when a status was seen without a break: what uptime and downtime are added up from. Where no span is,
//! nobody looked, and nothing is known.

use sqlx::AnyConnection;

use super::{Status, Step};
use crate::error::Result;
use crate::store::Store;

/// A time without a break. Unix milliseconds.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Span {
    /// The first check that saw it.
    pub from_ms: i64,
    /// The last one, or the one that saw something else.
    pub to_ms: i64,
    /// `up` or `down`.
    pub status: String,
}

/// Lets the last span hold until this check, when that was in time, and begins the next one where it is another.
pub(super) async fn add(connection: &mut AnyConnection, step: &Step, before: Status) -> Result<()> {
    let (id, at) = (&step.check.monitor_id, step.check.checked_at);
    if step.in_time {
        let sql = "UPDATE monitor_spans SET to_ms = $2 WHERE monitor_id = $1 \
                   AND from_ms = (SELECT max(from_ms) FROM monitor_spans WHERE monitor_id = $1)";
        sqlx::query(sql).bind(id).bind(at).execute(&mut *connection).await?;
    }
    if !step.in_time || before != step.status {
        let sql = "INSERT INTO monitor_spans (monitor_id, from_ms, to_ms, status) VALUES ($1, $2, $2, $3)";
        sqlx::query(sql).bind(id).bind(at).bind(step.status.as_str()).execute(connection).await?;
    }
    Ok(())
}

/// A monitor's spans that touch a range, the oldest first.
///
/// # Errors
/// When the store does not answer.
pub async fn between(store: &Store, monitor_id: &str, from: i64, to: i64) -> Result<Vec<Span>> {
    let sql = "SELECT from_ms, to_ms, status FROM monitor_spans \
               WHERE monitor_id = $1 AND to_ms >= $2 AND from_ms <= $3 ORDER BY from_ms";
    store.all(sqlx::query_as(sql).bind(monitor_id).bind(from).bind(to)).await
}

/// Removes spans that ended before `before`, unix milliseconds.
///
/// # Errors
/// When the store does not answer.
pub async fn remove_before(store: &Store, before: i64) -> Result<u64> {
    store.execute(sqlx::query("DELETE FROM monitor_spans WHERE to_ms < $1").bind(before)).await
}
