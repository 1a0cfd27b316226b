//! Fills an installation through its public interfaces. In: addresses, a login, a plan. Out: what was made.

mod events;
mod keeping;
mod keys;
mod people;
mod settle;
mod showing;
mod watching;

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Context as _;
use bataudit_service::Secret;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::state::{Login, State};
use super::story::{PROJECTS, Project};
use crate::client::http::{self, Client};

pub(crate) use events::{Gateway, past};
pub(crate) use settle::{alarmed, settled};

/// Pause before something is asked again.
const PAUSE: Duration = Duration::from_millis(100);

/// What was made.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Made {
    /// The projects with events.
    pub(crate) projects: Vec<MadeProject>,
    /// A key of the project that every installation starts with, which stays empty.
    pub(crate) empty_project_key: Option<String>,
    /// The link of somebody who is invited.
    pub(crate) invite_token: String,
    /// The code of a screen that nobody activated; it is good for ten minutes.
    pub(crate) screen_code: String,
    /// Port of what webhooks and monitors find at their other end.
    pub(crate) sinks_port: u16,
}

/// A project.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct MadeProject {
    pub(crate) slug: String,
    pub(crate) name: String,
    pub(crate) id: String,
    /// Key of its services.
    pub(crate) key: String,
    /// Key of its front end.
    pub(crate) browser_key: Option<String>,
    /// Events of the past.
    pub(crate) events: u64,
}

impl Made {
    /// The project of the story.
    pub(super) fn project(&self, project: Project) -> anyhow::Result<&MadeProject> {
        let found = self.projects.iter().find(|made| made.slug == project.slug());
        found.with_context(|| format!("the project {} is not there", project.slug()))
    }
}

/// A session of somebody.
pub(crate) async fn log_in(api: SocketAddr, login: &Login) -> anyhow::Result<Client> {
    let url = http::address(&format!("http://{api}"))?;
    let nobody = Client::new(url.clone(), Secret::new(""), None)?;
    let body = json!({"email": login.email, "password": login.password});
    let answer = nobody.post("/v1/auth/login", &body).await.context("cannot log in as the owner")?;
    Client::new(url, Secret::new(text(&answer, "token")?), None)
}

/// All that must be there before the first event. `sinks` is where webhooks and monitors lead.
pub(crate) async fn before(
    client: &Client,
    state: &State,
    spare: Option<String>,
    sinks: SocketAddr,
) -> anyhow::Result<Made> {
    let mut made = Made { empty_project_key: spare, sinks_port: sinks.port(), ..Made::default() };
    for project in PROJECTS {
        made.projects.push(keys::project(client, project, state).await?);
    }
    keeping::all(client, &made).await?;
    watching::webhooks(client, &made, sinks).await?;
    watching::monitors(client, &made, sinks, state.nasty).await?;
    made.invite_token = people::all(client, &made, state).await?;
    made.screen_code = showing::screens(client, &made, state.nasty).await?;
    showing::reports(client, &made, state.nasty).await?;
    Ok(made)
}

/// What is made of the events, once they are there.
pub(crate) async fn after(client: &Client, made: &Made, is_live: bool) -> anyhow::Result<()> {
    watching::rules(client, made, is_live).await?;
    showing::queries(client).await
}

/// A text of an answer.
fn text(answer: &Value, field: &str) -> anyhow::Result<String> {
    let found = answer[field].as_str().map(str::to_owned);
    found.with_context(|| format!("the server's answer has no {field}"))
}
