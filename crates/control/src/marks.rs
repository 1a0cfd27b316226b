//! How far sentinel's timers have come, so that whoever takes over goes on where the last one stopped.

use crate::error::Result;
use crate::store::Store;

/// The mark of this name.
///
/// # Errors
/// When the store does not answer.
pub async fn get(store: &Store, name: &str) -> Result<Option<i64>> {
    let query = sqlx::query_as::<_, (i64,)>("SELECT value FROM marks WHERE name = $1").bind(name);
    Ok(store.one(query).await?.map(|(value,)| value))
}

/// Sets it.
///
/// # Errors
/// When the store does not answer.
pub async fn set(store: &Store, name: &str, value: i64) -> Result<()> {
    let sql = "INSERT INTO marks (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    store.execute(sqlx::query(sql).bind(name).bind(value)).await.map(drop)
}
