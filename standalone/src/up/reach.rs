//! Where a running `bataudit up` has its data, for commands beside it.
//!
//! In: its data folder. Out: the environment as its services see it. Nothing in the folder is changed.

use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail};
use bataudit_kafka::{connection as kafka, topics};
use bataudit_service::{Env, Field};
use bataudit_store::connection as clickhouse;

use super::config::{ADMIN_ADDRESS, DATA_DIR};
use super::engine_files::{DATABASE, KEEPER, READER};
use super::ground::control_url;
use super::ports::ChildPorts;
use super::secrets::Secrets;
use super::wiring::{PARTITIONS, or};

/// How long a child may take to take a connection.
const CONNECT: Duration = Duration::from_secs(1);

/// The environment of a command: that of the installation in this folder, or else this process's own.
pub(crate) fn environment(data: Option<&Path>) -> anyhow::Result<Env> {
    let env = Env::from_process();
    match data {
        Some(folder) => reach(env, folder),
        None => Ok(env),
    }
}

/// An installation of `bataudit up` on this machine, as the one who examines it sees it.
#[derive(Debug)]
pub(crate) struct Beside {
    /// Its folder.
    pub(crate) folder: PathBuf,
    /// What its services read, as the ClickHouse user who also sees the disks.
    pub(crate) env: Env,
    /// Where it tells how it is, unless it was started with another address.
    pub(crate) admin: SocketAddr,
    children: [SocketAddr; 2],
}

impl Beside {
    /// The one in the folder that was named; without a name the one in the folder `bataudit up` would take, if there is
    /// one and the environment names no brokers.
    pub(crate) fn find(mut env: Env, data: Option<&Path>) -> anyhow::Result<Option<Self>> {
        let is_set =
            |env: &mut Env, field: &Field| env.optional(&Field { default: None, ..*field }).is_some();
        let folder = match data {
            Some(folder) => folder.to_owned(),
            None if is_set(&mut env, &kafka::BROKERS) => return Ok(None),
            None => PathBuf::from(env.text(&DATA_DIR)),
        };
        let found = ChildPorts::kept(&folder).filter(|_| control_file(&folder));
        let ports = match found {
            Some(ports) => ports,
            None if data.is_none() => return Ok(None),
            None => {
                bail!("{} is not the data folder of a `bataudit up` that was ever started", folder.display())
            }
        };
        let secrets = Secrets::load_or_make(&folder)?;
        let env = or(reach(env, &folder)?, &bataudit_query_api::config::JWT_SECRET, &secrets.jwt);
        let mut env = or(env, &topics::PARTITIONS, PARTITIONS)
            .with(&topics::REPLICATION, "1")
            .with(&clickhouse::USER, KEEPER)
            .with(&clickhouse::PASSWORD, &secrets.clickhouse_keeper);
        let children = [ports.broker, ports.clickhouse].map(local);
        Ok(Some(Self { folder, admin: env.address(&ADMIN_ADDRESS), env, children }))
    }

    /// Whether any of its children takes connections.
    pub(crate) fn runs(&self) -> bool {
        self.children.iter().any(|child| TcpStream::connect_timeout(child, CONNECT).is_ok())
    }
}

fn local(port: u16) -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, port))
}

/// The environment with the addresses of this installation, as the ClickHouse user that only reads.
pub(crate) fn reach(env: Env, folder: &Path) -> anyhow::Result<Env> {
    let folder =
        folder.canonicalize().with_context(|| format!("cannot use the data folder {}", folder.display()))?;
    let (Some(ports), true) = (ChildPorts::kept(&folder), control_file(&folder)) else {
        bail!("{} is not the data folder of a `bataudit up` that was ever started", folder.display());
    };
    let secrets = Secrets::load_or_make(&folder)?;
    Ok(env
        .with(&kafka::BROKERS, local(ports.broker).to_string())
        .with(&kafka::SECURITY, "plaintext")
        .with(&bataudit_control::store::URL, control_url(&folder))
        .with(&clickhouse::URL, format!("http://{}", local(ports.clickhouse)))
        .with(&clickhouse::DATABASE, DATABASE)
        .with(&clickhouse::USER, READER)
        .with(&clickhouse::PASSWORD, &secrets.clickhouse_reader))
}

fn control_file(folder: &Path) -> bool {
    folder.join(super::ground::CONTROL_FILE).is_file() && folder.join("secrets.json").is_file()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_folder_is_refused_and_stays_empty() {
        let folder = tempfile::tempdir().unwrap();
        let error = reach(Env::from_pairs::<&str, &str>([]), folder.path()).unwrap_err();
        assert!(error.to_string().contains("is not the data folder"), "{error}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn an_installation_is_found_by_itself_unless_the_environment_names_another() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().display().to_string();
        let find = |pairs: &[(&str, &str)], data| Beside::find(Env::from_pairs(pairs.iter().copied()), data);
        let here = [("BATAUDIT_DATA_DIR", path.as_str())];
        assert!(find(&here, None).unwrap().is_none(), "nothing was ever started there");
        assert!(find(&here, Some(folder.path())).unwrap_err().to_string().contains("is not the data folder"));

        Secrets::load_or_make(folder.path()).unwrap();
        let ports = ChildPorts::keep_or_choose(folder.path()).unwrap();
        std::fs::write(folder.path().join(super::super::ground::CONTROL_FILE), "").unwrap();
        let mut found = find(&here, None).unwrap().unwrap();
        assert_eq!(found.env.text(&kafka::BROKERS), format!("127.0.0.1:{}", ports.broker));
        assert!(!found.runs());
        let elsewhere = [here[0], ("BATAUDIT_KAFKA_BROKERS", "kafka:9092")];
        assert!(find(&elsewhere, None).unwrap().is_none());
        assert!(find(&elsewhere, Some(folder.path())).unwrap().is_some(), "it was named");
    }
}
