//! Legal holds: which events of a project nothing may remove.

use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use crate::clock::now_ms;
use crate::error::{Error, Result};
use crate::outbox::{self, Act};
use crate::store::Store;

/// The most holds of a project that are not released: each is a condition of every removal.
pub const MOST: i64 = 50;

/// Which events: those that have all of these. Without any, all of the project.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Filter {
    /// The user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identifier: Option<String>,
    /// The user's e-mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_email: Option<String>,
    /// The service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_name: Option<String>,
    /// The environment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// The tenant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant_id: Option<String>,
    /// The session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_id: Option<String>,
    /// The request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// How the path begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path_prefix: Option<String>,
}

/// A hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// UUIDv7.
    pub id: String,
    /// The project.
    pub project_id: String,
    /// What people call it.
    pub name: String,
    /// Why it is there, such as the number of a case.
    pub reason: String,
    /// Which events.
    pub filter: Filter,
    /// Events from then on, unix milliseconds.
    pub from_ms: Option<i64>,
    /// Events before then.
    pub to_ms: Option<i64>,
    /// The e-mail of who made it.
    pub created_by: String,
    /// Unix milliseconds.
    pub created_at: i64,
    /// The e-mail of who released it.
    pub released_by: Option<String>,
    /// Unix milliseconds; while it is `None`, the hold is in force.
    pub released_at: Option<i64>,
}

/// A hold that is to be made.
#[derive(Debug, Clone, Copy)]
pub struct NewHold<'a> {
    /// The project.
    pub project_id: &'a str,
    /// What people call it.
    pub name: &'a str,
    /// Why.
    pub reason: &'a str,
    /// Which events.
    pub filter: &'a Filter,
    /// Events from then on.
    pub from_ms: Option<i64>,
    /// Events before then.
    pub to_ms: Option<i64>,
    /// The e-mail of who makes it.
    pub created_by: &'a str,
}

const COLUMNS: &str = "SELECT id, project_id, name, reason, filter, from_ms, to_ms, created_by, created_at, \
                       released_by, released_at FROM holds";

/// The holds of a project, released ones too, newest first.
///
/// # Errors
/// When the store does not answer.
pub async fn of_project(store: &Store, project_id: &str) -> Result<Vec<Hold>> {
    let sql = format!("{COLUMNS} WHERE project_id = $1 ORDER BY created_at DESC, id DESC");
    let rows: Vec<Row> = store.all(sqlx::query_as(&sql).bind(project_id)).await?;
    rows.into_iter().map(Hold::try_from).collect()
}

/// All holds in force. A hold that cannot be read is an error: without it, what it holds would be removed.
///
/// # Errors
/// When the store does not answer.
pub async fn in_force(store: &Store) -> Result<Vec<Hold>> {
    let sql = format!("{COLUMNS} WHERE released_at IS NULL ORDER BY id");
    let rows: Vec<Row> = store.all(sqlx::query_as(&sql)).await?;
    rows.into_iter().map(Hold::try_from).collect()
}

/// Makes a hold.
///
/// # Errors
/// [`Error::NotFound`] when the project does not exist, [`Error::Invalid`] when it has too many.
pub async fn create(store: &Store, new: NewHold<'_>) -> Result<Hold> {
    let hold = Hold {
        id: Uuid::now_v7().to_string(),
        project_id: new.project_id.to_owned(),
        name: new.name.to_owned(),
        reason: new.reason.to_owned(),
        filter: new.filter.clone(),
        from_ms: new.from_ms,
        to_ms: new.to_ms,
        created_by: new.created_by.to_owned(),
        created_at: now_ms(),
        released_by: None,
        released_at: None,
    };
    let sql = "INSERT INTO holds (id, project_id, name, reason, filter, from_ms, to_ms, created_by, created_at) \
               SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9 WHERE \
               (SELECT count(*) FROM holds WHERE project_id = $2 AND released_at IS NULL) < $10";
    let query = sqlx::query(sql)
        .bind(&hold.id)
        .bind(&hold.project_id)
        .bind(&hold.name)
        .bind(&hold.reason)
        .bind(serde_json::to_string(&hold.filter).unwrap_or_default())
        .bind(hold.from_ms)
        .bind(hold.to_ms)
        .bind(&hold.created_by)
        .bind(hold.created_at)
        .bind(MOST);
    let done = outbox::execute(store, query, act("CREATE", &hold)).await;
    match done.map_err(|error| error.missing_is("project"))? {
        0 => Err(Error::Invalid { what: "a project has 50 holds in force at most; release one first" }),
        _ => Ok(hold),
    }
}

/// Releases a hold; one that is released stays as it is.
///
/// # Errors
/// [`Error::NotFound`] when the project has none of this id.
pub async fn release(store: &Store, project_id: &str, id: &str, by: &str) -> Result<Hold> {
    let find = async || {
        let found = of_project(store, project_id).await?.into_iter().find(|hold| hold.id == id);
        found.ok_or(Error::NotFound { what: "hold" })
    };
    let hold = find().await?;
    let sql = "UPDATE holds SET released_by = $2, released_at = $3 WHERE id = $1 AND released_at IS NULL";
    let query = sqlx::query(sql).bind(id).bind(by).bind(now_ms());
    outbox::execute(store, query, act("RELEASE", &hold)).await?;
    find().await
}

fn act<'a>(verb: &'static str, hold: &'a Hold) -> Act<'a> {
    let details = json!({"name": hold.name, "reason": hold.reason, "filter": hold.filter});
    Act::done(verb, format!("/holds/{}", hold.id)).within(&hold.project_id).with(details)
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    project_id: String,
    name: String,
    reason: String,
    filter: String,
    from_ms: Option<i64>,
    to_ms: Option<i64>,
    created_by: String,
    created_at: i64,
    released_by: Option<String>,
    released_at: Option<i64>,
}

impl TryFrom<Row> for Hold {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let unreadable = |_| Error::Invalid { what: "the filter of a hold cannot be read" };
        Ok(Self {
            filter: serde_json::from_str(&row.filter).map_err(unreadable)?,
            id: row.id,
            project_id: row.project_id,
            name: row.name,
            reason: row.reason,
            from_ms: row.from_ms,
            to_ms: row.to_ms,
            created_by: row.created_by,
            created_at: row.created_at,
            released_by: row.released_by,
            released_at: row.released_at,
        })
    }
}
