//! How far imports of other installations have come, so that one that was stopped goes on there.

use crate::clock::now_ms;
use crate::error::Result;
use crate::store::Store;

/// How far the import of a source came; `None` when none is under way.
///
/// # Errors
/// When the store does not answer.
pub async fn progress(store: &Store, source: &str) -> Result<Option<String>> {
    let query = sqlx::query_as::<_, (String,)>("SELECT progress FROM imports WHERE source = $1").bind(source);
    Ok(store.one(query).await?.map(|(progress,)| progress))
}

/// Notes how far it came: JSON that only the import reads.
///
/// # Errors
/// When the store does not answer.
pub async fn keep(store: &Store, source: &str, progress: &str) -> Result<()> {
    let sql = "INSERT INTO imports (source, progress, updated_at) VALUES ($1, $2, $3) \
               ON CONFLICT (source) DO UPDATE SET progress = excluded.progress, updated_at = excluded.updated_at";
    store.execute(sqlx::query(sql).bind(source).bind(progress).bind(now_ms())).await.map(drop)
}

/// Forgets it: the import is done, or begins anew.
///
/// # Errors
/// When the store does not answer.
pub async fn forget(store: &Store, source: &str) -> Result<()> {
    store.execute(sqlx::query("DELETE FROM imports WHERE source = $1").bind(source)).await.map(drop)
}
