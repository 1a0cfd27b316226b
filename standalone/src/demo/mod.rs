//! `bataudit demo`: a whole installation with thirty days of a made-up company in it, and a stream that goes on.
//!
//! In: how much, and from which seed. Out: what `bataudit up` runs, filled by the public interfaces only: people,
//! projects and keys through the API as a user would make them, events through ingest as an application would post
//! them. The folder says how far it is, so that no start fills it twice.
//!
//! `story` makes events up, `fill` sends them and makes the rest, `live` goes on, `report` says what there is.

mod damaged;
mod fill;
mod live;
mod report;
mod sinks;
mod state;
mod story;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use bataudit_control::clock::now_ms;
use bataudit_control::first_start;
use bataudit_service::{Env, Field, Secret};
use tokio::time::Instant;
use tracing::info;

use crate::cli::Demo;
use crate::up::guest::{Guest, Ready};
use crate::up::{self, DataLock};
use fill::Gateway;
use report::Report;
use sinks::Sinks;
use state::State;
use story::Plan;

/// What the demo prefers where the environment says nothing: it is for looking around on this machine.
const PREFERRED: [(&Field, &str); 3] = [
    (&bataudit_ingest::config::ADDRESS, "127.0.0.1:8081"),
    (&bataudit_query_api::config::ADDRESS, "127.0.0.1:8082"),
    // So that somebody who watches does not wait for what just happened.
    (&bataudit_sentinel::EVALUATE_SECONDS, "2"),
];

/// Runs the demo until a signal.
pub(crate) fn run(asked: &Demo) -> anyhow::Result<()> {
    let data = up::open_data(&asked.data)
        .with_context(|| format!("cannot use the data folder {}", asked.data.display()))?;
    let state = prepare(asked, &data)?;
    let env = environment(Env::from_process(), &state);
    let asked = asked.clone();
    let guest: Guest = Box::new(move |ready| Box::pin(welcome(asked, state, ready)));
    up::run(env, Some(data), Some(guest))
}

/// Where the demo in the folder is, or a new one. Touches no folder that a demo did not make.
fn prepare(asked: &Demo, data: &Path) -> anyhow::Result<State> {
    let is_empty = std::fs::read_dir(data)?.next().is_none();
    if !is_empty && !State::is_there(data) {
        bail!(
            "{} holds something that no demo made; nothing was changed. Choose another folder with --data",
            data.display()
        );
    }
    let _lock = DataLock::take(data)?;
    if asked.fresh {
        clear(data)?;
    }
    let state = match State::read(data)? {
        // Earlier starts that got nowhere left nothing behind.
        Some(state) if state.made.is_some() || data.join("control.db").exists() => {
            check(asked, &state, data)?;
            state
        }
        _ => State::new(asked, now_ms()),
    };
    state.write(data)?;
    Report::forget(data)?;
    Ok(state)
}

/// The environment with what the demo needs and prefers.
fn environment(env: Env, state: &State) -> Env {
    let env = PREFERRED.into_iter().fold(env, |env, (field, value)| up::or(env, field, value));
    let env = with_loopback(env);
    let owner = &state.people[0];
    env.with(&first_start::OWNER_EMAIL, owner.email.as_str())
        .with(&first_start::OWNER_NAME, owner.name.as_str())
        .with(&first_start::OWNER_PASSWORD, owner.password.as_str())
}

/// Lets webhooks and monitors reach the demo's own server, besides what is allowed anyway.
fn with_loopback(mut env: Env) -> Env {
    let allowed = env.optional(&bataudit_sentinel::ALLOWED_NETWORKS);
    let allowed = allowed.map(|allowed| format!("{allowed},")).unwrap_or_default();
    env.with(&bataudit_sentinel::ALLOWED_NETWORKS, format!("{allowed}127.0.0.1/32"))
}

/// Fills the installation unless it is, tells what there is, and goes on.
async fn welcome(asked: Demo, mut state: State, ready: Ready) -> anyhow::Result<()> {
    let sinks = Sinks::open(state.made.as_ref().map(|made| made.sinks_port)).await?;
    let at = sinks.address;
    let demo = async {
        let plan = Arc::new(Plan::new(state.terms()));
        let gateway = Gateway::new(ready.ingest)?;
        let made = match state.made.take() {
            Some(made) => made,
            None => fill(&asked, &state, &ready, &gateway, &plan, at).await?,
        };
        state.made = Some(made.clone());
        state.write(&ready.data)?;
        let report = Report::new(&state, &made, &ready);
        report.write(&ready.data)?;
        report.show(asked.json)?;
        if !asked.no_live {
            live::run(&gateway, &made, &plan).await?;
        }
        std::future::pending::<anyhow::Result<()>>().await
    };
    tokio::select! {
        ended = demo => ended,
        ended = sinks.serve() => ended,
    }
}

/// Fills an empty installation.
async fn fill(
    asked: &Demo,
    state: &State,
    ready: &Ready,
    gateway: &Gateway,
    plan: &Arc<Plan>,
    sinks: SocketAddr,
) -> anyhow::Result<fill::Made> {
    let began = Instant::now();
    let client = fill::log_in(ready.query_api, &state.people[0]).await?;
    let spare = ready.unshown.as_ref().and_then(|unshown| unshown.api_key.clone());
    let made = fill::before(&client, state, spare, sinks).await?;
    gateway.takes(&made).await?;
    info!(millis = began.elapsed().as_millis(), "The demo's projects, people and keys are there.");
    damage(ready, &made).await?;
    let made = fill::past(gateway, made, plan).await?;
    info!(millis = began.elapsed().as_millis(), "The demo's events are accepted.");
    fill::settled(&client, &made).await?;
    info!(millis = began.elapsed().as_millis(), "The demo's events are stored.");
    fill::after(&client, &made, !asked.no_live).await?;
    if plan.has_troubles() {
        fill::alarmed(&client, &made).await?;
    }
    info!(millis = began.elapsed().as_millis(), "The demo is filled.");
    Ok(made)
}

/// Has dead letters written, in the project of the shop.
async fn damage(ready: &Ready, made: &fill::Made) -> anyhow::Result<()> {
    let project = made.project(story::Project::Shop)?.id.parse().context("the project's id is no UUID")?;
    damaged::publish(&ready.kafka, &ready.topics, project).await.context("cannot write to the broker")
}

/// An existing demo goes on as it began.
fn check(asked: &Demo, state: &State, data: &Path) -> anyhow::Result<()> {
    let folder = data.display();
    if state.made.is_none() {
        bail!("an earlier demo was ended before {folder} was filled: begin anew with --fresh");
    }
    if !state.is_of(asked) {
        bail!(
            "the demo in {folder} was made with --events {} --seed {}{}{}: name the same, or begin anew with --fresh",
            state.events,
            state.seed,
            if state.fixed_rhythm { " --fixed-rhythm" } else { "" },
            if state.nasty { " --nasty" } else { "" },
        );
    }
    Ok(())
}

/// Removes all that an earlier demo left, but the lock that is held.
fn clear(data: &Path) -> anyhow::Result<()> {
    for entry in std::fs::read_dir(data)? {
        let path = entry?.path();
        let removed = match path.file_name() {
            Some(name) if name == up::LOCK_FILE => Ok(()),
            _ if path.is_dir() => std::fs::remove_dir_all(&path),
            _ => std::fs::remove_file(&path),
        };
        removed.with_context(|| format!("cannot remove {}", path.display()))?;
    }
    Ok(())
}

/// How long something may take before the demo gives up on it.
const PATIENCE: Duration = Duration::from_secs(300);

/// A password nobody guesses.
fn password() -> Secret {
    Secret::new(hex::encode(rand::random::<[u8; 8]>()))
}
