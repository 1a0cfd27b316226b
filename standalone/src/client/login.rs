//! `bataudit login` and `logout`: a personal token for a server, tried before it is kept.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::net::IpAddr;
use std::os::fd::AsFd as _;

use anyhow::{Context as _, bail};
use bataudit_control::personal_tokens::PREFIX;
use bataudit_service::{Env, Secret};
use nix::sys::termios::{LocalFlags, SetArg, tcgetattr, tcsetattr};
use serde_json::json;
use url::{Host, Url};

use super::http::{self, Client};
use super::profile::KnownServer;
use super::{Surroundings, block_on, print};
use crate::cli::{Login, Logout};

/// A token is shorter.
const MOST_BYTES: u64 = 4096;

/// Keeps a token that the server believes.
pub(crate) fn run(asked: &Login) -> anyhow::Result<()> {
    let around = Surroundings::from_env(Env::from_process())?;
    let url = http::address(&asked.url)?;
    if !(asked.allow_http || url.scheme() == "https" || is_here(&url)) {
        bail!(
            "{url} is not https: everybody on the way could read the token. --allow-http sends it nevertheless"
        );
    }
    let mut known = around.profiles.read()?;
    let token = match around.token {
        Some(token) => token,
        None => ask(&url)?,
    };
    if !token.expose().starts_with(PREFIX) {
        bail!("this is not a personal token: those begin with {PREFIX}, and are made in the dashboard");
    }
    let client = Client::new(url.clone(), token.clone(), around.ca_file.as_deref())?;
    let me = block_on(async move { client.get("/v1/auth/me", &[]).await })?;
    let [email, role] = ["email", "role"].map(|field| me[field].as_str().map(str::to_owned));
    let email = email.context("what answered is not BatAudit's API: it did not say who you are")?;
    known.current = Some(url.to_string());
    known.servers.insert(url.to_string(), KnownServer { user: email.clone(), token });
    let file = around.profiles.write(&known)?;
    if asked.json {
        return print(&format!(
            "{}\n",
            json!({"server": url.as_str(), "user": email, "role": role, "file": file})
        ));
    }
    print(&format!("{email} ({}) at {url}; the token is in {}\n", role.unwrap_or_default(), file.display()))
}

/// Forgets a server.
pub(crate) fn forget(asked: &Logout) -> anyhow::Result<()> {
    let around = Surroundings::from_env(Env::from_process())?;
    let mut known = around.profiles.read()?;
    let named = match &asked.url {
        Some(url) => http::address(url)?.to_string(),
        None => known.current.clone().context("no server is known; nothing was changed")?,
    };
    known.servers.remove(&named).with_context(|| format!("{named} is not known; nothing was changed"))?;
    known.current = known.current.filter(|current| *current != named);
    around.profiles.write(&known)?;
    if asked.json {
        return print(&format!("{}\n", json!({"forgotten": named})));
    }
    print(&format!("{named} is forgotten. The token works until it is revoked in the dashboard.\n"))
}

/// Whether an address leads to this machine.
fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => IpAddr::from(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::from(address).is_loopback(),
        None => false,
    }
}

/// The token from standard input: typed unseen at a terminal, or piped.
fn ask(url: &Url) -> anyhow::Result<Secret> {
    let input = io::stdin();
    let mut line = String::new();
    if input.is_terminal() {
        write!(io::stderr(), "Personal token for {url} (not shown): ")?;
        io::stderr().flush()?;
        let seen = tcgetattr(input.as_fd())?;
        let mut unseen = seen.clone();
        unseen.local_flags.remove(LocalFlags::ECHO);
        tcsetattr(input.as_fd(), SetArg::TCSANOW, &unseen)?;
        let read = input.lock().read_line(&mut line);
        tcsetattr(input.as_fd(), SetArg::TCSANOW, &seen)?;
        writeln!(io::stderr())?;
        read?;
    } else {
        io::Read::take(input.lock(), MOST_BYTES).read_line(&mut line)?;
    }
    let token = line.trim();
    if token.is_empty() {
        bail!("no token was given: type it, pipe it in, or set BATAUDIT_CLI_TOKEN");
    }
    Ok(Secret::new(token))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_trusted_without_tls() {
        let here = |text: &str| is_here(&http::address(text).unwrap());
        assert!(here("http://localhost:8082") && here("http://127.0.0.9") && here("http://[::1]:1"));
        assert!(!here("http://10.0.0.1") && !here("http://localhost.example.com"));
    }
}
