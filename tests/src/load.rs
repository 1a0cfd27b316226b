//! A load that does not wait for answers: an event is posted at its time, however the ones before it
//! fare, as applications do. Posts that fail are repeated with the same id, on the next gateway.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use reqwest::Client;
use serde_json::json;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{Instant, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::ledger::{Attempt, Ledger, Outcome, Post};
use crate::sample;
use crate::wait::{eventually, holds};

/// How long one post is repeated before it counts as never accepted.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long a connection is kept without a request: for less than a gateway that stops goes on, as a careful client does.
const KEPT: Duration = Duration::from_millis(500);
/// Wait before a repetition.
const AGAIN_AFTER: Duration = Duration::from_millis(50);

/// What to post and where.
#[derive(Debug, Clone)]
pub struct Load {
    /// The gateways, asked in turn.
    pub urls: Vec<String>,
    /// The API key.
    pub key: String,
    /// The service name of all events.
    pub service: String,
    /// Posts per second, one event each.
    pub per_second: u32,
}

/// A load that is going on.
#[derive(Debug)]
pub struct Running {
    acknowledged: Arc<AtomicUsize>,
    stop: CancellationToken,
    posting: JoinHandle<Ledger>,
}

impl Load {
    /// Starts posting.
    #[must_use]
    pub fn start(self) -> Running {
        let (acknowledged, stop) = (Arc::new(AtomicUsize::new(0)), CancellationToken::new());
        let posting = tokio::spawn(self.run(acknowledged.clone(), stop.clone()));
        Running { acknowledged, stop, posting }
    }

    async fn run(self, acknowledged: Arc<AtomicUsize>, stop: CancellationToken) -> Ledger {
        let client = Client::builder().timeout(Duration::from_secs(15)).pool_idle_timeout(KEPT);
        let client = client.build().expect("an HTTP client");
        let mut times = interval(Duration::from_secs(1) / self.per_second);
        times.set_missed_tick_behavior(MissedTickBehavior::Burst);
        let (mut posts, mut number) = (JoinSet::new(), 0);
        while !stop.is_cancelled() {
            times.tick().await;
            let poster =
                Poster { load: self.clone(), client: client.clone(), acknowledged: acknowledged.clone() };
            posts.spawn(poster.post(number));
            number += 1;
        }
        Ledger { service: self.service, posts: posts.join_all().await }
    }
}

impl Running {
    /// Events acknowledged so far.
    #[must_use]
    pub fn acknowledged(&self) -> usize {
        self.acknowledged.load(Ordering::Relaxed)
    }

    /// Waits until this many more are acknowledged: the line works, and has work in flight.
    pub async fn more(&self, count: usize, deadline: Duration) {
        let wanted = self.acknowledged() + count;
        eventually("more events are acknowledged", deadline, async || {
            let now = self.acknowledged();
            holds(now >= wanted, format!("{now} of {wanted}"))
        })
        .await;
    }

    /// Posts no new events, and waits for those under way.
    ///
    /// # Panics
    /// When posting failed in an unforeseen way.
    pub async fn stop(self) -> Ledger {
        self.stop.cancel();
        self.posting.await.expect("the posting task")
    }
}

struct Poster {
    load: Load,
    client: Client,
    acknowledged: Arc<AtomicUsize>,
}

impl Poster {
    async fn post(self, number: usize) -> Post {
        let mut post = Post { number, id: Uuid::now_v7(), attempts: Vec::new() };
        let identifier = format!("user-{number}");
        let event = sample::event_with(&self.load.service, json!({"id": post.id, "identifier": identifier}));
        let (body, end) = (event.to_string(), Instant::now() + PATIENCE);
        while Instant::now() < end {
            let url = &self.load.urls[(number + post.attempts.len()) % self.load.urls.len()];
            let began = std::time::Instant::now();
            let outcome = self.attempt(url, body.clone()).await;
            post.attempts.push(Attempt { began, ended: std::time::Instant::now(), outcome });
            if outcome == Outcome::Accepted {
                self.acknowledged.fetch_add(1, Ordering::Relaxed);
                break;
            }
            tokio::time::sleep(AGAIN_AFTER).await;
        }
        post
    }

    async fn attempt(&self, url: &str, body: String) -> Outcome {
        let request = self
            .client
            .post(format!("{url}/v1/audit"))
            .header("X-API-Key", &self.load.key)
            .header("Content-Type", "application/json")
            .body(body);
        match request.send().await {
            Ok(response) if response.status() == 202 => Outcome::Accepted,
            Ok(response) => Outcome::Refused(response.status().as_u16()),
            Err(error) if error.is_connect() => Outcome::NotSent,
            Err(_) => Outcome::Unknown,
        }
    }
}
