//! The command line: what can be asked of this program.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Parser, Subcommand};

/// BatAudit: records what happens in your applications, and shows it.
#[derive(Debug, Parser)]
#[command(name = "bataudit", version, arg_required_else_help = true)]
pub(crate) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run everything on this machine: broker, ClickHouse, ingest, processor, sentinel and query API
    Up {
        /// Folder for all data; made if missing, kept across restarts [env: BATAUDIT_DATA_DIR] [default: ./data]
        #[arg(long, value_name = "FOLDER")]
        data: Option<PathBuf>,
    },

    /// Prepare the stores of a deployment: ClickHouse schema, control store, Kafka topics, first owner
    ///
    /// Reads the same variables as the services, waits for what is still starting, and changes nothing when all is
    /// up to date.
    Migrate,

    /// List every environment variable, with what it does and its default
    Env,

    /// Run the ClickHouse engine library as a server, until a signal
    #[command(hide = true)]
    Engine {
        /// The engine library, libchdb.so
        #[arg(long, value_name = "PATH")]
        lib: PathBuf,
        /// The ClickHouse server configuration
        #[arg(long, value_name = "PATH")]
        config: PathBuf,
    },

    /// Become another program that dies with its parent
    #[command(hide = true)]
    Guard {
        /// The process that must be our parent
        #[arg(long, value_name = "PID")]
        parent: i32,
        /// The program and its arguments
        #[arg(last = true, required = true, num_args = 1.., value_name = "COMMAND")]
        command: Vec<OsString>,
    },
}
