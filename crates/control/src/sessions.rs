//! Sessions: a row for each login, so that a logout or a changed role counts at once, whatever the
//! token in the user's hands still says.

use uuid::Uuid;

use crate::error::Result;
use crate::store::Store;
use crate::users::User;

/// A login.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// UUIDv4: the `jti` of the token.
    pub id: String,
    /// Unix milliseconds.
    pub expires_at: i64,
}

/// Opens a session of `user_id` that ends by itself at `expires_at`.
///
/// # Errors
/// [`crate::Error::NotFound`] when the user is gone.
pub async fn create(store: &Store, user_id: &str, now: i64, expires_at: i64) -> Result<Session> {
    let session = Session { id: Uuid::new_v4().to_string(), expires_at };
    let sql = "INSERT INTO sessions (id, user_id, created_at, expires_at) VALUES ($1, $2, $3, $4)";
    let query = sqlx::query(sql).bind(&session.id).bind(user_id).bind(now).bind(expires_at);
    store.execute(query).await.map_err(|error| error.missing_is("user"))?;
    Ok(session)
}

/// The user of a session that is neither revoked nor over, as they are now.
///
/// # Errors
/// When the store does not answer.
pub async fn user(store: &Store, session_id: &str, now: i64) -> Result<Option<User>> {
    let sql = "SELECT u.id, u.email, u.name, u.role, u.created_at \
               FROM sessions s JOIN users u ON u.id = s.user_id \
               WHERE s.id = $1 AND s.revoked_at IS NULL AND s.expires_at > $2";
    store.one(sqlx::query_as(sql).bind(session_id).bind(now)).await
}

/// Ends a session; ending it twice changes nothing.
///
/// # Errors
/// When the store does not answer.
pub async fn revoke(store: &Store, session_id: &str, now: i64) -> Result<()> {
    let sql = "UPDATE sessions SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL";
    store.execute(sqlx::query(sql).bind(session_id).bind(now)).await.map(drop)
}

/// Removes the rows of sessions that were over before `now`, and tells how many.
///
/// # Errors
/// When the store does not answer.
pub async fn remove_expired(store: &Store, now: i64) -> Result<u64> {
    store.execute(sqlx::query("DELETE FROM sessions WHERE expires_at <= $1").bind(now)).await
}
