//! Projects and their API keys: one in use, one of a front end, one that ends soon, one that was rotated, one that
//! nobody remembers.

use anyhow::Context as _;
use chrono::{DateTime, SecondsFormat, TimeDelta};
use serde_json::{Value, json};

use super::super::state::State;
use super::super::story::{NASTY_TEXT, Project};
use super::{MadeProject, text};
use crate::client::http::Client;

const KEYS: &str = "/v1/auth/api-keys";

/// Makes a project with its keys.
pub(super) async fn project(client: &Client, project: Project, state: &State) -> anyhow::Result<MadeProject> {
    let name = match (state.nasty, project) {
        (true, Project::Mobile) => format!("{} {NASTY_TEXT}", project.name()),
        _ => project.name().to_owned(),
    };
    let body = json!({"name": name, "slug": project.slug()});
    let made = client.post("/v1/auth/projects", &body).await;
    let made = made.with_context(|| format!("cannot make the project {}", project.slug()))?;
    let id = text(&made, "id")?;
    let key = create(client, json!({"project_id": id, "name": "services"})).await?;
    let browser_key = match project.origin() {
        Some(origin) => {
            let body =
                json!({"project_id": id, "name": "front end", "scope": "browser", "origins": [origin]});
            Some(text(&create(client, body).await?, "key")?)
        }
        None => None,
    };
    others(client, project, &id, state).await?;
    Ok(MadeProject {
        slug: project.slug().to_owned(),
        name,
        id,
        key: text(&key, "key")?,
        browser_key,
        events: 0,
    })
}

/// Keys to look at.
async fn others(client: &Client, project: Project, id: &str, state: &State) -> anyhow::Result<()> {
    match project {
        Project::Shop => {
            let rotated = create(client, json!({"project_id": id, "name": "warehouse"})).await?;
            let path = format!("{KEYS}/{}/rotate", text(&rotated, "id")?);
            client.post(&path, &json!({"overlap_hours": 24})).await.context("cannot rotate a key")?;
        }
        Project::Billing => {
            create(client, json!({"project_id": id, "name": "legacy export (2019), does anybody use this?"}))
                .await?;
            let end =
                DateTime::from_timestamp_millis(state.now).context("no such moment")? + TimeDelta::days(6);
            let end = end.to_rfc3339_opts(SecondsFormat::Millis, true);
            create(
                client,
                json!({"project_id": id, "name": "auditors, until the report", "expires_at": end}),
            )
            .await?;
        }
        Project::Identity => {
            let limited = json!({"project_id": id, "name": "partner gateway", "rate": {"per_second": 200, "burst": 5000}});
            create(client, limited).await?;
            let revoked = create(client, json!({"project_id": id, "name": "leaked in a ticket"})).await?;
            client
                .delete(&format!("{KEYS}/{}", text(&revoked, "id")?))
                .await
                .context("cannot revoke a key")?;
        }
        Project::Mobile => {}
    }
    Ok(())
}

async fn create(client: &Client, body: Value) -> anyhow::Result<Value> {
    client.post(KEYS, &body).await.context("cannot make an API key")
}
