//! What people did here, on its way to become audit events: written in the transaction of what was
//! done, so that neither exists without the other; published and then removed by sentinel. What no
//! person asked for is not written: a store without an [`Actor`] says nothing.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::query::Query;
use sqlx::{Any, AnyConnection};
use uuid::Uuid;

use crate::actor::Actor;
use crate::clock::now_ms;
use crate::error::Result;
use crate::store::{AnyArgs, Store};
use crate::users::User;

/// Something a person did.
#[derive(Debug, Clone)]
pub struct Act<'a> {
    /// Upper case, at most 16 characters, such as `CREATE`.
    pub verb: &'static str,
    /// What it was done to, as a path, such as `/users/<id>`.
    pub object: String,
    /// 200, or why it was refused, as HTTP says it.
    pub status: u16,
    /// The project it concerns.
    pub project_id: Option<&'a str>,
    /// What else is worth knowing: no secret.
    pub details: Value,
}

impl Act<'_> {
    /// Something that was done, outside of any project.
    #[must_use]
    pub fn done(verb: &'static str, object: String) -> Self {
        Self { verb, object, status: 200, project_id: None, details: Value::Null }
    }
}

impl<'a> Act<'a> {
    /// The same, in a project.
    #[must_use]
    pub fn within(self, project_id: &'a str) -> Self {
        Self { project_id: Some(project_id), ..self }
    }

    /// The same, with more to say.
    #[must_use]
    pub fn with(self, details: Value) -> Self {
        Self { details, ..self }
    }
}

/// An act as it waits to be published.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Entry {
    /// See [`Act::verb`].
    pub verb: String,
    /// See [`Act::object`].
    pub object: String,
    /// See [`Act::status`].
    pub status: u16,
    /// See [`Act::project_id`].
    pub project_id: Option<String>,
    /// See [`Act::details`].
    pub details: Value,
    /// Who did it; empty when it was nobody known.
    pub user_id: String,
    /// Their e-mail.
    pub user_email: String,
    /// Their name.
    pub user_name: String,
    /// Their role on the instance.
    pub user_role: String,
    /// The session or personal token they came with.
    pub credential: String,
    /// Their address.
    pub address: String,
    /// Their browser or program.
    pub user_agent: String,
    /// The id of their request.
    pub request_id: String,
}

/// An entry with its place in the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// UUIDv7: the id of the event it becomes.
    pub id: Uuid,
    /// Unix milliseconds.
    pub created_at: i64,
    /// What is to be published.
    pub entry: Entry,
}

/// Writes down something that changed nothing in the store: an export, a query, a refused login.
///
/// # Errors
/// When the store does not answer.
pub async fn record(store: &Store, act: Act<'_>) -> Result<()> {
    store
        .within(async {
            let mut transaction = store.begin().await?;
            write(store, &mut transaction, act).await?;
            Ok(transaction.commit().await?)
        })
        .await
}

/// Runs a statement that is an act, and writes the act down in the same transaction. Returns how many rows the
/// statement touched; with none, nothing was done.
pub(crate) async fn execute<'q>(
    store: &Store,
    statement: Query<'q, Any, AnyArgs<'q>>,
    act: Act<'_>,
) -> Result<u64> {
    store
        .within(async {
            let mut transaction = store.begin().await?;
            let touched = statement.execute(&mut *transaction).await?.rows_affected();
            if touched > 0 {
                write(store, &mut transaction, act).await?;
            }
            transaction.commit().await?;
            Ok(touched)
        })
        .await
}

/// Writes down an act in the transaction that did it.
pub(crate) async fn write(store: &Store, connection: &mut AnyConnection, act: Act<'_>) -> Result<()> {
    let Some(actor) = store.actor() else { return Ok(()) };
    insert(connection, entry(actor, actor.user.as_ref(), act)).await
}

/// The same for a user who only became known by what they did.
pub(crate) async fn write_as(
    store: &Store,
    connection: &mut AnyConnection,
    user: &User,
    act: Act<'_>,
) -> Result<()> {
    let Some(actor) = store.actor() else { return Ok(()) };
    insert(connection, entry(actor, Some(user), act)).await
}

async fn insert(connection: &mut AnyConnection, entry: Entry) -> Result<()> {
    // Texts, numbers and JSON: serialising them cannot fail.
    let body = serde_json::to_string(&entry).unwrap_or_default();
    sqlx::query("INSERT INTO outbox (id, created_at, body) VALUES ($1, $2, $3)")
        .bind(Uuid::now_v7().to_string())
        .bind(now_ms())
        .bind(body)
        .execute(connection)
        .await?;
    Ok(())
}

fn entry(actor: &Actor, user: Option<&User>, act: Act<'_>) -> Entry {
    let of_user = |field: fn(&User) -> &str| user.map(field).unwrap_or_default().to_owned();
    Entry {
        verb: act.verb.to_owned(),
        object: act.object,
        status: act.status,
        project_id: act.project_id.map(str::to_owned),
        details: act.details,
        user_id: of_user(|user| &user.id),
        user_email: of_user(|user| &user.email),
        user_name: of_user(|user| &user.name),
        user_role: of_user(|user| user.role.as_str()),
        credential: actor.credential.clone(),
        address: actor.address.clone(),
        user_agent: actor.user_agent.clone(),
        request_id: actor.request_id.clone(),
    }
}

/// The entries that have waited longest. One that cannot be read comes without its content: that
/// something was done must not be lost with it, nor keep back what follows.
///
/// # Errors
/// When the store does not answer.
pub async fn oldest(store: &Store, most: i64) -> Result<Vec<Waiting>> {
    let sql = "SELECT id, created_at, body FROM outbox ORDER BY id LIMIT $1";
    let rows: Vec<(String, i64, String)> = store.all(sqlx::query_as(sql).bind(most)).await?;
    let waiting = rows.into_iter().filter_map(|(id, created_at, body)| {
        let Ok(id) = Uuid::try_parse(&id) else {
            tracing::error!("A row of the outbox has an id that is not a UUID; it is not published.");
            return None;
        };
        let entry = serde_json::from_str(&body).unwrap_or_else(|_| {
            tracing::error!(%id, "A row of the outbox cannot be read; it is published without its content.");
            Entry { verb: "UNREADABLE".to_owned(), object: "/outbox".to_owned(), ..Entry::default() }
        });
        Some(Waiting { id, created_at, entry })
    });
    Ok(waiting.collect())
}

/// Removes entries that were published.
///
/// # Errors
/// When the store does not answer; they are then published once more, under the same ids.
pub async fn remove(store: &Store, published: &[Waiting]) -> Result<()> {
    store
        .within(async {
            let mut transaction = store.begin().await?;
            for waiting in published {
                let delete = sqlx::query("DELETE FROM outbox WHERE id = $1").bind(waiting.id.to_string());
                delete.execute(&mut *transaction).await?;
            }
            Ok(transaction.commit().await?)
        })
        .await
}
