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
    let sql = "INSERT INTO notification_channels (id, project_id, type, url, secret, active, created_by, created_at) \
               SELECT $1, $2, 'push', $3, $4, 1, $5, $6 WHERE (SELECT count(*) FROM notification_channels \
               WHERE project_id = $2 AND type = 'push' AND created_by = $5 AND url <> $3) < $7 \
               ON CONFLICT (project_id, url) WHERE type = 'push' \
               DO UPDATE SET secret = excluded.secret, created_by = excluded.created_by, active = 1";
    let query = sqlx::query(sql)
        .bind(Uuid::now_v7().to_string())
        .bind(project_id)
        .bind(endpoint)
        .bind(keys)
        .bind(user_id)
        .bind(now_ms())
        .bind(MOST);
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
