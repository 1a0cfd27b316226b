//! Users: who may log in, with which role on the instance.

use uuid::Uuid;

use crate::clock::now_ms;
use crate::error::{Error, Result};
use crate::password;
use crate::role::Role;
use crate::store::Store;

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

pub(crate) const INSERT: &str =
    "INSERT INTO users (id, email, name, role, password_hash, created_at) VALUES ($1, $2, $3, $4, $5, $6)";

/// Creates a user.
///
/// # Errors
/// [`Error::Conflict`] when the e-mail is taken, [`Error::Invalid`] for an unusable field.
pub async fn create(store: &Store, new: NewUser<'_>) -> Result<User> {
    let (user, hash) = prepare(new).await?;
    let query = sqlx::query(INSERT)
        .bind(&user.id)
        .bind(&user.email)
        .bind(&user.name)
        .bind(user.role.as_str())
        .bind(&hash)
        .bind(user.created_at);
    store.execute(query).await.map_err(|error| error.conflict_is("a user with this e-mail"))?;
    Ok(user)
}

/// Checks and hashes a new user, without storing it.
pub(crate) async fn prepare(new: NewUser<'_>) -> Result<(User, String)> {
    let email = canonical_email(new.email);
    let parts = email.split_once('@');
    if parts.is_none_or(|(local, domain)| local.is_empty() || domain.is_empty()) || email.len() > 254 {
        return Err(Error::Invalid { what: "email must be an e-mail address of at most 254 bytes" });
    }
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
    match id {
        Some(id) => by_id(store, &id).await,
        None => Ok(None),
    }
}

/// The user with this id.
///
/// # Errors
/// When the store does not answer.
pub async fn by_id(store: &Store, id: &str) -> Result<Option<User>> {
    let query = sqlx::query_as("SELECT id, email, name, role, created_at FROM users WHERE id = $1");
    store.one(query.bind(id)).await
}

/// The user with this e-mail.
///
/// # Errors
/// When the store does not answer.
pub async fn by_email(store: &Store, email: &str) -> Result<Option<User>> {
    let email = canonical_email(email);
    let query = sqlx::query_as("SELECT id, email, name, role, created_at FROM users WHERE email = $1");
    store.one(query.bind(&email)).await
}

/// Whether anybody can log in at all.
///
/// # Errors
/// When the store does not answer.
pub async fn any(store: &Store) -> Result<bool> {
    let query = sqlx::query_as::<_, (String,)>("SELECT id FROM users LIMIT 1");
    Ok(store.one(query).await?.is_some())
}

/// Changes a user's role on the instance; it counts from their next request on.
///
/// # Errors
/// [`Error::NotFound`] when there is no such user.
pub async fn set_role(store: &Store, id: &str, role: Role) -> Result<()> {
    let query = sqlx::query("UPDATE users SET role = $1 WHERE id = $2").bind(role.as_str()).bind(id);
    if store.execute(query).await? == 0 {
        return Err(Error::NotFound { what: "user" });
    }
    Ok(())
}
