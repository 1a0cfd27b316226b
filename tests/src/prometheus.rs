//! A real Prometheus that scrapes the services of a stack, with the configuration and the rules of `deploy/prometheus`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::Value;

use crate::binaries::in_checkout;
use crate::ports;
use crate::process::{Launch, Process};
use crate::wait::{eventually, holds};

/// How long it may take to start.
const READY: Duration = Duration::from_secs(30);
/// Where Debian puts it.
const PROGRAM: &str = "/usr/bin/prometheus";

/// A running Prometheus; it looks every second.
#[derive(Debug)]
pub struct Prometheus {
    url: String,
    process: Process,
    _folder: tempfile::TempDir,
}

impl Prometheus {
    /// Starts one. `targets` are the admin addresses (`host:port`) of the services, under the names that the
    /// configuration has for them, such as `ingest:9081`.
    ///
    /// # Panics
    /// When the configuration has no such target, or Prometheus does not come up.
    pub async fn start(targets: &[(&str, Vec<String>)], log: PathBuf) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let config = folder.path().join("prometheus.yml");
        fs::write(&config, configuration(targets)).expect("its configuration");
        let port = ports::free();
        let arguments = [
            format!("--config.file={}", config.display()),
            format!("--storage.tsdb.path={}", folder.path().join("data").display()),
            format!("--web.listen-address=127.0.0.1:{port}"),
            "--log.level=warn".to_owned(),
            "--enable-feature=exemplar-storage".to_owned(),
        ];
        let launch = Launch {
            name: "prometheus".to_owned(),
            binary: PathBuf::from(PROGRAM),
            arguments: arguments.map(Into::into).to_vec(),
            env: BTreeMap::new(),
            log,
        };
        let process = Process::start(launch);
        let started = Self { url: format!("http://127.0.0.1:{port}"), process, _folder: folder };
        eventually("Prometheus is ready", READY, async || {
            let answer = reqwest::get(format!("{}/-/ready", started.url)).await;
            let ready = answer.is_ok_and(|answer| answer.status() == 200);
            holds(ready, started.process.tail())
        })
        .await;
        started
    }

    /// The samples of an expression now.
    ///
    /// # Errors
    /// What Prometheus has against the expression.
    pub async fn query(&self, expression: &str) -> Result<Vec<Value>, String> {
        let data = self.get("/api/v1/query", &[("query", expression)]).await?;
        Ok(data["result"].as_array().cloned().unwrap_or_default())
    }

    /// The traces that an expression's exemplars of the last hour lead to.
    ///
    /// # Errors
    /// What Prometheus has against the expression.
    pub async fn traces(&self, expression: &str) -> Result<BTreeSet<String>, String> {
        let now = chrono::Utc::now().timestamp();
        let (start, end) = ((now - 3600).to_string(), (now + 60).to_string());
        let query = [("query", expression), ("start", &start), ("end", &end)];
        let data = self.get("/api/v1/query_exemplars", &query).await?;
        let series = data.as_array().cloned().unwrap_or_default();
        let exemplars = series.iter().filter_map(|series| series["exemplars"].as_array()).flatten();
        Ok(exemplars
            .filter_map(|exemplar| exemplar["labels"]["trace_id"].as_str())
            .map(str::to_owned)
            .collect())
    }

    /// All rules with their states.
    ///
    /// # Errors
    /// What Prometheus answered instead.
    pub async fn rules(&self) -> Result<Vec<Value>, String> {
        let data = self.get("/api/v1/rules", &[]).await?;
        let groups = data["groups"].as_array().cloned().unwrap_or_default();
        Ok(groups.iter().flat_map(|group| group["rules"].as_array().cloned().unwrap_or_default()).collect())
    }

    async fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Value, String> {
        let request = reqwest::Client::new().get(format!("{}{path}", self.url)).query(query);
        let answer = request.send().await.map_err(|error| error.to_string())?;
        let body: Value = answer.json().await.map_err(|error| error.to_string())?;
        if body["status"] == "success" { Ok(body["data"].clone()) } else { Err(body["error"].to_string()) }
    }
}

/// The configuration of Compose with other addresses, and in a hurry.
fn configuration(targets: &[(&str, Vec<String>)]) -> String {
    let file = in_checkout("deploy/prometheus/prometheus.yml");
    let mut text = fs::read_to_string(file).expect("the configuration");
    let rules = in_checkout("deploy/prometheus/rules");
    let mut replace = |what: &str, with: &str| {
        assert!(text.contains(what), "prometheus.yml does not say {what}");
        text = text.replace(what, with);
    };
    replace("/etc/prometheus/rules", &rules.display().to_string());
    replace("scrape_interval: 15s", "scrape_interval: 1s");
    replace("evaluation_interval: 30s", "evaluation_interval: 1s");
    for (name, addresses) in targets {
        let quoted: Vec<_> = addresses.iter().map(|address| format!("{address:?}")).collect();
        replace(&format!("{name:?}"), &quoted.join(", "));
    }
    text
}
