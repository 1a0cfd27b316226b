//! A real Kafka of a test's own, one broker or three, which it may kill, stop for a while, and reach
//! by further listeners.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use nix::sys::signal::Signal;
use tokio::process::Command;

use crate::wait::{eventually, holds};
use crate::{binaries, ports, process};

/// A listener beside the brokers' own, by which clients are sent to another address than the
/// broker's: that of a proxy.
#[derive(Debug, Clone)]
pub struct Listener {
    /// Its name, in capitals.
    pub name: &'static str,
    /// Where the broker listens.
    pub port: u16,
    /// Where clients of this listener are told to connect.
    pub advertised: u16,
}

/// The brokers; killed with the value.
#[derive(Debug)]
pub struct PrivateKafka {
    folder: tempfile::TempDir,
    port: u16,
    nodes: u16,
}

impl PrivateKafka {
    /// Starts a broker with an empty folder.
    ///
    /// # Panics
    /// When it does not come up.
    pub async fn start() -> Self {
        Self::start_with(1, &[]).await
    }

    /// Starts one broker or three with empty folders. Further listeners are for one broker only.
    ///
    /// # Panics
    /// When they do not come up.
    pub async fn start_with(nodes: u16, listeners: &[Listener]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let kafka = Self { folder, port: ports::free_row(nodes, 100), nodes };
        if !listeners.is_empty() {
            fs::write(kafka.properties(), kafka.with_listeners(listeners)).expect("broker properties");
        }
        kafka.up().await;
        kafka
    }

    /// `host:port` of every broker, separated by commas.
    #[must_use]
    pub fn brokers(&self) -> String {
        let all = (self.port..self.port + self.nodes).map(|port| format!("127.0.0.1:{port}"));
        all.collect::<Vec<_>>().join(",")
    }

    /// How many brokers there are.
    #[must_use]
    pub fn nodes(&self) -> u16 {
        self.nodes
    }

    /// Starts every broker that does not run, on what it stored before.
    ///
    /// # Panics
    /// When one does not come up.
    pub async fn up(&self) {
        let mut command = Command::new(binaries::in_checkout("deploy/dev/services-up"));
        command
            .env("ONLY", "kafka")
            .env("NODES", self.nodes.to_string())
            .env("BATAUDIT_DEV_DIR", self.folder.path())
            .env("BATAUDIT_DEV_KAFKA_PORT", self.port.to_string());
        if self.properties().exists() {
            command.env("BATAUDIT_DEV_KAFKA_PROPERTIES", self.properties());
        }
        let output = tokio::time::timeout(Duration::from_secs(120), command.output()).await;
        let output = output.expect("services-up ends").expect("services-up runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// Ends the only broker, or the first, with SIGKILL.
    ///
    /// # Panics
    /// When it does not run.
    pub async fn kill(&self) {
        self.kill_node(1).await;
    }

    /// Ends a broker with SIGKILL; the first is 1.
    ///
    /// # Panics
    /// When it does not run.
    pub async fn kill_node(&self, node: u16) {
        let pid = self.pid(node).expect("a running broker");
        process::send(pid, Signal::SIGKILL);
        eventually("the broker is gone", Duration::from_secs(10), async || {
            holds(!process::lives(pid), "it lives")
        })
        .await;
    }

    /// Sends a broker a signal.
    ///
    /// # Panics
    /// When it does not run.
    pub fn signal_node(&self, node: u16, signal: Signal) {
        process::send(self.pid(node).expect("a running broker"), signal);
    }

    fn pid(&self, node: u16) -> Option<u32> {
        let file: PathBuf = self.folder.path().join(format!("kafka/{node}/pid"));
        let pid = fs::read_to_string(file).ok()?.split_whitespace().next()?.parse().ok();
        pid.filter(|pid| process::command_line(*pid).contains("kafka.Kafka"))
    }

    fn properties(&self) -> PathBuf {
        self.folder.path().join("more.properties")
    }

    fn with_listeners(&self, listeners: &[Listener]) -> String {
        let (own, controller) = (self.port, self.port + 100);
        let mut listen = format!("BROKER://127.0.0.1:{own},CONTROLLER://127.0.0.1:{controller}");
        let mut advertise = format!("BROKER://127.0.0.1:{own}");
        let mut protocols = "BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT".to_owned();
        for Listener { name, port, advertised } in listeners {
            write!(listen, ",{name}://127.0.0.1:{port}").expect("writing to memory");
            write!(advertise, ",{name}://127.0.0.1:{advertised}").expect("writing to memory");
            write!(protocols, ",{name}:PLAINTEXT").expect("writing to memory");
        }
        format!(
            "\nlisteners={listen}\nadvertised.listeners={advertise}\n\
             listener.security.protocol.map={protocols}\n"
        )
    }
}

impl Drop for PrivateKafka {
    fn drop(&mut self) {
        for pid in (1..=self.nodes).filter_map(|node| self.pid(node)) {
            process::send(pid, Signal::SIGKILL);
        }
    }
}
