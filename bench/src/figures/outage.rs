//! The broker is killed under load and comes back: what the gateway's memory does meanwhile, and
//! whether anything it acknowledged is missing afterwards.

use std::time::Duration;

use anyhow::ensure;
use bataudit_e2e::load::Load as Posts;
use bataudit_e2e::private_kafka::PrivateKafka;
use bataudit_e2e::process::resident_bytes;
use bataudit_e2e::stack::{Plan, Stack};
use bataudit_ingest::config::IN_FLIGHT;
use bataudit_service::Env;

use crate::catalogue::{Extent, Measured};
use crate::cpu;
use crate::line::socket;
use crate::load::Load;

/// Posts a second whose fate is followed one by one.
const FOLLOWED: u32 = 100;
const BEFORE: Duration = Duration::from_secs(20);
const SETTLED: Duration = Duration::from_secs(120);

/// G16.
///
/// # Errors
/// When the gateway cannot be loaded.
pub async fn run(extent: Extent) -> anyhow::Result<Vec<Measured>> {
    let kafka = PrivateKafka::start().await;
    let mut plan = Plan::new("bench_outage");
    plan.kafka = Some(kafka.brokers());
    plan.env = vec![("BATAUDIT_LOG", "info".to_owned())];
    let stack = Stack::start(plan).await;
    let application = stack.application("bench").await;
    let pid = stack.ingests[0].process.pid();
    let idle = resident_bytes(pid).unwrap_or_default() as f64;
    let (address, log) = (socket(&application.gateway.url)?, stack.artifacts.join("load.log"));
    let posts = Posts {
        urls: vec![application.gateway.url.clone()],
        key: application.gateway.key.clone(),
        service: "bench".to_owned(),
        per_second: FOLLOWED,
    };
    let posts = posts.start();
    posts.more(FOLLOWED as usize, BEFORE).await;
    kafka.kill().await;
    // More than the cap at one time, so that it is reached.
    let pressure = Load {
        per_request: 1_000,
        connections: 128,
        seconds: extent.seconds(20.0),
        tolerant: true,
        ..Load::on(address, &application.gateway.key, "pressure")
    };
    let outcome = pressure.run_uncounted(log).await?;
    let peak = cpu::peak_resident_bytes(pid)? as f64;
    kafka.up().await;
    posts.more(FOLLOWED as usize, SETTLED).await;
    // Panics with a sentence when an acknowledged event is missing.
    let verdict = posts.stop().await.settle(&stack.clickhouse, SETTLED).await;
    ensure!(verdict.acknowledged > 0, "{verdict}");
    let cap: u64 = Env::from_pairs::<&str, &str>([]).parse(&IN_FLIGHT);
    let note = format!(
        "peak {:.0} MiB, idle {:.0} MiB, cap {} MiB; {} requests refused",
        peak / f64::from(1 << 20),
        idle / f64::from(1 << 20),
        cap >> 20,
        outcome.refused
    );
    Ok(vec![
        Measured::of(("G16", "memory"), peak / (idle + cap as f64)).noting(note),
        Measured::of(("G16", "lost"), 0.0)
            .noting(format!("{} acknowledged and followed", verdict.acknowledged)),
    ])
}
