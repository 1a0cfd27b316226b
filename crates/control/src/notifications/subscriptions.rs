//! Subscriptions of browsers to a project's alerts (Web Push). They are channels whose address is the browser's at its
//! push service, and whose secret is what the browser can decrypt; each belongs to a user.

use serde_json::json;
use uuid::Uuid;

use super::channels::{self, Channel};
use crate::clock::now_ms;
use crate::error::{Error, Result};
use crate::outbox::{self, Act};
use crate::store::Store;

/// The type of these channels.
pub const KIND: &str = "push";
/// The most of one user in one project: browsers forget, and subscribe anew.
pub const MOST: i64 = 20;

/// A user's subscription, as its user sees it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Own {
    /// UUID of the channel.
    pub id: String,
    /// The project whose alerts it is told.
    pub project_id: String,
    /// The browser's address at its push service.
    pub url: String,
    /// 1 while it is told.
    pub active: i64,
    /// The browser as it named itself; empty where that is not known.
    pub user_agent: String,
    /// Unix milliseconds.
    pub created_at: i64,
    /// When it was last told something, as far as deliveries are kept; unix milliseconds.
    pub last_told_at: Option<i64>,
}

/// A user's subscriptions in all projects, oldest first.
///
/// # Errors
/// When the store does not answer.
pub async fn of_user(store: &Store, user_id: &str) -> Result<Vec<Own>> {
    let sql = "SELECT c.id, c.project_id, c.url, c.active, c.user_agent, c.created_at, \
               (SELECT max(d.delivered_at) FROM notification_deliveries d \
               WHERE d.channel_id = c.id AND d.status = 'success') AS last_told_at FROM notification_channels c \
               WHERE c.type = 'push' AND c.created_by = $1 ORDER BY c.created_at, c.id";
    store.all(sqlx::query_as(sql).bind(user_id)).await
}

/// The project of a user's subscription; `None` where the user has none of this id.
///
/// # Errors
/// When the store does not answer.
pub async fn project_of(store: &Store, user_id: &str, id: &str) -> Result<Option<String>> {
    let sql =
        "SELECT project_id FROM notification_channels WHERE id = $1 AND type = 'push' AND created_by = $2";
    let found: Option<(String,)> = store.one(sqlx::query_as(sql).bind(id).bind(user_id)).await?;
    Ok(found.map(|(project_id,)| project_id))
}

/// Subscribes a browser; one that is subscribed already keeps its channel, with what it sent now.
///
/// # Errors
/// [`Error::NotFound`] when the project does not exist, [`Error::Invalid`] when the user has too many.
pub async fn subscribe(
    store: &Store,
    project_id: &str,
    user_id: &str,
    endpoint: &str,
    keys: &str,
) -> Result<Channel> {
    let sql = "INSERT INTO notification_channels (id, project_id, type, url, secret, active, created_by, created_at, \
               user_agent) SELECT $1, $2, 'push', $3, $4, 1, $5, $6, $8 WHERE (SELECT count(*) FROM notification_channels \
               WHERE project_id = $2 AND type = 'push' AND created_by = $5 AND url <> $3) < $7 \
               ON CONFLICT (project_id, url) WHERE type = 'push' \
               DO UPDATE SET secret = excluded.secret, created_by = excluded.created_by, active = 1, \
               user_agent = excluded.user_agent";
    let user_agent = store.actor().map(|actor| actor.user_agent.clone()).unwrap_or_default();
    let query = sqlx::query(sql)
        .bind(Uuid::now_v7().to_string())
        .bind(project_id)
        .bind(endpoint)
        .bind(store.keys().seal(&channels::secret_of(project_id), keys)?)
        .bind(user_id)
        .bind(now_ms())
        .bind(MOST)
        .bind(user_agent);
    let made = outbox::execute(store, query, act("SUBSCRIBE", project_id)).await;
    if made.map_err(|error| error.missing_is("project"))? == 0 {
        return Err(Error::Invalid { what: "20 browsers are subscribed already; unsubscribe one first" });
    }
    let all = channels::list_of(store, project_id, KIND).await?;
    let own = all.into_iter().find(|channel| channel.url.expose() == endpoint);
    own.ok_or(Error::NotFound { what: "subscription" })
}

/// Ends a user's subscription. Whether there was one.
///
/// # Errors
/// When the store does not answer.
pub async fn unsubscribe(store: &Store, project_id: &str, user_id: &str, id: &str) -> Result<bool> {
    let sql = "DELETE FROM notification_channels \
               WHERE id = $1 AND project_id = $2 AND type = 'push' AND created_by = $3";
    let query = sqlx::query(sql).bind(id).bind(project_id).bind(user_id);
    Ok(outbox::execute(store, query, act("UNSUBSCRIBE", project_id)).await? > 0)
}

fn act<'a>(verb: &'static str, project_id: &'a str) -> Act<'a> {
    Act::done(verb, "/notifications/push".to_owned()).within(project_id).with(json!({"type": KIND}))
}
