//! What was out of the ordinary: incidents of anomaly rules, until they are told and after. Sentinel writes
//! them; that one is open or told is only known here.

mod handling;

use uuid::Uuid;

pub use self::handling::{Handling, Step, handle};
use crate::error::Result;
use crate::notifications::deliveries;
use crate::store::Store;

/// An incident. Times are unix milliseconds of the events, but for `found_at` and `resolved_at`.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct AnomalyIncident {
    /// UUID: also the id of the event that tells it.
    pub id: String,
    /// The rule.
    pub rule_id: String,
    /// The project.
    pub project_id: String,
    /// The rule's kind.
    pub rule_type: String,
    /// The service.
    pub service_name: String,
    /// Its environment.
    pub environment: String,
    /// Method and route for rules that tell them apart; else empty.
    pub subject: String,
    /// What was seen when it began, as a JSON object.
    pub details: String,
    /// The first minute.
    pub from_ms: i64,
    /// The last minute so far.
    pub to_ms: i64,
    /// When it was found.
    pub found_at: i64,
    /// When it was found to be over.
    pub resolved_at: Option<i64>,
    /// 1 once its alert is in Kafka.
    pub fired_told: i64,
    /// 1 once it is in Kafka that it is over.
    pub resolved_told: i64,
    /// What people did about it.
    #[sqlx(flatten)]
    pub handling: Handling,
}

const COLUMNS: &str = "SELECT id, rule_id, project_id, rule_type, service_name, environment, subject, details, \
                       from_ms, to_ms, found_at, resolved_at, fired_told, resolved_told, handling, handled_by, \
                       handled_at, note, reopened_at FROM anomaly_incidents";

/// What one evaluation found.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    /// Incidents nobody knew.
    pub fired: Vec<AnomalyIncident>,
    /// Ids, and the last minute now.
    pub lasting: Vec<(String, i64)>,
    /// Ids of those that are over.
    pub resolved: Vec<String>,
    /// What the channels of projects are told of it.
    pub alerts: Vec<Alert>,
}

/// What the channels of a project are told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// The event that tells it too.
    pub event_id: String,
    /// The project.
    pub project_id: String,
    /// What is told, as a JSON object.
    pub body: String,
}

/// A new id.
#[must_use]
pub fn new_id() -> String {
    Uuid::now_v7().to_string()
}

/// The incidents that a range from `since` on may continue: the open ones, and those that ended later.
///
/// # Errors
/// When the store does not answer.
pub async fn near(store: &Store, since: i64) -> Result<Vec<AnomalyIncident>> {
    let sql = format!("{COLUMNS} WHERE resolved_at IS NULL OR to_ms >= $1 ORDER BY from_ms, id");
    store.all(sqlx::query_as(&sql).bind(since)).await
}

/// Which incidents of a project are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// All.
    All,
    /// Those that are not over.
    Lasting,
    /// Those that nobody has acknowledged or resolved, over or not.
    Unhandled,
}

/// A place in the list of incidents, newest first: after those that began later than this, and after those that began
/// then and have this id or a greater one. Without an id: after all that began then.
#[derive(Debug, Clone, Copy)]
pub struct After<'a> {
    /// Unix milliseconds.
    pub from_ms: i64,
    /// An incident's id, or nothing.
    pub id: &'a str,
}

impl After<'_> {
    /// Before the first.
    pub const START: Self = Self { from_ms: i64::MAX, id: "" };
}

/// A project's incidents after this place, newest first.
///
/// # Errors
/// When the store does not answer.
pub async fn list(
    store: &Store,
    project_id: &str,
    which: Which,
    after: After<'_>,
    limit: i64,
) -> Result<Vec<AnomalyIncident>> {
    let state = match which {
        Which::All => "",
        Which::Lasting => "AND resolved_at IS NULL",
        Which::Unhandled => "AND handling = 'open'",
    };
    let sql = format!(
        "{COLUMNS} WHERE project_id = $1 AND (from_ms < $2 OR from_ms = $2 AND id < $3) {state} \
         ORDER BY from_ms DESC, id DESC LIMIT $4"
    );
    let query = sqlx::query_as(&sql).bind(project_id).bind(after.from_ms).bind(after.id).bind(limit);
    store.all(query).await
}

/// The incident of this id.
///
/// # Errors
/// When the store does not answer.
pub async fn by_id(store: &Store, id: &str) -> Result<Option<AnomalyIncident>> {
    store.one(sqlx::query_as(&format!("{COLUMNS} WHERE id = $1")).bind(id)).await
}

/// Writes what an evaluation found, all of it or nothing. What goes on although a person resolved it is open again.
///
/// # Errors
/// When the store does not answer.
pub async fn apply(store: &Store, changes: &Changes, now: i64) -> Result<()> {
    store
        .within(async {
            let mut transaction = store.begin().await?;
            for incident in &changes.fired {
                insert(incident).execute(&mut *transaction).await?;
            }
            for (id, to_ms) in &changes.lasting {
                let sql = "UPDATE anomaly_incidents SET to_ms = $2, \
                           reopened_at = CASE WHEN handling = 'resolved' THEN $3 ELSE reopened_at END, \
                           handling = CASE WHEN handling = 'resolved' THEN 'open' ELSE handling END WHERE id = $1";
                sqlx::query(sql).bind(id).bind(to_ms).bind(now).execute(&mut *transaction).await?;
            }
            for id in &changes.resolved {
                let sql =
                    "UPDATE anomaly_incidents SET resolved_at = $2 WHERE id = $1 AND resolved_at IS NULL";
                sqlx::query(sql).bind(id).bind(now).execute(&mut *transaction).await?;
            }
            for Alert { event_id, project_id, body } in &changes.alerts {
                deliveries::enqueue(&mut transaction, project_id, event_id, body, now).await?;
            }
            Ok(transaction.commit().await?)
        })
        .await
}

type Insert<'q> = sqlx::query::Query<'q, sqlx::Any, sqlx::any::AnyArguments<'q>>;

fn insert(incident: &AnomalyIncident) -> Insert<'_> {
    let sql = "INSERT INTO anomaly_incidents (id, rule_id, project_id, rule_type, service_name, environment, \
               subject, details, from_ms, to_ms, found_at, resolved_at, fired_told, resolved_told) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
    sqlx::query(sql)
        .bind(&incident.id)
        .bind(&incident.rule_id)
        .bind(&incident.project_id)
        .bind(&incident.rule_type)
        .bind(&incident.service_name)
        .bind(&incident.environment)
        .bind(&incident.subject)
        .bind(&incident.details)
        .bind(incident.from_ms)
        .bind(incident.to_ms)
        .bind(incident.found_at)
        .bind(incident.resolved_at)
        .bind(incident.fired_told)
        .bind(incident.resolved_told)
}

/// Incidents whose beginning or end is not told yet, those that waited longest first.
///
/// # Errors
/// When the store does not answer.
pub async fn untold(store: &Store, most: i64) -> Result<Vec<AnomalyIncident>> {
    let sql = format!(
        "{COLUMNS} WHERE fired_told = 0 OR (resolved_at IS NOT NULL AND resolved_told = 0) ORDER BY found_at, id LIMIT $1"
    );
    store.all(sqlx::query_as(&sql).bind(most)).await
}

/// Remembers what was told: the beginning of each, and the end of those that had one then.
///
/// # Errors
/// When the store does not answer; it is then told again, under the same ids.
pub async fn told(store: &Store, incidents: &[AnomalyIncident]) -> Result<()> {
    store
        .within(async {
            let mut transaction = store.begin().await?;
            for incident in incidents {
                let sql = "UPDATE anomaly_incidents SET fired_told = 1, resolved_told = $2 WHERE id = $1";
                let ended = i64::from(incident.resolved_at.is_some());
                sqlx::query(sql).bind(&incident.id).bind(ended).execute(&mut *transaction).await?;
            }
            Ok(transaction.commit().await?)
        })
        .await
}
