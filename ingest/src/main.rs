//! `bataudit-ingest`: the gateway as a process of its own.

use std::process::ExitCode;

use bataudit_ingest::config::ADMIN;
use bataudit_ingest::{Config, METRICS};
use bataudit_service::process;
use mimalloc::MiMalloc;

/// Buffers are filled by one thread and given up by another, of every size: what glibc then keeps is up to twice what is
/// in use.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    let metrics = [METRICS, bataudit_trace::METRICS];
    process::run(&bataudit_ingest::about(), &ADMIN, &metrics, Config::from_env, bataudit_ingest::run).await
}
