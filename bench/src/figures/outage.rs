//! What the line needs is away under load and comes back: what memory does meanwhile, and whether anything that was
//! acknowledged is missing afterwards.

use std::time::{Duration, Instant};

use anyhow::ensure;
use bataudit_e2e::binaries;
use bataudit_e2e::load::Load as Posts;
use bataudit_e2e::private_engine::{Mood, PrivateEngine};
use bataudit_e2e::private_kafka::PrivateKafka;
use bataudit_e2e::process::resident_bytes;
use bataudit_e2e::stack::{Plan, Stack};
use bataudit_ingest::config::IN_FLIGHT;
use bataudit_processor::config::{FETCH_BYTES, MEMORY_BYTES};
use bataudit_service::{Env, Field};

use crate::catalogue::{Extent, Measured};
use crate::cpu;
use crate::line::{Line, socket};
use crate::load::Load;

/// Posts a second whose fate is followed one by one.
const FOLLOWED: u32 = 100;
const BEFORE: Duration = Duration::from_secs(20);
const SETTLED: Duration = Duration::from_secs(120);
/// Events a second while ClickHouse is away: far more than fit into the processor's memory meanwhile.
const PER_SECOND: f64 = 2_000.0;
const PER_REQUEST: usize = 100;
/// How long ClickHouse is away.
const AWAY: f64 = 600.0;
/// How long what was left may take to be stored, without anybody's help.
const CAUGHT_UP: Duration = Duration::from_secs(600);
const MIB: f64 = (1 << 20) as f64;

/// G16.
///
/// # Errors
/// When the line cannot be loaded, or what was accepted is not stored afterwards.
pub async fn run(extent: Extent) -> anyhow::Result<Vec<Measured>> {
    let mut measured = of_the_broker(extent).await?;
    measured.extend(of_the_store(extent).await?);
    Ok(measured)
}

async fn of_the_broker(extent: Extent) -> anyhow::Result<Vec<Measured>> {
    let kafka = PrivateKafka::start().await;
    let mut plan = Plan::new("bench_outage");
    plan.kafka = Some(kafka.brokers());
    // As in the images.
    let env = [("BATAUDIT_LOG", "info"), ("MIMALLOC_PURGE_DELAY", "0")];
    plan.env = env.map(|(name, value)| (name, value.to_owned())).to_vec();
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
    let cap = default_of(&IN_FLIGHT);
    let note = format!("{}; {} requests refused", bytes(peak, idle, cap), outcome.refused);
    Ok(vec![
        Measured::of(("G16", "memory"), peak / (idle + cap)).noting(note),
        Measured::of(("G16", "lost"), 0.0)
            .noting(format!("{} acknowledged and followed", verdict.acknowledged)),
    ])
}

async fn of_the_store(extent: Extent) -> anyhow::Result<Vec<Measured>> {
    let mut engine =
        PrivateEngine::start(binaries::artifacts("bench_store_outage").join("clickhouse.log")).await;
    let line = Line::on("bench_store_outage", Some(engine.url()), &[]).await?;
    let pid = line.processor_pid();
    let idle = resident_bytes(pid).unwrap_or_default() as f64;
    let seconds = extent.seconds(AWAY);
    let rate = Some(PER_SECOND / PER_REQUEST as f64);
    let load = Load { per_request: PER_REQUEST, connections: 8, rate, seconds, ..line.load()? };
    engine.process.kill();
    let outcome = load.run(line.log("load")).await?;
    ensure!(outcome.refused == 0, "{outcome:?}");
    engine.up(Mood::Usual).await;
    let back = Instant::now();
    line.stored_when(outcome.events, CAUGHT_UP).await?;
    let took = back.elapsed().as_secs_f64();
    let peak = cpu::peak_resident_bytes(pid)? as f64;
    let cap = default_of(&MEMORY_BYTES) + 2.0 * default_of(&FETCH_BYTES);
    let note = format!("{}; {seconds:.0} s at {PER_SECOND} events/s", bytes(peak, idle, cap));
    Ok(vec![
        Measured::of(("G16", "store"), peak / (idle + cap)).noting(note),
        Measured::of(("G16", "caught up"), took / seconds)
            .noting(format!("{} events in {took:.0} s", outcome.events)),
    ])
}

fn default_of(field: &Field) -> f64 {
    Env::from_pairs::<&str, &str>([]).parse::<u64>(field) as f64
}

fn bytes(peak: f64, idle: f64, cap: f64) -> String {
    format!("peak {:.0} MiB, idle {:.0} MiB, cap {:.0} MiB", peak / MIB, idle / MIB, cap / MIB)
}
