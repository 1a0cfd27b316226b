//! What there is to see: for a person on the terminal, for a program as JSON and in a file.
//!
//! The file `demo.json` in the data folder is there from the moment everything is, until the next start. Only its
//! owner can read it.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::{fmt, fs};

use anyhow::Context as _;
use serde::Serialize;

use super::damaged;
use super::fill::Made;
use super::state::{Login, State};
use crate::private_file;
use crate::up::guest::Ready;

const FILE: &str = "demo.json";

/// All that somebody needs who wants to look around.
#[derive(Clone, Serialize)]
pub(crate) struct Report {
    /// The dashboard is below it, at `/app`.
    base_url: String,
    ingest_url: String,
    admin_url: String,
    data: PathBuf,
    seed: u64,
    /// When the past ends, unix milliseconds.
    now: i64,
    /// Events of the past.
    events: u32,
    nasty: bool,
    dead_letters: usize,
    logins: Vec<Login>,
    #[serde(flatten)]
    made: Made,
}

impl Report {
    /// What there is.
    pub(crate) fn new(state: &State, made: &Made, ready: &Ready) -> Self {
        Self {
            base_url: format!("http://{}", ready.query_api),
            ingest_url: format!("http://{}", ready.ingest),
            admin_url: format!("http://{}", ready.admin),
            data: ready.data.clone(),
            seed: state.seed,
            now: state.now,
            events: state.events,
            nasty: state.nasty,
            dead_letters: damaged::COUNT,
            logins: state.people.clone(),
            made: made.clone(),
        }
    }

    /// Removes what an earlier start wrote.
    pub(crate) fn forget(data: &Path) -> anyhow::Result<()> {
        match fs::remove_file(data.join(FILE)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(error).with_context(|| format!("cannot remove {FILE}"))
            }
            _ => Ok(()),
        }
    }

    /// Writes the file.
    pub(crate) fn write(&self, data: &Path) -> anyhow::Result<()> {
        let path = data.join(FILE);
        private_file::write(&path, &serde_json::to_vec_pretty(self)?)
            .with_context(|| format!("cannot write {}", path.display()))
    }

    /// Tells the person, or the program.
    pub(crate) fn show(&self, as_json: bool) -> anyhow::Result<()> {
        let text = if as_json { format!("{}\n", serde_json::to_string(self)?) } else { self.to_string() };
        let mut terminal = io::stdout();
        terminal
            .write_all(text.as_bytes())
            .and_then(|()| terminal.flush())
            .context("cannot print the addresses")
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f)?;
        writeln!(
            f,
            "  BatAudit {} is running, with {} made-up events.",
            env!("CARGO_PKG_VERSION"),
            self.events
        )?;
        writeln!(f)?;
        writeln!(f, "  Dashboard   {}/app", self.base_url)?;
        writeln!(f, "  API         {}/docs", self.base_url)?;
        writeln!(f, "  Ingest      {}/v1/audit", self.ingest_url)?;
        writeln!(f, "  Data        {}", self.data.display())?;
        writeln!(f)?;
        for login in &self.logins {
            writeln!(f, "  Sign in as  {:<29} {:<18} ({})", login.email, login.password, login.role)?;
        }
        writeln!(f)?;
        writeln!(f, "  Keys and the rest are in {}.", self.data.join(FILE).display())?;
        writeln!(f, "  Ctrl-C stops everything.")
    }
}
