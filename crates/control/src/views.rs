//! Saved views: what a person looks for among the events, under a name. What the search says only the Events page
//! reads.

use serde_json::json;
use uuid::Uuid;

use crate::clock::now_ms;
use crate::error::{Error, Result};
use crate::outbox::{self, Act};
use crate::store::Store;

/// The most views a person has.
pub const MOST: i64 = 200;

/// A saved view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// UUIDv7.
    pub id: String,
    /// Whose it is.
    pub user_id: String,
    /// Their name.
    pub user_name: String,
    /// Its project; `None` for one over all projects of its author.
    pub project_id: Option<String>,
    /// What its author calls it.
    pub name: String,
    /// The search of the page.
    pub search: String,
    /// Whether everybody who may see the project has it.
    pub shared: bool,
    /// Unix milliseconds.
    pub created_at: i64,
    /// Unix milliseconds.
    pub updated_at: i64,
}

/// What a view says.
#[derive(Debug, Clone, Copy)]
pub struct Content<'a> {
    /// What its author calls it.
    pub name: &'a str,
    /// The search of the page.
    pub search: &'a str,
    /// Whether everybody who may see the project has it.
    pub shared: bool,
}

const COLUMNS: &str = "SELECT v.id, v.user_id, u.name AS user_name, v.project_id, v.name, v.search, v.shared, \
                       v.created_at, v.updated_at FROM saved_views v JOIN users u ON u.id = v.user_id";

/// The views of a person, and those that others share; by name. Of others it has the projects' of all: who asks
/// leaves out what the person may not see.
///
/// # Errors
/// When the store does not answer.
pub async fn for_user(store: &Store, user_id: &str) -> Result<Vec<View>> {
    let sql = format!("{COLUMNS} WHERE v.user_id = $1 OR v.shared = 1 ORDER BY v.name, v.id");
    let rows: Vec<Row> = store.all(sqlx::query_as(&sql).bind(user_id)).await?;
    Ok(rows.into_iter().map(View::from).collect())
}

/// The view of this id.
///
/// # Errors
/// When the store does not answer.
pub async fn find(store: &Store, id: &str) -> Result<Option<View>> {
    let row: Option<Row> = store.one(sqlx::query_as(&format!("{COLUMNS} WHERE v.id = $1")).bind(id)).await?;
    Ok(row.map(View::from))
}

/// Makes a view; `None` when the person has [`MOST`] already.
///
/// # Errors
/// [`Error::NotFound`] when the project does not exist.
pub async fn create(
    store: &Store,
    user_id: &str,
    project_id: Option<&str>,
    content: Content<'_>,
) -> Result<Option<View>> {
    let id = Uuid::now_v7().to_string();
    let sql = "INSERT INTO saved_views (id, user_id, project_id, name, search, shared, created_at, updated_at) \
               SELECT $1, $2, $3, $4, $5, $6, $7, $7 WHERE (SELECT count(*) FROM saved_views WHERE user_id = $2) < $8";
    let query = sqlx::query(sql)
        .bind(&id)
        .bind(user_id)
        .bind(project_id)
        .bind(content.name)
        .bind(content.search)
        .bind(i64::from(content.shared))
        .bind(now_ms())
        .bind(MOST);
    let made = outbox::execute(store, query, act("CREATE", &id, project_id, content)).await;
    match made.map_err(|error| error.missing_is("project"))? {
        0 => Ok(None),
        _ => find(store, &id).await,
    }
}

/// Replaces what a view says; `None` when there is none of this id.
///
/// # Errors
/// When the store does not answer.
pub async fn replace(store: &Store, view: &View, content: Content<'_>) -> Result<Option<View>> {
    let sql = "UPDATE saved_views SET name = $2, search = $3, shared = $4, updated_at = $5 WHERE id = $1";
    let query = sqlx::query(sql)
        .bind(&view.id)
        .bind(content.name)
        .bind(content.search)
        .bind(i64::from(content.shared))
        .bind(now_ms());
    outbox::execute(store, query, act("CHANGE", &view.id, view.project_id.as_deref(), content)).await?;
    find(store, &view.id).await
}

/// Forgets a view.
///
/// # Errors
/// [`Error::NotFound`] when it is gone already.
pub async fn remove(store: &Store, view: &View) -> Result<()> {
    let query = sqlx::query("DELETE FROM saved_views WHERE id = $1").bind(&view.id);
    let content = Content { name: &view.name, search: &view.search, shared: view.shared };
    match outbox::execute(store, query, act("DELETE", &view.id, view.project_id.as_deref(), content)).await? {
        0 => Err(Error::NotFound { what: "view" }),
        _ => Ok(()),
    }
}

/// Not with the search: it may name people.
fn act<'a>(verb: &'static str, id: &str, project_id: Option<&'a str>, content: Content<'_>) -> Act<'a> {
    let act =
        Act::done(verb, format!("/views/{id}")).with(json!({"name": content.name, "shared": content.shared}));
    Act { project_id, ..act }
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    user_id: String,
    user_name: String,
    project_id: Option<String>,
    name: String,
    search: String,
    shared: i64,
    created_at: i64,
    updated_at: i64,
}

impl From<Row> for View {
    fn from(row: Row) -> Self {
        let Row { id, user_id, user_name, project_id, name, search, shared, created_at, updated_at } = row;
        let shared = shared != 0;
        Self { id, user_id, user_name, project_id, name, search, shared, created_at, updated_at }
    }
}
