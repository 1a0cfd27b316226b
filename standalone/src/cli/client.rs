//! The command line of those who use a server from elsewhere: what can be asked of it.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use clap::{Args, Subcommand, ValueEnum};

/// Which server.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Server {
    /// Address of the server; that of the last login unless given [env: BATAUDIT_CLI_SERVER]
    #[arg(long, value_name = "URL")]
    pub(crate) server: Option<String>,
}

/// Where to log in.
#[derive(Debug, Clone, Args)]
pub(crate) struct Login {
    /// Address of the dashboard and the API, such as `https://bataudit.example.com`
    #[arg(value_name = "URL")]
    pub(crate) url: String,
    /// Send the token over plain HTTP to another machine, where everybody on the way can read it
    #[arg(long)]
    pub(crate) allow_http: bool,
    /// JSON instead of text
    #[arg(long)]
    pub(crate) json: bool,
}

/// What to forget.
#[derive(Debug, Clone, Args)]
pub(crate) struct Logout {
    /// The server's address; that of the last login unless given
    #[arg(value_name = "URL")]
    pub(crate) url: Option<String>,
    /// JSON instead of text
    #[arg(long)]
    pub(crate) json: bool,
}

/// Which events.
#[derive(Debug, Clone, Args)]
pub(crate) struct Asked {
    /// Filters of the API, such as status_class=5xx, service_name!=pay, path_prefix=/api/ or "q=card declined"
    #[arg(value_name = "FILTER")]
    pub(crate) filters: Vec<String>,
    /// Only this project, by its slug or id
    #[arg(long, value_name = "PROJECT")]
    pub(crate) project: Option<String>,
    #[command(flatten)]
    pub(crate) server: Server,
}

/// From when to when.
#[derive(Debug, Clone, Args)]
pub(crate) struct Span {
    /// From when: a time such as 2026-05-01T00:00:00Z, or how long ago, such as 30m, 12h or 7d
    #[arg(long, value_name = "TIME")]
    pub(crate) since: Option<String>,
    /// Until when, in the same form
    #[arg(long, value_name = "TIME")]
    pub(crate) until: Option<String>,
}

/// What to list.
#[derive(Debug, Clone, Args)]
pub(crate) struct QueryArguments {
    #[command(flatten)]
    pub(crate) asked: Asked,
    #[command(flatten)]
    pub(crate) span: Span,
    /// The newest ones only, this many at most
    #[arg(long, short = 'n', value_name = "N", default_value_t = 20)]
    pub(crate) limit: u64,
    /// JSON lines instead of a table
    #[arg(long)]
    pub(crate) json: bool,
}

/// What to follow.
#[derive(Debug, Clone, Args)]
pub(crate) struct TailArguments {
    #[command(flatten)]
    pub(crate) asked: Asked,
    /// End after so many events
    #[arg(long, value_name = "N")]
    pub(crate) count: Option<u64>,
    /// JSON lines instead of a table
    #[arg(long)]
    pub(crate) json: bool,
}

/// What to export, and where to.
#[derive(Debug, Clone, Args)]
pub(crate) struct ExportArguments {
    #[command(flatten)]
    pub(crate) asked: Asked,
    #[command(flatten)]
    pub(crate) span: Span,
    /// What the file looks like
    #[arg(long, value_enum, default_value_t = FileFormat::Csv)]
    pub(crate) format: FileFormat,
    /// Every field of the events, not only those of the list
    #[arg(long)]
    pub(crate) all_columns: bool,
    /// The file, beside which the manifest is put as FILE.manifest.json; standard output unless given
    #[arg(long, short = 'o', value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Replace the file if there is one
    #[arg(long)]
    pub(crate) force: bool,
    /// What is said about the export as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// What an exported file looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FileFormat {
    /// Comma separated, safe to open in a spreadsheet
    Csv,
    /// One array
    Json,
    /// One object a line
    Ndjson,
    /// Columns
    Parquet,
}

impl FileFormat {
    /// As the API spells it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
            Self::Ndjson => "ndjson",
            Self::Parquet => "parquet",
        }
    }
}

/// What to do with API keys.
#[derive(Debug, Subcommand)]
pub(crate) enum Keys {
    /// List the keys of a project, the newest first
    List {
        /// The project, by its slug or id
        #[arg(long, value_name = "PROJECT")]
        project: String,
        #[command(flatten)]
        server: Server,
        /// JSON lines instead of a table
        #[arg(long)]
        json: bool,
    },
    /// Make a key; it is printed once
    Create(NewKey),
    /// Make the successor of a key; the old one works on for some hours
    Rotate {
        /// The key's id, as `list` prints it
        #[arg(value_name = "ID")]
        id: String,
        /// How long the old key works on
        #[arg(long, value_name = "N", default_value_t = 24)]
        overlap_hours: u32,
        #[command(flatten)]
        server: Server,
        /// JSON instead of text
        #[arg(long)]
        json: bool,
    },
    /// End a key, within a second and for good
    Revoke {
        /// The key's id, as `list` prints it
        #[arg(value_name = "ID")]
        id: String,
        /// Do it without asking
        #[arg(long)]
        yes: bool,
        #[command(flatten)]
        server: Server,
        /// JSON instead of text
        #[arg(long)]
        json: bool,
    },
}

/// A key to be made.
#[derive(Debug, Clone, Args)]
pub(crate) struct NewKey {
    /// The project, by its slug or id
    #[arg(long, value_name = "PROJECT")]
    pub(crate) project: String,
    /// What to call it
    #[arg(long)]
    pub(crate) name: String,
    /// What it may do
    #[arg(long, value_enum, default_value_t = KeyScope::Project)]
    pub(crate) scope: KeyScope,
    /// Where a browser key may be used from, such as `https://app.example.com`; may be repeated
    #[arg(long = "origin", value_name = "ORIGIN")]
    pub(crate) origins: Vec<String>,
    /// When it stops working, such as 2027-01-31T00:00:00Z; never unless given
    #[arg(long, value_name = "TIME")]
    pub(crate) expires_at: Option<DateTime<Utc>>,
    /// Events a second it may send; what every key may unless given
    #[arg(long, value_name = "N", requires = "burst")]
    pub(crate) per_second: Option<u32>,
    /// Events it may send at once
    #[arg(long, value_name = "N", requires = "per_second")]
    pub(crate) burst: Option<u32>,
    #[command(flatten)]
    pub(crate) server: Server,
    /// JSON instead of text
    #[arg(long)]
    pub(crate) json: bool,
}

/// What a key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum KeyScope {
    /// Write events of its project
    Project,
    /// Write events of any project, which the service name decides
    Instance,
    /// Write browser events, from the origins only
    Browser,
}

impl KeyScope {
    /// As the API spells it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Project => "project",
            Self::Instance => "instance",
            Self::Browser => "browser",
        }
    }
}
