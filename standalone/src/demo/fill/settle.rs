//! Waits until what was sent can be seen, and what it must set off has been set off.

use anyhow::{Context as _, bail};
use tokio::time::{Instant, sleep};

use super::super::PATIENCE;
use super::super::story::Project;
use super::{Made, PAUSE};
use crate::client::http::Client;

/// What the troubles of the story set off.
const ALARMS: [(Project, &str); 3] =
    [(Project::Shop, "error_rate"), (Project::Identity, "brute_force"), (Project::Identity, "mass_delete")];

/// As many incidents as one answer may have.
const INCIDENTS: &str = "500";

/// Waits until every event of every project is stored and counted.
pub(crate) async fn settled(client: &Client, made: &Made) -> anyhow::Result<()> {
    let until = Instant::now() + PATIENCE;
    for project in &made.projects {
        loop {
            let counted = counted(client, &project.id).await?;
            if counted == project.events {
                break;
            }
            if Instant::now() > until {
                bail!("of {} events of {} only {counted} are stored", project.events, project.slug);
            }
            sleep(PAUSE).await;
        }
    }
    Ok(())
}

async fn counted(client: &Client, project: &str) -> anyhow::Result<u64> {
    let start = chrono::Utc::now() - chrono::TimeDelta::days(32);
    let query = [
        ("project_id".to_owned(), project.to_owned()),
        ("start_date".to_owned(), start.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)),
    ];
    let stats = client.get("/v1/audit/stats", &query).await.context("cannot count the events")?;
    stats["total"].as_u64().context("the server did not answer with a number of events")
}

/// Waits until sentinel has seen what the story has for it to see.
pub(crate) async fn alarmed(client: &Client, made: &Made) -> anyhow::Result<()> {
    let until = Instant::now() + PATIENCE;
    for (project, rule_type) in ALARMS {
        let id = made.project(project)?.id.clone();
        // Among many events some of the ordinary errors alarm somebody too.
        let query = [("project_id".to_owned(), id), ("limit".to_owned(), INCIDENTS.to_owned())];
        loop {
            let incidents = client.get("/v1/anomaly/incidents", &query).await?;
            let incidents =
                incidents["data"].as_array().context("the server did not answer with incidents")?;
            if incidents.iter().any(|incident| incident["rule_type"] == rule_type) {
                break;
            }
            if Instant::now() > until {
                bail!("sentinel found no {rule_type} in {}", project.slug());
            }
            sleep(PAUSE).await;
        }
    }
    Ok(())
}
