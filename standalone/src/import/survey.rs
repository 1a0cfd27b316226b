//! What events the original has, before one is read: how many of which project and service, from when, and how many of
//! them retention would remove. In: the snapshot. Out: [`Survey`].

use std::collections::{BTreeMap, HashSet};

use bataudit_control::retention;
use chrono::DateTime;
use serde::Deserialize;

use super::context::Context;
use super::source::{Source, within};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// Ids that are spelled otherwise than here, and of which there is another spelling: they would be one event here.
const TWINS: &str = "WITH odd AS (SELECT id, regexp_replace(translate(regexp_replace(lower(id), '^urn:uuid:', ''), '{}-', ''), \
     '^(.{8})(.{4})(.{4})(.{4})(.{12})$', '\\1-\\2-\\3-\\4-\\5') AS uuid FROM audits \
     WHERE id !~ '^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$'), \
     ranked AS (SELECT id, uuid, row_number() OVER (PARTITION BY uuid ORDER BY id) AS n FROM odd) \
     SELECT to_jsonb(id)::text FROM ranked r WHERE n > 1 OR EXISTS (SELECT 1 FROM audits a WHERE a.id = r.uuid AND a.id <> r.id)";

/// Events of one project, as the original has it, and one service.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Group {
    pub(super) project_id: Option<String>,
    pub(super) service_name: Option<String>,
    pub(super) events: u64,
    /// Rows without a time.
    pub(super) timeless: u64,
    /// Unix milliseconds; absent when no time is one.
    pub(super) first: Option<i64>,
}

/// What there is.
#[derive(Debug, Default)]
pub(super) struct Survey {
    pub(super) groups: Vec<Group>,
    /// Ids that must become others.
    pub(super) twins: HashSet<String>,
}

impl Survey {
    /// Looks at events from `since` on, unix milliseconds.
    pub(super) async fn make(source: &mut Source, since: Option<i64>) -> anyhow::Result<Self> {
        let from =
            since.map_or_else(|| "TRUE".to_owned(), |since| format!("timestamp >= '{}'", moment(since)));
        let millis = |what: &str| {
            format!("(CASE WHEN isfinite({what}) THEN floor(extract(epoch FROM {what}) * 1000)::bigint END)")
        };
        let statement = format!(
            "SELECT to_jsonb(g)::text FROM (SELECT project_id, service_name, count(*) AS events, \
             count(*) FILTER (WHERE timestamp IS NULL) AS timeless, {} AS first \
             FROM audits WHERE {from} GROUP BY project_id, service_name) g",
            millis("min(timestamp)")
        );
        let mut groups: Vec<Group> = source.select(&statement).await?;
        groups.sort_by(|a, b| (&a.project_id, &a.service_name).cmp(&(&b.project_id, &b.service_name)));
        let twins: Vec<String> = source.select(TWINS).await?;
        Ok(Self { groups, twins: twins.into_iter().collect() })
    }

    /// How many events there are.
    pub(super) fn events(&self) -> u64 {
        self.groups.iter().map(|group| group.events).sum()
    }

    /// The projects, in the order in which they are imported, with how many events each has.
    pub(super) fn projects(&self) -> BTreeMap<Option<String>, u64> {
        let mut projects = BTreeMap::new();
        for group in &self.groups {
            *projects.entry(group.project_id.clone()).or_default() += group.events;
        }
        projects
    }

    /// When the first event happened, unix milliseconds.
    pub(super) fn first(&self) -> Option<i64> {
        self.groups.iter().filter_map(|group| group.first).min()
    }
}

/// A moment, unix milliseconds, as the original's columns spell it: digits and marks only.
pub(super) fn moment(millis: i64) -> String {
    let at = DateTime::from_timestamp_millis(millis).unwrap_or_default();
    at.naive_utc().format("%Y-%m-%d %H:%M:%S%.3f").to_string()
}

/// Events that retention removes in its next pass, by project here and the days it keeps.
pub(super) async fn too_old(
    context: &mut Context,
    survey: &Survey,
    installation_days: u32,
) -> anyhow::Result<BTreeMap<(String, i64), u64>> {
    let today = context.now.div_euclid(DAY_MS);
    let mut old = BTreeMap::new();
    for group in &survey.groups {
        let here = group.project_id.as_deref().and_then(|project| context.project(project));
        let days = match &here {
            Some(project) => retention::of_project(&context.store, project).await?.raw_days,
            None => None,
        };
        let days = days.unwrap_or(installation_days.into());
        let limit = (today - days) * DAY_MS;
        if group.first.is_none_or(|first| first >= limit) {
            continue;
        }
        let statement = "SELECT count(*) FROM audits WHERE project_id IS NOT DISTINCT FROM $1 \
                         AND service_name IS NOT DISTINCT FROM $2 AND timestamp < to_timestamp($3) AT TIME ZONE 'UTC'";
        let query = sqlx::query_scalar(statement)
            .bind(&group.project_id)
            .bind(&group.service_name)
            .bind((limit / 1000) as f64);
        let events: i64 = within(query.fetch_one(&mut context.source.connection)).await?;
        let name = here.or_else(|| group.service_name.clone()).unwrap_or_default();
        *old.entry((name, days)).or_default() += events.unsigned_abs();
    }
    Ok(old)
}
