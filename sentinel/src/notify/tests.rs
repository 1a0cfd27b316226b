//! Deliveries to a real receiver, from a real queue.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use bataudit_control::Config;
use bataudit_control::notifications::{Delivery, NewChannel, channels};
use bataudit_control::projects::{self, NewProject};
use serde_json::json;
use tempfile::TempDir;

use super::*;
use crate::outbound::guard::Guard;

/// What the receiver got, and what it answers.
#[derive(Clone)]
struct Receiver {
    calls: Arc<Mutex<Vec<(HeaderMap, String)>>>,
    answer: Arc<Mutex<StatusCode>>,
    url: String,
}

impl Receiver {
    async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://localhost:{}/hook?key=hunter2", listener.local_addr().unwrap().port());
        let receiver = Self { calls: Arc::default(), answer: Arc::default(), url };
        let router = Router::new().route("/hook", post(take)).with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        receiver
    }

    fn answers(&self, status: u16) {
        *self.answer.lock().unwrap() = StatusCode::from_u16(status).unwrap();
    }

    fn calls(&self) -> Vec<(HeaderMap, String)> {
        self.calls.lock().unwrap().clone()
    }
}

async fn take(
    State(receiver): State<Receiver>,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, [(&'static str, &'static str); 1], String) {
    receiver.calls.lock().unwrap().push((headers, String::from_utf8(body.to_vec()).unwrap()));
    (*receiver.answer.lock().unwrap(), [("location", "/elsewhere")], "x".repeat(5000))
}

/// A queue with a test alert for one channel.
struct Queue {
    store: Store,
    channel: String,
    delivery: String,
    _folder: TempDir,
}

impl Queue {
    async fn with(url: &str) -> Self {
        Self::telling(url, "system.alert").await
    }

    async fn telling(url: &str, event_type: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let store = Store::connect(&Config::sqlite(&folder.path().join("control.db"))).await.unwrap();
        store.migrate().await.unwrap();
        let new = NewProject { name: "Shop", slug: "shop", created_by: None };
        let project = projects::create(&store, new).await.unwrap().id;
        let new = NewChannel {
            project_id: &project,
            kind: "webhook",
            url,
            secret: Some("whsec_c2VjcmV0"),
            created_by: None,
        };
        let channel = channels::create(&store, new).await.unwrap().id;
        let alert = json!({
            "event_type": event_type, "rule_type": "error_rate", "project_id": project,
            "service_name": "api", "environment": "production", "timestamp": 0, "details": {},
        });
        let delivery = deliveries::enqueue_test(&store, &channel, &alert.to_string()).await.unwrap();
        Self { store, channel, delivery, _folder: folder }
    }

    async fn delivery(&self) -> Delivery {
        deliveries::by_id(&self.store, &self.delivery).await.unwrap().unwrap()
    }
}

fn client(allowed: &[&str]) -> Client {
    let allowed = allowed.iter().map(|network| network.parse().unwrap()).collect();
    Client::new(Guard::new(allowed), &[], "BatAudit/1.0", Duration::from_secs(5)).unwrap()
}

const LOOPBACK: &[&str] = &["127.0.0.0/8", "::1/128"];

#[tokio::test]
async fn a_refused_delivery_is_made_again_under_the_same_id() {
    let receiver = Receiver::start().await;
    receiver.answers(503);
    let (queue, client, now) = (Queue::with(&receiver.url).await, client(LOOPBACK), clock::now_ms());
    assert_eq!(round(&queue.store, &client, now).await.unwrap(), 1);
    let refused = queue.delivery().await;
    assert_eq!(
        (refused.status.as_str(), refused.attempts, refused.due_at),
        ("pending", 1, Some(now + 30_000))
    );
    assert_eq!(
        (refused.status_code, refused.error.as_deref()),
        (Some(503), Some("the receiver answered 503"))
    );
    assert_eq!(refused.response_body.map(|body| body.len()), Some(1024));
    assert_eq!(round(&queue.store, &client, now + 29_999).await.unwrap(), 0, "not yet");

    receiver.answers(200);
    assert_eq!(round(&queue.store, &client, now + 30_000).await.unwrap(), 1);
    let delivered = queue.delivery().await;
    assert_eq!((delivered.status.as_str(), delivered.attempts, delivered.due_at), ("success", 2, None));
    assert!(delivered.delivered_at.is_some() && delivered.error.is_none(), "{delivered:?}");
    let calls = receiver.calls();
    let ids: Vec<_> = calls.iter().map(|(headers, _)| headers["webhook-id"].to_str().unwrap()).collect();
    assert_eq!(ids, [queue.delivery.as_str(); 2]);
    let (headers, body) = &calls[1];
    assert_eq!(headers["user-agent"], "BatAudit/1.0");
    assert!(body.contains("Anomaly detected: error_rate"), "{body}");
    let signed = sign::headers("whsec_c2VjcmV0", &queue.delivery, (now + 30_000) / 1000, body.as_bytes());
    for name in ["webhook-signature", "x-bataudit-signature", "webhook-timestamp", "content-type"] {
        assert_eq!(headers[name], signed[name], "{name}");
    }
}

#[tokio::test]
async fn a_test_is_made_once() {
    let receiver = Receiver::start().await;
    receiver.answers(503);
    let queue = Queue::telling(&receiver.url, "system.alert.test").await;
    round(&queue.store, &client(LOOPBACK), clock::now_ms()).await.unwrap();
    let tried = queue.delivery().await;
    assert_eq!((tried.status.as_str(), tried.status_code, tried.due_at), ("failed", Some(503), None));
    assert!(receiver.calls()[0].1.contains("Test of a notification"));
}

#[tokio::test]
async fn what_only_this_network_may_reach_is_not_called() {
    let receiver = Receiver::start().await;
    let by_address = receiver.url.replace("localhost", "127.0.0.1");
    for url in [receiver.url.clone(), by_address.clone(), by_address.replace("127.0.0.1", "[::ffff:7f00:1]")]
    {
        let queue = Queue::with(&url).await;
        round(&queue.store, &client(&[]), clock::now_ms()).await.unwrap();
        let failed = queue.delivery().await;
        assert_eq!((failed.status.as_str(), failed.status_code), ("failed", None), "{url}");
        let error = failed.error.unwrap();
        assert!(error.contains("leads into a private network"), "{error}");
    }
    assert!(receiver.calls().is_empty());
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_an_address_is_not_told() {
    let receiver = Receiver::start().await;
    receiver.answers(307);
    let queue = Queue::with(&receiver.url).await;
    round(&queue.store, &client(LOOPBACK), clock::now_ms()).await.unwrap();
    assert_eq!(receiver.calls().len(), 1);
    assert!(queue.delivery().await.error.unwrap().contains("enter the final address"));

    // Port 1 of this machine: nobody listens.
    let queue = Queue::with("http://127.0.0.1:1/hook?key=hunter2").await;
    round(&queue.store, &client(LOOPBACK), clock::now_ms()).await.unwrap();
    let error = queue.delivery().await.error.unwrap();
    assert!(error.starts_with("no connection: ") && !error.contains("hunter2"), "{error}");
    assert!(channels::set_active(&queue.store, &queue.channel, false).await.unwrap());
}

fn answered(status: u16) -> Result<Answer, CallError> {
    Ok(Answer { status, body: "said".to_owned() })
}

#[test]
fn success_ends_and_failure_is_tried_again_five_times() {
    let good = judge(answered(204), 3, 0);
    assert!(good.success && good.retry_at.is_none() && good.error.is_none(), "{good:?}");
    let retries: Vec<_> = (0..6).map(|attempts| judge(answered(500), attempts, 0).retry_at).collect();
    let seconds = [30, 300, 1800, 7200, 43_200].map(|seconds| Some(seconds * 1000));
    assert_eq!(retries[..5], seconds);
    assert_eq!(retries[5], None, "given up");
    assert!(judge(Err(CallError::Timeout(10)), 0, 0).retry_at.is_some());
    assert!(judge(answered(404), 0, 0).retry_at.is_some(), "a deployment may be under way");
}

#[test]
fn what_cannot_get_better_is_given_up_at_once() {
    for answer in [Err(CallError::Url), Err(CallError::Forbidden), answered(410)] {
        let outcome = judge(answer, 0, 0);
        assert!(!outcome.success && outcome.retry_at.is_none() && outcome.error.is_some(), "{outcome:?}");
    }
    assert!(judge(answered(302), 0, 0).error.unwrap().contains("final address"));
}
