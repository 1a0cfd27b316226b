//! `bataudit-bench`: measures figures and prints a table; and, started by itself, the processes a
//! measurement needs beside it.

use std::net::SocketAddr;
use std::process::ExitCode;

use bataudit_bench::catalogue::{BENCHES, Bench, Extent, Measured};
use bataudit_bench::load::Load;
use bataudit_bench::{report, sink};
use clap::{Parser, Subcommand};
use futures::FutureExt as _;

/// Measures the line against bare denominators.
#[derive(Debug, Parser)]
#[command(name = "bataudit-bench")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Measure and print a Markdown table
    Run {
        /// Only these figures, such as G5,G7
        #[arg(long, value_delimiter = ',')]
        only: Vec<String>,
        /// Rounds of each comparison
        #[arg(long, default_value_t = 5)]
        rounds: u32,
        /// Two short rounds: to see that it works, not for figures
        #[arg(long)]
        short: bool,
        /// Read from `bataudit up` where a figure is about reading
        #[arg(long)]
        embedded: bool,
        /// Events in the store that reads are measured in
        #[arg(long, default_value_t = 10_000_000)]
        events: u64,
        /// Write docs/BENCHMARKS.md
        #[arg(long, conflicts_with_all = ["only", "short"])]
        write: bool,
    },
    /// A bare HTTP sink (started by a bench)
    Sink {
        /// Where to listen
        address: SocketAddr,
    },
    /// A load on one address (started by a bench)
    Load(Load),
}

fn main() -> anyhow::Result<ExitCode> {
    match Arguments::parse().command {
        Command::Run { only, rounds, short, embedded, events, write } => {
            let extent = if short {
                Extent { rounds: 2, scale: 0.1, embedded, store: events }
            } else {
                Extent { rounds, scale: 1.0, embedded, store: events }
            };
            runtime()?.block_on(run(&only, extent, write))
        }
        Command::Sink { address } => {
            runtime()?.block_on(sink::serve(address))?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Load(load) => {
            println!("{}", serde_json::to_string(&load.send()?)?);
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()
}

async fn run(only: &[String], extent: Extent, write: bool) -> anyhow::Result<ExitCode> {
    let wanted = |bench: &&Bench| only.is_empty() || only.iter().any(|id| bench.ids.contains(&id.as_str()));
    if let Some(unknown) =
        only.iter().find(|id| !BENCHES.iter().any(|bench| bench.ids.contains(&id.as_str())))
    {
        let known: Vec<_> = BENCHES.iter().flat_map(|bench| bench.ids).copied().collect();
        anyhow::bail!("there is no figure {unknown}; there are {}", known.join(", "));
    }
    let (mut measured, mut failures) = (Vec::new(), Vec::new());
    for bench in BENCHES.iter().filter(wanted) {
        eprintln!("{} ({})", bench.name, bench.ids.join(", "));
        match attempt(bench, extent).await {
            Ok(lines) => measured.extend(lines),
            Err(why) => {
                eprintln!("  {why}");
                failures.push((bench, why));
            }
        }
    }
    let report = report::Report { extent, measured: &measured, failures: &failures };
    let table = report.table();
    println!("{table}");
    if write {
        std::fs::write(bataudit_e2e::binaries::in_checkout("docs/BENCHMARKS.md"), report.document())?;
    }
    // The table says which, and why.
    let whole = failures.is_empty() && measured.iter().all(Measured::is_measured);
    Ok(if whole { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Runs a bench; one that fails, by an error or a panic, does not keep the others from running.
async fn attempt(bench: &Bench, extent: Extent) -> Result<Vec<Measured>, String> {
    let caught = std::panic::AssertUnwindSafe((bench.run)(extent)).catch_unwind().await;
    match caught {
        Ok(result) => result.map_err(|error| format!("{error:#}")),
        Err(panic) => Err(panic
            .downcast_ref::<String>()
            .cloned()
            .or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
            .unwrap_or_else(|| "it panicked".to_owned())),
    }
}
