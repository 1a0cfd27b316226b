//! The command line: what can be asked of this program.

mod client;
mod demo;
mod import;

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::LazyLock;

use bataudit_control::Store;
use bataudit_ledger::SourcePlace;
use bataudit_service::About;
use chrono::{DateTime, Utc};
use clap::{Args, Parser, Subcommand, ValueEnum};
use uuid::Uuid;

pub(crate) use import::{ImportArguments, KeyScopeChoice};

pub(crate) use client::{
    Asked, ExportArguments, Keys, Login, Logout, NewKey, QueryArguments, Server, Span, TailArguments,
};
pub(crate) use demo::Demo;

/// What `--version` prints after the name.
static LONG_VERSION: LazyLock<String> = LazyLock::new(|| {
    let about = About {
        program: "bataudit",
        version: env!("CARGO_PKG_VERSION"),
        commands: &[],
        works_with: vec![
            ("clickhouse schema", bataudit_store::schema::latest().to_owned()),
            ("control schema", Store::latest_migration()),
            ("records", bataudit_event::record::format()),
        ],
    };
    about.details()
});

/// BatAudit: records what happens in your applications, and shows it.
#[derive(Debug, Parser)]
#[command(name = "bataudit", version, long_version = LONG_VERSION.as_str(), arg_required_else_help = true)]
pub(crate) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Dead letters, and where they are.
#[derive(Debug, Args)]
pub(crate) struct DeadLettersArguments {
    /// The data folder of a running `bataudit up`, in place of the services' variables
    #[arg(long, value_name = "FOLDER", global = true)]
    pub(crate) data: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: DeadLetters,
}

/// What to do with dead letters.
#[derive(Debug, Subcommand)]
pub(crate) enum DeadLetters {
    /// List them, newest last
    List {
        #[command(flatten)]
        filter: LetterFilter,
        /// JSON lines instead of a table
        #[arg(long)]
        json: bool,
    },
    /// Show one: why it was refused, and what is left of it after masking
    Show {
        /// Its place, as `list` prints it
        #[arg(value_name = "PLACE")]
        place: SourcePlace,
        /// JSON instead of text
        #[arg(long)]
        json: bool,
    },
    /// Publish the original events again, as long as Kafka keeps them
    ///
    /// They keep their ids, so one that was stored meanwhile, or is replayed twice, is not stored twice. What cannot
    /// be stored still comes back as another dead letter. Name places, or a filter, or --all.
    Replay {
        /// The places of letters, as `list` prints them
        #[arg(value_name = "PLACE")]
        places: Vec<SourcePlace>,
        #[command(flatten)]
        filter: LetterFilter,
        /// All letters
        #[arg(long, conflicts_with = "places")]
        all: bool,
        /// Do it without asking
        #[arg(long)]
        yes: bool,
    },
}

/// Which dead letters.
#[derive(Debug, Clone, Args)]
pub(crate) struct LetterFilter {
    /// Only this reason, such as unmaskable
    #[arg(long)]
    pub(crate) reason: Option<String>,
    /// Only events of this project
    #[arg(long, value_name = "UUID")]
    pub(crate) project: Option<Uuid>,
    /// Only what was written in the last hours
    #[arg(long, value_name = "N")]
    pub(crate) hours: Option<u32>,
    /// The newest ones only, this many at most
    #[arg(long, value_name = "N", default_value_t = 1000)]
    pub(crate) limit: usize,
}

/// What to verify.
#[derive(Debug, Clone, Args)]
pub(crate) struct VerifyCounts {
    /// The last hours
    #[arg(long, value_name = "N", default_value_t = 24, conflicts_with_all = ["from", "to"])]
    pub(crate) hours: u32,
    /// From when the events were received, such as 2026-05-01T00:00:00Z
    #[arg(long, value_name = "TIME")]
    pub(crate) from: Option<DateTime<Utc>>,
    /// Until when; now, when it is left out
    #[arg(long, value_name = "TIME", requires = "from")]
    pub(crate) to: Option<DateTime<Utc>>,
    /// Only this project
    #[arg(long, value_name = "UUID")]
    pub(crate) project: Option<Uuid>,
    /// The data folder of a running `bataudit up`, in place of the services' variables
    #[arg(long, value_name = "FOLDER")]
    pub(crate) data: Option<PathBuf>,
    /// JSON instead of a table
    #[arg(long)]
    pub(crate) json: bool,
}

/// Whose password is to be set anew.
#[derive(Debug, Clone, Args)]
pub(crate) struct ResetLink {
    /// The user's e-mail
    #[arg(value_name = "EMAIL")]
    pub(crate) email: String,
    /// The data folder of a `bataudit up`, in place of the services' variables
    #[arg(long, value_name = "FOLDER")]
    pub(crate) data: Option<PathBuf>,
    /// JSON instead of text
    #[arg(long)]
    pub(crate) json: bool,
}

/// What to check.
#[derive(Debug, Clone, Args)]
pub(crate) struct DoctorArguments {
    /// Only what these services need; all four unless given
    #[arg(long = "service", value_enum, value_name = "NAME")]
    pub(crate) services: Vec<Part>,
    /// The data folder of a `bataudit up`, in place of the services' variables; found by itself where it is the default
    /// one and BATAUDIT_KAFKA_BROKERS is not set
    #[arg(long, value_name = "FOLDER")]
    pub(crate) data: Option<PathBuf>,
    /// JSON instead of text
    #[arg(long)]
    pub(crate) json: bool,
}

/// A service that can be checked by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// The gateway
    Ingest,
    /// From Kafka to ClickHouse
    Processor,
    /// The API
    QueryApi,
    /// The timers
    Sentinel,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Remember a server and a personal token for it
    ///
    /// Make the token in the dashboard: Settings, personal tokens. It is asked for, or read from standard input or
    /// BATAUDIT_CLI_TOKEN, and kept in a file that only you can read; it is never an argument.
    Login(Login),

    /// Forget a server and its token; the token itself is revoked in the dashboard
    Logout(Logout),

    /// API keys of a project: list, create, rotate, revoke
    #[command(subcommand)]
    Keys(Keys),

    /// Follow events as they are stored
    Tail(TailArguments),

    /// List events, the newest first
    Query(QueryArguments),

    /// Write every matching event to a file, and check it against the server's signed manifest
    Export(ExportArguments),

    /// Check every dependency and setting of an installation, and say what to fix
    ///
    /// Reads the same variables as the services, or the data folder of a `bataudit up`, and changes nothing. Exits with 1
    /// when something must be fixed.
    Doctor(DoctorArguments),

    /// Run everything on this machine: broker, ClickHouse, ingest, processor, sentinel and query API
    Up {
        /// Folder for all data; made if missing, kept across restarts [env: BATAUDIT_DATA_DIR] [default: ./data]
        #[arg(long, value_name = "FOLDER")]
        data: Option<PathBuf>,
    },

    /// Run all that, filled with thirty days of a made-up company, to look around
    ///
    /// Everything goes through the API, as from real applications and people; a live stream goes on until Ctrl-C. The
    /// folder is kept, and a later start goes on with it.
    Demo(Demo),

    /// Prepare the stores of a deployment: ClickHouse schema, control store, Kafka topics, first owner
    ///
    /// Reads the same variables as the services, waits for what is still starting, and changes nothing when all is
    /// up to date.
    Migrate,

    /// What could never be stored: list it, show it, or publish it again
    ///
    /// Reads the same variables as the services; for `bataudit up` say --data.
    DeadLetters(DeadLettersArguments),

    /// Check that nothing was lost or doubled: Kafka's log against ClickHouse, and rows against rollups
    ///
    /// For each hour and project: events accepted, stored, dead-lettered, repeated by their clients, still waiting,
    /// and what is left, which must be 0. Exits with 1 when anything differs. Reads the same variables as the
    /// services, or for `bataudit up` say --data; the line may go on running.
    VerifyCounts(VerifyCounts),

    /// Let a user in again who forgot their password, also the last owner
    ///
    /// Prints a token with which they set a new one, once, within 24 hours. Reads where the control store is from the
    /// same variables as the services; for `bataudit up` say --data.
    ResetLink(ResetLink),

    /// Bring an original BatAudit (version 1) over from its PostgreSQL database
    ///
    /// Users with their passwords, projects, keys, rules, webhooks, monitors, screens and reports go into the control
    /// store, events into the line, where they are masked and counted like any other. What is here already stays as it
    /// is: run it again after it was stopped, or to fetch what came since. Reads where the data is from the same
    /// variables as the services, which must run; for `bataudit up` say --data. See docs/MIGRATING.md.
    Import(ImportArguments),

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
