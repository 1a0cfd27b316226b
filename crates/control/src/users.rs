//! Users: who may log in, with which role on the instance.

use serde_json::json;
use sqlx::AnyConnection;
use uuid::Uuid;

use crate::clock::now_ms;
use crate::error::{Error, Result};
use crate::outbox::{self, Act};
use crate::password;
use crate::role::Role;
use crate::store::{AnyArgs, Store};

/// A user. The password's hash is not part of it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct User {
    /// UUIDv7.
    pub id: String,
    /// Lower case.
    pub email: String,
    /// Display name.
    pub name: String,
    /// Role on the instance.
    #[sqlx(try_from = "String")]
    pub role: Role,
    /// Unix milliseconds.
    pub created_at: i64,
}

/// A user to be created.
#[derive(Debug, Clone, Copy)]
pub struct NewUser<'a> {
    /// In any letter case.
    pub email: &'a str,
    /// Display name.
    pub name: &'a str,
    /// Role on the instance.
    pub role: Role,
    /// In the clear; only its hash is stored.
    pub password: &'a str,
}

/// The one spelling of an e-mail address that is stored and compared.
#[must_use]
pub fn canonical_email(email: &str) -> String {
    email.trim().to_lowercase()
}

/// What a [`User`] is read from. An auditor is a viewer to those that do not know auditors.
pub(crate) const COLUMNS: &str = "u.id, u.email, u.name, \
     CASE WHEN u.is_auditor = 1 THEN 'auditor' ELSE u.role END AS role, u.created_at";

/// The two columns a role is kept in.
fn stored(role: Role) -> (&'static str, i64) {
    match role {
        Role::Auditor => (Role::Viewer.as_str(), 1),
        Role::Viewer | Role::Admin | Role::Owner => (role.as_str(), 0),
    }
}

pub(crate) fn insert<'q>(user: &'q User, hash: &'q str) -> sqlx::query::Query<'q, sqlx::Any, AnyArgs<'q>> {
    let (role, is_auditor) = stored(user.role);
    let sql = "INSERT INTO users (id, email, name, role, is_auditor, password_hash, created_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let query = sqlx::query(sql).bind(&user.id).bind(&user.email).bind(&user.name);
    query.bind(role).bind(is_auditor).bind(hash).bind(user.created_at)
}

/// Creates a user.
///
/// # Errors
/// [`Error::Conflict`] when the e-mail is taken, [`Error::Invalid`] for an unusable field.
pub async fn create(store: &Store, new: NewUser<'_>) -> Result<User> {
    let (user, hash) = prepare(new).await?;
    store_new(store, &user, &hash).await?;
    Ok(user)
}

/// Takes over a user of another installation with the hash of their password, argon2 or bcrypt.
///
/// # Errors
/// [`Error::Conflict`] when the id or the e-mail is taken, [`Error::Invalid`] for an unusable field and for a hash that
/// no password could be verified against.
pub async fn adopt(store: &Store, user: &User, password_hash: &str) -> Result<()> {
    if checked_email(&user.email)? != user.email {
        return Err(Error::Invalid { what: "email must be in lower case" });
    }
    if !password::is_readable(password_hash) {
        return Err(Error::Invalid { what: "the password's hash is neither argon2 nor bcrypt" });
    }
    store_new(store, user, password_hash).await
}

async fn store_new(store: &Store, user: &User, hash: &str) -> Result<()> {
    let created = store.within(async {
        let mut transaction = store.begin().await?;
        insert(user, hash).execute(&mut *transaction).await?;
        let details = json!({"email": user.email, "role": user.role.as_str()});
        let act = Act::done("CREATE", format!("/users/{}", user.id)).with(details);
        outbox::write(store, &mut transaction, act).await?;
        Ok(transaction.commit().await?)
    });
    created.await.map_err(|error: Error| error.conflict_is("a user with this e-mail"))
}

/// The e-mail address as it is stored.
pub(crate) fn checked_email(email: &str) -> Result<String> {
    let email = canonical_email(email);
    let parts = email.split_once('@');
    if parts.is_none_or(|(local, domain)| local.is_empty() || domain.is_empty()) || email.len() > 254 {
        return Err(Error::Invalid { what: "email must be an e-mail address of at most 254 bytes" });
    }
    Ok(email)
}

/// Checks and hashes a new user, without storing it.
pub(crate) async fn prepare(new: NewUser<'_>) -> Result<(User, String)> {
    let email = checked_email(new.email)?;
    let name = new.name.trim();
    if name.is_empty() || name.chars().count() > 100 {
        return Err(Error::Invalid { what: "name must have 1 to 100 characters" });
    }
    let hash = password::hash(new.password).await?;
    let id = Uuid::now_v7().to_string();
    Ok((User { id, email, name: name.to_owned(), role: new.role, created_at: now_ms() }, hash))
}

/// The user with this e-mail and password. An unknown e-mail takes as long as a wrong password.
///
/// # Errors
/// When the store does not answer.
pub async fn authenticate(store: &Store, email: &str, password: &str) -> Result<Option<User>> {
    let email = canonical_email(email);
    let query = sqlx::query_as::<_, (String, String)>("SELECT id, password_hash FROM users WHERE email = $1");
    let found = store.one(query.bind(&email)).await?;
    let (id, hash) = found.unzip();
    if !password::verify(password, hash.as_deref()).await? {
        return Ok(None);
    }
    let (Some(id), Some(hash)) = (id, hash) else { return Ok(None) };
    if password::is_outdated(&hash) {
        upgrade(store, &id, &hash, password).await;
    }
    by_id(store, &id).await
}

/// Hashes a password anew that is known to be right. When it cannot be done now, a later login does it.
async fn upgrade(store: &Store, id: &str, old: &str, password: &str) {
    let Ok(hash) = password::hash(password).await else { return };
    let sql = "UPDATE users SET password_hash = $2 WHERE id = $1 AND password_hash = $3";
    if let Err(error) = store.execute(sqlx::query(sql).bind(id).bind(&hash).bind(old)).await {
        tracing::warn!(%error, "A password's hash could not be upgraded; the next login tries again.");
    }
}

/// Whether a user's password is hashed as it would be today.
///
/// # Errors
/// [`Error::NotFound`] when there is no such user.
pub async fn has_todays_hash(store: &Store, id: &str) -> Result<bool> {
    let query = sqlx::query_as::<_, (String,)>("SELECT password_hash FROM users WHERE id = $1").bind(id);
    let (hash,) = store.one(query).await?.ok_or(Error::NotFound { what: "user" })?;
    Ok(!password::is_outdated(&hash))
}

/// The user with this id.
///
/// # Errors
/// When the store does not answer.
pub async fn by_id(store: &Store, id: &str) -> Result<Option<User>> {
    let sql = format!("SELECT {COLUMNS} FROM users u WHERE u.id = $1");
    store.one(sqlx::query_as(&sql).bind(id)).await
}

/// The user with this e-mail.
///
/// # Errors
/// When the store does not answer.
pub async fn by_email(store: &Store, email: &str) -> Result<Option<User>> {
    let email = canonical_email(email);
    let sql = format!("SELECT {COLUMNS} FROM users u WHERE u.email = $1");
    store.one(sqlx::query_as(&sql).bind(&email)).await
}

/// Whether anybody can log in at all.
///
/// # Errors
/// When the store does not answer.
pub async fn any(store: &Store) -> Result<bool> {
    let query = sqlx::query_as::<_, (String,)>("SELECT id FROM users LIMIT 1");
    Ok(store.one(query).await?.is_some())
}

/// All users, the oldest first.
///
/// # Errors
/// When the store does not answer.
pub async fn all(store: &Store) -> Result<Vec<User>> {
    let sql = format!("SELECT {COLUMNS} FROM users u ORDER BY u.created_at, u.id");
    store.all(sqlx::query_as(&sql)).await
}

/// Changes a user's role on the instance; it counts from their next request on.
///
/// # Errors
/// [`Error::NotFound`] when there is no such user, [`Error::Refused`] when no owner would be left.
pub async fn set_role(store: &Store, id: &str, role: Role) -> Result<()> {
    store
        .within(async {
            let mut transaction = store.begin().await?;
            let before = keep_an_owner(&mut transaction, id, Some(role)).await?;
            let (name, is_auditor) = stored(role);
            let set = sqlx::query("UPDATE users SET role = $1, is_auditor = $2 WHERE id = $3");
            set.bind(name).bind(is_auditor).bind(id).execute(&mut *transaction).await?;
            let details = json!({"email": before.email, "from": before.role.as_str(), "to": role.as_str()});
            let act = Act::done("CHANGE", format!("/users/{id}/role")).with(details);
            outbox::write(store, &mut transaction, act).await?;
            Ok(transaction.commit().await?)
        })
        .await
}

/// Deletes a user with their sessions, memberships and personal tokens. What they made stays.
///
/// # Errors
/// [`Error::NotFound`] when there is no such user, [`Error::Refused`] when no owner would be left.
pub async fn delete(store: &Store, id: &str) -> Result<()> {
    store
        .within(async {
            let mut transaction = store.begin().await?;
            let before = keep_an_owner(&mut transaction, id, None).await?;
            sqlx::query("DELETE FROM users WHERE id = $1").bind(id).execute(&mut *transaction).await?;
            let details = json!({"email": before.email, "role": before.role.as_str()});
            let act = Act::done("DELETE", format!("/users/{id}")).with(details);
            outbox::write(store, &mut transaction, act).await?;
            Ok(transaction.commit().await?)
        })
        .await
}

/// The user as they are, unless they are the last owner and would be one no more.
async fn keep_an_owner(connection: &mut AnyConnection, id: &str, becomes: Option<Role>) -> Result<User> {
    // Changes nothing, and holds the rows of all owners until the end of the transaction: of two owners
    // who take the role from each other at once, the second finds only one left.
    let hold = sqlx::query("UPDATE users SET role = role WHERE role = 'owner'");
    let owners = hold.execute(&mut *connection).await?.rows_affected();
    let sql = format!("SELECT {COLUMNS} FROM users u WHERE u.id = $1");
    let found: Option<User> = sqlx::query_as(&sql).bind(id).fetch_optional(&mut *connection).await?;
    let user = found.ok_or(Error::NotFound { what: "user" })?;
    if user.role == Role::Owner && becomes != Some(Role::Owner) && owners < 2 {
        return Err(Error::Refused { what: "the last owner must stay owner; make another owner first" });
    }
    Ok(user)
}

/// Changes the password of a user who knows the present one, and ends their other sessions. Returns
/// whether they knew it.
///
/// # Errors
/// [`Error::Invalid`] for an unusable new password.
pub async fn change_password(
    store: &Store,
    id: &str,
    session_id: &str,
    present: &str,
    new: &str,
) -> Result<bool> {
    let sql = "SELECT password_hash FROM users WHERE id = $1";
    let found: Option<(String,)> = store.one(sqlx::query_as(sql).bind(id)).await?;
    if !password::verify(present, found.as_ref().map(|(hash,)| hash.as_str())).await? {
        return Ok(false);
    }
    let hash = password::hash(new).await?;
    store
        .within(async {
            let mut transaction = store.begin().await?;
            let set = sqlx::query("UPDATE users SET password_hash = $2 WHERE id = $1");
            set.bind(id).bind(&hash).execute(&mut *transaction).await?;
            let end =
                "UPDATE sessions SET revoked_at = $3 WHERE user_id = $1 AND id <> $2 AND revoked_at IS NULL";
            let end = sqlx::query(end).bind(id).bind(session_id).bind(now_ms());
            end.execute(&mut *transaction).await?;
            let act = Act::done("CHANGE", format!("/users/{id}/password"));
            outbox::write(store, &mut transaction, act).await?;
            transaction.commit().await?;
            Ok(true)
        })
        .await
}
