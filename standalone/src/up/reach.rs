//! Where a running `bataudit up` has its data, for commands beside it.
//!
//! In: its data folder. Out: the environment as its services see it. Nothing in the folder is changed.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;

use anyhow::{Context as _, bail};
use bataudit_kafka::connection as kafka;
use bataudit_service::Env;
use bataudit_store::connection as clickhouse;

use super::engine_files::{DATABASE, READER};
use super::ground::control_url;
use super::ports::ChildPorts;
use super::secrets::Secrets;

/// The environment with the addresses of this installation, as the ClickHouse user that only reads.
pub(crate) fn reach(env: Env, folder: &Path) -> anyhow::Result<Env> {
    let folder =
        folder.canonicalize().with_context(|| format!("cannot use the data folder {}", folder.display()))?;
    let (Some(ports), true) = (ChildPorts::kept(&folder), control_file(&folder)) else {
        bail!("{} is not the data folder of a `bataudit up` that was ever started", folder.display());
    };
    let secrets = Secrets::load_or_make(&folder)?;
    let local = |port: u16| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
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
}
