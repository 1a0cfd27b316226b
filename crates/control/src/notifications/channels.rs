//! Channels: addresses that a project's alerts are sent to. What the types mean is not known here, but that the address of
//! a browser is no secret: by it one that subscribes again is known, so it is the one address that is not sealed.

use std::fmt;

use bataudit_service::Secret;
use serde_json::json;
use uuid::Uuid;

use super::subscriptions::KIND;
use crate::clock::now_ms;
use crate::error::{Error, Result};
use crate::outbox::{self, Act};
use crate::sealing::settle::Kept;
use crate::store::Store;

/// The most channels of a project.
pub const MOST: i64 = 20;

/// A channel.
#[derive(Clone)]
pub struct Channel {
    /// UUID.
    pub id: String,
    /// The project.
    pub project_id: String,
    /// What stands at the other end, such as `webhook`.
    pub kind: String,
    /// The address. It may hold a secret itself, as those of chat services do.
    pub url: Secret,
    /// What signs that which is sent.
    pub secret: Secret,
    /// Whether anything is sent.
    pub active: bool,
    /// Unix milliseconds.
    pub created_at: i64,
}

impl fmt::Debug for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Channel").field("id", &self.id).field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// A channel to be made.
#[derive(Debug, Clone, Copy)]
pub struct NewChannel<'a> {
    /// The project.
    pub project_id: &'a str,
    /// What stands at the other end.
    pub kind: &'a str,
    /// The address.
    pub url: &'a str,
    /// What signs that which is sent; made when absent.
    pub secret: Option<&'a str>,
    /// The user who makes it.
    pub created_by: Option<&'a str>,
}

#[derive(sqlx::FromRow)]
struct ChannelRow {
    id: String,
    project_id: String,
    #[sqlx(rename = "type")]
    kind: String,
    url: String,
    secret: String,
    active: i64,
    created_at: i64,
}

impl ChannelRow {
    fn open(self, store: &Store) -> Result<Channel> {
        let row = self;
        let keys = store.keys();
        Ok(Channel {
            url: keys.open(&address_of(&row.project_id), &row.url)?,
            secret: keys.open(&secret_of(&row.project_id), &row.secret)?,
            id: row.id,
            project_id: row.project_id,
            kind: row.kind,
            active: row.active == 1,
            created_at: row.created_at,
        })
    }
}

/// What the address of a project's channel is sealed for.
fn address_of(project_id: &str) -> String {
    format!("notification_channels.url/{project_id}")
}

/// What the secret of a project's channel is sealed for.
pub(super) fn secret_of(project_id: &str) -> String {
    format!("notification_channels.secret/{project_id}")
}

const COLUMNS: &str =
    "SELECT id, project_id, type, url, secret, active, created_at FROM notification_channels";

/// A project's channels of one type, oldest first.
///
/// # Errors
/// When the store does not answer.
pub async fn list_of(store: &Store, project_id: &str, kind: &str) -> Result<Vec<Channel>> {
    let sql = format!("{COLUMNS} WHERE project_id = $1 AND type = $2 ORDER BY created_at, id");
    let rows: Vec<ChannelRow> = store.all(sqlx::query_as(&sql).bind(project_id).bind(kind)).await?;
    rows.into_iter().map(|row| row.open(store)).collect()
}

/// A project's channels, oldest first; not the browsers that subscribed, which are their users' own.
///
/// # Errors
/// When the store does not answer.
pub async fn list(store: &Store, project_id: &str) -> Result<Vec<Channel>> {
    let sql = format!("{COLUMNS} WHERE project_id = $1 AND type <> 'push' ORDER BY created_at, id");
    let rows: Vec<ChannelRow> = store.all(sqlx::query_as(&sql).bind(project_id)).await?;
    rows.into_iter().map(|row| row.open(store)).collect()
}

/// A channel.
///
/// # Errors
/// When the store does not answer, or a secret does not open.
pub async fn by_id(store: &Store, id: &str) -> Result<Option<Channel>> {
    let row: Option<ChannelRow> =
        store.one(sqlx::query_as(&format!("{COLUMNS} WHERE id = $1")).bind(id)).await?;
    row.map(|row| row.open(store)).transpose()
}

/// Makes a channel.
///
/// # Errors
/// [`Error::NotFound`] when the project does not exist, [`Error::Invalid`] when it has too many.
pub async fn create(store: &Store, new: NewChannel<'_>) -> Result<Channel> {
    let channel = Channel {
        id: Uuid::now_v7().to_string(),
        project_id: new.project_id.to_owned(),
        kind: new.kind.to_owned(),
        url: Secret::new(new.url),
        secret: Secret::new(new.secret.map_or_else(made_secret, str::to_owned)),
        active: true,
        created_at: now_ms(),
    };
    let sql = "INSERT INTO notification_channels (id, project_id, type, url, secret, active, created_by, created_at) \
               SELECT $1, $2, $3, $4, $5, $6, $7, $8 \
               WHERE (SELECT count(*) FROM notification_channels WHERE project_id = $2 AND type <> 'push') < $9";
    let query = sqlx::query(sql)
        .bind(&channel.id)
        .bind(&channel.project_id)
        .bind(&channel.kind)
        .bind(sealed_address(store, &channel)?)
        .bind(store.keys().seal(&secret_of(&channel.project_id), channel.secret.expose())?)
        .bind(i64::from(channel.active))
        .bind(new.created_by)
        .bind(channel.created_at)
        .bind(MOST);
    match outbox::execute(store, query, act("CREATE", &channel.id, &channel.project_id, &channel.kind))
        .await
        .map_err(|error| error.missing_is("project"))?
    {
        0 => Err(Error::Invalid { what: "a project has 20 channels at most; delete one first" }),
        _ => Ok(channel),
    }
}

/// Takes over a channel of another installation; without a secret it gets one.
///
/// # Errors
/// [`Error::Conflict`] when the id is taken, [`Error::NotFound`] when the project does not exist.
pub async fn adopt(store: &Store, channel: &Channel) -> Result<()> {
    let sql = "INSERT INTO notification_channels (id, project_id, type, url, secret, active, created_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let secret = match channel.secret.expose() {
        "" => made_secret(),
        given => given.to_owned(),
    };
    let query = sqlx::query(sql)
        .bind(&channel.id)
        .bind(&channel.project_id)
        .bind(&channel.kind)
        .bind(sealed_address(store, channel)?)
        .bind(store.keys().seal(&secret_of(&channel.project_id), &secret)?)
        .bind(i64::from(channel.active))
        .bind(channel.created_at);
    let act = act("CREATE", &channel.id, &channel.project_id, &channel.kind);
    let adopted = outbox::execute(store, query, act).await;
    adopted.map(drop).map_err(|error| error.conflict_is("a channel with this id").missing_is("project"))
}

fn sealed_address(store: &Store, channel: &Channel) -> Result<String> {
    if channel.kind == KIND {
        return Ok(channel.url.expose().to_owned());
    }
    store.keys().seal(&address_of(&channel.project_id), channel.url.expose())
}

/// Addresses and secrets as they lie there, of every channel.
pub(crate) async fn kept(store: &Store) -> Result<Vec<Kept>> {
    let rows: Vec<ChannelRow> = store.all(sqlx::query_as(COLUMNS)).await?;
    let both = rows.into_iter().flat_map(|row| {
        let address = (row.kind != KIND).then(|| Kept {
            replace: "UPDATE notification_channels SET url = $2 WHERE id = $1 AND url = $3",
            row: row.id.clone(),
            place: address_of(&row.project_id),
            value: row.url,
        });
        let secret = Kept {
            replace: "UPDATE notification_channels SET secret = $2 WHERE id = $1 AND secret = $3",
            row: row.id,
            place: secret_of(&row.project_id),
            value: row.secret,
        };
        address.into_iter().chain([secret])
    });
    Ok(both.collect())
}

/// In the form of Standard Webhooks: what follows the prefix is base64, as hex digits are too.
fn made_secret() -> String {
    format!("whsec_{}", hex::encode(rand::random::<[u8; 32]>()))
}

/// The address is not told: those of chat services are secrets.
fn act<'a>(verb: &'static str, id: &str, project_id: &'a str, kind: &str) -> Act<'a> {
    Act::done(verb, format!("/notifications/{id}")).within(project_id).with(json!({"type": kind}))
}

/// What is changed of a channel; what is `None` stays.
#[derive(Debug, Clone, Copy, Default)]
pub struct Change<'a> {
    /// Whether anything is sent.
    pub active: Option<bool>,
    /// The address. Deliveries that wait go there, those that are over stay in the history.
    pub url: Option<&'a str>,
}

/// Changes a channel, which is returned as it is then; `None` when there is none.
///
/// # Errors
/// When the store does not answer.
pub async fn change(store: &Store, id: &str, change: Change<'_>) -> Result<Option<Channel>> {
    let Some(channel) = by_id(store, id).await? else { return Ok(None) };
    let channel = Channel {
        active: change.active.unwrap_or(channel.active),
        url: change.url.map_or(channel.url, |url| Secret::new(url.to_owned())),
        ..channel
    };
    let sql = "UPDATE notification_channels SET active = $2, url = $3 WHERE id = $1";
    let query =
        sqlx::query(sql).bind(id).bind(i64::from(channel.active)).bind(sealed_address(store, &channel)?);
    let told = json!({"type": channel.kind, "active": channel.active, "new_address": change.url.is_some()});
    let act = act("CHANGE", id, &channel.project_id, &channel.kind).with(told);
    Ok((outbox::execute(store, query, act).await? > 0).then_some(channel))
}

/// Deletes a channel with its history. Whether there was one.
///
/// # Errors
/// When the store does not answer.
pub async fn delete(store: &Store, id: &str) -> Result<bool> {
    let Some(channel) = by_id(store, id).await? else { return Ok(false) };
    let query = sqlx::query("DELETE FROM notification_channels WHERE id = $1").bind(id);
    let act = act("DELETE", id, &channel.project_id, &channel.kind);
    Ok(outbox::execute(store, query, act).await? > 0)
}
