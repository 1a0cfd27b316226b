//! What is still to be told of monitors as events: written with the check that found it, removed once it is in Kafka.

use sqlx::AnyConnection;

use crate::error::Result;
use crate::store::Store;

/// Something that is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Id of the event, the same however often it is published.
    pub event_id: String,
    /// What the event says, as a JSON object.
    pub event: String,
    /// What the channels of the project are told, as a JSON object.
    pub alert: String,
}

/// A change that waits to be published.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Untold {
    /// Id of the event.
    pub id: String,
    /// The project.
    pub project_id: String,
    /// What the event says, as a JSON object.
    pub body: String,
    /// When it was found, unix milliseconds.
    pub created_at: i64,
}

pub(super) async fn add(
    connection: &mut AnyConnection,
    project_id: &str,
    change: &Change,
    now: i64,
) -> Result<()> {
    let sql = "INSERT INTO monitor_changes (id, project_id, body, created_at) VALUES ($1, $2, $3, $4)";
    let query = sqlx::query(sql).bind(&change.event_id).bind(project_id).bind(&change.event).bind(now);
    query.execute(connection).await?;
    Ok(())
}

/// Those that have waited longest.
///
/// # Errors
/// When the store does not answer.
pub async fn oldest(store: &Store, most: i64) -> Result<Vec<Untold>> {
    let sql = "SELECT id, project_id, body, created_at FROM monitor_changes ORDER BY created_at, id LIMIT $1";
    store.all(sqlx::query_as(sql).bind(most)).await
}

/// Removes what was published.
///
/// # Errors
/// When the store does not answer; it is then published again, under the same ids.
pub async fn remove(store: &Store, told: &[Untold]) -> Result<()> {
    store
        .within(async {
            let mut transaction = store.begin().await?;
            for Untold { id, .. } in told {
                let delete = sqlx::query("DELETE FROM monitor_changes WHERE id = $1").bind(id);
                delete.execute(&mut *transaction).await?;
            }
            Ok(transaction.commit().await?)
        })
        .await
}
