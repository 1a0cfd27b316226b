//! How the control store is reached: its variables, and which database a URL means.

use std::path::{Path, PathBuf};
use std::time::Duration;

use bataudit_service::{Env, Field, Secret};

use crate::{encryption, sealing};

/// Where the control store is.
pub const URL: Field = Field::new(
    "BATAUDIT_CONTROL_URL",
    "sqlite://data/control/control.db",
    "Control store: postgres://user:password@host/database, or sqlite://path/to/file. PostgreSQL on another machine is \
     reached over TLS with its certificate verified: ?sslrootcert=/path/ca.pem names its authority, ?sslmode=disable \
     goes without.",
);
/// How long one call may take.
pub const TIMEOUT_MS: Field =
    Field::new("BATAUDIT_CONTROL_TIMEOUT_MS", "2000", "How long one call to the control store may take.");

/// The variables read here.
pub const FIELDS: &[&Field] = &[&URL, &TIMEOUT_MS, &sealing::SECRET, &sealing::PREVIOUS];

/// How to reach the control store.
#[derive(Debug, Clone)]
pub struct Config {
    /// The URL, which may hold a password.
    pub url: Secret,
    /// How long one call may take.
    pub timeout: Duration,
    /// Secrets that seal: the first does, the others open what they sealed before. A SQLite store without any has one in
    /// a file beside it.
    pub sealing: Vec<Secret>,
}

impl Config {
    /// Reads the variables of a service that uses sealed values, so that a server's store needs the secret.
    pub fn of_service(env: &mut Env) -> Self {
        let config = Self::from_env(env);
        if Backend::of(config.url.expose()) == Some(Backend::Postgres) {
            sealing::required(env, &config.sealing);
        }
        config
    }

    /// Reads the variables.
    pub fn from_env(env: &mut Env) -> Self {
        let url = env.text(&URL);
        let backend = Backend::of(&url);
        env.check(backend.is_some(), &URL, "must start with sqlite:// or postgres://");
        let secured = if backend == Some(Backend::Postgres) { encryption::secured(&url) } else { Ok(url) };
        let url = secured.unwrap_or_else(|what| {
            env.problem(&URL, what);
            String::new()
        });
        let timeout = env.millis(&TIMEOUT_MS);
        env.check(!timeout.is_zero(), &TIMEOUT_MS, "must be 1 or more");
        Self { url: Secret::new(url), timeout, sealing: sealing::from_env(env) }
    }

    /// A SQLite file with the default timeout.
    #[must_use]
    pub fn sqlite(file: &Path) -> Self {
        let url = Secret::new(format!("sqlite://{}", file.display()));
        Self { url, timeout: Duration::from_secs(2), sealing: Vec::new() }
    }

    /// The file of a SQLite store. Opening one that does not exist makes it.
    #[must_use]
    pub fn sqlite_file(&self) -> Option<PathBuf> {
        let url = self.url.expose();
        (Backend::of(url) == Some(Backend::Sqlite)).then(|| file_of(url).into())
    }
}

/// Which database stands behind the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// A file of this machine.
    Sqlite,
    /// A server.
    Postgres,
}

impl Backend {
    pub(super) fn of(url: &str) -> Option<Self> {
        match url.split_once(':')?.0 {
            "sqlite" => Some(Self::Sqlite),
            "postgres" | "postgresql" => Some(Self::Postgres),
            _ => None,
        }
    }
}

/// The path in the URL of a SQLite store.
pub(super) fn file_of(url: &str) -> &str {
    let path = url.trim_start_matches("sqlite:").trim_start_matches("//");
    path.split('?').next().unwrap_or_default()
}
