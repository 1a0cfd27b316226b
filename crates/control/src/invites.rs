//! Invites: a link for one e-mail address and one role, good for one account within seven days.

use bataudit_service::Secret;
use serde_json::json;
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::outbox::{self, Act};
use crate::role::Role;
use crate::single_use;
use crate::store::Store;
use crate::users::{self, NewUser, User};

/// How long an invite can be accepted, in milliseconds.
pub const LIFETIME_MS: i64 = 7 * 24 * 60 * 60 * 1000;

/// An invite, without its token.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Invite {
    /// UUIDv7.
    pub id: String,
    /// Whom it is for, lower case.
    pub email: String,
    /// The role they get.
    #[sqlx(try_from = "String")]
    pub role: Role,
    /// The user who made it.
    pub created_by: Option<String>,
    /// Unix milliseconds.
    pub created_at: i64,
    /// Unix milliseconds.
    pub expires_at: i64,
    /// Unix milliseconds.
    pub used_at: Option<i64>,
}

/// An invite to be made.
#[derive(Debug, Clone, Copy)]
pub struct NewInvite<'a> {
    /// Whom it is for.
    pub email: &'a str,
    /// The role they get: any but owner.
    pub role: Role,
    /// The user who makes it.
    pub created_by: Option<&'a str>,
}

const COLUMNS: &str = "SELECT id, email, role, created_by, created_at, expires_at, used_at FROM invites";

/// Makes an invite and returns it with its token, which exists nowhere else.
///
/// # Errors
/// [`Error::Conflict`] when a user has the e-mail, [`Error::Invalid`] for an unusable field.
pub async fn create(store: &Store, new: NewInvite<'_>, now: i64) -> Result<(Invite, Secret)> {
    let email = users::checked_email(new.email)?;
    if new.role == Role::Owner {
        return Err(Error::Invalid { what: "an invite cannot make another owner" });
    }
    let taken = Error::Conflict { what: "a user with this e-mail" };
    if users::by_email(store, &email).await?.is_some() {
        return Err(taken);
    }
    let token = single_use::new("");
    let invite = Invite {
        id: Uuid::now_v7().to_string(),
        email,
        role: new.role,
        created_by: new.created_by.map(str::to_owned),
        created_at: now,
        expires_at: now + LIFETIME_MS,
        used_at: None,
    };
    store_new(store, &invite, token.expose()).await?;
    Ok((invite, token))
}

async fn store_new(store: &Store, invite: &Invite, token: &str) -> Result<()> {
    let sql = "INSERT INTO invites (id, token_hash, email, role, created_by, created_at, expires_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let insert = sqlx::query(sql)
        .bind(&invite.id)
        .bind(single_use::hash(token))
        .bind(&invite.email)
        .bind(invite.role.as_str())
        .bind(&invite.created_by)
        .bind(invite.created_at)
        .bind(invite.expires_at);
    let details = json!({"email": invite.email, "role": invite.role.as_str()});
    let act = Act::done("CREATE", format!("/invites/{}", invite.id)).with(details);
    outbox::execute(store, insert, act).await.map(drop)
}

/// Takes over an open invite of another installation, whose token goes on working.
///
/// # Errors
/// [`Error::Conflict`] when the id or the token is here already, [`Error::Invalid`] for an unusable field.
pub async fn adopt(store: &Store, invite: &Invite, token: &str) -> Result<()> {
    users::checked_email(&invite.email)?;
    if invite.role == Role::Owner {
        return Err(Error::Invalid { what: "an invite cannot make another owner" });
    }
    store_new(store, invite, token).await.map_err(|error| error.conflict_is("this invite"))
}

/// The invites that can still be accepted, the newest first.
///
/// # Errors
/// When the store does not answer.
pub async fn pending(store: &Store, now: i64) -> Result<Vec<Invite>> {
    let sql =
        format!("{COLUMNS} WHERE used_at IS NULL AND expires_at > $1 ORDER BY created_at DESC, id DESC");
    store.all(sqlx::query_as(&sql).bind(now)).await
}

/// The invite with this id, whatever became of it.
///
/// # Errors
/// When the store does not answer.
pub async fn by_id(store: &Store, id: &str) -> Result<Option<Invite>> {
    let sql = format!("{COLUMNS} WHERE id = $1");
    store.one(sqlx::query_as(&sql).bind(id)).await
}

/// The invite behind a token.
///
/// # Errors
/// [`Error::NotFound`] when it is unknown or used, [`Error::Expired`] when its time is over.
pub async fn find(store: &Store, token: &str, now: i64) -> Result<Invite> {
    let sql = format!("{COLUMNS} WHERE token_hash = $1 AND used_at IS NULL");
    let invite: Option<Invite> = store.one(sqlx::query_as(&sql).bind(single_use::hash(token))).await?;
    let invite = invite.ok_or(Error::NotFound { what: "invite" })?;
    if invite.expires_at > now { Ok(invite) } else { Err(Error::Expired { what: "invite" }) }
}

/// Takes back an invite that was not used.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub async fn revoke(store: &Store, id: &str) -> Result<()> {
    let delete = sqlx::query("DELETE FROM invites WHERE id = $1 AND used_at IS NULL").bind(id);
    store
        .within(async {
            let mut transaction = store.begin().await?;
            if delete.execute(&mut *transaction).await?.rows_affected() == 0 {
                return Err(Error::NotFound { what: "invite" });
            }
            let act = Act::done("REVOKE", format!("/invites/{id}"));
            outbox::write(store, &mut transaction, act).await?;
            Ok(transaction.commit().await?)
        })
        .await
}

/// Makes the account an invite is for. Of two who try at once with the same token one succeeds.
///
/// # Errors
/// As [`find`], [`Error::Conflict`] when a user has the e-mail by now, [`Error::Invalid`] for an
/// unusable name or password; the invite can then still be accepted.
pub async fn accept(store: &Store, token: &str, name: &str, password: &str, now: i64) -> Result<User> {
    let invite = find(store, token, now).await?;
    let new = NewUser { email: &invite.email, name, role: invite.role, password };
    let (user, hash) = users::prepare(new).await?;
    let accepted = store.within(async {
        let mut transaction = store.begin().await?;
        // Whoever changes this row first has the invite: the other waits for them and finds it used.
        let sql = "UPDATE invites SET used_at = $2 WHERE id = $1 AND used_at IS NULL AND expires_at > $2";
        let take = sqlx::query(sql).bind(&invite.id).bind(now);
        if take.execute(&mut *transaction).await?.rows_affected() == 0 {
            return Err(Error::NotFound { what: "invite" });
        }
        users::insert(&user, &hash).execute(&mut *transaction).await?;
        let details = json!({"user": user.id, "email": user.email, "role": user.role.as_str()});
        let act = Act::done("ACCEPT", format!("/invites/{}", invite.id)).with(details);
        outbox::write_as(store, &mut transaction, &user, act).await?;
        Ok(transaction.commit().await?)
    });
    accepted.await.map_err(|error: Error| error.conflict_is("a user with this e-mail"))?;
    Ok(user)
}

/// Removes the rows of invites that were over before `before`.
///
/// # Errors
/// When the store does not answer.
pub async fn remove_expired(store: &Store, before: i64) -> Result<u64> {
    store.execute(sqlx::query("DELETE FROM invites WHERE expires_at <= $1").bind(before)).await
}
