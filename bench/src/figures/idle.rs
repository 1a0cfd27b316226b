//! What an installation holds in memory when nobody uses it.

use std::time::Duration;

use bataudit_e2e::embedded::Installation;
use bataudit_e2e::process::resident_bytes;

use crate::catalogue::{Extent, Measured};
use crate::line::Line;

const MIB: f64 = 1_048_576.0;

/// G26.
///
/// # Errors
/// When a process is gone.
pub async fn run(extent: Extent) -> anyhow::Result<Vec<Measured>> {
    let settle = Duration::from_secs_f64(extent.seconds(15.0));
    let installation = Installation::new("bench_idle_up");
    let up = installation.up().await;
    tokio::time::sleep(settle).await;
    let all = up.resident_bytes() as f64 / MIB;
    drop(up);
    let line = Line::start("bench_idle", &[]).await?;
    tokio::time::sleep(settle).await;
    let mib = |pid| resident_bytes(pid).unwrap_or_default() as f64 / MIB;
    Ok(vec![
        Measured::of(("G26", "all"), all).noting("bataudit up with its broker and engine"),
        Measured::of(("G26", "ingest"), mib(line.gateway_pid())),
        Measured::of(("G26", "processor"), mib(line.processor_pid())),
    ])
}
