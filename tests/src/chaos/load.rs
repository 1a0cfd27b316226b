//! The load: posts at their times, however the ones before them fare. Every event carries its number
//! and the time it was meant for; a post is sent once, and its answer is kept.
//!
//! A post that was not acknowledged is not repeated, so that every event lies in Kafka at most once and
//! a second row is always a defect. But when a fault wants it, every post comes [twice](Manner), under ids
//! of the client or an idempotency key: then it may lie there twice, and a second row is a defect still.

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
use uuid::Uuid;

use super::rig::{Rig, SERVICE};
use super::rules::{REFERENCE, reference};
use crate::sample;
use crate::wait::{eventually, holds, lasting};

mod manner;

pub use manner::{Manner, Still, Twice};

/// Posts per second; a third of them carry several events.
const PER_SECOND: u32 = 40;
/// The most events of one post.
const MOST_EVENTS: u64 = 20;
/// Longer than a gateway waits for Kafka; a gateway that was stopped answers nobody.
const ANSWERED: Duration = Duration::from_secs(15);

/// How much later the second of two equal posts comes, at most.
const AGAIN: u64 = 2500;

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
pub fn start(rig: &Rig, numbers: &Arc<Numbers>, seed: u64) -> Running {
    let (acknowledged, stop) = (Arc::new(AtomicU64::new(0)), CancellationToken::new());
    let poster = Poster {
        client: Client::builder().timeout(ANSWERED).build().expect("an HTTP client"),
        urls: rig.urls.clone(),
        key: rig.key.clone(),
        acknowledged: acknowledged.clone(),
        manner: rig.manner.clone(),
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
    if let Some(id) = mark.strip_prefix(OWN) {
        return Some(OWN_NUMBERS | Uuid::try_parse(id).ok()?.as_u64_pair().1);
    }
    mark.strip_prefix("chaos-")?.parse().ok()
}

/// The mark of an event of BatAudit's own is this and its id: nobody numbered it, and it must be stored once too.
pub const OWN: &str = "own-";
/// A bit that no number of the load has.
const OWN_NUMBERS: u64 = 1 << 63;

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
    let mut body = json!({REFERENCE: reference(number)});
    if random.random_ratio(1, 3) {
        body["password"] = json!("hunter2");
        body["note"] = json!("x".repeat(random.random_range(0..400)));
    }
    fields["request_body"] = body;
    if random.random_ratio(1, 2) {
        fields["id"] = json!(uuid::Uuid::now_v7());
    }
    sample::event_with(SERVICE, fields)
}

/// A post, ready to be sent as often as wanted.
#[derive(Clone)]
struct Post {
    first: u64,
    count: u64,
    path: &'static str,
    body: String,
    idempotency_key: Option<String>,
}

impl Post {
    fn new(first: u64, mut events: Vec<Value>, idempotency_key: Option<String>) -> Self {
        let count = events.len() as u64;
        let (path, body) = match (count, events.pop()) {
            (1, Some(event)) => ("/v1/audit", event),
            (_, last) => ("/v1/audit/batch", events.into_iter().chain(last).collect()),
        };
        Self { first, count, path, body: body.to_string(), idempotency_key }
    }

    /// One that may be sent again: every event has an id, or all of them have none and the post a key.
    fn repeatable(first: u64, mut events: Vec<Value>, random: &mut StdRng) -> Self {
        let keyed = random.random();
        for event in events.iter_mut().filter_map(Value::as_object_mut) {
            match keyed {
                true => drop(event.remove("id")),
                false => drop(event.insert("id".to_owned(), json!(uuid::Uuid::now_v7()))),
            }
        }
        Self::new(first, events, keyed.then(|| mark(first)))
    }
}

#[derive(Clone)]
struct Poster {
    client: Client,
    urls: [String; 2],
    key: String,
    acknowledged: Arc<AtomicU64>,
    manner: Arc<Manner>,
}

impl Poster {
    async fn run(self, numbers: Arc<Numbers>, mut random: StdRng, stop: CancellationToken) -> Account {
        let mut times = interval(Duration::from_secs(1) / PER_SECOND);
        times.set_missed_tick_behavior(MissedTickBehavior::Burst);
        let (mut posts, mut account, mut turn) = (JoinSet::new(), Account::default(), 0);
        while !stop.is_cancelled() {
            times.tick().await;
            if self.manner.is_still() {
                continue;
            }
            let count = if random.random_ratio(1, 3) { random.random_range(2..=MOST_EVENTS) } else { 1 };
            let first = numbers.0.fetch_add(count, Ordering::Relaxed);
            account.posted += count;
            let events: Vec<_> = (first..first + count).map(|number| event(number, &mut random)).collect();
            turn = (turn + 1) % 2;
            if self.manner.is_twice() {
                let post = Post::repeatable(first, events, &mut random);
                let later = Duration::from_millis(random.random_range(0..AGAIN));
                posts.spawn(self.clone().post_twice(turn, post, later));
            } else {
                posts.spawn(self.clone().post_once(turn, Post::new(first, events, None)));
            }
        }
        while let Some(post) = posts.join_next().await {
            let (Post { first, count, .. }, accepted) = post.expect("a post");
            if accepted {
                account.acknowledged.extend(first..first + count);
            } else {
                account.open += count;
            }
        }
        account
    }

    async fn post_once(self, gateway: usize, post: Post) -> (Post, bool) {
        let accepted = self.post(gateway, &post).await;
        if accepted {
            self.acknowledged.fetch_add(post.count, Ordering::Relaxed);
        }
        (post, accepted)
    }

    /// Posts to one gateway and again to the other, however the first time went.
    async fn post_twice(self, gateway: usize, post: Post, later: Duration) -> (Post, bool) {
        let again = async {
            lasting(later).await;
            self.post(1 - gateway, &post).await
        };
        let (first, second) = tokio::join!(self.post(gateway, &post), again);
        self.manner.note_repeats(u64::from(first && second));
        if first || second {
            self.acknowledged.fetch_add(post.count, Ordering::Relaxed);
        }
        (post, first || second)
    }

    async fn post(&self, gateway: usize, post: &Post) -> bool {
        let mut request = self
            .client
            .post(format!("{}{}", self.urls[gateway], post.path))
            .header("X-API-Key", &self.key)
            .header("Content-Type", "application/json")
            .body(post.body.clone());
        if let Some(key) = &post.idempotency_key {
            request = request.header("Idempotency-Key", key);
        }
        match request.send().await {
            // An answer that was cut is none.
            Ok(response) => response.status() == 202 && response.bytes().await.is_ok(),
            Err(_) => false,
        }
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
