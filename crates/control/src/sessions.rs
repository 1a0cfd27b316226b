//! Sessions: a row for each login, so that a logout or a changed role counts at once, whatever the
//! token in the user's hands still says.

use serde_json::json;
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::outbox::{self, Act};
use crate::store::Store;
use crate::users::{self, User};

/// A login.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Session {
    /// UUIDv4: the `jti` of the token.
    pub id: String,
    /// Whose it is.
    pub user_id: String,
    /// Unix milliseconds.
    pub created_at: i64,
    /// Unix milliseconds.
    pub expires_at: i64,
    /// Where the login came from.
    pub address: String,
    /// The browser or program, as it named itself.
    pub user_agent: String,
}

const COLUMNS: &str = "SELECT id, user_id, created_at, expires_at, address, user_agent FROM sessions";

/// Opens a session of a user that ends by itself at `expires_at`.
///
/// # Errors
/// [`crate::Error::NotFound`] when the user is gone.
pub async fn create(store: &Store, user: &User, now: i64, expires_at: i64) -> Result<Session> {
    let (address, user_agent) =
        store.actor().map(|actor| (actor.address.clone(), actor.user_agent.clone())).unwrap_or_default();
    let session = Session {
        id: Uuid::new_v4().to_string(),
        user_id: user.id.clone(),
        created_at: now,
        expires_at,
        address,
        user_agent,
    };
    let insert = sqlx::query(
        "INSERT INTO sessions (id, user_id, created_at, expires_at, address, user_agent) \
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(&session.id)
    .bind(&session.user_id)
    .bind(now)
    .bind(expires_at)
    .bind(&session.address)
    .bind(&session.user_agent);
    let created = store.within(async {
        let mut transaction = store.begin().await?;
        insert.execute(&mut *transaction).await?;
        let act = Act::done("LOGIN", format!("/sessions/{}", session.id));
        outbox::write_as(store, &mut transaction, user, act).await?;
        Ok(transaction.commit().await?)
    });
    created.await.map_err(|error: Error| error.missing_is("user"))?;
    Ok(session)
}

/// The user of a session that is neither revoked nor over, as they are now.
///
/// # Errors
/// When the store does not answer.
pub async fn user(store: &Store, session_id: &str, now: i64) -> Result<Option<User>> {
    let sql = format!(
        "SELECT {} FROM sessions s JOIN users u ON u.id = s.user_id \
         WHERE s.id = $1 AND s.revoked_at IS NULL AND s.expires_at > $2",
        users::COLUMNS
    );
    store.one(sqlx::query_as(&sql).bind(session_id).bind(now)).await
}

/// The sessions of a user that let them in now, the newest first.
///
/// # Errors
/// When the store does not answer.
pub async fn of_user(store: &Store, user_id: &str, now: i64) -> Result<Vec<Session>> {
    let sql = format!(
        "{COLUMNS} WHERE user_id = $1 AND revoked_at IS NULL AND expires_at > $2 ORDER BY created_at DESC, id"
    );
    store.all(sqlx::query_as(&sql).bind(user_id).bind(now)).await
}

/// A session that lets somebody in now.
///
/// # Errors
/// When the store does not answer.
pub async fn by_id(store: &Store, id: &str, now: i64) -> Result<Option<Session>> {
    let sql = format!("{COLUMNS} WHERE id = $1 AND revoked_at IS NULL AND expires_at > $2");
    store.one(sqlx::query_as(&sql).bind(id).bind(now)).await
}

/// Ends a session; ending it twice changes nothing.
///
/// # Errors
/// When the store does not answer.
pub async fn revoke(store: &Store, session_id: &str, now: i64) -> Result<()> {
    let sql = "UPDATE sessions SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL";
    store
        .within(async {
            let mut transaction = store.begin().await?;
            let end = sqlx::query(sql).bind(session_id).bind(now);
            if end.execute(&mut *transaction).await?.rows_affected() > 0 {
                let act = Act::done("LOGOUT", format!("/sessions/{session_id}"));
                outbox::write(store, &mut transaction, act).await?;
            }
            Ok(transaction.commit().await?)
        })
        .await
}

/// Ends every session of a user but `except`, and tells how many there were.
///
/// # Errors
/// When the store does not answer.
pub async fn revoke_all(store: &Store, user_id: &str, except: &str, now: i64) -> Result<u64> {
    let sql = "UPDATE sessions SET revoked_at = $3 WHERE user_id = $1 AND id <> $2 AND revoked_at IS NULL \
               AND expires_at > $3";
    store
        .within(async {
            let mut transaction = store.begin().await?;
            let end = sqlx::query(sql).bind(user_id).bind(except).bind(now);
            let ended = end.execute(&mut *transaction).await?.rows_affected();
            let act = Act::done("LOGOUT", format!("/users/{user_id}/sessions"));
            outbox::write(store, &mut transaction, act.with(json!({"sessions": ended}))).await?;
            transaction.commit().await?;
            Ok(ended)
        })
        .await
}

/// Removes the rows of sessions that were over before `now`, and tells how many.
///
/// # Errors
/// When the store does not answer.
pub async fn remove_expired(store: &Store, now: i64) -> Result<u64> {
    store.execute(sqlx::query("DELETE FROM sessions WHERE expires_at <= $1").bind(now)).await
}
