//! Heap allocations, counted in a process of their own by an allocator that counts: the gateway and
//! the bare sink under the same requests, and the processor's way from record to block.
//!
//! What the Kafka client allocates in C is not counted.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use bataudit_e2e::process::{self, Launch};
use serde::{Deserialize, Serialize};

use crate::catalogue::{Extent, Measured};
use crate::line::{Line, own_binary};

const ENDS: Duration = Duration::from_secs(120);

/// What the counting process found.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Counted {
    /// Allocations and reallocations.
    pub allocations: u64,
    /// Events they were made for.
    pub events: u64,
}

impl Counted {
    fn per_event(self) -> f64 {
        self.allocations as f64 / self.events as f64
    }
}

/// G14.
///
/// # Errors
/// When the counting process fails.
pub async fn run(extent: Extent) -> anyhow::Result<Vec<Measured>> {
    let line = Line::gateway("bench_allocations", &[]).await?;
    let seconds = extent.seconds(3.0);
    let batch = beyond_axum(&line, 100, seconds).await?;
    let single = beyond_axum(&line, 1, seconds).await?;
    let processor = count(&line, "processor", 100, seconds).await?;
    let note = format!("{} in {} events", processor.allocations, processor.events);
    Ok(vec![
        Measured::of(("G14", "gateway"), batch.0).noting(batch.1),
        Measured::of(("G14", "processor"), processor.per_event()).noting(note),
        Measured::of(("G14", "single"), single.0).noting(single.1),
    ])
}

/// Allocations of the gateway for each event, less those of a server that only takes the request; and what both did for
/// each request.
async fn beyond_axum(line: &Line, per_request: usize, seconds: f64) -> anyhow::Result<(f64, String)> {
    let ours = count(line, "gateway", per_request, seconds).await?.per_event();
    let bare = count(line, "sink", per_request, seconds).await?.per_event();
    let requests = per_request as f64;
    Ok((ours - bare, format!("{:.1} a request against {:.1}", ours * requests, bare * requests)))
}

async fn count(line: &Line, what: &str, per_request: usize, seconds: f64) -> anyhow::Result<Counted> {
    let key = line.application.gateway.key.as_str();
    let arguments = [what, &per_request.to_string(), &seconds.to_string(), key];
    let log: PathBuf = line.log("allocations");
    let launch = Launch {
        name: "allocations".to_owned(),
        binary: own_binary("bataudit-bench-allocations")?,
        arguments: arguments.iter().map(Into::into).collect(),
        env: environment(line),
        log,
    };
    let (success, written) = process::run(launch, ENDS).await;
    ensure!(success, "counting failed: {written}");
    let counted = written.lines().last().and_then(|last| serde_json::from_str(last).ok());
    counted.with_context(|| format!("the counting process wrote {written}"))
}

fn environment(line: &Line) -> BTreeMap<String, String> {
    line.stack.starter().env.clone()
}
