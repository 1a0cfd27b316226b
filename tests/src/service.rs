//! One service as a process of a stack: started on ports of its own, asked for its health.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use crate::process::{Launch, Process};
use crate::wait::{eventually, holds};
use crate::{binaries, ports};

/// How long a service may take to start and be ready.
const READY: Duration = Duration::from_secs(30);

/// A service and where it reports its health.
#[derive(Debug)]
pub struct Service {
    /// The process.
    pub process: Process,
    /// The public address, where it has one.
    pub url: String,
    /// Address of `/ready` and `/metrics`.
    pub admin_url: String,
}

impl Service {
    /// Waits until it says that it is ready.
    ///
    /// # Panics
    /// When it does not in time, or ends.
    pub async fn ready(&mut self) {
        self.ready_within(READY).await;
    }

    /// Waits until it says that it is ready, so long at most.
    ///
    /// # Panics
    /// When it does not in time, or ends.
    pub async fn ready_within(&mut self, deadline: Duration) {
        let what = format!("{} is ready", self.process.name());
        let url = format!("{}/ready", self.admin_url);
        eventually(&what, deadline, async || {
            assert!(self.process.ended().is_none(), "{what}: it ended\n{}", self.process.tail());
            let response = reqwest::get(&url).await.map_err(|error| error.to_string())?;
            let ready = response.status() == 200;
            holds(ready, response.text().await.unwrap_or_default())
        })
        .await;
    }

    /// Waits until it answers, ready or not.
    ///
    /// # Panics
    /// When it does not in time.
    pub async fn alive_within(&self, deadline: Duration) {
        let (what, url) = (format!("{} answers", self.process.name()), format!("{}/live", self.admin_url));
        eventually(&what, deadline, async || {
            reqwest::get(&url).await.map(drop).map_err(|error| error.to_string())
        })
        .await;
    }

    /// Kills it with SIGKILL and starts it again; ready afterwards.
    pub async fn kill_and_restart(&mut self) {
        self.process.kill();
        self.process.restart();
        self.ready().await;
    }

    /// One metric, summed over its labels; 0 while it does not exist.
    ///
    /// # Panics
    /// When the metrics cannot be read.
    pub async fn metric(&self, name: &str) -> f64 {
        let response = reqwest::get(format!("{}/metrics", self.admin_url)).await.expect("metrics");
        let text = response.text().await.expect("metrics");
        let lines = text
            .lines()
            .filter(|line| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(['{', ' '])));
        lines.filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).sum()
    }
}

/// Starts services with one environment.
#[derive(Debug, Clone)]
pub struct Starter {
    /// The environment they share.
    pub env: BTreeMap<String, String>,
    /// Where their logs go.
    pub artifacts: PathBuf,
}

impl Starter {
    /// Starts `bataudit-<service>` on ports of its own.
    #[must_use]
    pub fn start(&self, service: &str, name: &str, env: &[(&str, String)]) -> Service {
        self.start_as(service, &format!("bataudit-{service}"), name, env)
    }

    /// Starts another binary as a service of this kind.
    #[must_use]
    pub fn start_as(&self, service: &str, binary: &str, name: &str, env: &[(&str, String)]) -> Service {
        let prefix = format!("BATAUDIT_{}", service.replace('-', "_").to_uppercase());
        let (port, admin) = (ports::free(), ports::free());
        let mut all = self.env.clone();
        match service {
            "ingest" | "query-api" => {
                drop(all.insert(format!("{prefix}_ADDRESS"), format!("127.0.0.1:{port}")))
            }
            _ => {}
        }
        all.insert(format!("{prefix}_ADMIN_ADDRESS"), format!("127.0.0.1:{admin}"));
        all.extend(env.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        let launch = Launch {
            name: name.to_owned(),
            binary: binaries::path(binary),
            arguments: Vec::new(),
            env: all,
            log: self.artifacts.join(format!("{name}.log")),
        };
        Service {
            process: Process::start(launch),
            url: format!("http://127.0.0.1:{port}"),
            admin_url: format!("http://127.0.0.1:{admin}"),
        }
    }
}
