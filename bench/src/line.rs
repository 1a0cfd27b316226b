//! The line under measurement: the release binaries on real Kafka and ClickHouse, or `bataudit up`,
//! started as the end-to-end tests start them.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use bataudit_e2e::api::Api;
use bataudit_e2e::clickhouse::ClickHouse;
use bataudit_e2e::embedded::{Installation, Up};
use bataudit_e2e::stack::{Application, Plan, Stack};
use serde_json::Value;
use tokio::time::{Instant, interval};

use crate::load::Load;
use crate::topic::Topic;

/// How long a stop may take.
pub(crate) const STOPPED: Duration = Duration::from_secs(30);
/// How often a count is looked at.
const LOOK: Duration = Duration::from_millis(20);

/// The four services and an application with a key.
pub struct Line {
    /// The services.
    pub stack: Stack,
    /// The application.
    pub application: Application,
}

impl Line {
    /// Starts everything under a name of its own.
    ///
    /// # Errors
    /// When an address cannot be read. A part that does not come up panics with a sentence.
    pub async fn start(label: &'static str, env: &[(&'static str, &str)]) -> anyhow::Result<Self> {
        Self::on(label, None, env).await
    }

    /// As [`start`](Self::start), on this ClickHouse where one is named.
    ///
    /// # Errors
    /// As there.
    pub async fn on(
        label: &'static str,
        clickhouse: Option<String>,
        env: &[(&'static str, &str)],
    ) -> anyhow::Result<Self> {
        let mut plan = Plan { clickhouse, ..Plan::new(label) };
        let usual = [("BATAUDIT_LOG", "info"), ("BATAUDIT_KAFKA_PARTITIONS", "4")];
        plan.env = usual.iter().chain(env).map(|(name, value)| (*name, (*value).to_owned())).collect();
        let stack = Stack::start(plan).await;
        let application = stack.application("bench").await;
        Ok(Self { stack, application })
    }

    /// As [`start`](Self::start), without the processor: for figures of the gateway alone.
    ///
    /// # Errors
    /// As there.
    pub async fn gateway(label: &'static str, env: &[(&'static str, &str)]) -> anyhow::Result<Self> {
        let mut line = Self::start(label, env).await?;
        line.stack.processor.process.stop(STOPPED).await;
        Ok(line)
    }

    /// A load on the gateway with the application's key.
    ///
    /// # Errors
    /// When the address cannot be read.
    pub fn load(&self) -> anyhow::Result<Load> {
        let address = socket(&self.application.gateway.url)?;
        Ok(Load::on(address, &self.application.gateway.key, &self.application.service))
    }

    /// The gateway's process.
    #[must_use]
    pub fn gateway_pid(&self) -> u32 {
        self.stack.ingests[0].process.pid()
    }

    /// The processor's process.
    #[must_use]
    pub fn processor_pid(&self) -> u32 {
        self.stack.processor.process.pid()
    }

    /// The topic, under the processor's group.
    ///
    /// # Errors
    /// When Kafka does not answer.
    pub fn topic(&self) -> anyhow::Result<Topic> {
        Topic::open(&self.stack.brokers, &self.stack.topics.events, self.stack.clickhouse.database())
    }

    /// The log file of a child process.
    #[must_use]
    pub fn log(&self, name: &str) -> PathBuf {
        self.stack.artifacts.join(format!("{name}.log"))
    }

    /// Stops the processor with SIGTERM.
    pub async fn stop_processor(&mut self) {
        self.stack.processor.process.stop(STOPPED).await;
    }

    /// How many events are stored.
    pub async fn stored(&self) -> u64 {
        self.stack.clickhouse.number(SENT).await
    }

    /// Waits until this many events are stored.
    ///
    /// # Errors
    /// When they are not in time, or there are more.
    pub async fn stored_when(&self, count: u64, deadline: Duration) -> anyhow::Result<()> {
        stored_when(&self.stack.clickhouse, count, deadline).await
    }
}

/// The events that were sent; what is done to make a line is told by events of BatAudit's own.
const SENT: &str = "SELECT count() FROM events WHERE NOT startsWith(event_type, 'system.')";

/// Waits until a table holds this many events, and no more.
///
/// # Errors
/// When it does not in time, or there are more.
pub async fn stored_when(clickhouse: &ClickHouse, count: u64, deadline: Duration) -> anyhow::Result<()> {
    let (end, mut looks) = (Instant::now() + deadline, interval(LOOK));
    loop {
        looks.tick().await;
        let stored = clickhouse.number(SENT).await;
        ensure!(stored <= count, "{stored} events are stored, {count} were sent");
        if stored == count {
            return Ok(());
        }
        ensure!(Instant::now() < end, "{stored} of {count} events were stored within {deadline:?}");
    }
}

/// A line to read from, whoever runs it.
pub struct Reader {
    /// Where posts go.
    pub load: Load,
    /// Where events are read.
    pub api: Api,
    /// Keeps the line running.
    _held: Held,
}

enum Held {
    Line { _line: Box<Line> },
    Up { _installation: Installation, _up: Box<Up> },
}

impl Reader {
    /// The four services, or `bataudit up`.
    ///
    /// # Errors
    /// When an address cannot be read.
    pub async fn start(label: &'static str, embedded: bool) -> anyhow::Result<Self> {
        if !embedded {
            return Self::of(Line::start(label, &[]).await?);
        }
        let installation = Installation::new(label);
        let up = installation.up().await;
        let printed = up.printed();
        let api = up.login(&printed).await;
        let load = Load::on(socket(&up.ingest_url)?, &printed.key, "bench");
        Ok(Self { load, api, _held: Held::Up { _installation: installation, _up: Box::new(up) } })
    }

    /// This line.
    ///
    /// # Errors
    /// When an address cannot be read.
    pub fn of(line: Line) -> anyhow::Result<Self> {
        let (load, api) = (line.load()?, line.application.owner.clone());
        Ok(Self { load, api, _held: Held::Line { _line: Box::new(line) } })
    }

    /// Ids of the newest events of a service.
    ///
    /// # Errors
    /// When the API does not answer with a list.
    pub async fn newest(&self, service: &str) -> anyhow::Result<Vec<String>> {
        let answer = self.api.try_get(&format!("/v1/audit?limit=100&service_name={service}")).await;
        let answer = answer.map_err(anyhow::Error::msg)?;
        ensure!(answer.status == 200, "the list was answered with {}", answer.status);
        let body: Value = serde_json::from_str(&answer.body)?;
        let events = body["data"].as_array().context("an answer without a list")?;
        Ok(events.iter().filter_map(|event| event["id"].as_str().map(str::to_owned)).collect())
    }
}

/// The address of an `http://` URL.
///
/// # Errors
/// When it holds no numeric address.
pub fn socket(url: &str) -> anyhow::Result<SocketAddr> {
    let address = url.trim_start_matches("http://").trim_end_matches('/');
    address.parse().with_context(|| format!("{url} is no numeric address"))
}

/// A binary beside this one.
///
/// # Errors
/// When it was not built.
pub fn own_binary(name: &str) -> anyhow::Result<PathBuf> {
    let own = std::env::current_exe()?;
    let path = own.parent().context("no folder")?.join(name);
    ensure!(path.is_file(), "{} is missing: run make bench", path.display());
    Ok(path)
}
