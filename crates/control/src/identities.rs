//! Who users are at an OpenID provider. An identity is the provider's issuer and its subject, never an e-mail: e-mails
//! change hands.

use bataudit_service::Secret;
use serde_json::json;
use sqlx::AnyConnection;

use crate::clock::now_ms;
use crate::error::{Error, Result};
use crate::outbox::{self, Act};
use crate::store::Store;
use crate::users::{self, NewUser, User};

/// An account at a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identity<'a> {
    /// The provider.
    pub issuer: &'a str,
    /// The account, as the provider names it for ever.
    pub subject: &'a str,
}

/// The user this account belongs to.
///
/// # Errors
/// When the store does not answer.
pub async fn user(store: &Store, identity: Identity<'_>) -> Result<Option<User>> {
    let sql = format!(
        "SELECT {} FROM users u JOIN identities i ON i.user_id = u.id WHERE i.issuer = $1 AND i.subject = $2",
        users::COLUMNS
    );
    store.one(sqlx::query_as(&sql).bind(identity.issuer).bind(identity.subject)).await
}

/// Ties an account to a user who has none at this provider.
///
/// # Errors
/// [`Error::Conflict`] when the account or the user is tied already.
pub async fn link(store: &Store, identity: Identity<'_>, user: &User) -> Result<()> {
    let linked = store.within(async {
        let mut transaction = store.begin().await?;
        insert(store, &mut transaction, identity, user).await?;
        Ok(transaction.commit().await?)
    });
    linked.await.map_err(conflict)
}

/// Makes a user for an account, with a password that nobody knows.
///
/// # Errors
/// [`Error::Conflict`] when the e-mail is taken, or the account is tied already; [`Error::Invalid`] for an unusable
/// field.
pub async fn create(store: &Store, identity: Identity<'_>, new: NewUser<'_>) -> Result<User> {
    let (user, hash) = users::prepare(new).await?;
    let created = store.within(async {
        let mut transaction = store.begin().await?;
        users::insert(&user, &hash).execute(&mut *transaction).await?;
        let details = json!({"email": user.email, "role": user.role.as_str()});
        let act = Act::done("CREATE", format!("/users/{}", user.id)).with(details);
        outbox::write_as(store, &mut transaction, &user, act).await?;
        insert(store, &mut transaction, identity, &user).await?;
        Ok(transaction.commit().await?)
    });
    created.await.map_err(conflict)?;
    Ok(user)
}

/// A password for a user who is to have none.
#[must_use]
pub fn unknown_password() -> Secret {
    Secret::new(hex::encode(rand::random::<[u8; 32]>()))
}

async fn insert(
    store: &Store,
    connection: &mut AnyConnection,
    identity: Identity<'_>,
    user: &User,
) -> Result<()> {
    let sql = "INSERT INTO identities (issuer, subject, user_id, created_at) VALUES ($1, $2, $3, $4)";
    let insert = sqlx::query(sql).bind(identity.issuer).bind(identity.subject).bind(&user.id).bind(now_ms());
    insert.execute(&mut *connection).await?;
    let details = json!({"issuer": identity.issuer, "subject": identity.subject});
    let act = Act::done("LINK", format!("/users/{}/identities", user.id)).with(details);
    outbox::write_as(store, connection, user, act).await
}

fn conflict(error: Error) -> Error {
    error.conflict_is("a user with this e-mail, or an account tied to this user,")
}
