//! A line whose store holds many events, and what people ask of it. In: how many. Out: requests and how long each took.
//!
//! [`seed`] fills the store past the gateway, [`catalogue`] says what is asked, [`ask`] asks it by the clock.

pub mod ask;
pub mod catalogue;
pub mod engine;
pub mod seed;

use anyhow::{Context as _, ensure};
use serde_json::{Value, json};

use crate::line::Line;

/// What the requests are about.
pub struct Place {
    /// The running line; only its API is asked.
    pub line: Line,
    /// The project with half of all events.
    pub project: String,
    /// Token of a screen of the wallboard.
    pub screen: String,
    /// An event of it, as the API tells it.
    pub event: Value,
    /// A cursor in the middle of its events.
    pub deep: String,
    /// Ids of a named session and of one that follows from gaps.
    pub sessions: [String; 2],
}

impl Place {
    /// Starts a line, fills its store with `events` and stops what would do something beside the API.
    ///
    /// # Errors
    /// When a count is wrong, or the API does not answer.
    pub async fn with(label: &'static str, events: u64) -> anyhow::Result<Self> {
        let mut line = Line::gateway(label, &[]).await?;
        line.stack.sentinel.process.stop(crate::line::STOPPED).await;
        let projects = seed::fill(&line, events).await?;
        let project = projects.first().context("no project")?.clone();
        let screen = screen(&line).await?;
        let middle = chrono::Utc::now() - chrono::Duration::days(15);
        let middle = middle.format("%Y-%m-%dT%H:%M:%SZ");
        let found =
            get(&line, &format!("/v1/audit?project_id={project}&limit=100&end_date={middle}")).await?;
        let deep = text(&found["pagination"]["next_cursor"])?;
        // One with everything a filter can ask for: somebody's, with a body.
        let posts = get(&line, &format!("/v1/audit?project_id={project}&limit=100&method=POST")).await?;
        let is_somebody = |event: &&Value| event["identifier"].as_str().is_some_and(|who| !who.is_empty());
        let events = posts["data"].as_array().context("no events")?;
        let id = text(&events.iter().find(is_somebody).context("nobody posts")?["id"])?;
        let event = get(&line, &format!("/v1/audit/{id}")).await?;
        let sessions =
            [session(&line, &project, "explicit").await?, session(&line, &project, "derived").await?];
        Ok(Self { project, screen, event, deep, sessions, line })
    }

    /// A field of the event.
    #[must_use]
    pub fn field(&self, name: &str) -> String {
        let value = self.event[name].as_str().unwrap_or_default();
        value.bytes().fold(String::new(), |text, byte| text + &format!("%{byte:02X}"))
    }
}

async fn get(line: &Line, path: &str) -> anyhow::Result<Value> {
    let answer = line.application.owner.try_get(path).await.map_err(anyhow::Error::msg)?;
    ensure!(answer.status == 200, "{path} was answered with {}", answer.status);
    Ok(serde_json::from_str(&answer.body)?)
}

async fn screen(line: &Line) -> anyhow::Result<String> {
    let api = &line.application.owner;
    let made = api.post("/v1/wallboard/token", &json!({"project_id": null, "name": "bench"})).await;
    let code = json!({"code": made.expect(200).json()["code"]});
    text(&api.post("/v1/wallboard/activate", &code).await.expect(200).json()["access_token"])
}

async fn session(line: &Line, project: &str, kind: &str) -> anyhow::Result<String> {
    let found = get(line, &format!("/v1/audit/sessions?project_id={project}")).await?;
    let sessions = found["data"].as_array().context("no sessions")?;
    let found = sessions.iter().find(|session| session["kind"] == kind);
    text(&found.with_context(|| format!("no {kind} session"))?["session_id"])
}

fn text(value: &Value) -> anyhow::Result<String> {
    value.as_str().map(str::to_owned).with_context(|| format!("{value} is no text"))
}
