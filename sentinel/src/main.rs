//! The sentinel process: what it reads from the environment, and the control store it opens.

use std::process::ExitCode;

use anyhow::Context as _;
use bataudit_control::Store;
use bataudit_sentinel::{ADMIN, Config, METRICS};
use bataudit_service::process;

#[tokio::main(worker_threads = 2)]
async fn main() -> ExitCode {
    let about = bataudit_sentinel::about();
    process::run(&about, &ADMIN, &[METRICS], Config::from_env, |config, health, shutdown| async move {
        let store = Store::connect(&config.control).await.context("cannot open the control store")?;
        bataudit_sentinel::run(config, store, health, shutdown).await?;
        anyhow::Ok(())
    })
    .await
}
