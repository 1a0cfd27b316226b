//! Uptime monitors: addresses that are looked at in intervals. This room holds the monitors themselves; [`checks`] what
//! was seen, [`spans`] how long, [`changes`] what is still to be told, [`trials`] the checks somebody asked for. How an
//! address is looked at and what that means is sentinel's.

pub mod changes;
pub mod checks;
mod row;
pub mod spans;
pub mod trials;

use serde_json::json;
use sqlx::Any;
use sqlx::query::Query;
use uuid::Uuid;

pub use self::changes::Change;
pub use self::checks::{Check, Step};
pub use self::row::Status;
use self::row::{COLUMNS, MonitorRow};
pub use self::spans::Span;
use crate::clock::now_ms;
use crate::error::{Error, Result};
use crate::outbox::{self, Act};
use crate::store::{AnyArgs, Store};

/// A monitor. Times are unix milliseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Monitor {
    /// UUIDv7.
    pub id: String,
    /// The project.
    pub project_id: String,
    /// What is looked at, and how.
    pub target: Target,
    /// What the last check found; unknown before the first one, and while it is paused.
    pub status: Status,
    /// The check that found it.
    pub since_ms: Option<i64>,
    /// How much of the time since then was watched.
    pub known_ms: i64,
    /// The last check.
    pub checked_at: Option<i64>,
    /// When the certificate that was last seen ends.
    pub certificate_expires_at: Option<i64>,
    /// The end of the certificate that was warned of.
    pub certificate_warned: Option<i64>,
    /// When it was made.
    pub created_at: i64,
    /// When it was last changed by somebody.
    pub updated_at: i64,
}

/// What is looked at, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// What people call it: the service's name, where it is one.
    pub name: String,
    /// The address.
    pub url: String,
    /// How often.
    pub interval_seconds: i64,
    /// How long an answer may take.
    pub timeout_seconds: i64,
    /// The status that means up.
    pub expected_status: i64,
    /// How long before its end a certificate is warned of; never when 0.
    pub certificate_warning_days: i64,
    /// Whether it is looked at.
    pub enabled: bool,
}

impl Target {
    /// Whether what was seen of another target says nothing of this one.
    fn differs_from(&self, other: &Self) -> bool {
        self.url != other.url
            || self.expected_status != other.expected_status
            || self.enabled != other.enabled
    }
}

impl Monitor {
    /// A monitor that did not look yet.
    #[must_use]
    pub fn new(id: String, project_id: String, target: Target, created_at: i64) -> Self {
        Self {
            id,
            project_id,
            target,
            status: Status::Unknown,
            since_ms: None,
            known_ms: 0,
            checked_at: None,
            certificate_expires_at: None,
            certificate_warned: None,
            created_at,
            updated_at: created_at,
        }
    }
}

/// Monitors of these projects, or of all, by name.
///
/// # Errors
/// When the store does not answer.
pub async fn list(store: &Store, projects: Option<&[String]>) -> Result<Vec<Monitor>> {
    let sql = format!("{COLUMNS} ORDER BY name, id");
    let rows: Vec<MonitorRow> = store.all(sqlx::query_as(&sql)).await?;
    let within = |row: &MonitorRow| projects.is_none_or(|projects| projects.contains(&row.project_id));
    Ok(rows.into_iter().filter(within).map(Monitor::from).collect())
}

/// A monitor.
///
/// # Errors
/// When the store does not answer.
pub async fn by_id(store: &Store, id: &str) -> Result<Option<Monitor>> {
    let sql = format!("{COLUMNS} WHERE id = $1");
    let row: Option<MonitorRow> = store.one(sqlx::query_as(&sql).bind(id)).await?;
    Ok(row.map(Monitor::from))
}

/// Monitors whose next check is due, those that waited longest first.
///
/// # Errors
/// When the store does not answer.
pub async fn due(store: &Store, now: i64, most: i64) -> Result<Vec<Monitor>> {
    let sql = format!("{COLUMNS} WHERE enabled = 1 AND due_at <= $1 ORDER BY due_at, id LIMIT $2");
    let rows: Vec<MonitorRow> = store.all(sqlx::query_as(&sql).bind(now).bind(most)).await?;
    Ok(rows.into_iter().map(Monitor::from).collect())
}

/// Makes a monitor, due at once; `None` when the project has `most` already.
///
/// # Errors
/// [`Error::NotFound`] when the project does not exist.
pub async fn create(
    store: &Store,
    project_id: &str,
    target: Target,
    created_by: Option<&str>,
    most: i64,
) -> Result<Option<Monitor>> {
    let now = now_ms();
    let monitor = Monitor::new(Uuid::now_v7().to_string(), project_id.to_owned(), target, now);
    let sql =
        format!("{INSERT} SELECT {VALUES} WHERE (SELECT count(*) FROM monitors WHERE project_id = $2) < $13");
    let query = bound(&sql, &monitor, now).bind(created_by).bind(most);
    let made = outbox::execute(store, query, act("CREATE", &monitor)).await;
    Ok((made.map_err(|error: Error| error.missing_is("project"))? > 0).then_some(monitor))
}

const INSERT: &str = "INSERT INTO monitors (id, project_id, name, url, interval_seconds, timeout_seconds, \
     expected_status, certificate_warning_days, enabled, status, known_ms, due_at, created_by, created_at, updated_at)";
const VALUES: &str = "$1, $2, $3, $4, $5, $6, $7, $8, $9, 'unknown', 0, $10, $12, $11, $11";

/// A statement with the values of a monitor that was not looked at yet, all but who made it.
fn bound<'q>(sql: &'q str, monitor: &'q Monitor, due_at: i64) -> Query<'q, Any, AnyArgs<'q>> {
    let target = &monitor.target;
    sqlx::query(sql)
        .bind(&monitor.id)
        .bind(&monitor.project_id)
        .bind(&target.name)
        .bind(&target.url)
        .bind(target.interval_seconds)
        .bind(target.timeout_seconds)
        .bind(target.expected_status)
        .bind(target.certificate_warning_days)
        .bind(i64::from(target.enabled))
        .bind(due_at)
        .bind(monitor.created_at)
}

/// Takes over a monitor of another installation, due at once. What was seen of it before is added by
/// [`checks::adopt`]; its status is found anew.
///
/// # Errors
/// [`Error::Conflict`] when the id is taken, [`Error::NotFound`] when the project does not exist.
pub async fn adopt(store: &Store, monitor: &Monitor) -> Result<()> {
    let sql = format!("{INSERT} VALUES ({VALUES})");
    let query = bound(&sql, monitor, now_ms()).bind(None::<String>);
    let adopted = outbox::execute(store, query, act("CREATE", monitor)).await;
    adopted.map(drop).map_err(|error| error.conflict_is("a monitor with this id").missing_is("project"))
}

/// Changes what a monitor looks at. The next check is due at once; when it is another address, another status or a
/// pause, what was seen before says nothing any more.
///
/// # Errors
/// [`Error::NotFound`] when it is gone.
pub async fn change(store: &Store, monitor: Monitor, target: Target) -> Result<Monitor> {
    let now = now_ms().max(monitor.updated_at + 1);
    let forgets = target.differs_from(&monitor.target);
    let monitor = if forgets {
        let (status, since_ms, known_ms, checked_at) = (Status::Unknown, None, 0, None);
        let (certificate_expires_at, certificate_warned) = (None, None);
        Monitor {
            status,
            since_ms,
            known_ms,
            checked_at,
            certificate_expires_at,
            certificate_warned,
            ..monitor
        }
    } else {
        monitor
    };
    let monitor = Monitor { target, updated_at: now, ..monitor };
    let reset = if forgets {
        ", status = 'unknown', since_ms = NULL, known_ms = 0, checked_at = NULL, certificate_expires_at = NULL, \
         certificate_warned = NULL"
    } else {
        ""
    };
    let sql = format!(
        "UPDATE monitors SET name = $2, url = $3, interval_seconds = $4, timeout_seconds = $5, expected_status = $6, \
         certificate_warning_days = $7, enabled = $8, due_at = $9, updated_at = $9{reset} WHERE id = $1"
    );
    let target = &monitor.target;
    let query = sqlx::query(&sql)
        .bind(&monitor.id)
        .bind(&target.name)
        .bind(&target.url)
        .bind(target.interval_seconds)
        .bind(target.timeout_seconds)
        .bind(target.expected_status)
        .bind(target.certificate_warning_days)
        .bind(i64::from(target.enabled))
        .bind(now);
    match outbox::execute(store, query, act("CHANGE", &monitor)).await? {
        0 => Err(Error::NotFound { what: "monitor" }),
        _ => Ok(monitor),
    }
}

/// Deletes a monitor with its history. Whether there was one.
///
/// # Errors
/// When the store does not answer.
pub async fn delete(store: &Store, monitor: &Monitor) -> Result<bool> {
    let query = sqlx::query("DELETE FROM monitors WHERE id = $1").bind(&monitor.id);
    Ok(outbox::execute(store, query, act("DELETE", monitor)).await? > 0)
}

/// The address is not told: its query may hold a secret.
fn act<'a>(verb: &'static str, monitor: &'a Monitor) -> Act<'a> {
    let target = &monitor.target;
    let details = json!({"name": target.name, "enabled": target.enabled});
    Act::done(verb, format!("/monitors/{}", monitor.id)).within(&monitor.project_id).with(details)
}
