//! The command line of the import.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use clap::{Args, ValueEnum};

use crate::import::tally::Kind;

/// What to import, and how.
#[derive(Debug, Clone, Args)]
pub(crate) struct ImportArguments {
    /// The original's database, such as `postgres://user@host:5432/bataudit`
    ///
    /// Leave the password to PGPASSWORD or ~/.pgpass: others on this machine can see arguments. A server on another
    /// machine is reached over TLS with its certificate verified; ?sslrootcert=/path/ca.pem names its authority,
    /// ?sslmode=disable goes without, as the original does.
    #[arg(value_name = "URL")]
    pub(crate) url: String,
    /// The data folder of a running `bataudit up`, in place of the services' variables
    #[arg(long, value_name = "FOLDER")]
    pub(crate) data: Option<PathBuf>,
    /// Only these kinds
    #[arg(long, value_enum, value_delimiter = ',', value_name = "KINDS")]
    pub(crate) only: Vec<Kind>,
    /// All but these kinds
    #[arg(long, value_enum, value_delimiter = ',', value_name = "KINDS")]
    pub(crate) without: Vec<Kind>,
    /// Only events from this time on, such as 2026-05-01T00:00:00Z
    #[arg(long, value_name = "TIME")]
    pub(crate) since: Option<DateTime<Utc>>,
    /// Read and check everything, and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Import events without asking that retention removes in the next night
    #[arg(long)]
    pub(crate) yes: bool,
    /// What imported keys may write to
    #[arg(long, value_enum, value_name = "SCOPE", default_value_t = KeyScopeChoice::Project)]
    pub(crate) key_scope: KeyScopeChoice,
    /// Bring webhooks over paused, so that nobody is told twice while both installations run
    #[arg(long)]
    pub(crate) pause_channels: bool,
    /// Where to write events that are refused; a name with the time in this folder, unless given
    #[arg(long, value_name = "FILE")]
    pub(crate) rejects: Option<PathBuf>,
    /// Where to write the original's counts by hour and day, a JSON object a line
    #[arg(long, value_name = "FILE")]
    pub(crate) summaries: Option<PathBuf>,
    /// JSON instead of a table
    #[arg(long)]
    pub(crate) json: bool,
}

/// What an imported key may write to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum KeyScopeChoice {
    /// Its own project, whatever the service says it is
    Project,
    /// The project of each event's service, as with the original
    Instance,
}
