//! A real Kafka broker of a test's own, which it may kill.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use nix::sys::signal::Signal;
use tokio::process::Command;

use crate::wait::{eventually, holds};
use crate::{binaries, ports, process};

/// The broker; killed with the value.
#[derive(Debug)]
pub struct PrivateKafka {
    folder: tempfile::TempDir,
    port: u16,
}

impl PrivateKafka {
    /// Starts a broker with an empty folder.
    ///
    /// # Panics
    /// When it does not come up.
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let kafka = Self { folder, port: ports::free_with(100) };
        kafka.up().await;
        kafka
    }

    /// `host:port`.
    #[must_use]
    pub fn brokers(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Starts it, on what it stored before.
    ///
    /// # Panics
    /// When it does not come up.
    pub async fn up(&self) {
        let mut command = Command::new(binaries::in_checkout("deploy/dev/services-up"));
        command
            .env("ONLY", "kafka")
            .env("BATAUDIT_DEV_DIR", self.folder.path())
            .env("BATAUDIT_DEV_KAFKA_PORT", self.port.to_string());
        let output = tokio::time::timeout(Duration::from_secs(120), command.output()).await;
        let output = output.expect("services-up ends").expect("services-up runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// Ends it with SIGKILL.
    ///
    /// # Panics
    /// When it does not run.
    pub async fn kill(&self) {
        let pid = self.pid().expect("a running broker");
        process::send(pid, Signal::SIGKILL);
        eventually("the broker is gone", Duration::from_secs(10), async || {
            holds(!process::lives(pid), "it lives")
        })
        .await;
    }

    fn pid(&self) -> Option<u32> {
        let file: PathBuf = self.folder.path().join("kafka/1/pid");
        fs::read_to_string(file).ok()?.split_whitespace().next()?.parse().ok()
    }
}

impl Drop for PrivateKafka {
    fn drop(&mut self) {
        if let Some(pid) = self.pid().filter(|pid| process::command_line(*pid).contains("kafka.Kafka")) {
            process::send(pid, Signal::SIGKILL);
        }
    }
}
