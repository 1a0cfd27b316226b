//! What checks saw, and the one step by which a check is written down: history, status, span, what is told of it and
//! the next check, all of it or nothing.

use sqlx::AnyConnection;
use uuid::Uuid;

use super::{Change, Monitor, Status, changes, spans};
use crate::error::{Error, Result};
use crate::notifications::deliveries;
use crate::store::Store;

/// What a check saw.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Check {
    /// UUIDv7.
    pub id: String,
    /// The monitor.
    pub monitor_id: String,
    /// `up` or `down`.
    pub status: String,
    /// HTTP status, when there was an answer.
    pub status_code: Option<i64>,
    /// How long it took.
    pub response_ms: i64,
    /// Why it is down.
    pub error: Option<String>,
    /// When it began, unix milliseconds.
    pub checked_at: i64,
}

/// What a check changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What it saw.
    pub check: Check,
    /// The status from now on.
    pub status: Status,
    /// The check that found it.
    pub since_ms: i64,
    /// How much of the time since then was watched.
    pub known_ms: i64,
    /// Whether the check before was recent enough for its status to hold until this one.
    pub in_time: bool,
    /// When the next check is.
    pub due_at: i64,
    /// When the certificate ends, where one was seen.
    pub certificate_expires_at: Option<i64>,
    /// The end of the certificate that was warned of.
    pub certificate_warned: Option<i64>,
    /// What is told.
    pub changes: Vec<Change>,
}

/// A new id of a check.
#[must_use]
pub fn new_id() -> String {
    Uuid::now_v7().to_string()
}

/// Writes a check down. Does nothing, and says so by `false`, when the monitor is not as it was when the check began:
/// changed, paused, gone, or checked by another.
///
/// # Errors
/// When the store does not answer; the monitor is then still due.
pub async fn record(store: &Store, before: &Monitor, step: &Step) -> Result<bool> {
    store
        .within(async {
            let mut transaction = store.begin().await?;
            if !take(&mut transaction, before, step).await? {
                return Ok(false);
            }
            insert(&mut transaction, &step.check).await?;
            spans::add(&mut transaction, step, before.status).await?;
            for change in &step.changes {
                changes::add(&mut transaction, &before.project_id, change, step.check.checked_at).await?;
                let (project, now) = (&before.project_id, step.check.checked_at);
                deliveries::enqueue(&mut transaction, project, &change.event_id, &change.alert, now).await?;
            }
            transaction.commit().await?;
            Ok(true)
        })
        .await
}

/// Whoever changes the row first has it; what they were told of it before is not true any more for the other.
async fn take(connection: &mut AnyConnection, before: &Monitor, step: &Step) -> Result<bool> {
    let sql = "UPDATE monitors SET status = $2, since_ms = $3, known_ms = $4, checked_at = $5, due_at = $6, \
               certificate_expires_at = $7, certificate_warned = $8 \
               WHERE id = $1 AND enabled = 1 AND updated_at = $9 AND COALESCE(checked_at, 0) = $10";
    let query = sqlx::query(sql)
        .bind(&before.id)
        .bind(step.status.as_str())
        .bind(step.since_ms)
        .bind(step.known_ms)
        .bind(step.check.checked_at)
        .bind(step.due_at)
        .bind(step.certificate_expires_at)
        .bind(step.certificate_warned)
        .bind(before.updated_at)
        .bind(before.checked_at.unwrap_or(0));
    Ok(query.execute(connection).await?.rows_affected() > 0)
}

async fn insert(connection: &mut AnyConnection, check: &Check) -> Result<()> {
    let sql = "INSERT INTO monitor_checks (id, monitor_id, status, status_code, response_ms, error, checked_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let query = sqlx::query(sql)
        .bind(&check.id)
        .bind(&check.monitor_id)
        .bind(&check.status)
        .bind(check.status_code)
        .bind(check.response_ms)
        .bind(&check.error)
        .bind(check.checked_at);
    query.execute(connection).await?;
    Ok(())
}

/// Takes over a check of another installation: a line of its monitor's history.
///
/// # Errors
/// [`Error::Conflict`] when the id is taken, [`Error::NotFound`] when the monitor does not exist.
pub async fn adopt(store: &Store, check: &Check) -> Result<()> {
    let adopted = store.within(async {
        let mut transaction = store.begin().await?;
        insert(&mut transaction, check).await?;
        Ok(transaction.commit().await?)
    });
    adopted.await.map_err(|error: Error| error.conflict_is("this check").missing_is("monitor"))
}

const COLUMNS: &str =
    "SELECT id, monitor_id, status, status_code, response_ms, error, checked_at FROM monitor_checks";

/// A monitor's checks, newest first.
///
/// # Errors
/// When the store does not answer.
pub async fn list(store: &Store, monitor_id: &str, limit: i64) -> Result<Vec<Check>> {
    let sql = format!("{COLUMNS} WHERE monitor_id = $1 ORDER BY checked_at DESC, id DESC LIMIT $2");
    store.all(sqlx::query_as(&sql).bind(monitor_id).bind(limit)).await
}

/// The last check of each monitor of a project, or of all projects.
///
/// # Errors
/// When the store does not answer.
pub async fn last_of_each(store: &Store) -> Result<Vec<Check>> {
    let sql = "SELECT c.id, c.monitor_id, c.status, c.status_code, c.response_ms, c.error, c.checked_at \
               FROM monitors m JOIN monitor_checks c ON c.monitor_id = m.id AND c.checked_at = m.checked_at";
    store.all(sqlx::query_as(sql)).await
}

/// Removes checks made before `before`, unix milliseconds.
///
/// # Errors
/// When the store does not answer.
pub async fn remove_before(store: &Store, before: i64) -> Result<u64> {
    store.execute(sqlx::query("DELETE FROM monitor_checks WHERE checked_at < $1").bind(before)).await
}
