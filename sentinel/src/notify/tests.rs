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
            kind: if url.starts_with("mailto:") { "email" } else { "webhook" },
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

fn client(allowed: &[&str]) -> Ways {
    let allowed = allowed.iter().map(|network| network.parse().unwrap()).collect();
    let client = Client::new(Guard::new(allowed), &[], "BatAudit/1.0", Duration::from_secs(5)).unwrap();
    Ways { client, mailer: None }
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
    let paused = channels::Change { active: Some(false), url: None };
    assert!(channels::change(&queue.store, &queue.channel, paused).await.unwrap().is_some());
}

/// What a push service got.
type Arrived = Arc<Mutex<Vec<(HeaderMap, Vec<u8>)>>>;

/// A push service, what it got, and what it answers.
async fn push_service() -> (String, Arrived, Arc<Mutex<StatusCode>>) {
    let (arrived, answer) = (Arrived::default(), Arc::new(Mutex::new(StatusCode::CREATED)));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://localhost:{}/send/abc", listener.local_addr().unwrap().port());
    let (into, says) = (arrived.clone(), answer.clone());
    let take = move |headers: HeaderMap, body: Bytes| async move {
        into.lock().unwrap().push((headers, body.to_vec()));
        *says.lock().unwrap()
    };
    let router = Router::new().route("/send/abc", post(take));
    tokio::spawn(async move { axum::serve(listener, router).await });
    (url, arrived, answer)
}

#[tokio::test]
async fn a_browser_reads_what_is_pushed_until_it_is_gone() {
    use bataudit_control::notifications::{subscriptions, vapid};
    use bataudit_control::users::{self, NewUser};
    use bataudit_control::{Role, anomaly_incidents as incidents};

    let (url, arrived, answer) = push_service().await;
    let queue = Queue::with("https://unused.example.com").await;
    let (store, (keys, read)) = (&queue.store, push::tests::browser());
    channels::delete(store, &queue.channel).await.unwrap();
    let pair = push::tests::pair();
    vapid::keep(store, &pair).await.unwrap();
    vapid::keep(store, &push::tests::pair()).await.unwrap();
    let new = NewUser { email: "ada@x.y", name: "Ada", role: Role::Owner, password: "a long password" };
    let ada = users::create(store, new).await.unwrap();
    let project = projects::all(store).await.unwrap()[0].id.clone();
    let mine = subscriptions::subscribe(store, &project, &ada.id, &url, &keys).await.unwrap();
    let tell = async |event_id: &str| {
        let body = json!({
            "event_type": "system.alert", "rule_type": "error_rate", "project_id": project,
            "service_name": "api", "environment": "production", "timestamp": 0, "details": {},
        });
        let alert = incidents::Alert {
            event_id: event_id.to_owned(),
            project_id: project.clone(),
            body: body.to_string(),
        };
        let changes = incidents::Changes { alerts: vec![alert], ..incidents::Changes::default() };
        incidents::apply(store, &changes, 0).await.unwrap();
        round(store, &client(LOOPBACK), clock::now_ms()).await.unwrap();
    };
    tell("event-1").await;
    let sent = deliveries::list(store, &mine.id, 9).await.unwrap();
    assert_eq!((sent[0].status.as_str(), sent[0].status_code), ("success", Some(201)), "{sent:?}");
    let (headers, body) = arrived.lock().unwrap().pop().unwrap();
    let shown: serde_json::Value = serde_json::from_str(&read(&body)).unwrap();
    let wanted = json!({
        "title": "BatAudit Alert", "body": "Anomaly detected: error_rate in service api", "url": "/app/anomalies",
    });
    assert_eq!(shown, wanted);
    let signed = headers["authorization"].to_str().unwrap();
    assert!(signed.ends_with(&format!(", k={}", pair.public_key)), "the first pair, and no other");
    assert_eq!(push::tests::verified(signed)["aud"], url.replace("/send/abc", ""));

    *answer.lock().unwrap() = StatusCode::GONE;
    tell("event-2").await;
    assert!(channels::by_id(store, &mine.id).await.unwrap().is_none(), "the browser is gone");
    tell("event-3").await;
    assert_eq!(arrived.lock().unwrap().len(), 1, "and nothing more is sent");

    // The guard applies to push services, too.
    let again =
        subscriptions::subscribe(store, &project, &ada.id, "http://169.254.169.254/a", &keys).await.unwrap();
    tell("event-4").await;
    let refused = deliveries::list(store, &again.id, 9).await.unwrap();
    assert!(refused[0].error.as_ref().unwrap().contains("private network"), "{refused:?}");
}

/// A mail server that takes one letter, after it answered the recipient with `answer`.
async fn mail_server(answer: &'static str) -> (Mailer, tokio::task::JoinHandle<String>) {
    use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut env = bataudit_service::Env::from_pairs([
        ("BATAUDIT_SMTP_HOST", "127.0.0.1".to_owned()),
        ("BATAUDIT_SMTP_PORT", listener.local_addr().unwrap().port().to_string()),
        ("BATAUDIT_SMTP_SECURITY", "none".to_owned()),
        ("BATAUDIT_SMTP_FROM", "bataudit@example.com".to_owned()),
    ]);
    let mailer = Mailer::new(&bataudit_mail::Config::from_env(&mut env).unwrap()).unwrap();
    let said = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let (mut stream, mut heard, mut in_data) = (BufReader::new(stream), String::new(), false);
        stream.get_mut().write_all(b"220 test\r\n").await.unwrap();
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
                return heard;
            }
            heard.push_str(&line);
            let reply = match line.trim_end() {
                "." => {
                    in_data = false;
                    "250 taken"
                }
                _ if in_data => continue,
                "DATA" => {
                    in_data = true;
                    "354 go ahead"
                }
                other if other.starts_with("RCPT") => answer,
                _ => "250 ok",
            };
            stream.get_mut().write_all(format!("{reply}\r\n").as_bytes()).await.unwrap();
        }
    });
    (mailer, said)
}

#[tokio::test]
async fn an_alert_is_an_e_mail_and_a_busy_server_is_asked_again() {
    let queue = Queue::with("mailto:ada@example.com").await;
    let (mailer, _) = mail_server("451 later").await;
    let ways = Ways { mailer: Some(mailer), ..client(&[]) };
    let now = clock::now_ms();
    round(&queue.store, &ways, now).await.unwrap();
    let refused = queue.delivery().await;
    assert_eq!((refused.status.as_str(), refused.due_at), ("pending", Some(now + 30_000)), "{refused:?}");

    let (mailer, said) = mail_server("250 ok").await;
    let ways = Ways { mailer: Some(mailer), ..client(&[]) };
    round(&queue.store, &ways, now + 30_000).await.unwrap();
    assert_eq!(queue.delivery().await.status, "success");
    drop(ways);
    let said = said.await.unwrap();
    for wanted in ["RCPT TO:<ada@example.com>", "[BatAudit] Anomaly detected: error_rate", &queue.delivery] {
        assert!(said.contains(wanted), "{wanted} is not in {said}");
    }

    let queue = Queue::with("mailto:ada@example.com").await;
    round(&queue.store, &client(&[]), now + 60_000).await.unwrap();
    let given_up = queue.delivery().await;
    assert!(given_up.status == "failed" && given_up.error.unwrap().contains("BATAUDIT_SMTP_HOST"));
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
