//! API keys: issued once in the clear, stored as a hash, published to the gateways by sentinel.

mod adoption;
mod rotation;
mod row;

use bataudit_event::access::{KeyScope, Rate};
use bataudit_event::key::PREFIX;
use bataudit_service::Secret;
use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::clock::now_ms;
use crate::error::{Error, Result};
use crate::outbox::{self, Act};
use crate::store::Store;
use crate::{projects, revision};

pub use adoption::adopt;
pub use rotation::{MAX_OVERLAP_MS, rotate};
pub use row::scope_name;
use row::{COLUMNS, KeyRow, Row, parse_origins, parse_scope, rate, short_hash};

/// An API key as it is shown: without the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// UUIDv7.
    pub id: String,
    /// The project it belongs to.
    pub project_id: String,
    /// What its maker calls it.
    pub name: String,
    /// What it may do.
    pub scope: KeyScope,
    /// Where a browser key may be used from.
    pub origins: Vec<String>,
    /// The user who created it.
    pub created_by: Option<String>,
    /// Unix milliseconds.
    pub created_at: i64,
    /// Unix milliseconds.
    pub expires_at: Option<i64>,
    /// Unix milliseconds.
    pub revoked_at: Option<i64>,
    /// What it may send, where that differs from what the gateways allow every key.
    pub rate: Option<Rate>,
    /// The key that took its place.
    pub replaced_by: Option<String>,
    /// What stands for it in the events that came with it.
    pub short_hash: u64,
}

impl ApiKey {
    /// Whether the key works at `now`.
    #[must_use]
    pub fn is_active(&self, now: i64) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| end > now)
    }
}

/// A key to be created.
#[derive(Debug, Clone, Copy)]
pub struct NewKey<'a> {
    /// The project.
    pub project_id: &'a str,
    /// What its maker calls it.
    pub name: &'a str,
    /// What it may do.
    pub scope: KeyScope,
    /// Where a browser key may be used from; empty for the other scopes.
    pub origins: &'a [String],
    /// The user who creates it.
    pub created_by: Option<&'a str>,
    /// When it stops working, unix milliseconds.
    pub expires_at: Option<i64>,
    /// What it may send, where that differs from what the gateways allow every key.
    pub rate: Option<Rate>,
}

/// A key as the gateways need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedKey {
    /// Lower-case hex SHA-256 of the whole key.
    pub hash: String,
    /// The project it belongs to.
    pub project_id: String,
    /// What it may do.
    pub scope: KeyScope,
    /// Where a browser key may be used from.
    pub origins: Vec<String>,
    /// When it stops working, unix milliseconds.
    pub expires_at: Option<i64>,
    /// What it may send, where that is its own.
    pub rate: Option<Rate>,
}

/// Lower-case hex SHA-256 of a whole key: all that is ever stored or published of it.
#[must_use]
pub fn hash(key: &str) -> String {
    hex::encode(Sha256::digest(key.as_bytes()))
}

/// Creates a key and returns it with its text, which exists nowhere else.
///
/// # Errors
/// [`Error::NotFound`] when the project does not exist, [`Error::Refused`] when it is archived, [`Error::Invalid`] for
/// an unusable field.
pub async fn create(store: &Store, new: NewKey<'_>) -> Result<(ApiKey, Secret)> {
    check(&new)?;
    let project = projects::by_id(store, new.project_id).await?;
    if project.is_some_and(|project| project.archived_at.is_some()) {
        return Err(Error::Refused {
            what: "the project is archived and takes no events; take it back first",
        });
    }
    let (text, hash) = new_text();
    let key = fresh(&new, &hash)?;
    let row = Row::of(&key);
    let created = store.within(async {
        let mut transaction = store.begin().await?;
        revision::raise(&mut transaction).await?;
        row.insert(&key, &hash).execute(&mut *transaction).await?;
        outbox::write(store, &mut transaction, creation(&key)).await?;
        Ok(transaction.commit().await?)
    });
    created.await.map_err(|error: Error| error.missing_is("project"))?;
    Ok((key, text))
}

/// The text of a new key, and its hash.
fn new_text() -> (Secret, String) {
    let text = format!("{PREFIX}{}", hex::encode(rand::random::<[u8; 32]>()));
    let hash = hash(&text);
    (Secret::new(text), hash)
}

fn fresh(new: &NewKey<'_>, hash: &str) -> Result<ApiKey> {
    Ok(ApiKey {
        id: Uuid::now_v7().to_string(),
        project_id: new.project_id.to_owned(),
        name: new.name.trim().to_owned(),
        scope: new.scope,
        origins: new.origins.to_vec(),
        created_by: new.created_by.map(str::to_owned),
        created_at: now_ms(),
        expires_at: new.expires_at,
        revoked_at: None,
        rate: new.rate,
        replaced_by: None,
        short_hash: short_hash(hash)?,
    })
}

fn creation(key: &ApiKey) -> Act<'_> {
    let details = json!({"name": key.name, "scope": scope_name(key.scope), "origins": key.origins});
    Act::done("CREATE", format!("/api-keys/{}", key.id)).within(&key.project_id).with(details)
}

fn check(new: &NewKey<'_>) -> Result<()> {
    let name = new.name.trim();
    if name.is_empty() || name.chars().count() > 128 {
        return Err(Error::Invalid { what: "name must have 1 to 128 characters" });
    }
    if projects::is_reserved(new.project_id) {
        return Err(Error::Refused { what: "no application writes to the project of BatAudit itself" });
    }
    if new.rate.is_some_and(|rate| rate.per_second == 0 || rate.burst == 0) {
        return Err(Error::Invalid { what: "rate must allow at least one event" });
    }
    match new.scope {
        KeyScope::Browser if new.origins.is_empty() => Err(Error::Invalid {
            what: "origins must list at least one origin, such as https://app.example.com, for a browser key",
        }),
        KeyScope::Project | KeyScope::Instance if !new.origins.is_empty() => {
            Err(Error::Invalid { what: "origins belong to browser keys only" })
        }
        _ => Ok(()),
    }
}

/// The keys of a project, the newest first, revoked ones included.
///
/// # Errors
/// When the store does not answer.
pub async fn of_project(store: &Store, project_id: &str) -> Result<Vec<ApiKey>> {
    let sql = format!("{COLUMNS} WHERE project_id = $1 ORDER BY created_at DESC, id DESC");
    let rows: Vec<KeyRow> = store.all(sqlx::query_as(&sql).bind(project_id)).await?;
    rows.into_iter().map(ApiKey::try_from).collect()
}

/// The key with this id.
///
/// # Errors
/// When the store does not answer.
pub async fn by_id(store: &Store, id: &str) -> Result<Option<ApiKey>> {
    let sql = format!("{COLUMNS} WHERE id = $1");
    let row: Option<KeyRow> = store.one(sqlx::query_as(&sql).bind(id)).await?;
    row.map(ApiKey::try_from).transpose()
}

/// Ends a key; ending it twice changes nothing.
///
/// # Errors
/// When the store does not answer.
pub async fn revoke(store: &Store, id: &str) -> Result<()> {
    let found = by_id(store, id).await?;
    let project_id = found.as_ref().map(|key| key.project_id.as_str());
    let revoke = sqlx::query("UPDATE api_keys SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL");
    let revoked = store.within(async {
        let mut transaction = store.begin().await?;
        revision::raise(&mut transaction).await?;
        let ended = revoke.bind(id).bind(now_ms()).execute(&mut *transaction).await?.rows_affected();
        if ended > 0 {
            let act = Act { project_id, ..Act::done("REVOKE", format!("/api-keys/{id}")) };
            outbox::write(store, &mut transaction, act).await?;
        }
        Ok(transaction.commit().await?)
    });
    revoked.await
}

/// Every key that works at `now`, as the gateways need it. Those of archived projects do not; an instance key writes
/// to all projects, and so does not end with the one it was made in.
///
/// # Errors
/// When the store does not answer.
pub async fn all_active_for_publish(store: &Store, now: i64) -> Result<Vec<PublishedKey>> {
    let sql = "SELECT key_hash, project_id, scope, origins, expires_at, rate_per_second, rate_burst FROM api_keys k \
               WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $1) AND (scope = 'instance' OR NOT EXISTS \
               (SELECT 1 FROM projects p WHERE p.id = k.project_id AND p.archived_at IS NOT NULL)) ORDER BY key_hash";
    let rows: Vec<PublishedRow> = store.all(sqlx::query_as(sql).bind(now)).await?;
    let keys = rows.into_iter().map(|(hash, project_id, scope, origins, expires_at, per_second, burst)| {
        let (scope, origins) = (parse_scope(&scope)?, parse_origins(&origins)?);
        Ok(PublishedKey { hash, project_id, scope, origins, expires_at, rate: rate(per_second, burst) })
    });
    keys.collect()
}

type PublishedRow = (String, String, String, String, Option<i64>, Option<i64>, Option<i64>);
