//! The manifests of exports that ended: who took which events out, and the hash of what they got.

use crate::clock::now_ms;
use crate::error::Result;
use crate::store::Store;

/// An export that ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Export {
    /// Id.
    pub id: String,
    /// Who made it.
    pub user_id: String,
    /// The project that was asked for; `None` means all the user could see.
    pub project_id: Option<String>,
    /// JSON, exactly the bytes that are signed.
    pub manifest: String,
    /// Unix milliseconds.
    pub created_at: i64,
}

/// An export that is to be kept.
#[derive(Debug, Clone, Copy)]
pub struct NewExport<'a> {
    /// Id.
    pub id: &'a str,
    /// Who made it.
    pub user_id: &'a str,
    /// The project that was asked for.
    pub project_id: Option<&'a str>,
    /// JSON.
    pub manifest: &'a str,
}

/// Keeps an export.
///
/// # Errors
/// When the store does not answer.
pub async fn create(store: &Store, new: NewExport<'_>) -> Result<()> {
    let sql =
        "INSERT INTO exports (id, user_id, project_id, manifest, created_at) VALUES ($1, $2, $3, $4, $5)";
    let query = sqlx::query(sql)
        .bind(new.id)
        .bind(new.user_id)
        .bind(new.project_id)
        .bind(new.manifest)
        .bind(now_ms());
    store.execute(query).await.map(drop)
}

/// The export of this id.
///
/// # Errors
/// When the store does not answer.
pub async fn find(store: &Store, id: &str) -> Result<Option<Export>> {
    let sql = "SELECT id, user_id, project_id, manifest, created_at FROM exports WHERE id = $1";
    let row: Option<ExportRow> = store.one(sqlx::query_as(sql).bind(id)).await?;
    Ok(row.map(Export::from))
}

/// The ids of exports that may hold events of a project: of that project, or of several; the latest 1000.
///
/// # Errors
/// When the store does not answer.
pub async fn ids_with(store: &Store, project_id: &str) -> Result<Vec<String>> {
    let sql = "SELECT id FROM exports WHERE project_id = $1 OR project_id IS NULL ORDER BY created_at DESC LIMIT 1000";
    let ids: Vec<(String,)> = store.all(sqlx::query_as(sql).bind(project_id)).await?;
    Ok(ids.into_iter().map(|(id,)| id).collect())
}

#[derive(sqlx::FromRow)]
struct ExportRow {
    id: String,
    user_id: String,
    project_id: Option<String>,
    manifest: String,
    created_at: i64,
}

impl From<ExportRow> for Export {
    fn from(row: ExportRow) -> Self {
        let ExportRow { id, user_id, project_id, manifest, created_at } = row;
        Self { id, user_id, project_id, manifest, created_at }
    }
}
