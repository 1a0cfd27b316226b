//! Events to ingest, in batches, as an application sends them.
//!
//! The newest come first: the pages have something to show after a second, and no service looks silent while older
//! events are still on their way.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use reqwest::StatusCode;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use super::super::PATIENCE;
use super::super::story::{DemoEvent, PROJECTS, Plan, Project};
use super::{Made, MadeProject, PAUSE};

/// Events of a request.
const PER_REQUEST: usize = 1_000;
/// Requests at one time.
const AT_ONCE: usize = 3;
/// How long a request may take.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Ingest, as applications reach it.
#[derive(Debug, Clone)]
pub(crate) struct Gateway {
    http: reqwest::Client,
    url: String,
}

/// Events for one key.
type Destination = (Project, bool);

impl Gateway {
    /// The gateway at this address; nothing is sent yet.
    pub(crate) fn new(address: SocketAddr) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder().timeout(TIMEOUT).build()?;
        Ok(Self { http, url: format!("http://{address}/v1/audit/batch") })
    }

    /// Waits until every key is known there, which takes up to a second.
    pub(crate) async fn takes(&self, made: &Made) -> anyhow::Result<()> {
        let until = Instant::now() + PATIENCE;
        for project in PROJECTS {
            for is_browser in [false, true] {
                if is_browser && project.origin().is_none() {
                    continue;
                }
                // An empty batch is refused for what it lacks, not for who sends it.
                while self.post(made, (project, is_browser), "[]".into()).await?.0 != StatusCode::BAD_REQUEST
                {
                    if Instant::now() > until {
                        bail!("ingest does not know the new API keys");
                    }
                    sleep(PAUSE).await;
                }
            }
        }
        Ok(())
    }

    /// Posts events of any projects.
    pub(crate) async fn post_all(&self, made: &Made, events: Vec<DemoEvent>) -> anyhow::Result<()> {
        for (destination, events) in sorted(events) {
            for batch in events.chunks(PER_REQUEST) {
                self.accept(made, destination, batch).await?;
            }
        }
        Ok(())
    }

    /// Posts events of one project, and again when ingest was too busy to take any.
    async fn accept(
        &self,
        made: &Made,
        destination: Destination,
        events: &[DemoEvent],
    ) -> anyhow::Result<()> {
        let body = serde_json::to_vec(events)?;
        let until = Instant::now() + PATIENCE;
        loop {
            let (status, answer) = self.post(made, destination, body.clone()).await?;
            match status {
                StatusCode::ACCEPTED => return Ok(()),
                StatusCode::SERVICE_UNAVAILABLE if was_not_sent(&answer) && Instant::now() < until => {
                    sleep(PAUSE).await
                }
                _ => bail!(
                    "ingest answered {status} to events of {}: {}",
                    destination.0.slug(),
                    sentence(&answer)
                ),
            }
        }
    }

    async fn post(
        &self,
        made: &Made,
        (project, is_browser): Destination,
        body: Vec<u8>,
    ) -> anyhow::Result<(StatusCode, serde_json::Value)> {
        let MadeProject { key, browser_key, .. } = made.project(project)?;
        let mut request = self.http.post(&self.url).header("Content-Type", "application/json");
        request = match (browser_key, project.origin()) {
            (Some(key), Some(origin)) if is_browser => {
                request.header("X-API-Key", key).header("Origin", origin)
            }
            _ => request.header("X-API-Key", key),
        };
        let answer = request.body(body).send().await.context("ingest does not answer")?;
        let status = answer.status();
        Ok((status, answer.json().await.unwrap_or_default()))
    }
}

/// Whether ingest says that nothing of a request reached the broker, so that it may be posted again.
fn was_not_sent(answer: &serde_json::Value) -> bool {
    matches!(answer["reason"].as_str(), Some("overloaded" | "unavailable" | "keys_not_loaded"))
}

fn sentence(answer: &serde_json::Value) -> &str {
    answer["error"].as_str().unwrap_or("no reason was given")
}

/// Events by the key they are posted with.
fn sorted(events: Vec<DemoEvent>) -> BTreeMap<Destination, Vec<DemoEvent>> {
    let mut sorted: BTreeMap<Destination, Vec<DemoEvent>> = BTreeMap::new();
    for event in events {
        sorted.entry((event.project, event.is_of_browser())).or_default().push(event);
    }
    sorted
}

/// Posts the past, and tells how many events each project has.
pub(crate) async fn past(gateway: &Gateway, mut made: Made, plan: &Arc<Plan>) -> anyhow::Result<Made> {
    let mut counts: BTreeMap<Project, u64> = BTreeMap::new();
    let mut waiting: BTreeMap<Destination, Vec<DemoEvent>> = BTreeMap::new();
    let mut sending = JoinSet::new();
    let shared = Arc::new(made.clone());
    let hours: Vec<i32> = plan.hours().collect();
    let last = hours.last().copied().unwrap_or_default();
    for hour in hours {
        for (destination, events) in sorted(plan.hour(hour)) {
            *counts.entry(destination.0).or_default() += events.len() as u64;
            waiting.entry(destination).or_default().extend(events);
        }
        for (destination, events) in &mut waiting {
            // All of the first hour at once, so that every service is seen alive.
            while events.len() >= PER_REQUEST || (matches!(hour, 0) || hour == last) && !events.is_empty() {
                let rest = events.split_off(events.len().min(PER_REQUEST));
                let batch = std::mem::replace(events, rest);
                while sending.len() >= AT_ONCE
                    && let Some(sent) = sending.join_next().await
                {
                    sent??;
                }
                let (gateway, made, destination) = (gateway.clone(), shared.clone(), *destination);
                sending.spawn(async move { gateway.accept(&made, destination, &batch).await });
            }
        }
    }
    while let Some(sent) = sending.join_next().await {
        sent??;
    }
    for project in PROJECTS {
        let made = made.projects.iter_mut().find(|made| made.slug == project.slug());
        if let Some(made) = made {
            made.events = counts.get(&project).copied().unwrap_or_default();
        }
    }
    Ok(made)
}
