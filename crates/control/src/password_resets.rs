//! Reset links: whoever holds one sets a new password, once, within a day. Made by who may manage the
//! user, and handed over by them.

use bataudit_service::Secret;
use serde_json::json;

use crate::error::{Error, Result};
use crate::outbox::{self, Act};
use crate::store::Store;
use crate::users::{self, User};
use crate::{password, single_use};

/// How long a link works, in milliseconds.
pub const LIFETIME_MS: i64 = 24 * 60 * 60 * 1000;

/// Makes a link for a user; earlier ones stop working. Returns its token, which exists nowhere else, and
/// when it ends.
///
/// # Errors
/// [`Error::NotFound`] when there is no such user.
pub async fn create(
    store: &Store,
    user_id: &str,
    created_by: Option<&str>,
    now: i64,
) -> Result<(Secret, i64)> {
    let (token, expires_at) = (single_use::new(""), now + LIFETIME_MS);
    let created = store.within(async {
        let mut transaction = store.begin().await?;
        let before = sqlx::query("DELETE FROM password_resets WHERE user_id = $1").bind(user_id);
        before.execute(&mut *transaction).await?;
        sqlx::query(
            "INSERT INTO password_resets (token_hash, user_id, created_by, created_at, expires_at) \
             VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(single_use::hash(token.expose()))
        .bind(user_id)
        .bind(created_by)
        .bind(now)
        .bind(expires_at)
        .execute(&mut *transaction)
        .await?;
        let act = Act::done("CREATE", format!("/users/{user_id}/reset-link"));
        outbox::write(store, &mut transaction, act).await?;
        Ok(transaction.commit().await?)
    });
    created.await.map_err(|error: Error| error.missing_is("user"))?;
    Ok((token, expires_at))
}

/// Sets the password of the user a link is for. Their sessions and personal tokens end: somebody else
/// may have had the old password.
///
/// # Errors
/// [`Error::NotFound`] when the token is unknown, used or over, [`Error::Invalid`] for an unusable
/// password; the link then still works.
pub async fn redeem(store: &Store, token: &str, new_password: &str, now: i64) -> Result<User> {
    let token_hash = single_use::hash(token);
    let missing = Error::NotFound { what: "reset link" };
    let sql = "SELECT user_id FROM password_resets WHERE token_hash = $1 AND expires_at > $2";
    // Before the work of hashing, which a made-up token is not worth.
    let found: Option<(String,)> = store.one(sqlx::query_as(sql).bind(&token_hash).bind(now)).await?;
    let Some((user_id,)) = found else { return Err(missing) };
    let user = users::by_id(store, &user_id).await?.ok_or(Error::NotFound { what: "reset link" })?;
    let hash = password::hash(new_password).await?;
    store
        .within(async {
            let mut transaction = store.begin().await?;
            let sql = "DELETE FROM password_resets WHERE token_hash = $1 AND expires_at > $2";
            let take = sqlx::query(sql).bind(&token_hash).bind(now);
            if take.execute(&mut *transaction).await?.rows_affected() == 0 {
                return Err(missing);
            }
            let set = sqlx::query("UPDATE users SET password_hash = $2 WHERE id = $1");
            set.bind(&user.id).bind(&hash).execute(&mut *transaction).await?;
            for sql in [
                "UPDATE sessions SET revoked_at = $2 WHERE user_id = $1 AND revoked_at IS NULL",
                "UPDATE personal_tokens SET revoked_at = $2 WHERE user_id = $1 AND revoked_at IS NULL",
            ] {
                sqlx::query(sql).bind(&user.id).bind(now).execute(&mut *transaction).await?;
            }
            let act = Act::done("RESET", format!("/users/{}/password", user.id));
            let act = act.with(json!({"sessions_and_tokens": "ended"}));
            outbox::write_as(store, &mut transaction, &user, act).await?;
            Ok(transaction.commit().await?)
        })
        .await?;
    Ok(user)
}

/// Removes links that are over.
///
/// # Errors
/// When the store does not answer.
pub async fn remove_expired(store: &Store, now: i64) -> Result<u64> {
    store.execute(sqlx::query("DELETE FROM password_resets WHERE expires_at <= $1").bind(now)).await
}
