//! Ports: those people use must be free, those of the children are chosen once and kept.
//!
//! In: the configured addresses and the data folder. Out: all problems at once, or two loopback ports.

use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, TcpListener};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use std::{fmt, fs, io, thread};

use serde::{Deserialize, Serialize};

use crate::private_file;

/// Where the children's ports come from: below the range from which the kernel numbers outgoing connections. A client
/// that retries a dead child's port from that same range can, by chance, connect to itself and keep the child out.
const CANDIDATES: std::ops::Range<u16> = 20_000..30_000;

/// The name of the file in the data folder.
const FILE: &str = "ports.json";

/// How long a kept port may take to become free: after a SIGKILL of the whole, the children need a moment to be gone.
const PATIENCE: Duration = Duration::from_secs(2);

/// An address we will listen on, and how to change it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted {
    /// Who listens.
    pub(crate) part: &'static str,
    /// Where.
    pub(crate) address: SocketAddr,
    /// The variable that changes it.
    pub(crate) variable: &'static str,
}

/// The addresses that cannot be had, one sentence each.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct PortsTaken(Vec<String>);

impl fmt::Display for PortsTaken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("\n"))
    }
}

impl std::error::Error for PortsTaken {}

/// Checks that each address can be listened on.
pub(crate) fn check_free(wanted: &[Wanted]) -> Result<(), PortsTaken> {
    let problems: Vec<_> = wanted
        .iter()
        .filter_map(|wanted| TcpListener::bind(wanted.address).err().map(|error| problem(wanted, &error)))
        .collect();
    if problems.is_empty() { Ok(()) } else { Err(PortsTaken(problems)) }
}

fn problem(Wanted { part, address, variable }: &Wanted, error: &io::Error) -> String {
    let port = address.port();
    match error.kind() {
        io::ErrorKind::AddrInUse => {
            format!(
                "port {port} ({part}) is taken by another process: stop it, or choose another with {variable}"
            )
        }
        io::ErrorKind::PermissionDenied => {
            format!(
                "port {port} ({part}) needs more rights than this user has: choose one above 1023 with {variable}"
            )
        }
        _ => format!("cannot listen on {address} ({part}): {error}; choose another address with {variable}"),
    }
}

/// The loopback ports of the children.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ChildPorts {
    /// The Kafka-compatible broker.
    pub(crate) broker: u16,
    /// The HTTP port of ClickHouse.
    pub(crate) clickhouse: u16,
}

/// Why no port could be found for the children.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ChildPortsError {
    /// Nothing free in the whole range.
    #[error("no free loopback port between {} and {}", CANDIDATES.start, CANDIDATES.end)]
    NoneFree,
    /// The choice could not be kept.
    #[error("cannot write {}", path.display())]
    NotKept {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl ChildPorts {
    /// The ports kept in `folder`, if any.
    pub(crate) fn kept(folder: &Path) -> Option<Self> {
        serde_json::from_slice(&fs::read(folder.join(FILE)).ok()?).ok()
    }

    /// The ports kept in `folder`, unless somebody else took one meanwhile; otherwise two new ones, kept from now on.
    pub(crate) fn keep_or_choose(folder: &Path) -> Result<Self, ChildPortsError> {
        let path = folder.join(FILE);
        // A file that cannot be read or is damaged costs nothing: the ports are chosen anew.
        if let Some(kept) = Self::kept(folder)
            && frees_up(kept.broker)
            && frees_up(kept.clickhouse)
        {
            return Ok(kept);
        }
        let chosen = Self::choose()?;
        let not_kept = |source| ChildPortsError::NotKept { path: path.clone(), source };
        let content = serde_json::to_vec(&chosen).map_err(|error| not_kept(error.into()))?;
        private_file::write(&path, &content).map_err(not_kept)?;
        Ok(chosen)
    }

    fn choose() -> Result<Self, ChildPortsError> {
        let count = CANDIDATES.end - CANDIDATES.start;
        let start = rand::random_range(0..count);
        let mut free =
            (0..count).map(|step| CANDIDATES.start + (start + step) % count).filter(|port| is_free(*port));
        match (free.next(), free.next()) {
            (Some(broker), Some(clickhouse)) => Ok(Self { broker, clickhouse }),
            _ => Err(ChildPortsError::NoneFree),
        }
    }
}

fn is_free(port: u16) -> bool {
    TcpListener::bind(SocketAddrV4::new(Ipv4Addr::LOCALHOST, port)).is_ok()
}

/// Whether the port is free, or becomes so in a moment.
fn frees_up(port: u16) -> bool {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if is_free(port) {
            return true;
        }
        if Instant::now() >= deadline {
            return false;
        }
        thread::sleep(Duration::from_millis(20));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_taken_port_is_named_with_its_variable() {
        let (one, two) =
            (TcpListener::bind("127.0.0.1:0").unwrap(), TcpListener::bind("127.0.0.1:0").unwrap());
        let wanted = [
            Wanted { part: "ingest", address: one.local_addr().unwrap(), variable: "A_PORT" },
            Wanted { part: "admin", address: two.local_addr().unwrap(), variable: "B_PORT" },
        ];
        let message = check_free(&wanted).unwrap_err().to_string();
        assert_eq!(message.lines().count(), 2);
        assert_eq!(
            message.lines().next().unwrap(),
            format!(
                "port {} (ingest) is taken by another process: stop it, or choose another with A_PORT",
                one.local_addr().unwrap().port()
            )
        );
        assert!(message.contains("B_PORT"));
    }

    #[test]
    fn children_keep_their_ports_until_they_are_taken() {
        let folder = tempfile::tempdir().unwrap();
        let chosen = ChildPorts::keep_or_choose(folder.path()).unwrap();
        assert_ne!(chosen.broker, chosen.clickhouse);
        assert!(CANDIDATES.contains(&chosen.broker) && CANDIDATES.contains(&chosen.clickhouse));
        assert_eq!(ChildPorts::keep_or_choose(folder.path()).unwrap(), chosen);

        let _squatter = TcpListener::bind((Ipv4Addr::LOCALHOST, chosen.broker)).unwrap();
        let again = ChildPorts::keep_or_choose(folder.path()).unwrap();
        assert_ne!(again.broker, chosen.broker);
        assert_eq!(ChildPorts::keep_or_choose(folder.path()).unwrap(), again);
    }

    #[test]
    fn a_damaged_file_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("ports.json"), "{").unwrap();
        let chosen = ChildPorts::keep_or_choose(folder.path()).unwrap();
        assert_eq!(ChildPorts::keep_or_choose(folder.path()).unwrap(), chosen);
    }
}
