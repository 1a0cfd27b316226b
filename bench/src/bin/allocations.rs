//! Counts heap allocations of this process, all threads together, while it is a gateway, a bare sink,
//! or the processor's way from record to block. A bench starts it; it prints one line of JSON.

use std::alloc::System;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{bail, ensure};
use bataudit_bench::backlog::encode;
use bataudit_bench::figures::allocations::Counted;
use bataudit_bench::line::own_binary;
use bataudit_bench::load::Outcome;
use bataudit_bench::sample::Samples;
use bataudit_bench::sink;
use bataudit_e2e::gateway::Gateway;
use bataudit_e2e::stack::until_key_works;
use bataudit_e2e::wait::{eventually, holds};
use bataudit_event::record::FORMAT;
use bataudit_processor::batch::Content;
use bataudit_processor::columns::Stamp;
use bataudit_processor::convert::Converter;
use bataudit_processor::mask::Masker;
use bataudit_processor::record::Record;
use bataudit_processor::rules::Rules;
use bataudit_processor::write::Block;
use bataudit_service::{Env, Health, Shutdown};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const SEED: u64 = 14;
/// Records of the processor's path.
const RECORDS: usize = 200;
const STARTED: Duration = Duration::from_secs(20);

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [what, per_request, seconds, key] = arguments.as_slice() else {
        bail!("takes WHAT PER_REQUEST SECONDS KEY, and is started by bataudit-bench");
    };
    let load = [per_request.as_str(), seconds, key];
    let counted = match what.as_str() {
        "gateway" => gateway(load).await?,
        "sink" => bare(load).await?,
        "processor" => processor(per_request.parse()?)?,
        other => bail!("cannot count {other}"),
    };
    println!("{}", serde_json::to_string(&counted)?);
    Ok(())
}

async fn gateway(load: [&str; 3]) -> anyhow::Result<Counted> {
    let port = bataudit_e2e::ports::free();
    let mut env = Env::from_process().with(&bataudit_ingest::config::ADDRESS, format!("127.0.0.1:{port}"));
    let config = bataudit_ingest::Config::from_env(&mut env);
    env.finish()?;
    let (health, stop) = (Health::new(), Shutdown::new());
    let serving = tokio::spawn(bataudit_ingest::run(config, health.clone(), stop.clone()));
    reached(port).await;
    // With an answer about the key, all parts have said whether they are ready.
    until_key_works(&Gateway::new(&format!("http://127.0.0.1:{port}"), load[2])).await;
    eventually("the gateway is ready", STARTED, async || holds(health.is_ready(), "not yet")).await;
    let counted = under_load(port, load).await?;
    stop.trigger();
    serving.await??;
    Ok(counted)
}

async fn bare(load: [&str; 3]) -> anyhow::Result<Counted> {
    let port = bataudit_e2e::ports::free();
    tokio::spawn(sink::serve(([127, 0, 0, 1], port).into()));
    reached(port).await;
    under_load(port, load).await
}

async fn reached(port: u16) {
    eventually("connections are taken", STARTED, async || {
        let open = tokio::net::TcpStream::connect(("127.0.0.1", port)).await;
        holds(open.is_ok(), "no connection")
    })
    .await;
}

/// Counts under a load from another process, after a first one that filled every buffer.
async fn under_load(port: u16, load: [&str; 3]) -> anyhow::Result<Counted> {
    send(port, load).await?;
    let region = Region::new(ALLOCATOR);
    let outcome = send(port, load).await?;
    let change = region.change();
    ensure!(outcome.events > 0, "{outcome:?}");
    Ok(Counted { allocations: (change.allocations + change.reallocations) as u64, events: outcome.events })
}

async fn send(port: u16, [per_request, seconds, key]: [&str; 3]) -> anyhow::Result<Outcome> {
    let mut command = Command::new(own_binary("bataudit-bench")?);
    command
        .args(["load", "--address", &format!("127.0.0.1:{port}"), "--per-request", per_request])
        .args(["--seconds", seconds, "--key", key, "--throttle"])
        .stdin(Stdio::null());
    let output = tokio::task::spawn_blocking(move || command.output()).await??;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(serde_json::from_slice(&output.stdout)?)
}

fn processor(per_record: usize) -> anyhow::Result<Counted> {
    let mut samples = Samples::of(SEED);
    let records: Vec<Record> = (0..RECORDS)
        .map(|offset| {
            let mut value = Vec::new();
            encode(&samples.by_ref().take(per_record).collect::<Vec<_>>(), &mut value);
            Record {
                offset: offset as i64,
                format: Some(FORMAT.to_vec()),
                announced: per_record as u64,
                value: Some(value),
                traced: None,
            }
        })
        .collect();
    let mut converter = Converter::new(0, Rules::fixed(Masker::built_in()));
    let mut convert = || {
        let mut content = Content::default();
        records.iter().for_each(|record| converter.convert(record, &mut content));
        let stamp = Stamp { epoch: "1", partition: 0, batch: 0..RECORDS as i64 };
        Block::new(String::new(), content.columns, &stamp).rows
    };
    let first = convert();
    let region = Region::new(ALLOCATOR);
    let rows = convert();
    let change = region.change();
    ensure!(rows == first && rows == RECORDS * per_record, "{rows} rows");
    Ok(Counted { allocations: (change.allocations + change.reallocations) as u64, events: rows as u64 })
}
