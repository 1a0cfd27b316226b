//! The load generator: HTTP/1.1 over kept connections, from a process of its own so that its CPU time
//! is nobody else's. One thread and one loop, since it must cost less than what it measures.
//!
//! With a rate it is an open loop: a request is due by the clock, whoever still waits, and its latency
//! counts from the time it was due. Without one it is a closed loop, for saturation only.

mod connection;
mod sending;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use bataudit_e2e::process::{self, Launch};
use serde::{Deserialize, Serialize};

use crate::sample::{Samples, request_body};
use connection::Connection;
use sending::Sending;

/// How long the last answers are waited for.
const LAST_ANSWERS: Duration = Duration::from_secs(15);
/// Share of its core beyond which the generator is what is measured.
pub const MOST_USE: f64 = 0.8;
/// Bytes of request bodies that are made before the first is sent.
const POOL_BYTES: usize = 8 << 20;

/// What to send.
#[derive(Debug, Clone, clap::Args)]
pub struct Load {
    /// Where the server listens
    #[arg(long)]
    pub address: SocketAddr,
    /// The API key
    #[arg(long, default_value = "none")]
    pub key: String,
    /// Service name of the events
    #[arg(long, default_value = "bench")]
    pub service: String,
    /// Events in a request
    #[arg(long, default_value_t = 1)]
    pub per_request: usize,
    /// Connections
    #[arg(long, default_value_t = 64)]
    pub connections: usize,
    /// How long to send, in seconds
    #[arg(long, default_value_t = 5.0)]
    pub seconds: f64,
    /// Requests a second by the clock; without it, as fast as answers come
    #[arg(long)]
    pub rate: Option<f64>,
    /// Rest often enough to stay under the CPU limit
    #[arg(long)]
    pub throttle: bool,
    /// Take any answer, not 202 only
    #[arg(long)]
    pub tolerant: bool,
    /// What the events are made from
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

/// What came of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Outcome {
    /// Requests answered with 202.
    pub accepted: u64,
    /// Requests answered otherwise, or not at all.
    pub refused: u64,
    /// Events in the accepted requests.
    pub events: u64,
    /// From the first request to the last answer.
    pub seconds: f64,
    /// Share of one core that the generator used.
    pub use_of_core: f64,
    /// Median latency in milliseconds.
    pub p50: f64,
    /// 99th percentile.
    pub p99: f64,
    /// The slowest.
    pub slowest: f64,
}

impl Load {
    /// A load of single events on an address, in a closed loop.
    #[must_use]
    pub fn on(address: SocketAddr, key: &str, service: &str) -> Self {
        Self {
            address,
            key: key.to_owned(),
            service: service.to_owned(),
            per_request: 1,
            connections: 64,
            seconds: 5.0,
            rate: None,
            throttle: false,
            tolerant: false,
            seed: 1,
        }
    }

    /// Runs it in a process of its own, whose result is on its standard output.
    ///
    /// # Errors
    /// When it fails, or used so much of its core that the run is void.
    pub async fn run(&self, log: PathBuf) -> anyhow::Result<Outcome> {
        let outcome = self.run_uncounted(log).await?;
        ensure!(
            outcome.use_of_core < MOST_USE,
            "void: the load generator used {:.0} % of its core",
            outcome.use_of_core * 100.0
        );
        Ok(outcome)
    }

    /// As [`run`](Self::run), where the generator's own speed does not matter.
    ///
    /// # Errors
    /// When it fails.
    pub async fn run_uncounted(&self, log: PathBuf) -> anyhow::Result<Outcome> {
        let launch = Launch {
            name: "load".to_owned(),
            binary: crate::line::own_binary("bataudit-bench")?,
            arguments: self.arguments().into_iter().map(Into::into).collect(),
            env: std::collections::BTreeMap::new(),
            log,
        };
        let deadline = Duration::from_secs_f64(self.seconds) + LAST_ANSWERS + Duration::from_secs(15);
        let (success, written) = process::run(launch, deadline).await;
        ensure!(success, "the load generator failed: {written}");
        let last = written.lines().last().unwrap_or_default();
        serde_json::from_str(last).with_context(|| format!("the load generator wrote {last}"))
    }

    fn arguments(&self) -> Vec<String> {
        let mut arguments = vec!["load".to_owned()];
        let values = [
            ("--address", self.address.to_string()),
            ("--key", self.key.clone()),
            ("--service", self.service.clone()),
            ("--per-request", self.per_request.to_string()),
            ("--connections", self.connections.to_string()),
            ("--seconds", self.seconds.to_string()),
            ("--seed", self.seed.to_string()),
        ];
        values.into_iter().for_each(|(name, value)| arguments.extend([name.to_owned(), value]));
        arguments.extend(self.rate.map(|rate| format!("--rate={rate}")));
        arguments.extend(self.throttle.then(|| "--throttle".to_owned()));
        arguments.extend(self.tolerant.then(|| "--tolerant".to_owned()));
        arguments
    }

    /// Sends and waits, here.
    ///
    /// # Errors
    /// When the server cannot be reached, or refuses what it must take.
    pub fn send(&self) -> anyhow::Result<Outcome> {
        let requests = self.requests();
        let connections = (0..self.connections)
            .map(|_| Connection::open(self.address))
            .collect::<anyhow::Result<Vec<_>>>()?;
        let mut sending = Sending::new(self, requests, connections)?;
        sending.run()?;
        sending.outcome()
    }

    /// Whole requests, heads and bodies, sent in turn.
    fn requests(&self) -> Vec<Vec<u8>> {
        let path = if self.per_request == 1 { "/v1/audit" } else { "/v1/audit/batch" };
        let (mut samples, mut requests, mut bytes) = (Samples::of(self.seed), Vec::new(), 0);
        while bytes < POOL_BYTES {
            let body = request_body(&mut samples, &self.service, self.per_request);
            let head = format!(
                "POST {path} HTTP/1.1\r\nhost: {}\r\nx-api-key: {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
                self.address,
                self.key,
                body.len()
            );
            bytes += body.len();
            requests.push([head.into_bytes(), body.into_bytes()].concat());
        }
        requests
    }
}
