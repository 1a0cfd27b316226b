//! Screens of the wallboard: devices without a user, which show one project or all. One is made with a code that somebody
//! types into it, once and soon; from then on it has a token of its own, until it is revoked or was not used for long.

use bataudit_service::Secret;
use rand::Rng as _;
use serde_json::json;
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::outbox::{self, Act};
use crate::single_use;
use crate::store::Store;

/// How long a code can be typed in, in milliseconds.
pub const CODE_MS: i64 = 10 * 60 * 1000;
/// How long a screen that is not used stays one, in milliseconds.
pub const LIFETIME_MS: i64 = 30 * 24 * 60 * 60 * 1000;
/// The most screens of a project, and of all projects together that show all.
pub const MOST: i64 = 50;

/// What codes start with, as with the original.
const PREFIX: &str = "BAT-";
/// Letters of codes: 32, none of which looks like another (Crockford's base 32). Eight make 40 bits.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LETTERS_OF_A_CODE: usize = 8;

/// A screen, without its secrets. Times are unix milliseconds.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Screen {
    /// UUIDv7.
    pub id: String,
    /// What it shows; everything when there is none.
    pub project_id: Option<String>,
    /// What people call it.
    pub name: String,
    /// The end of its code, or its own when it is not used.
    pub expires_at: i64,
    /// When it was made.
    pub created_at: i64,
    /// When its code was typed in.
    pub activated_at: Option<i64>,
    /// When it last asked for access.
    pub last_used_at: Option<i64>,
}

const COLUMNS: &str = "SELECT id, project_id, name, expires_at, created_at, activated_at, last_used_at \
                       FROM wallboard_screens";

/// Makes a screen and returns it with its code, which exists nowhere else.
///
/// # Errors
/// [`Error::NotFound`] when the project does not exist, [`Error::Invalid`] when there are too many.
pub async fn create(
    store: &Store,
    project_id: Option<&str>,
    name: &str,
    created_by: Option<&str>,
    now: i64,
) -> Result<(Screen, Secret)> {
    let code = new_code();
    let screen = Screen {
        id: Uuid::now_v7().to_string(),
        project_id: project_id.map(str::to_owned),
        name: name.to_owned(),
        expires_at: now + CODE_MS,
        created_at: now,
        activated_at: None,
        last_used_at: None,
    };
    let sql = "INSERT INTO wallboard_screens (id, project_id, name, code_hash, expires_at, created_by, created_at) \
               SELECT $1, $2, $3, $4, $5, $6, $7 \
               WHERE (SELECT count(*) FROM wallboard_screens WHERE COALESCE(project_id, '') = $8) < $9";
    let query = sqlx::query(sql)
        .bind(&screen.id)
        .bind(&screen.project_id)
        .bind(&screen.name)
        .bind(single_use::hash(&canonical(code.expose())))
        .bind(screen.expires_at)
        .bind(created_by)
        .bind(screen.created_at)
        .bind(project_id.unwrap_or_default())
        .bind(MOST);
    let made = outbox::execute(store, query, act("CREATE", &screen)).await;
    match made.map_err(|error| error.missing_is("project"))? {
        0 => Err(Error::Invalid { what: "there are 50 screens already; revoke one first" }),
        _ => Ok((screen, code)),
    }
}

/// Takes over a screen of another installation that is in use, by the hash (lower-case hex SHA-256) of the token it
/// refreshes its access with.
///
/// # Errors
/// [`Error::Conflict`] when the id or the token is here already, [`Error::NotFound`] when the project does not exist,
/// [`Error::Invalid`] for a hash that is none.
pub async fn adopt(store: &Store, screen: &Screen, refresh_hash: &str) -> Result<()> {
    if refresh_hash.len() != 64 || !refresh_hash.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
        return Err(Error::Invalid { what: "the hash of its token is not 64 lower-case hexadecimal digits" });
    }
    let sql = "INSERT INTO wallboard_screens (id, project_id, name, refresh_hash, expires_at, created_at, \
               activated_at, last_used_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let query = sqlx::query(sql)
        .bind(&screen.id)
        .bind(&screen.project_id)
        .bind(&screen.name)
        .bind(refresh_hash)
        .bind(screen.expires_at)
        .bind(screen.created_at)
        .bind(screen.activated_at)
        .bind(screen.last_used_at);
    let adopted = outbox::execute(store, query, act("CREATE", screen)).await;
    adopted.map(drop).map_err(|error| error.conflict_is("this screen").missing_is("project"))
}

/// `BAT-` and eight letters.
fn new_code() -> Secret {
    let mut random = rand::rng();
    let letters = (0..LETTERS_OF_A_CODE).map(|_| char::from(LETTERS[random.random_range(0..LETTERS.len())]));
    Secret::new(format!("{PREFIX}{}", letters.collect::<String>()))
}

/// A code as somebody types it: in any case, with or without what only makes it readable.
fn canonical(code: &str) -> String {
    let typed = code.trim().to_ascii_uppercase();
    let letters = typed.strip_prefix(PREFIX).unwrap_or(&typed).chars();
    let letters = letters.filter(|letter| !matches!(letter, '-' | ' ')).map(|letter| match letter {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    });
    letters.collect()
}

fn act<'a>(verb: &'static str, screen: &'a Screen) -> Act<'a> {
    let act = Act::done(verb, format!("/wallboard/{}", screen.id)).with(json!({"name": screen.name}));
    match &screen.project_id {
        Some(project_id) => act.within(project_id),
        None => act,
    }
}

/// The screens of these projects, or all with those that show everything, that are not over, newest first.
///
/// # Errors
/// When the store does not answer.
pub async fn list(store: &Store, projects: Option<&[String]>, now: i64) -> Result<Vec<Screen>> {
    let sql = format!("{COLUMNS} WHERE expires_at > $1 ORDER BY created_at DESC, id DESC");
    let mut found: Vec<Screen> = store.all(sqlx::query_as(&sql).bind(now)).await?;
    if let Some(projects) = projects {
        found.retain(|screen| screen.project_id.as_ref().is_some_and(|id| projects.contains(id)));
    }
    Ok(found)
}

/// A screen, also one that is over.
///
/// # Errors
/// When the store does not answer.
pub async fn by_id(store: &Store, id: &str) -> Result<Option<Screen>> {
    store.one(sqlx::query_as(&format!("{COLUMNS} WHERE id = $1")).bind(id)).await
}

/// A screen that may show something now.
///
/// # Errors
/// When the store does not answer.
pub async fn active(store: &Store, id: &str, now: i64) -> Result<Option<Screen>> {
    let sql = format!("{COLUMNS} WHERE id = $1 AND activated_at IS NOT NULL AND expires_at > $2");
    store.one(sqlx::query_as(&sql).bind(id).bind(now)).await
}

/// Turns a code into a screen's token, once. `None` for a code that is unknown, used or over. Of two who try at once one
/// succeeds.
///
/// # Errors
/// When the store does not answer.
pub async fn activate(store: &Store, code: &str, now: i64) -> Result<Option<(Screen, Secret)>> {
    let (token, code_hash) = (single_use::new(""), single_use::hash(&canonical(code)));
    let refresh_hash = single_use::hash(token.expose());
    store
        .within(async {
            let mut transaction = store.begin().await?;
            let sql = "UPDATE wallboard_screens SET code_hash = NULL, refresh_hash = $2, activated_at = $3, \
                       last_used_at = $3, expires_at = $4 WHERE code_hash = $1 AND expires_at > $3";
            let take =
                sqlx::query(sql).bind(&code_hash).bind(&refresh_hash).bind(now).bind(now + LIFETIME_MS);
            if take.execute(&mut *transaction).await?.rows_affected() == 0 {
                return Ok(None);
            }
            let sql = format!("{COLUMNS} WHERE refresh_hash = $1");
            let screen: Screen =
                sqlx::query_as(&sql).bind(&refresh_hash).fetch_one(&mut *transaction).await?;
            outbox::write(store, &mut transaction, act("ACTIVATE", &screen)).await?;
            transaction.commit().await?;
            Ok(Some((screen, token)))
        })
        .await
}

/// The screen of a token, which stays one for another 30 days; `None` when it is revoked or over.
///
/// # Errors
/// When the store does not answer.
pub async fn refresh(store: &Store, token: &str, now: i64) -> Result<Option<Screen>> {
    let hash = single_use::hash(token);
    let sql = "UPDATE wallboard_screens SET last_used_at = $2, expires_at = $3 \
               WHERE refresh_hash = $1 AND expires_at > $2";
    let extend = sqlx::query(sql).bind(&hash).bind(now).bind(now + LIFETIME_MS);
    if store.execute(extend).await? == 0 {
        return Ok(None);
    }
    store.one(sqlx::query_as(&format!("{COLUMNS} WHERE refresh_hash = $1")).bind(&hash)).await
}

/// Ends a screen at once. Whether there was one.
///
/// # Errors
/// When the store does not answer.
pub async fn revoke(store: &Store, screen: &Screen) -> Result<bool> {
    let query = sqlx::query("DELETE FROM wallboard_screens WHERE id = $1").bind(&screen.id);
    Ok(outbox::execute(store, query, act("REVOKE", screen)).await? > 0)
}

/// Removes screens that are over.
///
/// # Errors
/// When the store does not answer.
pub async fn remove_expired(store: &Store, now: i64) -> Result<u64> {
    store.execute(sqlx::query("DELETE FROM wallboard_screens WHERE expires_at <= $1").bind(now)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_as_people_type_them() {
        let code = new_code();
        let letters = code.expose().strip_prefix("BAT-").unwrap();
        assert!(letters.len() == 8 && letters.bytes().all(|letter| LETTERS.contains(&letter)));
        assert_eq!(canonical("BAT-01ABCDEF"), "01ABCDEF");
        for typed in [" bat-o1ab-cdef ", "OLAB CDEF", "0iabcdef"] {
            assert_eq!(canonical(typed), "01ABCDEF", "{typed}");
        }
    }
}
