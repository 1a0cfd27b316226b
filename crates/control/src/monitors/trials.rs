//! Checks that somebody asked for: one is asked, sentinel makes it, and writes down what it saw. They count for nothing
//! and are in no history.

use uuid::Uuid;

use crate::clock::now_ms;
use crate::error::Result;
use crate::store::Store;

/// A check that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Trial {
    /// UUIDv7.
    pub id: String,
    /// The monitor.
    pub monitor_id: String,
}

/// Asks for a check and returns its id.
///
/// # Errors
/// [`crate::Error::NotFound`] when the monitor is gone.
pub async fn ask(store: &Store, monitor_id: &str) -> Result<String> {
    let id = Uuid::now_v7().to_string();
    let sql = "INSERT INTO monitor_trials (id, monitor_id, created_at) VALUES ($1, $2, $3)";
    let query = sqlx::query(sql).bind(&id).bind(monitor_id).bind(now_ms());
    store.execute(query).await.map_err(|error| error.missing_is("monitor"))?;
    Ok(id)
}

/// Those that nobody made yet.
///
/// # Errors
/// When the store does not answer.
pub async fn waiting(store: &Store, most: i64) -> Result<Vec<Trial>> {
    let sql = "SELECT id, monitor_id FROM monitor_trials WHERE result IS NULL ORDER BY id LIMIT $1";
    store.all(sqlx::query_as(sql).bind(most)).await
}

/// Writes down what one saw, as a JSON object.
///
/// # Errors
/// When the store does not answer.
pub async fn answer(store: &Store, id: &str, result: &str) -> Result<()> {
    let sql = "UPDATE monitor_trials SET result = $2 WHERE id = $1";
    store.execute(sqlx::query(sql).bind(id).bind(result)).await.map(drop)
}

/// What one saw, once it was made.
///
/// # Errors
/// When the store does not answer.
pub async fn result(store: &Store, id: &str) -> Result<Option<String>> {
    let sql = "SELECT result FROM monitor_trials WHERE id = $1 AND result IS NOT NULL";
    let found: Option<(String,)> = store.one(sqlx::query_as(sql).bind(id)).await?;
    Ok(found.map(|(result,)| result))
}

/// Removes those that were asked for before `before`, unix milliseconds.
///
/// # Errors
/// When the store does not answer.
pub async fn remove_before(store: &Store, before: i64) -> Result<u64> {
    store.execute(sqlx::query("DELETE FROM monitor_trials WHERE created_at < $1").bind(before)).await
}
