//! What this installation stands on: folders, ports, secrets and logs, and the two children made of them.
//!
//! In: the data folder and the two foreign programs. Out: the children's specifications and the addresses at which
//! the services find them.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;

use super::children::{ChildCommand, ChildSpec, Probe};
use super::engine_files::EngineFiles;
use super::logs::Logs;
use super::parts::Parts;
use super::ports::ChildPorts;
use super::secrets::Secrets;

/// An engine without connections stops in a moment; one with a client that stays waits 5 s for it by itself.
const ENGINE_STOPS_WITHIN: Duration = Duration::from_secs(5);
/// The broker writes what it has at once, so there is little to wait for.
const BROKER_STOPS_WITHIN: Duration = Duration::from_secs(2);

/// The broker's file, in its folder.
const BROKER_FILE: &str = "broker.db";

/// The control store's file, in the data folder.
pub(crate) const CONTROL_FILE: &str = "control.db";

/// Location of the control store's file.
pub(crate) fn control_url(data: &Path) -> String {
    format!("sqlite://{}", data.join(CONTROL_FILE).display())
}

/// The data folder, prepared.
#[derive(Debug)]
pub(crate) struct Ground {
    /// Full path of the data folder.
    pub(crate) data: PathBuf,
    /// The children's ports.
    pub(crate) ports: ChildPorts,
    /// The installation's secrets.
    pub(crate) secrets: Secrets,
    /// The log files.
    pub(crate) logs: Logs,
}

impl Ground {
    /// Prepares the data folder, which this process must have locked.
    pub(crate) fn prepare(data: &Path) -> anyhow::Result<Self> {
        let logs =
            Logs::open(data).with_context(|| format!("cannot make the log folder in {}", data.display()))?;
        Ok(Self {
            data: data.to_owned(),
            ports: ChildPorts::keep_or_choose(data)?,
            secrets: Secrets::load_or_make(data)?,
            logs,
        })
    }

    /// Where the broker listens.
    pub(crate) fn broker(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.ports.broker).into()
    }

    /// Where ClickHouse listens.
    pub(crate) fn clickhouse(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.ports.clickhouse).into()
    }

    /// Location of the control store's file.
    pub(crate) fn control_url(&self) -> String {
        control_url(&self.data)
    }

    /// The file the broker keeps everything in.
    pub(crate) fn broker_file(&self) -> PathBuf {
        self.data.join("broker").join(BROKER_FILE)
    }

    /// The broker as a child.
    pub(crate) fn broker_child(&self, parts: &Parts) -> anyhow::Result<ChildSpec> {
        let folder = self.folder("broker")?;
        // The broker reads the first `.env` it finds from its working folder upwards: this one, and nobody else's.
        fs::write(folder.join(".env"), "").context("cannot prepare the broker's folder")?;
        let address = self.broker();
        let url = format!("tcp://{address}");
        let words = ["broker", "--silent", "--listener-url", &url, "--advertised-listener-url", &url];
        let mut command = vec![parts.broker.clone().into_os_string()];
        command.extend(words.map(Into::into));
        // Relative to the working folder, whatever it looks like.
        command.extend(["--storage-engine".into(), format!("sqlite://{BROKER_FILE}").into()]);
        Ok(ChildSpec {
            name: "broker",
            command: ChildCommand {
                words: command,
                environment: vec![("RUST_LOG", "warn".into())],
                folder,
                log: self.logs.file("broker.log")?,
            },
            probe: Probe::Connects(address),
            stops_within: BROKER_STOPS_WITHIN,
        })
    }

    /// ClickHouse as a child; `program` is this program, which hosts the engine.
    pub(crate) fn engine_child(&self, parts: &Parts, program: &Path) -> anyhow::Result<ChildSpec> {
        let folder = self.folder("clickhouse")?;
        let files = EngineFiles {
            folder: &folder,
            log: &self.logs.file("clickhouse.log")?,
            port: self.ports.clickhouse,
            secrets: &self.secrets,
        };
        let config = files.write().context("cannot write the configuration of ClickHouse")?;
        let probe = Probe::ClickHouse { http: self.clickhouse(), status: files.status() };
        Ok(ChildSpec {
            name: "ClickHouse",
            command: ChildCommand {
                words: vec![
                    program.into(),
                    "engine".into(),
                    "--lib".into(),
                    parts.engine.clone().into(),
                    "--config".into(),
                    config.into(),
                ],
                environment: Vec::new(),
                folder,
                log: self.logs.file("engine.log")?,
            },
            probe,
            stops_within: ENGINE_STOPS_WITHIN,
        })
    }

    fn folder(&self, name: &str) -> anyhow::Result<PathBuf> {
        let folder = self.data.join(name);
        fs::create_dir_all(&folder)
            .with_context(|| format!("cannot make the folder {}", folder.display()))?;
        Ok(folder)
    }
}
