//! The load: posts at their times, however the ones before them fare. Every event carries its number
//! and the time it was meant for; a post is sent once, and its answer is kept.
//!
//! A post that was not acknowledged is not repeated, so that every event lies in Kafka at most once and
//! a second row is always a defect.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use chrono::{SecondsFormat, TimeDelta, Utc};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use reqwest::Client;
use serde_json::{Value, json};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::rig::SERVICE;
use crate::sample;
use crate::wait::{eventually, holds};

/// Posts per second; a third of them carry several events.
const PER_SECOND: u32 = 40;
/// The most events of one post.
const MOST_EVENTS: u64 = 20;
/// Longer than a gateway waits for Kafka; a gateway that was stopped answers nobody.
const ANSWERED: Duration = Duration::from_secs(15);

/// What the load has posted over all rounds, by number.
#[derive(Debug, Default)]
pub struct Numbers(AtomicU64);

/// How the posts of one round ended.
#[derive(Debug, Default)]
pub struct Account {
    /// Numbers of events that were acknowledged with 202.
    pub acknowledged: Vec<u64>,
    /// How many events were posted.
    pub posted: u64,
    /// How many were refused, or had no answer: they may be stored, or not.
    pub open: u64,
}

/// A load that goes on.
#[derive(Debug)]
pub struct Running {
    acknowledged: Arc<AtomicU64>,
    stop: CancellationToken,
    posting: JoinHandle<Account>,
}

/// Starts posting to these gateways in turn.
#[must_use]
pub fn start(urls: &[String; 2], key: &str, numbers: &Arc<Numbers>, seed: u64) -> Running {
    let (acknowledged, stop) = (Arc::new(AtomicU64::new(0)), CancellationToken::new());
    let poster = Poster {
        client: Client::builder().timeout(ANSWERED).build().expect("an HTTP client"),
        urls: urls.clone(),
        key: key.to_owned(),
        acknowledged: acknowledged.clone(),
    };
    let posting = tokio::spawn(poster.run(numbers.clone(), StdRng::seed_from_u64(seed), stop.clone()));
    Running { acknowledged, stop, posting }
}

impl Running {
    /// Waits until this many more events are acknowledged: the line works.
    pub async fn more(&self, count: u64, deadline: Duration) {
        let wanted = self.acknowledged.load(Ordering::Relaxed) + count;
        eventually("more events are acknowledged", deadline, async || {
            let now = self.acknowledged.load(Ordering::Relaxed);
            holds(now >= wanted, format!("{now} of {wanted}"))
        })
        .await;
    }

    /// Posts no more, and waits for the answers under way.
    ///
    /// # Panics
    /// When posting failed in an unforeseen way.
    pub async fn stop(self) -> Account {
        self.stop.cancel();
        self.posting.await.expect("the posting task")
    }
}

/// The mark by which the checker finds an event again.
#[must_use]
pub fn mark(number: u64) -> String {
    format!("chaos-{number}")
}

/// The number of a marked event.
#[must_use]
pub fn number_of(mark: &str) -> Option<u64> {
    mark.strip_prefix("chaos-")?.parse().ok()
}

/// An event of this number, meant for now, in the shapes that matter to batches and rollups: some
/// happened days ago, some are errors, some have bodies.
fn event(number: u64, random: &mut StdRng) -> Value {
    let now = Utc::now();
    let age = if random.random_ratio(1, 10) {
        TimeDelta::minutes(random.random_range(1..4000))
    } else {
        TimeDelta::zero()
    };
    let status = [200, 201, 204, 302, 404, 500][random.random_range(0..6)];
    let mut fields = json!({
        "timestamp": (now - age).to_rfc3339_opts(SecondsFormat::Millis, true),
        "request_id": mark(number),
        "session_id": now.timestamp_millis().to_string(),
        "path": format!("/api/orders/{}", number % 50),
        "method": if random.random() { "GET" } else { "POST" },
        "status_code": status,
        "response_time": random.random_range(0..900),
        "identifier": format!("user-{}", number % 20),
    });
    if status >= 400 {
        fields["error_message"] = json!(format!("order {} failed", number % 5));
    }
    if random.random_ratio(1, 3) {
        fields["request_body"] =
            json!({"password": "hunter2", "note": "x".repeat(random.random_range(0..400))});
    }
    if random.random_ratio(1, 2) {
        fields["id"] = json!(uuid::Uuid::now_v7());
    }
    sample::event_with(SERVICE, fields)
}

#[derive(Clone)]
struct Poster {
    client: Client,
    urls: [String; 2],
    key: String,
    acknowledged: Arc<AtomicU64>,
}

impl Poster {
    async fn run(self, numbers: Arc<Numbers>, mut random: StdRng, stop: CancellationToken) -> Account {
        let mut times = interval(Duration::from_secs(1) / PER_SECOND);
        times.set_missed_tick_behavior(MissedTickBehavior::Burst);
        let (mut posts, mut account, mut turn) = (JoinSet::new(), Account::default(), 0);
        while !stop.is_cancelled() {
            times.tick().await;
            let count = if random.random_ratio(1, 3) { random.random_range(2..=MOST_EVENTS) } else { 1 };
            let first = numbers.0.fetch_add(count, Ordering::Relaxed);
            account.posted += count;
            let events: Vec<_> = (first..first + count).map(|number| event(number, &mut random)).collect();
            turn += 1;
            posts.spawn(self.clone().post(turn % 2, first, events));
        }
        while let Some(post) = posts.join_next().await {
            let (first, count, accepted) = post.expect("a post");
            if accepted {
                account.acknowledged.extend(first..first + count);
            } else {
                account.open += count;
            }
        }
        account
    }

    async fn post(self, gateway: usize, first: u64, mut events: Vec<Value>) -> (u64, u64, bool) {
        let count = events.len() as u64;
        let (path, body) = match (count, events.pop()) {
            (1, Some(event)) => ("/v1/audit", event),
            (_, last) => ("/v1/audit/batch", events.into_iter().chain(last).collect()),
        };
        let request = self
            .client
            .post(format!("{}{path}", self.urls[gateway]))
            .header("X-API-Key", &self.key)
            .header("Content-Type", "application/json")
            .body(body.to_string());
        let accepted = match request.send().await {
            // An answer that was cut is none.
            Ok(response) => response.status() == 202 && response.bytes().await.is_ok(),
            Err(_) => false,
        };
        if accepted {
            self.acknowledged.fetch_add(count, Ordering::Relaxed);
        }
        (first, count, accepted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_lead_back() {
        assert_eq!(number_of(&mark(42)), Some(42));
        assert_eq!(number_of("other"), None);
    }

    #[test]
    fn one_seed_one_load() {
        let shape = |seed| {
            let mut random = StdRng::seed_from_u64(seed);
            (0..50).map(|number| event(number, &mut random)["status_code"].clone()).collect::<Vec<_>>()
        };
        assert_eq!(shape(1), shape(1));
        assert_ne!(shape(1), shape(2));
    }
}
