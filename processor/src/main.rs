//! `bataudit-processor`: the processor as a process of its own.

use std::process::ExitCode;

use bataudit_processor::config::ADMIN_ADDRESS;
use bataudit_processor::{Config, METRICS};
use bataudit_service::process;

#[tokio::main]
async fn main() -> ExitCode {
    bataudit_heap::return_large_buffers();
    let (about, metrics) = (bataudit_processor::about(), [METRICS, bataudit_trace::METRICS]);
    process::run(&about, &ADMIN_ADDRESS, &metrics, Config::from_env, bataudit_processor::run).await
}
