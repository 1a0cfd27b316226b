//! Reports: named sets of SQL widgets and their layout. Both are JSON that only the dashboard reads.

use serde_json::json;
use uuid::Uuid;

use crate::clock::now_ms;
use crate::error::{Error, Result};
use crate::outbox::{self, Act};
use crate::store::Store;

/// A report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Id.
    pub id: String,
    /// Its project; `None` for one that belongs to the whole installation.
    pub project_id: Option<String>,
    /// What people call it.
    pub name: String,
    /// A JSON array.
    pub widgets: String,
    /// A JSON array.
    pub layout: String,
    /// Who made it.
    pub created_by: Option<String>,
    /// Unix milliseconds.
    pub created_at: i64,
    /// Unix milliseconds.
    pub updated_at: i64,
}

/// What a report says.
#[derive(Debug, Clone, Copy)]
pub struct Content<'a> {
    /// What people call it.
    pub name: &'a str,
    /// A JSON array.
    pub widgets: &'a str,
    /// A JSON array.
    pub layout: &'a str,
}

const COLUMNS: &str =
    "SELECT id, project_id, name, widgets, layout, created_by, created_at, updated_at FROM reports";

/// Every report, the newest change first.
///
/// # Errors
/// When the store does not answer.
pub async fn all(store: &Store) -> Result<Vec<Report>> {
    let sql = format!("{COLUMNS} ORDER BY updated_at DESC, id");
    let rows: Vec<ReportRow> = store.all(sqlx::query_as(&sql)).await?;
    Ok(rows.into_iter().map(Report::from).collect())
}

/// The reports of a project, the newest change first.
///
/// # Errors
/// When the store does not answer.
pub async fn of_project(store: &Store, project_id: &str) -> Result<Vec<Report>> {
    let sql = format!("{COLUMNS} WHERE project_id = $1 ORDER BY updated_at DESC, id");
    let rows: Vec<ReportRow> = store.all(sqlx::query_as(&sql).bind(project_id)).await?;
    Ok(rows.into_iter().map(Report::from).collect())
}

/// The report of this id.
///
/// # Errors
/// When the store does not answer.
pub async fn find(store: &Store, id: &str) -> Result<Option<Report>> {
    let sql = format!("{COLUMNS} WHERE id = $1");
    let row: Option<ReportRow> = store.one(sqlx::query_as(&sql).bind(id)).await?;
    Ok(row.map(Report::from))
}

/// Makes a report.
///
/// # Errors
/// [`Error::NotFound`] when the project does not exist.
pub async fn create(
    store: &Store,
    project_id: Option<&str>,
    created_by: &str,
    content: Content<'_>,
) -> Result<Report> {
    let now = now_ms();
    let report = Report {
        id: Uuid::now_v7().to_string(),
        project_id: project_id.map(str::to_owned),
        name: content.name.to_owned(),
        widgets: content.widgets.to_owned(),
        layout: content.layout.to_owned(),
        created_by: Some(created_by.to_owned()),
        created_at: now,
        updated_at: now,
    };
    adopt(store, &report).await?;
    find(store, &report.id).await?.ok_or(Error::NotFound { what: "report" })
}

/// Stores a report as it is: a new one, or one of another installation.
///
/// # Errors
/// [`Error::Conflict`] when the id is taken, [`Error::NotFound`] when the project or the user does not exist.
pub async fn adopt(store: &Store, report: &Report) -> Result<()> {
    let sql = "INSERT INTO reports (id, project_id, name, widgets, layout, created_by, created_at, updated_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let query = sqlx::query(sql)
        .bind(&report.id)
        .bind(&report.project_id)
        .bind(&report.name)
        .bind(&report.widgets)
        .bind(&report.layout)
        .bind(&report.created_by)
        .bind(report.created_at)
        .bind(report.updated_at);
    let act = act("CREATE", &report.id, report.project_id.as_deref(), &report.name);
    let done = outbox::execute(store, query, act).await;
    done.map(drop).map_err(|error| error.conflict_is("a report with this id").missing_is("project"))
}

/// Replaces what a report says; `None` when there is none of this id.
///
/// # Errors
/// When the store does not answer.
pub async fn replace(store: &Store, id: &str, content: Content<'_>) -> Result<Option<Report>> {
    let Some(before) = find(store, id).await? else { return Ok(None) };
    let sql = "UPDATE reports SET name = $2, widgets = $3, layout = $4, updated_at = $5 WHERE id = $1";
    let query = sqlx::query(sql)
        .bind(id)
        .bind(content.name)
        .bind(content.widgets)
        .bind(content.layout)
        .bind(now_ms());
    let act = act("CHANGE", id, before.project_id.as_deref(), content.name);
    outbox::execute(store, query, act).await?;
    find(store, id).await
}

/// Removes a report.
///
/// # Errors
/// When the store does not answer.
pub async fn remove(store: &Store, id: &str) -> Result<()> {
    let Some(report) = find(store, id).await? else { return Ok(()) };
    let query = sqlx::query("DELETE FROM reports WHERE id = $1").bind(id);
    let act = act("DELETE", id, report.project_id.as_deref(), &report.name);
    outbox::execute(store, query, act).await.map(drop)
}

fn act<'a>(verb: &'static str, id: &str, project_id: Option<&'a str>, name: &str) -> Act<'a> {
    let act = Act::done(verb, format!("/reports/{id}")).with(json!({"name": name}));
    Act { project_id, ..act }
}

#[derive(sqlx::FromRow)]
struct ReportRow {
    id: String,
    project_id: Option<String>,
    name: String,
    widgets: String,
    layout: String,
    created_by: Option<String>,
    created_at: i64,
    updated_at: i64,
}

impl From<ReportRow> for Report {
    fn from(row: ReportRow) -> Self {
        let ReportRow { id, project_id, name, widgets, layout, created_by, created_at, updated_at } = row;
        Self { id, project_id, name, widgets, layout, created_by, created_at, updated_at }
    }
}
