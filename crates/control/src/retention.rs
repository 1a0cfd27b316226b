//! How long each project's events are kept. What is not set follows the installation: sentinel, which removes, says here
//! what that is.

use serde_json::json;

use crate::clock::now_ms;
use crate::error::{Error, Result};
use crate::marks;
use crate::outbox::{self, Act};
use crate::store::Store;

/// Days the project of what people did here is kept; no setting shortens it.
pub const AUDIT_DAYS: i64 = 365;
/// Marks of what the installation keeps.
const INSTALLATION: [&str; 2] = ["retention_raw_days", "retention_hourly_days"];

/// Days; `None` follows the installation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Days {
    /// Of raw events and of counts by the minute.
    pub raw_days: Option<i64>,
    /// Of counts by the hour.
    pub hourly_days: Option<i64>,
    /// Of counts by the day.
    pub daily_days: Option<i64>,
}

/// What the installation keeps where a project has set nothing, as sentinel said last; counts by the day for ever. `None`
/// until it has.
///
/// # Errors
/// When the store does not answer.
pub async fn of_installation(store: &Store) -> Result<Option<Days>> {
    let [raw, hourly] = INSTALLATION;
    let (raw_days, hourly_days) = (marks::get(store, raw).await?, marks::get(store, hourly).await?);
    let known = raw_days.is_some() && hourly_days.is_some();
    Ok(known.then_some(Days { raw_days, hourly_days, daily_days: None }))
}

/// Says what the installation keeps, in days of raw events and of counts by the hour.
///
/// # Errors
/// When the store does not answer.
pub async fn set_of_installation(store: &Store, raw: i64, hourly: i64) -> Result<()> {
    for (name, days) in INSTALLATION.into_iter().zip([raw, hourly]) {
        marks::set(store, name, days).await?;
    }
    Ok(())
}

/// What a project has set.
///
/// # Errors
/// When the store does not answer.
pub async fn of_project(store: &Store, project_id: &str) -> Result<Days> {
    let sql = "SELECT raw_days, hourly_days, daily_days FROM retention WHERE project_id = $1";
    Ok(store.one(sqlx::query_as(sql).bind(project_id)).await?.unwrap_or_default())
}

/// What all projects have set.
///
/// # Errors
/// When the store does not answer.
pub async fn all(store: &Store) -> Result<Vec<(String, Days)>> {
    let sql = "SELECT project_id, raw_days, hourly_days, daily_days FROM retention ORDER BY project_id";
    let rows: Vec<Row> = store.all(sqlx::query_as(sql)).await?;
    Ok(rows.into_iter().map(|row| (row.project_id, row.days)).collect())
}

#[derive(sqlx::FromRow)]
struct Row {
    project_id: String,
    #[sqlx(flatten)]
    days: Days,
}

/// Sets it.
///
/// # Errors
/// [`Error::NotFound`] when the project does not exist.
pub async fn set(store: &Store, project_id: &str, days: Days) -> Result<()> {
    let before = of_project(store, project_id).await?;
    let told =
        |days: Days| json!({"raw": days.raw_days, "hourly": days.hourly_days, "daily": days.daily_days});
    let act = Act::done("CHANGE", format!("/projects/{project_id}/retention"))
        .within(project_id)
        .with(json!({"from": told(before), "to": told(days)}));
    let sql = "INSERT INTO retention (project_id, raw_days, hourly_days, daily_days, updated_at) \
               VALUES ($1, $2, $3, $4, $5) ON CONFLICT (project_id) DO UPDATE SET raw_days = excluded.raw_days, \
               hourly_days = excluded.hourly_days, daily_days = excluded.daily_days, \
               updated_at = excluded.updated_at";
    let query = sqlx::query(sql)
        .bind(project_id)
        .bind(days.raw_days)
        .bind(days.hourly_days)
        .bind(days.daily_days)
        .bind(now_ms());
    outbox::execute(store, query, act).await.map(drop).map_err(|error: Error| error.missing_is("project"))
}
