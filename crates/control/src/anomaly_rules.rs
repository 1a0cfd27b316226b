//! Anomaly rules of projects. What the kinds mean and which parameters they take is not known here; they are
//! checked before they come.

use serde_json::json;
use sqlx::query::Query;
use sqlx::{Any, AnyConnection};
use uuid::Uuid;

use crate::clock::now_ms;
use crate::error::{Error, Result};
use crate::outbox::{self, Act};
use crate::store::{AnyArgs, Store};

/// The most rules of a project.
pub const MOST: i64 = 100;

/// A rule.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct AnomalyRule {
    /// UUID.
    pub id: String,
    /// The project.
    pub project_id: String,
    /// Its kind.
    pub rule_type: String,
    /// In the kind's unit.
    pub threshold: f64,
    /// How far back events are counted.
    pub window_seconds: i64,
    /// How long the same is not told again.
    pub cooldown_seconds: i64,
    /// Of how many events a share says something.
    pub min_events: i64,
    /// Only this service; all when absent.
    pub service_name: Option<String>,
    /// Only this environment; all when absent.
    pub environment: Option<String>,
    /// 1 when it is evaluated, 0 when it is paused.
    pub active: i64,
    /// Unix milliseconds.
    pub created_at: i64,
    /// Unix milliseconds.
    pub updated_at: i64,
}

/// What a rule is made or changed to.
#[derive(Debug, Clone, PartialEq)]
pub struct Wanted<'a> {
    /// Its kind.
    pub rule_type: &'a str,
    /// In the kind's unit.
    pub threshold: f64,
    /// How far back events are counted.
    pub window_seconds: i64,
    /// How long the same is not told again.
    pub cooldown_seconds: i64,
    /// Of how many events a share says something.
    pub min_events: i64,
    /// Only this service.
    pub service_name: Option<&'a str>,
    /// Only this environment.
    pub environment: Option<&'a str>,
    /// Whether it is evaluated.
    pub active: bool,
}

const COLUMNS: &str = "SELECT r.id, r.project_id, r.rule_type, r.threshold, r.window_seconds, r.cooldown_seconds, r.min_events, \
                       r.service_name, r.environment, r.active, r.created_at, r.updated_at FROM anomaly_rules r";
const LIVING: &str = "WHERE r.deleted_at IS NULL";

/// A project's rules, paused ones too, oldest first.
///
/// # Errors
/// When the store does not answer.
pub async fn list(store: &Store, project_id: &str) -> Result<Vec<AnomalyRule>> {
    let sql = format!("{COLUMNS} {LIVING} AND r.project_id = $1 ORDER BY r.created_at, r.id");
    store.all(sqlx::query_as(&sql).bind(project_id)).await
}

/// The rules of all projects that are evaluated; an archived project's silence is meant.
///
/// # Errors
/// When the store does not answer.
pub async fn all_active(store: &Store) -> Result<Vec<AnomalyRule>> {
    let sql = format!(
        "{COLUMNS} {LIVING} AND r.active = 1 AND NOT EXISTS (SELECT 1 FROM projects p WHERE p.id = r.project_id \
         AND p.archived_at IS NOT NULL) ORDER BY r.project_id, r.id"
    );
    store.all(sqlx::query_as(&sql)).await
}

/// A rule.
///
/// # Errors
/// When the store does not answer.
pub async fn by_id(store: &Store, id: &str) -> Result<Option<AnomalyRule>> {
    store.one(sqlx::query_as(&format!("{COLUMNS} {LIVING} AND r.id = $1")).bind(id)).await
}

/// A rule, also one that was deleted: its incidents are still about it.
///
/// # Errors
/// When the store does not answer.
pub async fn even_deleted(store: &Store, id: &str) -> Result<Option<AnomalyRule>> {
    store.one(sqlx::query_as(&format!("{COLUMNS} WHERE r.id = $1")).bind(id)).await
}

/// Makes a rule.
///
/// # Errors
/// [`Error::NotFound`] when the project does not exist, [`Error::Invalid`] when it has too many.
pub async fn create(
    store: &Store,
    project_id: &str,
    wanted: &Wanted<'_>,
    created_by: Option<&str>,
) -> Result<AnomalyRule> {
    let rule = rule(project_id, wanted);
    // Counting and inserting in one statement, so that two at once do not pass the limit together.
    let sql = format!(
        "{INSERT} SELECT {VALUES}, $13 WHERE \
         (SELECT count(*) FROM anomaly_rules WHERE project_id = $2 AND deleted_at IS NULL) < $14"
    );
    let query = bound(&sql, &rule).bind(created_by).bind(MOST);
    let act = act("CREATE", &rule, &rule.id);
    match outbox::execute(store, query, act).await.map_err(|error| error.missing_is("project"))? {
        0 => Err(Error::Invalid { what: "a project has 100 rules at most; delete one first" }),
        _ => Ok(rule),
    }
}

fn rule(project_id: &str, wanted: &Wanted<'_>) -> AnomalyRule {
    let now = now_ms();
    AnomalyRule {
        id: Uuid::now_v7().to_string(),
        project_id: project_id.to_owned(),
        rule_type: wanted.rule_type.to_owned(),
        threshold: wanted.threshold,
        window_seconds: wanted.window_seconds,
        cooldown_seconds: wanted.cooldown_seconds,
        min_events: wanted.min_events,
        service_name: wanted.service_name.map(str::to_owned),
        environment: wanted.environment.map(str::to_owned),
        active: i64::from(wanted.active),
        created_at: now,
        updated_at: now,
    }
}

fn act<'a>(verb: &'static str, rule: &'a AnomalyRule, id: &str) -> Act<'a> {
    Act::done(verb, format!("/anomaly/rules/{id}")).within(&rule.project_id).with(json!({
        "rule_type": rule.rule_type, "threshold": rule.threshold, "window_seconds": rule.window_seconds,
        "cooldown_seconds": rule.cooldown_seconds, "min_events": rule.min_events, "service_name": rule.service_name,
        "environment": rule.environment, "active": rule.active == 1,
    }))
}

/// Changes a rule; its kind stays.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub async fn update(store: &Store, id: &str, wanted: &Wanted<'_>) -> Result<AnomalyRule> {
    let before = by_id(store, id).await?.ok_or(Error::NotFound { what: "rule" })?;
    let changed = rule(&before.project_id, wanted);
    let sql = "UPDATE anomaly_rules SET threshold = $2, window_seconds = $3, cooldown_seconds = $4, \
               service_name = $5, environment = $6, active = $7, updated_at = $8, min_events = $9 \
               WHERE id = $1 AND deleted_at IS NULL";
    let query = sqlx::query(sql)
        .bind(id)
        .bind(wanted.threshold)
        .bind(wanted.window_seconds)
        .bind(wanted.cooldown_seconds)
        .bind(wanted.service_name)
        .bind(wanted.environment)
        .bind(i64::from(wanted.active))
        .bind(changed.updated_at)
        .bind(wanted.min_events);
    outbox::execute(store, query, act("CHANGE", &changed, id)).await?;
    by_id(store, id).await?.ok_or(Error::NotFound { what: "rule" })
}

/// Deletes a rule; its incidents stay. Whether there was one.
///
/// # Errors
/// When the store does not answer.
pub async fn delete(store: &Store, id: &str) -> Result<bool> {
    let sql = "UPDATE anomaly_rules SET deleted_at = $2 WHERE id = $1 AND deleted_at IS NULL";
    let Some(rule) = by_id(store, id).await? else { return Ok(false) };
    let query = sqlx::query(sql).bind(id).bind(now_ms());
    Ok(outbox::execute(store, query, act("DELETE", &rule, id)).await? > 0)
}

/// Gives every project that never had any the rules everybody starts with, and tells how many projects
/// that were.
///
/// # Errors
/// When the store does not answer.
pub async fn start(store: &Store, first: &[Wanted<'_>]) -> Result<usize> {
    let sql = "SELECT p.id FROM projects p WHERE NOT EXISTS \
               (SELECT 1 FROM anomaly_starts s WHERE s.project_id = p.id) ORDER BY p.id";
    let projects: Vec<(String,)> = store.all(sqlx::query_as(sql)).await?;
    for (project_id,) in &projects {
        let rules: Vec<AnomalyRule> = first.iter().map(|wanted| rule(project_id, wanted)).collect();
        store.within(insert_first(store, project_id, &rules)).await?;
    }
    Ok(projects.len())
}

async fn insert_first(store: &Store, project_id: &str, rules: &[AnomalyRule]) -> Result<()> {
    let mut transaction = store.begin().await?;
    mark_started(&mut transaction, project_id).await?;
    for rule in rules {
        let insert = format!("{INSERT} VALUES ({VALUES}, NULL)");
        bound(&insert, rule).execute(&mut *transaction).await?;
    }
    Ok(transaction.commit().await?)
}

/// Notes that a project was given its first rules, or needs none.
pub(crate) async fn mark_started(connection: &mut AnyConnection, project_id: &str) -> Result<()> {
    let sql = "INSERT INTO anomaly_starts (project_id, started_at) VALUES ($1, $2)";
    sqlx::query(sql).bind(project_id).bind(now_ms()).execute(connection).await?;
    Ok(())
}

const INSERT: &str = "INSERT INTO anomaly_rules (id, project_id, rule_type, threshold, window_seconds, \
     cooldown_seconds, service_name, environment, active, created_at, updated_at, min_events, created_by)";
const VALUES: &str = "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12";

/// A statement with the values of a rule, all but who made it.
fn bound<'q>(sql: &'q str, rule: &'q AnomalyRule) -> Query<'q, Any, AnyArgs<'q>> {
    sqlx::query(sql)
        .bind(&rule.id)
        .bind(&rule.project_id)
        .bind(&rule.rule_type)
        .bind(rule.threshold)
        .bind(rule.window_seconds)
        .bind(rule.cooldown_seconds)
        .bind(&rule.service_name)
        .bind(&rule.environment)
        .bind(rule.active)
        .bind(rule.created_at)
        .bind(rule.updated_at)
        .bind(rule.min_events)
}

/// Takes over a rule of another installation.
///
/// # Errors
/// [`Error::Conflict`] when the id is taken, also by a rule that was deleted; [`Error::NotFound`] when the project does
/// not exist.
pub async fn adopt(store: &Store, rule: &AnomalyRule) -> Result<()> {
    let insert = format!("{INSERT} VALUES ({VALUES}, NULL)");
    let adopted = outbox::execute(store, bound(&insert, rule), act("CREATE", rule, &rule.id)).await;
    adopted.map(drop).map_err(|error| error.conflict_is("a rule with this id").missing_is("project"))
}
