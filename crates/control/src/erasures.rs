//! Erasures of one person's events, as jobs that sentinel does. Whom a job is about is forgotten when it ends; its
//! hash stays, so that whoever knows the person finds the proof.

use serde_json::json;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::clock::now_ms;
use crate::error::{Error, Result};
use crate::outbox::{self, Act};
use crate::store::Store;

/// A job.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Erasure {
    /// UUIDv7.
    pub id: String,
    /// The project.
    pub project_id: String,
    /// What the person is known by: `identifier` or `user_email`.
    pub field: String,
    /// Who; `None` once it is done.
    pub subject: Option<String>,
    /// See [`subject_hash`].
    pub subject_hash: String,
    /// Why, such as the number of a request.
    pub reason: String,
    /// The e-mail of who asked for it.
    pub requested_by: String,
    /// Unix milliseconds.
    pub requested_at: i64,
    /// `pending`, `running` or `done`.
    pub status: String,
    /// Unix milliseconds: what was stored before then is erased.
    pub started_at: Option<i64>,
    /// Unix milliseconds.
    pub finished_at: Option<i64>,
    /// JSON.
    pub certificate: Option<String>,
}

/// A job that is to be made.
#[derive(Debug, Clone, Copy)]
pub struct NewErasure<'a> {
    /// The project.
    pub project_id: &'a str,
    /// `identifier` or `user_email`.
    pub field: &'a str,
    /// Who.
    pub subject: &'a str,
    /// Why.
    pub reason: &'a str,
    /// The e-mail of who asks for it.
    pub requested_by: &'a str,
}

const COLUMNS: &str = "SELECT id, project_id, field, subject, subject_hash, reason, requested_by, requested_at, status, \
                       started_at, finished_at, certificate FROM erasures";

/// SHA-256 of `<project id>:<field>:<subject>`, as hexadecimal digits.
#[must_use]
pub fn subject_hash(project_id: &str, field: &str, subject: &str) -> String {
    hex::encode(Sha256::digest(format!("{project_id}:{field}:{subject}")))
}

/// The jobs of a project, newest first.
///
/// # Errors
/// When the store does not answer.
pub async fn of_project(store: &Store, project_id: &str) -> Result<Vec<Erasure>> {
    let sql = format!("{COLUMNS} WHERE project_id = $1 ORDER BY requested_at DESC, id DESC");
    store.all(sqlx::query_as(&sql).bind(project_id)).await
}

/// A job of a project.
///
/// # Errors
/// When the store does not answer.
pub async fn find(store: &Store, project_id: &str, id: &str) -> Result<Option<Erasure>> {
    let sql = format!("{COLUMNS} WHERE project_id = $1 AND id = $2");
    store.one(sqlx::query_as(&sql).bind(project_id).bind(id)).await
}

/// The oldest job that is not done.
///
/// # Errors
/// When the store does not answer.
pub async fn next(store: &Store) -> Result<Option<Erasure>> {
    let sql = format!("{COLUMNS} WHERE status <> 'done' ORDER BY requested_at, id LIMIT 1");
    store.one(sqlx::query_as(&sql)).await
}

/// Makes a job.
///
/// # Errors
/// [`Error::NotFound`] when the project does not exist.
pub async fn create(store: &Store, new: NewErasure<'_>) -> Result<Erasure> {
    let id = Uuid::now_v7().to_string();
    let hash = subject_hash(new.project_id, new.field, new.subject);
    // Who it is about is not written down: an event of the audit of the audit stays.
    let details = json!({"field": new.field, "subject_sha256": hash, "reason": new.reason});
    let act = Act::done("ERASE", format!("/erasures/{id}")).within(new.project_id).with(details);
    let sql = "INSERT INTO erasures (id, project_id, field, subject, subject_hash, reason, requested_by, requested_at, \
               status) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'pending')";
    let query = sqlx::query(sql)
        .bind(&id)
        .bind(new.project_id)
        .bind(new.field)
        .bind(new.subject)
        .bind(&hash)
        .bind(new.reason)
        .bind(new.requested_by)
        .bind(now_ms());
    let done = outbox::execute(store, query, act).await;
    done.map_err(|error| error.missing_is("project"))?;
    find(store, new.project_id, &id).await?.ok_or(Error::NotFound { what: "erasure" })
}

/// Says that a job is under way; one that was keeps the time it started at.
///
/// # Errors
/// When the store does not answer.
pub async fn start(store: &Store, id: &str, now: i64) -> Result<i64> {
    let sql = "UPDATE erasures SET status = 'running', started_at = coalesce(started_at, $2) WHERE id = $1";
    store.execute(sqlx::query(sql).bind(id).bind(now)).await?;
    let sql = "SELECT started_at FROM erasures WHERE id = $1";
    let found: Option<(i64,)> = store.one(sqlx::query_as(sql).bind(id)).await?;
    found.map(|(started_at,)| started_at).ok_or(Error::NotFound { what: "erasure" })
}

/// Ends a job, and forgets whom it was about.
///
/// # Errors
/// When the store does not answer.
pub async fn finish(store: &Store, id: &str, now: i64, certificate: &str) -> Result<()> {
    let sql = "UPDATE erasures SET status = 'done', subject = NULL, finished_at = $2, certificate = $3 WHERE id = $1";
    store.execute(sqlx::query(sql).bind(id).bind(now).bind(certificate)).await.map(drop)
}
