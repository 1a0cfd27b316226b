//! `bataudit`: BatAudit on one machine, and the command-line tool.
//!
//! Only dispatch. `engine` and `guard` start no thread before they hand over: both depend on being alone in their
//! process.

mod cli;
mod client;
mod confirm;
mod dead_letters;
mod demo;
mod doctor;
mod fields;
mod guard;
mod import;
mod migrate;
mod private_file;
mod reason;
mod reset_link;
mod stores;
mod up;
mod verify_counts;

use std::io::{self, Write as _};
use std::process::ExitCode;

use bataudit_engine::Launch;
use bataudit_service::Env;
use clap::Parser as _;

use crate::cli::{Cli, Command};

fn main() -> ExitCode {
    match dispatch(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // With standard error gone, the exit code is all that is left to say it.
            let _unheard = writeln!(io::stderr(), "bataudit: {}", reason::of(error.as_ref()));
            ExitCode::FAILURE
        }
    }
}

fn dispatch(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Login(asked) => client::login::run(&asked),
        Command::Logout(asked) => client::login::forget(&asked),
        Command::Keys(asked) => client::keys::run(asked),
        Command::Tail(asked) => client::tail::run(&asked),
        Command::Query(asked) => client::query::run(&asked),
        Command::Export(asked) => client::export::run(&asked),
        Command::Doctor(asked) => doctor::run(&asked),
        Command::Engine { lib, config } => match bataudit_engine::run(&Launch { library: lib, config })? {},
        Command::Guard { parent, command } => match guard::become_command(parent, &command)? {},
        Command::Up { data } => up::run(Env::from_process(), data, None),
        Command::Demo(asked) => demo::run(&asked),
        Command::Migrate => migrate::run(),
        Command::DeadLetters(command) => dead_letters::run(command),
        Command::VerifyCounts(asked) => verify_counts::run(&asked),
        Command::ResetLink(asked) => reset_link::run(&asked),
        Command::Import(asked) => import::run(&asked),
        Command::Env => Ok(io::stdout().write_all(fields::list().as_bytes())?),
    }
}
