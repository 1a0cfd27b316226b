//! Measures a running installation: how long an event takes from the post to the list, how many
//! events a second it takes and stores, and what memory its processes use meanwhile. Prints a
//! Markdown table.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use bataudit_e2e::process::resident_bytes;
use clap::Parser;
use reqwest::Client;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

/// How long what was accepted may take to be listed.
const STORED_WITHIN: Duration = Duration::from_secs(180);
/// How long after the last post and the last listed one the rest counts as never coming.
const ABANDONED: Duration = Duration::from_secs(20);
/// The answer to a post that was taken.
const ACCEPTED: u16 = 202;
/// How often memory is looked at under load.
const MEMORY_EVERY: Duration = Duration::from_millis(100);

/// Measures a running installation and prints a Markdown table.
#[derive(Debug, Clone, Parser)]
#[command(name = "bataudit-figures")]
struct Arguments {
    /// Where ingest answers
    #[arg(long, default_value = "http://127.0.0.1:8081")]
    ingest: String,
    /// Where the API answers
    #[arg(long, default_value = "http://127.0.0.1:8082")]
    api: String,
    /// A key that may write
    #[arg(long)]
    key: String,
    /// E-mail of a user who sees the key's project
    #[arg(long)]
    email: String,
    /// That user's password
    #[arg(long)]
    password: String,
    /// Processes whose memory counts, as NAME=PID
    #[arg(long = "pid", value_name = "NAME=PID")]
    pids: Vec<String>,
    /// Single posts whose way to the list is timed
    #[arg(long, default_value_t = 1000)]
    singles: u32,
    /// Single posts per second while timing
    #[arg(long, default_value_t = 4.0)]
    rate: f64,
    /// How long each throughput run posts, in seconds
    #[arg(long, default_value_t = 15)]
    seconds: u64,
    /// Connections of the throughput runs
    #[arg(long, default_value_t = 32)]
    connections: usize,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let pids = arguments.pids.iter().map(|pid| parse_pid(pid)).collect::<anyhow::Result<BTreeMap<_, _>>>()?;
    let target = Arc::new(Target::connect(&arguments).await?);
    println!("| figure | value |\n|---|---|");
    let ways = time_singles(&target, arguments.singles, arguments.rate).await?;
    let name = format!("post to listed, {} single posts at {}/s", arguments.singles, arguments.rate);
    println!("| {name}: median | {} |", millis(ways[ways.len() / 2]));
    println!("| {name}: p99 | {} |", millis(ways[(ways.len() * 99) / 100]));
    println!("| {name}: slowest | {} |", millis(ways[ways.len() - 1]));
    for per_request in [1, 100] {
        let run = Run {
            target: target.clone(),
            per_request,
            time: Duration::from_secs(arguments.seconds),
            connections: arguments.connections,
        };
        let (figures, memory) = tokio::join!(run.measure(), peak_memory(&pids, run.time));
        let figures = figures?;
        let name = format!("{per_request} event(s) per request, {} connections", arguments.connections);
        println!("| {name}: accepted | {:.0} events/s |", figures.accepted);
        println!("| {name}: stored and listed, first post to last event | {:.0} events/s |", figures.stored);
        println!("| {name}: requests refused | {} |", figures.refused);
        for (process, bytes) in memory {
            println!("| {name}: memory of {process}, highest | {} MiB |", bytes >> 20);
        }
    }
    Ok(())
}

fn parse_pid(text: &str) -> anyhow::Result<(String, u32)> {
    let (name, pid) = text.split_once('=').context("--pid takes NAME=PID")?;
    Ok((name.to_owned(), pid.parse().context("--pid takes NAME=PID")?))
}

fn millis(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}

/// An installation, with a key to write and a session to read.
#[derive(Debug)]
struct Target {
    http: Client,
    ingest: String,
    api: String,
    key: String,
    token: String,
    run: String,
}

impl Target {
    async fn connect(arguments: &Arguments) -> anyhow::Result<Self> {
        let http = Client::builder().timeout(Duration::from_secs(30)).build()?;
        let login = json!({"email": arguments.email, "password": arguments.password});
        let response = http.post(format!("{}/v1/auth/login", arguments.api)).json(&login).send().await?;
        let body: Value = response.error_for_status().context("the login was refused")?.json().await?;
        Ok(Self {
            http,
            ingest: arguments.ingest.clone(),
            api: arguments.api.clone(),
            key: arguments.key.clone(),
            token: body["token"].as_str().context("the login answered without a token")?.to_owned(),
            run: uuid::Uuid::now_v7().simple().to_string(),
        })
    }

    /// Posts a body and returns the status of the answer.
    async fn post(&self, path: &str, body: String) -> anyhow::Result<u16> {
        let request = self
            .http
            .post(format!("{}{path}", self.ingest))
            .header("X-API-Key", &self.key)
            .header("Content-Type", "application/json")
            .body(body);
        let response = request.send().await?;
        let status = response.status().as_u16();
        response.bytes().await?;
        Ok(status)
    }

    /// The ids of the newest events of a service.
    async fn newest(&self, service: &str) -> anyhow::Result<Vec<String>> {
        let url = format!("{}/v1/audit?limit=100&service_name={service}", self.api);
        let response = self.http.get(url).bearer_auth(&self.token).send().await?.error_for_status()?;
        let body: Value = response.json().await?;
        let events = body["data"].as_array().context("an answer without a list")?;
        Ok(events.iter().filter_map(|event| event["id"].as_str().map(str::to_owned)).collect())
    }

    /// Waits until a query finds this many events.
    async fn listed(&self, query: &str, count: u64, every: Duration) -> anyhow::Result<()> {
        let end = Instant::now() + STORED_WITHIN;
        let mut looks = interval(every);
        let url = format!("{}/v1/audit?limit=1&{query}", self.api);
        loop {
            let response = self.http.get(&url).bearer_auth(&self.token).send().await?.error_for_status()?;
            let body: Value = response.json().await?;
            if body["pagination"]["totalItems"].as_u64().is_some_and(|listed| listed >= count) {
                return Ok(());
            }
            ensure!(
                Instant::now() < end,
                "{count} events of {query} were not listed within {STORED_WITHIN:?}"
            );
            looks.tick().await;
        }
    }
}

fn event(service: &str, identifier: &str) -> Value {
    json!({
        "path": "/api/orders/1234", "method": "POST", "status_code": 201, "response_time": 45,
        "identifier": identifier, "service_name": service, "environment": "production",
        "user_email": "ann@example.com", "ip": "203.0.113.7", "user_agent": "Mozilla/5.0 (X11; Linux x86_64)",
        "request_body": {"items": [{"sku": "A-1", "count": 2}], "note": "leave at the door"},
    })
}

/// The time of each single event from its turn to the list that shows it, in order. An event's turn
/// comes at its time, however slow those before it are; the list is asked again and again meanwhile.
async fn time_singles(target: &Arc<Target>, count: u32, rate: f64) -> anyhow::Result<Vec<Duration>> {
    let service = format!("figures-single-{}", &target.run[20..]);
    let posting = tokio::spawn(post_singles(target.clone(), service.clone(), count, rate));
    let (mut listed, mut last) = (HashMap::new(), Instant::now());
    while listed.len() < usize::try_from(count)? {
        ensure!(last.elapsed() < STORED_WITHIN, "{} of {count} single posts were listed", listed.len());
        let ids = target.newest(&service).await?;
        let now = Instant::now();
        for id in ids {
            listed.entry(id).or_insert_with(|| {
                last = now;
                now
            });
        }
        if posting.is_finished() && last.elapsed() > ABANDONED {
            break;
        }
    }
    let mut ways = Vec::new();
    for (id, turn) in posting.await?? {
        let listed = listed.get(&id).context("a single post was never listed")?;
        ways.push(listed.duration_since(turn));
    }
    ways.sort_unstable();
    Ok(ways)
}

/// Posts single events and returns the turn of each, by id.
async fn post_singles(
    target: Arc<Target>,
    service: String,
    count: u32,
    rate: f64,
) -> anyhow::Result<HashMap<String, Instant>> {
    let mut turns = interval(Duration::from_secs_f64(1.0 / rate));
    turns.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut posts = JoinSet::new();
    for _ in 0..count {
        let turn = turns.tick().await.into_std();
        let (target, id) = (target.clone(), uuid::Uuid::now_v7().to_string());
        let mut event = event(&service, "user-123");
        event["id"] = json!(id);
        posts.spawn(async move {
            let status = target.post("/v1/audit", event.to_string()).await?;
            ensure!(status == ACCEPTED, "a single post was answered with {status}");
            anyhow::Ok((id, turn))
        });
    }
    posts.join_all().await.into_iter().collect()
}

/// One throughput run: as fast as the installation takes it.
#[derive(Debug, Clone)]
struct Run {
    target: Arc<Target>,
    per_request: u64,
    time: Duration,
    connections: usize,
}

/// What a throughput run showed.
#[derive(Debug)]
struct Figures {
    accepted: f64,
    stored: f64,
    refused: u64,
}

impl Run {
    async fn measure(&self) -> anyhow::Result<Figures> {
        let service = format!("figures-{}-{}", self.per_request, &self.target.run[20..]);
        let (accepted, refused) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
        let (path, body) = if self.per_request == 1 {
            ("/v1/audit", event(&service, "user-123").to_string())
        } else {
            let count = usize::try_from(self.per_request)?;
            ("/v1/audit/batch", Value::from(vec![event(&service, "user-123"); count]).to_string())
        };
        let began = Instant::now();
        let mut connections = JoinSet::new();
        for _ in 0..self.connections {
            let (run, body) = (self.clone(), body.clone());
            let (accepted, refused) = (accepted.clone(), refused.clone());
            connections.spawn(async move {
                while began.elapsed() < run.time {
                    let status = run.target.post(path, body.clone()).await?;
                    let counter = if status == ACCEPTED { &accepted } else { &refused };
                    counter.fetch_add(1, Ordering::Relaxed);
                }
                anyhow::Ok(())
            });
        }
        connections.join_all().await.into_iter().collect::<anyhow::Result<()>>()?;
        let events = accepted.load(Ordering::Relaxed) * self.per_request;
        let posted_in = began.elapsed();
        self.target.listed(&format!("service_name={service}"), events, Duration::from_millis(50)).await?;
        let per_second = |time: Duration| events as f64 / time.as_secs_f64();
        Ok(Figures {
            accepted: per_second(posted_in),
            stored: per_second(began.elapsed()),
            refused: refused.load(Ordering::Relaxed),
        })
    }
}

/// The highest resident memory of each process over this time.
async fn peak_memory(pids: &BTreeMap<String, u32>, time: Duration) -> BTreeMap<String, u64> {
    let (began, mut looks, mut peaks) = (Instant::now(), interval(MEMORY_EVERY), BTreeMap::new());
    while began.elapsed() < time {
        looks.tick().await;
        for (name, pid) in pids {
            let peak = peaks.entry(name.clone()).or_insert(0);
            *peak = resident_bytes(*pid).unwrap_or(0).max(*peak);
        }
    }
    peaks
}
