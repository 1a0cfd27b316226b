//! `bataudit up` with a data folder of its own, as a person would start it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bataudit_service::{Env, Field};
use nix::sys::signal::Signal;
use serde_json::Value;

use crate::api::Api;
use crate::clickhouse::ClickHouse;
use crate::gateway::Gateway;
use crate::process::{Launch, Process, command_line, descendants, resident_bytes, send};
use crate::wait::{eventually, holds};
use crate::{binaries, ports, process};

/// Where the parts come from, handed on to the process under test.
const PARTS: [Field; 4] = [
    Field::optional("BATAUDIT_ENGINE_LIB", "The engine library."),
    Field::optional("BATAUDIT_BROKER_BIN", "The broker."),
    Field::optional("BATAUDIT_CACHE", "The cache folder."),
    Field::optional("XDG_CACHE_HOME", "The user's cache folder."),
];

/// The longest a start may take before the test gives up on it.
const UP_WITHIN: Duration = Duration::from_secs(60);

/// A child of `bataudit up`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Child {
    /// The Kafka-compatible broker.
    Broker,
    /// ClickHouse.
    Engine,
}

/// A data folder and ports; outlives single starts.
#[derive(Debug)]
pub struct Installation {
    folder: Arc<tempfile::TempDir>,
    artifacts: PathBuf,
    /// Port of ingest.
    pub ingest_port: u16,
    /// Port of the API and the dashboard.
    pub api_port: u16,
    /// Port of the admin listener.
    pub admin_port: u16,
    /// Further variables.
    pub env: Vec<(&'static str, String)>,
    /// What it is started with.
    pub arguments: Vec<String>,
}

/// What the first start printed.
#[derive(Debug, Clone)]
pub struct Printed {
    /// E-mail address of the owner.
    pub email: String,
    /// The owner's password.
    pub password: String,
    /// The first key.
    pub key: String,
    /// The command to paste.
    pub curl: String,
}

/// A running `bataudit up`.
#[derive(Debug)]
pub struct Up {
    /// Its process.
    pub process: Process,
    /// Where ingest answers.
    pub ingest_url: String,
    /// Where the API and the dashboard answer.
    pub api_url: String,
    /// How long it took until everything was ready.
    pub took: Duration,
    started_at: usize,
}

impl Installation {
    /// An empty data folder, and ports that are free.
    #[must_use]
    pub fn new(label: &str) -> Self {
        Self {
            folder: Arc::new(tempfile::tempdir().expect("a temporary folder")),
            artifacts: binaries::artifacts(label),
            ingest_port: ports::free(),
            api_port: ports::free(),
            admin_port: ports::free(),
            env: Vec::new(),
            arguments: vec!["up".to_owned()],
        }
    }

    /// The data folder.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The same data folder, other ports.
    #[must_use]
    pub fn on_other_ports(&self) -> Self {
        Self {
            folder: self.folder.clone(),
            artifacts: self.artifacts.clone(),
            ingest_port: ports::free(),
            api_port: ports::free(),
            admin_port: ports::free(),
            env: self.env.clone(),
            arguments: self.arguments.clone(),
        }
    }

    /// Its ClickHouse, as the user who reads.
    ///
    /// # Panics
    /// When it was never started.
    #[must_use]
    pub fn clickhouse(&self) -> ClickHouse {
        let read = |file: &str| -> Value {
            let text =
                std::fs::read(self.data().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
            serde_json::from_slice(&text).expect("JSON")
        };
        let (ports, secrets) = (read("ports.json"), read("secrets.json"));
        let password = secrets["clickhouse_reader"].as_str().expect("a password");
        let url = format!("http://127.0.0.1:{}", ports["clickhouse"]);
        ClickHouse::at(&url, "bataudit_reader", password).with_database("bataudit")
    }

    /// The address of its broker.
    ///
    /// # Panics
    /// When it was never started.
    #[must_use]
    pub fn brokers(&self) -> String {
        let ports = std::fs::read(self.data().join("ports.json")).expect("ports.json");
        let ports: Value = serde_json::from_slice(&ports).expect("JSON");
        format!("127.0.0.1:{}", ports["broker"])
    }

    /// Starts it and waits for nothing.
    #[must_use]
    pub fn begin(&self) -> Process {
        Process::start(self.launch())
    }

    /// Starts it, and waits until it is ready and has said so.
    ///
    /// # Panics
    /// When it does not become ready.
    pub async fn up(&self) -> Up {
        let up = self.answering().await;
        eventually("the banner is printed", Duration::from_secs(5), async || {
            holds(up.written().contains("is running."), up.written())
        })
        .await;
        up
    }

    /// Starts it and waits until it is ready.
    ///
    /// # Panics
    /// When it does not become ready.
    pub async fn answering(&self) -> Up {
        let (before, began) = (self.log_length(), Instant::now());
        let process = Process::start(self.launch());
        let mut up = Up {
            process,
            ingest_url: format!("http://127.0.0.1:{}", self.ingest_port),
            api_url: format!("http://127.0.0.1:{}", self.api_port),
            took: Duration::ZERO,
            started_at: before,
        };
        self.ready(&mut up).await;
        up.took = began.elapsed();
        up
    }

    /// Starts it and waits until it refuses; returns what it said.
    ///
    /// # Panics
    /// When it does not end by itself, or ends with success.
    pub async fn refused(&self) -> String {
        let (success, written) = process::run(self.launch(), Duration::from_secs(20)).await;
        assert!(!success, "it should have refused:\n{written}");
        written
    }

    /// Waits until every part says that it is ready.
    async fn ready(&self, up: &mut Up) {
        let url = format!("http://127.0.0.1:{}/ready", self.admin_port);
        eventually("bataudit up is ready", UP_WITHIN, async || {
            assert!(up.process.ended().is_none(), "it ended:\n{}\n{}", up.process.tail(), self.own_log());
            let response = reqwest::get(&url).await.map_err(|error| error.to_string())?;
            holds(response.status() == 200, response.text().await.unwrap_or_default())
        })
        .await;
    }

    /// The log that it keeps in its data folder.
    #[must_use]
    pub fn own_log(&self) -> String {
        let files = std::fs::read_dir(self.data().join("logs")).into_iter().flatten().flatten();
        files.filter_map(|file| std::fs::read_to_string(file.path()).ok()).collect()
    }

    fn launch(&self) -> Launch {
        let mut env = Env::from_process();
        let parts = PARTS.iter().filter_map(|part| Some((part.name, env.optional(part)?)));
        let fixed = [
            ("BATAUDIT_DATA_DIR", self.data().display().to_string()),
            ("BATAUDIT_INGEST_ADDRESS", format!("127.0.0.1:{}", self.ingest_port)),
            ("BATAUDIT_QUERY_API_ADDRESS", format!("127.0.0.1:{}", self.api_port)),
            ("BATAUDIT_UP_ADMIN_ADDRESS", format!("127.0.0.1:{}", self.admin_port)),
        ];
        let all = parts.chain(fixed).chain(self.env.iter().cloned());
        let env: BTreeMap<_, _> = all.map(|(name, value)| (name.to_owned(), value)).collect();
        Launch {
            name: "bataudit up".to_owned(),
            binary: binaries::path("bataudit"),
            arguments: self.arguments.iter().map(Into::into).collect(),
            env,
            log: self.log(),
        }
    }

    fn log(&self) -> PathBuf {
        self.artifacts.join("up.log")
    }

    fn log_length(&self) -> usize {
        std::fs::read(self.log()).map_or(0, |log| log.len())
    }
}

impl Drop for Installation {
    fn drop(&mut self) {
        // The logs are worth keeping, the data is not.
        binaries::copy_files(&self.data().join("logs"), &self.artifacts.join("logs"));
    }
}

impl Up {
    /// What it wrote to the terminal since this start.
    #[must_use]
    pub fn written(&self) -> String {
        self.process.log().get(self.started_at..).unwrap_or_default().to_owned()
    }

    /// What a first start printed.
    ///
    /// # Panics
    /// When a part of it is missing.
    #[must_use]
    pub fn printed(&self) -> Printed {
        let written = self.written();
        let value = |label: &str| {
            let line = written.lines().find_map(|line| line.trim().strip_prefix(label));
            line.unwrap_or_else(|| panic!("no {label} in:\n{written}")).trim().to_owned()
        };
        Printed {
            email: value("Sign in as"),
            password: value("Password"),
            key: value("API key"),
            curl: format!("curl {}", value("curl ")),
        }
    }

    /// The owner's session with what was printed.
    pub async fn login(&self, printed: &Printed) -> Api {
        Api::login(&self.api_url, &printed.email, &printed.password).await
    }

    /// An application with this key.
    #[must_use]
    pub fn gateway(&self, key: &str) -> Gateway {
        Gateway::new(&self.ingest_url, key)
    }

    /// The process id of a child.
    #[must_use]
    pub fn child(&self, child: Child) -> Option<u32> {
        let sign = match child {
            Child::Broker => " broker ",
            Child::Engine => " engine ",
        };
        descendants(self.process.pid()).into_iter().find(|pid| command_line(*pid).contains(sign))
    }

    /// Kills a child with SIGKILL and waits until it was replaced.
    ///
    /// # Panics
    /// When it is not.
    pub async fn kill_child(&self, child: Child) {
        let old = self.child(child).unwrap_or_else(|| panic!("no {child:?}"));
        send(old, Signal::SIGKILL);
        eventually("the child is replaced", Duration::from_secs(30), async || {
            let now = self.child(child);
            holds(now.is_some_and(|pid| pid != old), format!("{now:?} after {old}"))
        })
        .await;
    }

    /// All its processes, itself first.
    #[must_use]
    pub fn pids(&self) -> Vec<u32> {
        let own = self.process.pid();
        std::iter::once(own).chain(descendants(own)).collect()
    }

    /// Resident memory of all its processes, in bytes.
    #[must_use]
    pub fn resident_bytes(&self) -> u64 {
        self.pids().into_iter().filter_map(resident_bytes).sum()
    }
}
