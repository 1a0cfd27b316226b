//! Monitors, screens and reports. In: the original's. Out: ours, with their ids.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::Context as _;
use bataudit_control::monitors::{self, Check, Monitor, checks};
use bataudit_control::reports::{self, Report};
use bataudit_control::screens::{self, Screen};
use serde_json::Value;

use super::context::Context;
use super::tally::Kind;
use super::{ids, rows};
use crate::private_file;

/// Days before its end that a certificate is warned of: what monitors made here have too.
const CERTIFICATE_DAYS: i64 = 14;
const POSTGRES_SQL: &str =
    "Reports whose SQL was written for PostgreSQL: open them, the console speaks ClickHouse's";
const SUMMARIES_STAY: &str = "counts without events cannot be told from events that were lost";

/// Brings monitors over, with what they saw. Their status is found anew by the first check.
pub(super) async fn monitors(context: &mut Context) -> anyhow::Result<()> {
    let found: Vec<rows::Monitor> = context.source.rows("healthcheck_monitors", "created_at, id").await?;
    for row in found {
        context.tally.of(Kind::Monitors).found += 1;
        let id = ids::text(&row.id);
        if monitors::by_id(&context.store, &id).await?.is_some() {
            context.present(Kind::Monitors);
            continue;
        }
        let Some(project_id) = context.project(&row.project_id) else {
            context.refuse(Kind::Monitors, "its project is not here");
            continue;
        };
        let created_at = row.created_at.unwrap_or(context.now);
        let monitor = Monitor::new(id, project_id, target(row), created_at);
        let store = context.store.clone();
        context.put(Kind::Monitors, monitors::adopt(&store, &monitor)).await?;
    }
    if !context.options.is_dry {
        history(context).await?;
    }
    Ok(())
}

fn target(row: rows::Monitor) -> monitors::Target {
    let interval_seconds = row.interval_seconds.unwrap_or(60).clamp(10, 86_400);
    monitors::Target {
        name: row.name,
        url: row.url,
        interval_seconds,
        timeout_seconds: row.timeout_seconds.unwrap_or(10).clamp(1, 30).min(interval_seconds),
        expected_status: row.expected_status.unwrap_or(200).clamp(100, 599),
        certificate_warning_days: CERTIFICATE_DAYS,
        enabled: row.enabled.unwrap_or(true),
    }
}

/// The checks of monitors that are here. History: what is missing of it is not counted.
async fn history(context: &mut Context) -> anyhow::Result<()> {
    let found: Vec<rows::Check> = context.source.rows("healthcheck_results", "checked_at, id").await?;
    for row in found {
        let Some(checked_at) = row.checked_at else { continue };
        let check = Check {
            id: ids::text(&row.id),
            monitor_id: ids::text(&row.monitor_id),
            status: if row.status == "up" { "up" } else { "down" }.to_owned(),
            status_code: row.status_code.filter(|code| *code > 0),
            response_ms: row.response_ms.unwrap_or(0),
            error: row.error.filter(|error| !error.is_empty()),
            checked_at,
        };
        match checks::adopt(&context.store, &check).await {
            Ok(())
            | Err(bataudit_control::Error::Conflict { .. } | bataudit_control::Error::NotFound { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Brings screens over that are in use: by the token they have, they go on at this installation's address.
pub(super) async fn screens(context: &mut Context) -> anyhow::Result<()> {
    let found: Vec<rows::Screen> = context.source.rows("wallboard_tokens", "created_at, id").await?;
    for row in found {
        context.tally.of(Kind::Screens).found += 1;
        let id = ids::text(&row.id);
        if screens::by_id(&context.store, &id).await?.is_some() {
            context.present(Kind::Screens);
            continue;
        }
        let Some(hash) = row.refresh_hash.as_deref().filter(|hash| !hash.is_empty()) else {
            context.refuse(
                Kind::Screens,
                "it was never activated: make a new code, those of the original are guessable",
            );
            continue;
        };
        let Some(expires_at) = row.expires_at.filter(|end| *end > context.now) else {
            context.refuse(Kind::Screens, "it is over");
            continue;
        };
        let of_project = row.project_id.as_deref().filter(|project| !project.is_empty());
        let project_id = match of_project.map(|project| context.project(project)) {
            Some(None) => {
                context.refuse(Kind::Screens, "its project is not here");
                continue;
            }
            here => here.flatten(),
        };
        let created_at = row.created_at.unwrap_or(context.now);
        let screen = Screen {
            id,
            project_id,
            name: row.name.unwrap_or_default(),
            expires_at,
            created_at,
            activated_at: Some(created_at),
            last_used_at: row.last_used_at,
        };
        let store = context.store.clone();
        context.put(Kind::Screens, screens::adopt(&store, &screen, hash)).await?;
    }
    Ok(())
}

/// Brings reports over, their SQL as it is.
pub(super) async fn reports(context: &mut Context) -> anyhow::Result<()> {
    let found: Vec<rows::Report> = context.source.rows("reports", "created_at, id").await?;
    for row in found {
        context.tally.of(Kind::Reports).found += 1;
        let id = ids::text(&row.id);
        if reports::find(&context.store, &id).await?.is_some() {
            context.present(Kind::Reports);
            continue;
        }
        let of_project = row.project_id.as_deref().filter(|project| !project.is_empty());
        let project_id = match of_project.map(|project| context.project(project)) {
            Some(None) => {
                context.refuse(Kind::Reports, "its project is not here");
                continue;
            }
            here => here.flatten(),
        };
        let created_at = row.created_at.unwrap_or(context.now);
        let report = Report {
            id,
            project_id,
            name: row.name,
            widgets: list(row.widgets),
            layout: list(row.layout),
            created_by: context.user(row.created_by.as_deref()),
            created_at,
            updated_at: row.updated_at.unwrap_or(created_at),
        };
        if speaks_postgres(&report.widgets) {
            context.tally.note(POSTGRES_SQL, report.name.clone());
        }
        let store = context.store.clone();
        context.put(Kind::Reports, reports::adopt(&store, &report)).await?;
    }
    Ok(())
}

/// A JSON array as text, also where the column held it as text.
fn list(stored: Value) -> String {
    let list = match stored {
        Value::String(text) => serde_json::from_str(&text).unwrap_or(Value::Null),
        other => other,
    };
    if list.is_array() { list.to_string() } else { "[]".to_owned() }
}

/// Whether SQL uses words that only PostgreSQL knows.
fn speaks_postgres(widgets: &str) -> bool {
    let words = ["to_char(", "date_trunc(", "percentile_cont", "::", "->>", "filter (", "interval '"];
    let lower = widgets.to_lowercase();
    words.iter().any(|word| lower.contains(word))
}

/// The original's counts by hour and day. They are not brought over, since here every count is one of rows; a file
/// keeps them for whoever needs them.
pub(super) async fn summaries(context: &mut Context, file: Option<&Path>) -> anyhow::Result<()> {
    if !context.source.has("audit_summaries").await? {
        return Ok(());
    }
    let found = context.source.number("SELECT count(*) FROM audit_summaries").await?;
    let counts = context.tally.of(Kind::Summaries);
    counts.found = found;
    if found == 0 {
        return Ok(());
    }
    let reason = match file {
        Some(path) => format!("{SUMMARIES_STAY}; they are in {}", path.display()),
        None => format!("{SUMMARIES_STAY}; --summaries <FILE> writes them to a file"),
    };
    counts.refused.insert(reason, found);
    let Some(path) = file.filter(|_| !context.options.is_dry) else { return Ok(()) };
    let rows: Vec<Value> =
        context.source.rows("audit_summaries", "period_start, project_id, service_name").await?;
    let mut lines = String::new();
    for row in rows {
        // Writing to a string cannot fail.
        let _infallible = writeln!(lines, "{row}");
    }
    private_file::write(path, lines.as_bytes()).with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn lists_are_lists_however_they_were_stored() {
        assert_eq!(list(json!([{"id": 1}])), r#"[{"id":1}]"#);
        assert_eq!(list(json!("[1]")), "[1]");
        assert_eq!(list(Value::Null), "[]");
    }

    #[test]
    fn sql_of_postgresql_is_noticed() {
        assert!(speaks_postgres(r#"[{"sql":"SELECT TO_CHAR(timestamp, 'YYYY') FROM audits"}]"#));
        assert!(!speaks_postgres(r#"[{"sql":"SELECT count(*) FROM audits"}]"#));
    }
}
