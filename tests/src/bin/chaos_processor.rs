//! The processor with crash points compiled in, for fault injection. The same code as the processor's
//! own binary, which has none.

use std::process::ExitCode;

use bataudit_processor::config::ADMIN_ADDRESS;
use bataudit_processor::{Config, METRICS};
use bataudit_service::process;

#[tokio::main]
async fn main() -> ExitCode {
    let (about, metrics) = (bataudit_processor::about(), [METRICS, bataudit_trace::METRICS]);
    process::run(&about, &ADMIN_ADDRESS, &metrics, Config::from_env, bataudit_processor::run).await
}
