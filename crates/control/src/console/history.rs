//! The queries a person ran last. Running one is an act: it is written down with its text in the same transaction.

use serde_json::json;
use uuid::Uuid;

use crate::clock::now_ms;
use crate::error::Result;
use crate::outbox::{self, Act};
use crate::store::Store;

/// Queries kept of each person.
pub const MOST: i64 = 200;

/// A query that was run.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Ran {
    /// UUIDv7.
    pub id: String,
    /// What was asked.
    pub sql: String,
    /// Rows of the answer; `None` where it failed.
    pub row_count: Option<i64>,
    /// How long it took.
    pub elapsed_ms: i64,
    /// Why it failed.
    pub error: Option<String>,
    /// Unix milliseconds.
    pub ran_at: i64,
}

/// A query to be written down.
#[derive(Debug, Clone, Copy)]
pub struct Run<'a> {
    /// Who asked.
    pub user_id: &'a str,
    /// The one project it was narrowed to.
    pub project_id: Option<&'a str>,
    /// What was asked.
    pub sql: &'a str,
    /// Rows of the answer; `None` where it failed.
    pub row_count: Option<i64>,
    /// How long it took.
    pub elapsed_ms: i64,
    /// Why it failed.
    pub error: Option<&'a str>,
    /// 200, or what it was answered with.
    pub status: u16,
}

/// Writes down a query that was run, and forgets the oldest of its author beyond [`MOST`].
///
/// # Errors
/// When the store does not answer.
pub async fn add(store: &Store, run: &Run<'_>) -> Result<()> {
    let id = Uuid::now_v7().to_string();
    let details =
        json!({"sql": run.sql, "rows": run.row_count, "elapsed_ms": run.elapsed_ms, "error": run.error});
    let act =
        Act { status: run.status, project_id: run.project_id, ..Act::done("QUERY", "/query".to_owned()) };
    let sql = "INSERT INTO console_queries (id, user_id, sql, row_count, elapsed_ms, error, ran_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let query = sqlx::query(sql)
        .bind(&id)
        .bind(run.user_id)
        .bind(run.sql)
        .bind(run.row_count)
        .bind(run.elapsed_ms)
        .bind(run.error)
        .bind(now_ms());
    outbox::execute(store, query, act.with(details)).await?;
    let sql = "DELETE FROM console_queries WHERE user_id = $1 AND id < \
               (SELECT id FROM console_queries WHERE user_id = $1 ORDER BY id DESC LIMIT 1 OFFSET $2)";
    store.execute(sqlx::query(sql).bind(run.user_id).bind(MOST - 1)).await.map(drop)
}

/// The queries of a person, newest first.
///
/// # Errors
/// When the store does not answer.
pub async fn of_user(store: &Store, user_id: &str) -> Result<Vec<Ran>> {
    let sql = "SELECT id, sql, row_count, elapsed_ms, error, ran_at FROM console_queries WHERE user_id = $1 \
               ORDER BY id DESC LIMIT $2";
    store.all(sqlx::query_as(sql).bind(user_id).bind(MOST)).await
}

/// Forgets the queries of a person. The audit of the audit keeps them.
///
/// # Errors
/// When the store does not answer.
pub async fn clear(store: &Store, user_id: &str) -> Result<()> {
    store.execute(sqlx::query("DELETE FROM console_queries WHERE user_id = $1").bind(user_id)).await.map(drop)
}
