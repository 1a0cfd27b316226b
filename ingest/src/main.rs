//! `bataudit-ingest`: the gateway as a process of its own.

use std::process::ExitCode;

use bataudit_ingest::config::ADMIN;
use bataudit_ingest::{Config, METRICS};
use bataudit_service::process;

#[tokio::main]
async fn main() -> ExitCode {
    let metrics = [METRICS, bataudit_trace::METRICS];
    process::run(&bataudit_ingest::about(), &ADMIN, &metrics, Config::from_env, bataudit_ingest::run).await
}
