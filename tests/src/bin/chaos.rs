//! The long form of the fault injection: as many faults as wanted, a table at the end, and an exit
//! code that says whether anything was lost.

use std::process::ExitCode;
use std::time::Instant;

use bataudit_e2e::chaos::campaign::{self, MIXED, MIXED_WITH_CUTS, Round};
use bataudit_e2e::chaos::{catalogue, report};
use clap::Parser;

/// Injects faults into a line of its own and checks that nothing is lost and nothing doubled.
#[derive(Debug, Clone, Parser)]
#[command(name = "bataudit-chaos")]
struct Arguments {
    /// How many faults; of each kind, where `only` names some
    #[arg(long, default_value_t = 1000)]
    faults: usize,
    /// What everything is drawn from; a failing round is the same again under the same seed
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Only these kinds of faults, separated by commas; `mixed` and `mixed-with-cuts` are too
    #[arg(long)]
    only: Option<String>,
    /// Print the kinds and end
    #[arg(long)]
    list: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if arguments.list {
        catalogue::all().iter().for_each(|kind| println!("{}", kind.name));
        return ExitCode::SUCCESS;
    }
    let rounds = match rounds(&arguments) {
        Ok(rounds) => rounds,
        Err(why) => {
            println!("{why}");
            return ExitCode::from(2);
        }
    };
    let (began, count) = (Instant::now(), rounds.len());
    println!("{} faults in {count} rounds, seed {}", arguments.faults, arguments.seed);
    let mut done = 0;
    let outcomes = campaign::run("chaos", rounds, |outcome| {
        done += 1;
        println!("{:>5} s {done:>3}/{count} {}", began.elapsed().as_secs(), report::sentence(outcome));
    })
    .await;
    println!("\n{}", report::table(&outcomes));
    println!("{} s, seed {}", began.elapsed().as_secs(), arguments.seed);
    let clean = outcomes.iter().all(campaign::Outcome::is_clean);
    if clean { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn rounds(arguments: &Arguments) -> Result<Vec<Round>, String> {
    let Arguments { faults, seed, only, .. } = arguments;
    let Some(only) = only else { return Ok(campaign::plan(*faults, *seed)) };
    let rounds: Vec<_> =
        only.split(',').map(|name| rounds_of(name, *faults, *seed)).collect::<Result<_, _>>()?;
    let mut rounds = rounds.concat();
    rounds.sort_by_key(|round| round.brokers);
    Ok(rounds)
}

fn rounds_of(name: &str, faults: usize, seed: u64) -> Result<Vec<Round>, String> {
    match name {
        MIXED => return Ok(campaign::mixed(faults, seed)),
        MIXED_WITH_CUTS => return Ok(campaign::mixed_with_cuts(faults, seed)),
        _ => {}
    }
    let kinds = catalogue::all();
    let names = || kinds.iter().map(|kind| kind.name).collect::<Vec<_>>().join(", ");
    let kind = kinds.iter().find(|kind| kind.name == name);
    let kind = kind.ok_or_else(|| {
        format!("no such fault: {name}. There are: {MIXED}, {MIXED_WITH_CUTS}, {}", names())
    })?;
    Ok(campaign::only(*kind, faults, seed))
}
