//! Personal access tokens: how programs of a user, such as the command line and Grafana, come in without
//! their password. A token may at most what its user may, and of that what its scopes name.

use bataudit_service::Secret;
use serde_json::json;
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::outbox::{self, Act};
use crate::single_use;
use crate::store::Store;
use crate::users::{self, User};

/// What every token starts with; no session's token does.
pub const PREFIX: &str = "bat_cli_";
/// A use is written down once in this time, in milliseconds, not at every request.
pub const NOTED_EVERY_MS: i64 = 60 * 60 * 1000;
/// Tokens one user may have.
const MOST: usize = 50;

/// What a token may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TokenScope {
    /// Reading events, figures and settings.
    Read,
    /// Exporting events.
    Export,
    /// The SQL console.
    Query,
    /// Changing what its user may change.
    Manage,
}

impl TokenScope {
    /// Every scope.
    pub const ALL: [Self; 4] = [Self::Read, Self::Export, Self::Query, Self::Manage];

    /// The stored name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Export => "export",
            Self::Query => "query",
            Self::Manage => "manage",
        }
    }

    /// The scope of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == name)
    }
}

/// A token, without its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonalToken {
    /// UUIDv7.
    pub id: String,
    /// Whose it is.
    pub user_id: String,
    /// What its user calls it.
    pub name: String,
    /// What it may be used for.
    pub scopes: Vec<TokenScope>,
    /// Unix milliseconds.
    pub created_at: i64,
    /// Unix milliseconds.
    pub expires_at: Option<i64>,
    /// Unix milliseconds, to within [`NOTED_EVERY_MS`].
    pub last_used_at: Option<i64>,
}

/// A token to be made.
#[derive(Debug, Clone, Copy)]
pub struct NewToken<'a> {
    /// Whose it is.
    pub user_id: &'a str,
    /// What its user calls it.
    pub name: &'a str,
    /// What it may be used for; at least one.
    pub scopes: &'a [TokenScope],
    /// When it stops working, unix milliseconds.
    pub expires_at: Option<i64>,
}

const COLUMNS: &str =
    "SELECT id, user_id, name, scopes, created_at, expires_at, last_used_at FROM personal_tokens";

/// Makes a token and returns it with its text, which exists nowhere else.
///
/// # Errors
/// [`Error::Invalid`] for an unusable field, [`Error::Refused`] when the user has too many.
pub async fn create(store: &Store, new: NewToken<'_>, now: i64) -> Result<(PersonalToken, Secret)> {
    let name = new.name.trim();
    if name.is_empty() || name.chars().count() > 128 {
        return Err(Error::Invalid { what: "name must have 1 to 128 characters" });
    }
    if new.scopes.is_empty() {
        return Err(Error::Invalid {
            what: "scopes must name at least one of read, export, query and manage",
        });
    }
    if of_user(store, new.user_id).await?.len() >= MOST {
        return Err(Error::Refused { what: "a user has at most 50 personal tokens; revoke one first" });
    }
    let mut scopes = new.scopes.to_vec();
    scopes.sort_unstable();
    scopes.dedup();
    let text = single_use::new(PREFIX);
    let token = PersonalToken {
        id: Uuid::now_v7().to_string(),
        user_id: new.user_id.to_owned(),
        name: name.to_owned(),
        scopes,
        created_at: now,
        expires_at: new.expires_at,
        last_used_at: None,
    };
    let scopes = joined(&token.scopes);
    let insert = sqlx::query(
        "INSERT INTO personal_tokens (id, token_hash, user_id, name, scopes, created_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(&token.id)
    .bind(single_use::hash(text.expose()))
    .bind(&token.user_id)
    .bind(&token.name)
    .bind(&scopes)
    .bind(now)
    .bind(token.expires_at);
    let created = store.within(async {
        let mut transaction = store.begin().await?;
        insert.execute(&mut *transaction).await?;
        let act = Act::done("CREATE", format!("/personal-tokens/{}", token.id));
        let act = act.with(json!({"name": token.name, "scopes": scopes}));
        outbox::write(store, &mut transaction, act).await?;
        Ok(transaction.commit().await?)
    });
    created.await.map_err(|error: Error| error.missing_is("user"))?;
    Ok((token, text))
}

fn joined(scopes: &[TokenScope]) -> String {
    scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(",")
}

/// The tokens of a user that were not revoked, the newest first; those that are over too.
///
/// # Errors
/// When the store does not answer.
pub async fn of_user(store: &Store, user_id: &str) -> Result<Vec<PersonalToken>> {
    let sql =
        format!("{COLUMNS} WHERE user_id = $1 AND revoked_at IS NULL ORDER BY created_at DESC, id DESC");
    let rows: Vec<TokenRow> = store.all(sqlx::query_as(&sql).bind(user_id)).await?;
    Ok(rows.into_iter().map(PersonalToken::from).collect())
}

/// The token behind a text and its user as they are now, unless it is unknown, revoked or over.
///
/// # Errors
/// When the store does not answer.
pub async fn find(store: &Store, text: &str, now: i64) -> Result<Option<(PersonalToken, User)>> {
    if !text.starts_with(PREFIX) {
        return Ok(None);
    }
    let sql = format!(
        "{COLUMNS} WHERE token_hash = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)"
    );
    let row: Option<TokenRow> =
        store.one(sqlx::query_as(&sql).bind(single_use::hash(text)).bind(now)).await?;
    let Some(token) = row.map(PersonalToken::from) else { return Ok(None) };
    let user = users::by_id(store, &token.user_id).await?;
    Ok(user.map(|user| (token, user)))
}

/// Whether a token found earlier still works.
///
/// # Errors
/// When the store does not answer.
pub async fn is_active(store: &Store, id: &str, now: i64) -> Result<bool> {
    let sql = "SELECT id FROM personal_tokens WHERE id = $1 AND revoked_at IS NULL \
               AND (expires_at IS NULL OR expires_at > $2)";
    let found: Option<(String,)> = store.one(sqlx::query_as(sql).bind(id).bind(now)).await?;
    Ok(found.is_some())
}

/// Writes down that a token was used, unless that was done a short while ago.
///
/// # Errors
/// When the store does not answer.
pub async fn note_use(store: &Store, token: &PersonalToken, now: i64) -> Result<()> {
    let is_recent = |at: i64| now.saturating_sub(at) < NOTED_EVERY_MS;
    if token.last_used_at.is_some_and(is_recent) {
        return Ok(());
    }
    let sql = "UPDATE personal_tokens SET last_used_at = $2 \
               WHERE id = $1 AND (last_used_at IS NULL OR last_used_at <= $3)";
    store
        .within(async {
            let mut transaction = store.begin().await?;
            let note = sqlx::query(sql).bind(&token.id).bind(now).bind(now.saturating_sub(NOTED_EVERY_MS));
            // Of several requests at once, one writes it down.
            if note.execute(&mut *transaction).await?.rows_affected() > 0 {
                let act = Act::done("USE", format!("/personal-tokens/{}", token.id));
                outbox::write(store, &mut transaction, act.with(json!({"name": token.name}))).await?;
            }
            Ok(transaction.commit().await?)
        })
        .await
}

/// Ends a token of a user.
///
/// # Errors
/// [`Error::NotFound`] when they have no such token.
pub async fn revoke(store: &Store, user_id: &str, id: &str, now: i64) -> Result<()> {
    let sql =
        "UPDATE personal_tokens SET revoked_at = $3 WHERE id = $1 AND user_id = $2 AND revoked_at IS NULL";
    store
        .within(async {
            let mut transaction = store.begin().await?;
            let end = sqlx::query(sql).bind(id).bind(user_id).bind(now);
            if end.execute(&mut *transaction).await?.rows_affected() == 0 {
                return Err(Error::NotFound { what: "personal token" });
            }
            let act = Act::done("REVOKE", format!("/personal-tokens/{id}"));
            outbox::write(store, &mut transaction, act).await?;
            Ok(transaction.commit().await?)
        })
        .await
}

#[derive(sqlx::FromRow)]
struct TokenRow {
    id: String,
    user_id: String,
    name: String,
    scopes: String,
    created_at: i64,
    expires_at: Option<i64>,
    last_used_at: Option<i64>,
}

impl From<TokenRow> for PersonalToken {
    fn from(row: TokenRow) -> Self {
        Self {
            // A scope of a later version lets nobody do more here.
            scopes: row.scopes.split(',').filter_map(TokenScope::parse).collect(),
            id: row.id,
            user_id: row.user_id,
            name: row.name,
            created_at: row.created_at,
            expires_at: row.expires_at,
            last_used_at: row.last_used_at,
        }
    }
}
