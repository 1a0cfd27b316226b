//! What people ask of a server from their own machine: `login`, `keys`, `tail`, `query` and `export`.
//!
//! In: words of the command line, and a personal token from a private file or the environment. Out: text or JSON
//! lines on standard output. Everything goes through the public API; nothing here knows Kafka, ClickHouse or the
//! control store.

pub(crate) mod export;
mod filter;
pub(crate) mod http;
pub(crate) mod keys;
pub(crate) mod login;
mod manifest;
mod profile;
pub(crate) mod query;
mod show;
mod sse;
pub(crate) mod tail;

use std::future::Future;
use std::io::{self, Write as _};
use std::path::PathBuf;

use anyhow::Context as _;
use bataudit_service::{Env, Field, Secret};

use crate::cli::Server;
use http::Client;
use profile::Profiles;

/// Address of the server.
const SERVER: Field = Field::optional(
    "BATAUDIT_CLI_SERVER",
    "Address of the server that `bataudit keys`, `tail`, `query` and `export` ask, in place of that of `bataudit login`.",
);
/// Personal token.
const TOKEN: Field = Field::optional(
    "BATAUDIT_CLI_TOKEN",
    "Personal token for that server, in place of that of `bataudit login`.",
);
/// Authority of the server's certificate.
const CA_FILE: Field = Field::optional(
    "BATAUDIT_CLI_CA_FILE",
    "PEM file of the authority that signed that server's certificate; unset takes the system's.",
);
/// Where configuration lies, by the XDG base directory specification.
const XDG_CONFIG_HOME: Field = Field::optional("XDG_CONFIG_HOME", "Folder of configuration files.");
/// The user's own folder.
const HOME: Field = Field::optional("HOME", "The user's folder.");

/// The variables read here only.
pub(crate) const FIELDS: &[&Field] = &[&SERVER, &TOKEN, &CA_FILE];

/// What the environment says.
struct Surroundings {
    server: Option<String>,
    token: Option<Secret>,
    ca_file: Option<PathBuf>,
    profiles: Profiles,
}

impl Surroundings {
    fn from_env(mut env: Env) -> anyhow::Result<Self> {
        let found = Self {
            server: env.optional(&SERVER),
            token: env.secret(&TOKEN),
            ca_file: env.file(&CA_FILE),
            profiles: Profiles::in_folder(env.optional(&XDG_CONFIG_HOME), env.optional(&HOME)),
        };
        env.finish()?;
        Ok(found)
    }

    /// A client of the server that is meant, with the token for it.
    fn client(&self, asked: &Server) -> anyhow::Result<Client> {
        let known = self.profiles.read()?;
        let named = asked.server.as_ref().or(self.server.as_ref()).or(known.current.as_ref());
        let url =
            named.context("no server is known: run `bataudit login <URL>`, or set BATAUDIT_CLI_SERVER")?;
        let url = http::address(url)?;
        let token =
            self.token.as_ref().or_else(|| known.servers.get(url.as_str()).map(|server| &server.token));
        let token = token.with_context(|| {
            format!("there is no token for {url}: run `bataudit login {url}`, or set BATAUDIT_CLI_TOKEN")
        })?;
        Client::new(url, token.clone(), self.ca_file.as_deref())
    }
}

/// Does something with the server that is meant.
fn with_client<T, F: Future<Output = anyhow::Result<T>>>(
    asked: &Server,
    work: impl FnOnce(Client) -> F,
) -> anyhow::Result<T> {
    let client = Surroundings::from_env(Env::from_process())?.client(asked)?;
    block_on(work(client))
}

fn block_on<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(work)
}

/// Writes to standard output. Whoever reads it may have had enough, as `head` does: that ends the program quietly.
fn print(text: &str) -> anyhow::Result<()> {
    let mut output = io::stdout().lock();
    match output.write_all(text.as_bytes()).and_then(|()| output.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => std::process::exit(0),
        written => Ok(written?),
    }
}

/// Says something beside what is printed.
fn say(text: &str) {
    // With standard error gone there is nobody to hear it.
    let _unheard = writeln!(io::stderr(), "bataudit: {text}");
}
