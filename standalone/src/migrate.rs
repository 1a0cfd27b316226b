//! `bataudit migrate`: prepares the stores of a deployment, once before its services start.
//!
//! In: the same environment as the services. Out: schema, control store and topics up to date, and the first owner
//! and project when a password for the owner is given. Safe to repeat and to run twice at once.

use std::time::Duration;

use anyhow::Context as _;
use bataudit_control::first_start::{OwnerConfig, ensure_owner};
use bataudit_control::projects::{self, NewProject};
use bataudit_control::{Error, Store, users};
use bataudit_service::telemetry::LogConfig;
use bataudit_service::{Env, Field};
use tracing::info;

use crate::stores::Stores;
use crate::up::first_start::{PROJECT_NAME, PROJECT_SLUG};

/// How long services may take to come up.
pub(crate) const WAIT_MS: Field = Field::new(
    "BATAUDIT_MIGRATE_WAIT_MS",
    "60000",
    "How long `bataudit migrate` waits for ClickHouse, Kafka and the control store to answer, in milliseconds.",
);

/// The variables read here only.
pub(crate) const FIELDS: &[&Field] = &[&WAIT_MS];

/// Migrates, and returns when all is up to date.
pub(crate) fn run() -> anyhow::Result<()> {
    let mut env = Env::from_process();
    let log = LogConfig::from_env(&mut env);
    let stores = Stores::from_env(&mut env);
    let owner = OwnerConfig::from_env(&mut env);
    let wait: Duration = env.millis(&WAIT_MS);
    env.finish()?;
    log.start();

    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        let store = stores.prepare(wait).await?;
        // Without a password there is nobody to show a generated one to.
        if owner.password.is_some() {
            first_owner(&store, &owner).await?;
        }
        store.close().await;
        info!("Everything is up to date.");
        Ok(())
    })
}

async fn first_owner(store: &Store, config: &OwnerConfig) -> anyhow::Result<()> {
    if ensure_owner(store, config).await.context("cannot create the first owner")?.is_some() {
        info!("Created the first owner.");
    }
    if !projects::all(store).await?.is_empty() {
        return Ok(());
    }
    let owner = users::by_email(store, &config.email).await?;
    let created_by = owner.as_ref().map(|owner| owner.id.as_str());
    match projects::create(store, NewProject { name: PROJECT_NAME, slug: PROJECT_SLUG, created_by }).await {
        Ok(_) => info!("Created the first project."),
        // Another run was faster.
        Err(Error::Conflict { .. }) => {}
        Err(error) => return Err(error).context("cannot create the first project"),
    }
    Ok(())
}
