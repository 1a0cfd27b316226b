//! The whole line under all the load it takes, everything on the same cores: from the first post until
//! the last event is countable.

use std::time::{Duration, Instant};

use anyhow::ensure;

use crate::catalogue::{Extent, Measured};
use crate::cpu;
use crate::line::Line;
use crate::load::Load;
use crate::rounds::Rounds;

/// The original's best end to end, in events a second; measured once on the machine type of the
/// figures.
const ORIGINAL: f64 = 2_138.0;
const STORED: Duration = Duration::from_secs(300);

/// G10 and G25.
///
/// # Errors
/// When an accepted event is not stored, or the run is void.
pub async fn run(extent: Extent) -> anyhow::Result<Vec<Measured>> {
    let line = Line::start("bench_flow", &[]).await?;
    let load = Load { per_request: 100, connections: 32, seconds: extent.seconds(8.0), ..line.load()? };
    let (mut rates, mut cpus, mut stored) = (Rounds::default(), Rounds::default(), 0);
    for _ in 0..extent.rounds {
        let before = used(&line)?;
        let began = Instant::now();
        let outcome = load.run(line.log("load")).await?;
        ensure!(outcome.refused == 0, "{outcome:?}");
        stored += outcome.events;
        line.stored_when(stored, STORED).await?;
        rates.push(outcome.events as f64 / began.elapsed().as_secs_f64());
        cpus.push((used(&line)? - before).as_micros() as f64 / outcome.events as f64);
    }
    Ok(vec![
        Measured::of(("G10", ""), rates.map(|rate| rate / ORIGINAL))
            .noting(format!("{:.0} events/s", rates.median())),
        Measured::of(("G25", ""), cpus),
    ])
}

fn used(line: &Line) -> anyhow::Result<Duration> {
    Ok(cpu::of(line.gateway_pid())? + cpu::of(line.processor_pid())?)
}
