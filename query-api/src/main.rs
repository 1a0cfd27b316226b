//! The query API as a process of its own. `bataudit-query-api openapi` prints the API's document.

use std::io::Write as _;
use std::process::ExitCode;

use anyhow::Context as _;
use bataudit_control::first_start::{self, OwnerConfig};
use bataudit_control::{Config as ControlConfig, Store};
use bataudit_query_api::config::ADMIN_ADDRESS;
use bataudit_query_api::{Config, METRICS, openapi, run};
use bataudit_service::{Env, Health, Shutdown, process};
use bataudit_store::Connection;

#[tokio::main]
async fn main() -> ExitCode {
    if std::env::args().skip(1).eq(["openapi"]) {
        let printed = std::io::stdout().write_all(openapi::json().as_bytes());
        return printed.map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS);
    }
    let (about, metrics) = (bataudit_query_api::about(), [METRICS, bataudit_trace::METRICS]);
    process::run(&about, &ADMIN_ADDRESS, &metrics, Settings::from_env, serve).await
}

/// Everything the process reads from the environment.
struct Settings {
    api: Config,
    events: Connection,
    control: ControlConfig,
    owner: OwnerConfig,
}

impl Settings {
    fn from_env(env: &mut Env) -> Self {
        Self {
            api: Config::from_env(env),
            events: Connection::from_env(env),
            control: ControlConfig::of_service(env),
            owner: OwnerConfig::from_env(env),
        }
    }
}

async fn serve(settings: Settings, health: Health, shutdown: Shutdown) -> anyhow::Result<()> {
    let control = Store::connect(&settings.control).await.context("the control store")?;
    control.migrate().await?;
    if settings.owner.password.is_some()
        && let Some(created) = first_start::ensure_owner(&control, &settings.owner).await?
    {
        tracing::info!(email = created.user.email, "Created the first owner.");
    }
    let ended = run(&settings.api, &settings.events, control.clone(), health, shutdown).await;
    control.close().await;
    Ok(ended?)
}
