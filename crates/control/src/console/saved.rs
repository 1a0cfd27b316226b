//! Queries a person kept under a name.

use uuid::Uuid;

use crate::clock::now_ms;
use crate::error::{Error, Result};
use crate::store::Store;

/// The most queries a person keeps.
pub const MOST: i64 = 200;

/// A query under a name.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Saved {
    /// UUIDv7.
    pub id: String,
    /// What its author calls it.
    pub name: String,
    /// What it asks.
    pub sql: String,
    /// Unix milliseconds.
    pub created_at: i64,
    /// Unix milliseconds.
    pub updated_at: i64,
}

const COLUMNS: &str = "SELECT id, name, sql, created_at, updated_at FROM console_saved WHERE user_id = $1";

/// The queries of a person, by name.
///
/// # Errors
/// When the store does not answer.
pub async fn of_user(store: &Store, user_id: &str) -> Result<Vec<Saved>> {
    store.all(sqlx::query_as(&format!("{COLUMNS} ORDER BY name, id")).bind(user_id)).await
}

/// Keeps a query.
///
/// # Errors
/// [`Error::Invalid`] when the person has too many.
pub async fn create(store: &Store, user_id: &str, name: &str, sql: &str) -> Result<Saved> {
    let (id, now) = (Uuid::now_v7().to_string(), now_ms());
    let insert = "INSERT INTO console_saved (id, user_id, name, sql, created_at, updated_at) \
                  SELECT $1, $2, $3, $4, $5, $5 WHERE (SELECT count(*) FROM console_saved WHERE user_id = $2) < $6";
    let query = sqlx::query(insert).bind(&id).bind(user_id).bind(name).bind(sql).bind(now).bind(MOST);
    match store.execute(query).await? {
        0 => Err(Error::Invalid { what: "you have 200 saved queries, which is the most; delete one first" }),
        _ => Ok(Saved { id, name: name.to_owned(), sql: sql.to_owned(), created_at: now, updated_at: now }),
    }
}

/// Replaces a query and its name.
///
/// # Errors
/// [`Error::NotFound`] when the person has none of this id.
pub async fn replace(store: &Store, user_id: &str, id: &str, name: &str, sql: &str) -> Result<Saved> {
    let update =
        "UPDATE console_saved SET name = $3, sql = $4, updated_at = $5 WHERE user_id = $1 AND id = $2";
    let query = sqlx::query(update).bind(user_id).bind(id).bind(name).bind(sql).bind(now_ms());
    store.execute(query).await?;
    let found = store.one(sqlx::query_as(&format!("{COLUMNS} AND id = $2")).bind(user_id).bind(id)).await?;
    found.ok_or(Error::NotFound { what: "saved query" })
}

/// Forgets a query.
///
/// # Errors
/// [`Error::NotFound`] when the person has none of this id.
pub async fn remove(store: &Store, user_id: &str, id: &str) -> Result<()> {
    let sql = "DELETE FROM console_saved WHERE user_id = $1 AND id = $2";
    match store.execute(sqlx::query(sql).bind(user_id).bind(id)).await? {
        0 => Err(Error::NotFound { what: "saved query" }),
        _ => Ok(()),
    }
}
