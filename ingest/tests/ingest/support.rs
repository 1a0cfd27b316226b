//! A gateway with known keys and a publisher of choice.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bataudit_event::access::{ApiKey, Entry, EntryKey, KeyScope, Project};
use bataudit_event::id::project_id_of_slug;
use bataudit_event::{Event, record};
use bataudit_ingest::access::{Access, Entries};
use bataudit_ingest::publish::{MemoryPublisher, Publisher};
use bataudit_ingest::{App, Config};
use bataudit_service::Env;
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{HeaderMap, Request, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

pub(crate) const PROJECT: Uuid = Uuid::from_u128(0x0001);
pub(crate) const SHOP: Uuid = Uuid::from_u128(0x0002);
pub(crate) const ORIGIN: &str = "https://app.example.com";

/// The text of a key, made of one hex digit.
pub(crate) fn key(digit: char) -> String {
    format!("bat_{}", digit.to_string().repeat(64))
}

pub(crate) fn project_key() -> String {
    key('a')
}

pub(crate) fn browser_key() -> String {
    key('b')
}

pub(crate) fn instance_key() -> String {
    key('c')
}

/// Known once, revoked since.
pub(crate) fn revoked_key() -> String {
    key('d')
}

pub(crate) fn expired_key() -> String {
    key('e')
}

pub(crate) fn unknown_key() -> String {
    key('0')
}

pub(crate) fn entry_key(key: &str) -> String {
    EntryKey::ApiKey(hex::encode(Sha256::digest(key))).encode()
}

pub(crate) fn entry(scope: KeyScope, expires_at: Option<i64>) -> Vec<u8> {
    let origins = if scope == KeyScope::Browser { vec![ORIGIN.to_owned()] } else { Vec::new() };
    Entry::ApiKey(ApiKey { project_id: PROJECT, scope, origins, expires_at, rate: None }).encode()
}

/// The records of an access topic with all kinds of keys.
pub(crate) fn access_records() -> Vec<(String, Option<Vec<u8>>)> {
    let shop = Entry::Project(Project { slug: "shop".to_owned(), archived: false }).encode();
    let closed = Entry::Project(Project { slug: "closed".to_owned(), archived: true }).encode();
    vec![
        (EntryKey::Project(SHOP).encode(), Some(shop)),
        (EntryKey::Project(project_id_of_slug("closed")).encode(), Some(closed)),
        (entry_key(&project_key()), Some(entry(KeyScope::Project, None))),
        (entry_key(&browser_key()), Some(entry(KeyScope::Browser, None))),
        (entry_key(&instance_key()), Some(entry(KeyScope::Instance, None))),
        (entry_key(&revoked_key()), Some(entry(KeyScope::Project, None))),
        (entry_key(&expired_key()), Some(entry(KeyScope::Project, Some(1)))),
        (entry_key(&revoked_key()), None),
    ]
}

pub(crate) fn access() -> Access {
    let mut entries = Entries::default();
    for (key, value) in access_records() {
        entries.apply(key.as_bytes(), value.as_deref());
    }
    let access = Access::default();
    access.replace(entries.table());
    access
}

pub(crate) fn config(pairs: &[(&str, &str)]) -> Config {
    let mut env = Env::from_pairs(pairs.iter().copied());
    let config = Config::from_env(&mut env);
    env.finish().unwrap();
    config
}

/// A gateway that publishes into memory.
pub(crate) struct Gateway {
    pub(crate) app: Arc<App>,
    pub(crate) publisher: Arc<MemoryPublisher>,
}

pub(crate) fn gateway() -> Gateway {
    gateway_with(&[])
}

pub(crate) fn gateway_with(pairs: &[(&str, &str)]) -> Gateway {
    let publisher = Arc::new(MemoryPublisher::default());
    let app = App::new(&config(pairs), access(), Arc::clone(&publisher) as _);
    Gateway { app: Arc::new(app), publisher }
}

pub(crate) fn app_on(publisher: impl Publisher + 'static, pairs: &[(&str, &str)]) -> App {
    App::new(&config(pairs), access(), Arc::new(publisher))
}

impl Gateway {
    pub(crate) async fn post(&self, path: &str, body: impl Into<Bytes>) -> Answer {
        let request = post(path).header("X-API-Key", project_key());
        send(&self.app, request.header("Content-Type", "application/json"), body).await
    }

    pub(crate) async fn post_with(
        &self,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Answer {
        let request = headers.iter().fold(post(path), |request, (name, value)| request.header(*name, *value));
        send(&self.app, request, body).await
    }

    /// Calls `look` with every stored event.
    pub(crate) fn events(&self, mut look: impl FnMut(&Event<'_>)) -> usize {
        let mut count = 0;
        for value in self.publisher.records() {
            for event in record::decode(&value).unwrap() {
                look(&event);
                count += 1;
            }
        }
        count
    }

    pub(crate) fn count(&self) -> usize {
        self.events(|_| {})
    }
}

pub(crate) fn post(path: &str) -> hyper::http::request::Builder {
    Request::post(path)
}

/// An answer, read whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// The status and the code of an error.
    pub(crate) fn error(&self) -> (u16, String) {
        (self.status.as_u16(), self.json()["code"].as_str().unwrap_or_default().to_owned())
    }
}

pub(crate) async fn send(
    app: &App,
    request: hyper::http::request::Builder,
    body: impl Into<Bytes>,
) -> Answer {
    let request = request.header("Host", "gateway").body(Full::new(body.into())).unwrap();
    let response = app.handle(request).await;
    let (head, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    Answer { status: head.status, headers: head.headers, text: String::from_utf8(bytes.to_vec()).unwrap() }
}

/// The event of the first-event guide.
pub(crate) fn guide_event() -> Value {
    json!({
        "path": "/api/users", "method": "GET", "status_code": 200, "response_time": 45,
        "identifier": "user-123", "service_name": "my-api", "environment": "production",
    })
}

/// Waits until `check` gives something.
pub(crate) async fn eventually<T>(what: &str, mut check: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    let mut ticks = tokio::time::interval(Duration::from_millis(10));
    loop {
        ticks.tick().await;
        if let Some(found) = check() {
            return found;
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "{what} did not happen within 30 s");
    }
}
