//! What watches: webhooks, monitors and rules.

use std::net::SocketAddr;

use anyhow::{Context as _, bail};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::super::story::{NASTY_TEXT, Project};
use super::super::{PATIENCE, sinks};
use super::{Made, PAUSE, text};
use crate::client::http::Client;

const WEBHOOKS: &str = "/v1/notifications/webhooks";
const RULES: &str = "/v1/anomaly/rules";

/// Webhooks: one that takes what it gets, one that fails, one that is paused.
pub(super) async fn webhooks(client: &Client, made: &Made, sinks: SocketAddr) -> anyhow::Result<()> {
    for project in &made.projects {
        let hook = json!({"project_id": project.id, "url": sinks::url(sinks, "/hooks/alerts")});
        webhook(client, hook).await?;
    }
    let shop = &made.project(Project::Shop)?.id;
    let broken = sinks::url(sinks, "/hooks/broken");
    let broken = webhook(client, json!({"project_id": shop, "type": "slack", "url": broken})).await?;
    let test = format!("{WEBHOOKS}/{}/test", text(&broken, "id")?);
    client.post(&test, &json!({})).await.context("cannot test a webhook")?;
    let paused =
        json!({"project_id": shop, "type": "discord", "url": "https://discord.example/api/webhooks/1/x"});
    let paused = text(&webhook(client, paused).await?, "id")?;
    client
        .put(&format!("{WEBHOOKS}/{paused}"), &json!({"active": false}))
        .await
        .context("cannot pause a webhook")?;
    Ok(())
}

async fn webhook(client: &Client, body: Value) -> anyhow::Result<Value> {
    client.post(WEBHOOKS, &body).await.context("cannot make a webhook")
}

/// Monitors: up, flapping, down, paused. One named as a service tells of its health beside its events.
pub(super) async fn monitors(
    client: &Client,
    made: &Made,
    sinks: SocketAddr,
    nasty: bool,
) -> anyhow::Result<()> {
    let all = [
        (Project::Shop, "shop-web", "/status/up", true),
        (Project::Shop, "shop-api", "/status/up", true),
        (Project::Shop, "Payments sandbox", "/status/flapping", true),
        (Project::Billing, "billing-api", "/status/up", true),
        (Project::Billing, "Archive of invoices", "/status/down", true),
        (Project::Identity, "identity-api", "/status/up", true),
        (Project::Mobile, "mobile-backend", "/status/up", true),
        (Project::Mobile, if nasty { NASTY_TEXT } else { "Push relay" }, "/status/up", false),
    ];
    for (project, name, path, enabled) in all {
        let body = json!({
            "project_id": made.project(project)?.id, "name": name, "url": sinks::url(sinks, path),
            "interval_seconds": 10, "timeout_seconds": 5, "enabled": enabled,
        });
        client.post("/v1/monitors", &body).await.context("cannot make a monitor")?;
    }
    Ok(())
}

/// Rules of our own beside those that every project starts with. Where nothing follows the past, nobody is to be told
/// that the services are silent.
pub(super) async fn rules(client: &Client, made: &Made, is_live: bool) -> anyhow::Result<()> {
    let shop = &made.project(Project::Shop)?.id;
    let tight = json!({
        "project_id": shop, "rule_type": "error_rate", "threshold": 15, "window_seconds": 600,
        "service_name": "shop-api", "environment": "production",
    });
    let paused = json!({
        "project_id": shop, "rule_type": "volume_spike", "threshold": 6, "environment": "staging", "active": false,
    });
    for rule in [tight, paused] {
        client.post(RULES, &rule).await.context("cannot make a rule")?;
    }
    if !is_live {
        for project in &made.projects {
            for rule in started_with(client, &project.id).await? {
                if rule["rule_type"] == "silent_service" {
                    let path = format!("{RULES}/{}", text(&rule, "id")?);
                    client.put(&path, &json!({"active": false})).await.context("cannot pause a rule")?;
                }
            }
        }
    }
    Ok(())
}

/// The rules of a project, once it has those that sentinel gives every new one.
async fn started_with(client: &Client, project: &str) -> anyhow::Result<Vec<Value>> {
    let until = Instant::now() + PATIENCE;
    loop {
        let rules = client.get(RULES, &[("project_id".to_owned(), project.to_owned())]).await?;
        let rules = rules.as_array().context("the server did not answer with rules")?;
        if rules.iter().any(|rule| rule["rule_type"] == "silent_service") {
            return Ok(rules.clone());
        }
        if Instant::now() > until {
            bail!("sentinel gave the project {project} no rules");
        }
        sleep(PAUSE).await;
    }
}
