//! When API keys were used, as the list of keys tells it.

use axum::http::Method;
use bataudit_control::Role;
use bataudit_control::keys::{self, NewKey};
use bataudit_event::access::KeyScope;
use serde_json::{Value, json};

use crate::fixture::{Fixture, clickhouse, clock, event, now_ms, with};

const DAY: i64 = 24 * 60 * 60 * 1000;

/// A key, by its id and the hash that stands for it in events.
struct Made {
    id: String,
    hash: u64,
}

impl Made {
    /// An event that came with it.
    fn event(&self, project: &str, received: i64, timestamp: i64) -> Value {
        with(event(project, timestamp), json!({"key_hash": self.hash, "received_at": clock(received)}))
    }
}

async fn key(api: &Fixture, project: &str, scope: KeyScope) -> Made {
    let new = NewKey {
        project_id: project,
        name: "k",
        scope,
        origins: &[],
        created_by: None,
        expires_at: None,
        rate: None,
    };
    let (key, _) = keys::create(&api.control, new).await.unwrap();
    Made { id: key.id, hash: key.short_hash }
}

async fn list(api: &Fixture, project: &str, token: &str) -> Value {
    let answer = api.get(&format!("/v1/auth/api-keys?project_id={project}"), token).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

/// The list once ClickHouse has told in time, which on a busy machine it may not.
async fn known(api: &Fixture, project: &str, token: &str) -> Value {
    let begun = std::time::Instant::now();
    loop {
        let listed = list(api, project, token).await;
        if listed["usage_since"].is_string() {
            return listed;
        }
        assert!(begun.elapsed() < std::time::Duration::from_secs(60), "ClickHouse does not answer: {listed}");
    }
}

/// What the list says of a key.
fn usage(list: &Value, key: &Made) -> (Value, Value) {
    let found = list["data"].as_array().unwrap().iter().find(|listed| listed["id"] == key.id.as_str());
    let found = found.unwrap_or_else(|| panic!("no {}: {list}", key.id));
    (found["last_used"].clone(), found["events_30d"].clone())
}

fn time(unix_ms: i64) -> Value {
    let time = chrono::DateTime::from_timestamp_millis(unix_ms).unwrap();
    json!(time.to_rfc3339_opts(chrono::SecondsFormat::Millis, true))
}

#[tokio::test]
async fn every_key_tells_its_last_event_and_how_many_there_were() {
    Fixture::run(async |api| {
        let (mine, other) = (api.project("mine").await, api.project("other").await);
        let admin = api.user("admin", Role::Admin, &[(&mine, Role::Admin)]).await;
        let (busy, unused, old, shared, foreign) = (
            key(api, &mine, KeyScope::Project).await,
            key(api, &mine, KeyScope::Project).await,
            key(api, &mine, KeyScope::Project).await,
            key(api, &mine, KeyScope::Instance).await,
            key(api, &other, KeyScope::Project).await,
        );
        let now = now_ms();
        api.insert(&[
            busy.event(&mine, now - 5_000, now - 5_000),
            // An event may lie days back when it is taken.
            busy.event(&mine, now - 1_000, now - 3 * DAY),
            busy.event(&mine, now - 29 * DAY, now - 29 * DAY),
            busy.event(&mine, now - 31 * DAY, now - 31 * DAY),
            old.event(&mine, now - 400 * DAY, now - 400 * DAY),
            shared.event(&mine, now - 9_000, now - 9_000),
            shared.event(&other, now - 2_000, now - 2_000),
            foreign.event(&other, now, now),
            event(&mine, now),
        ])
        .await;
        let listed = known(api, &mine, &admin).await;
        assert_eq!(listed["data"].as_array().unwrap().len(), 4);
        assert_eq!(usage(&listed, &busy), (time(now - 1_000), json!(3)));
        assert_eq!(usage(&listed, &unused), (Value::Null, json!(0)));
        assert_eq!(usage(&listed, &old), (time(now - 400 * DAY), json!(0)), "it still says when");
        assert_eq!(usage(&listed, &shared), (time(now - 2_000), json!(2)), "wherever it wrote");
        let since = chrono::DateTime::parse_from_rfc3339(listed["usage_since"].as_str().unwrap()).unwrap();
        assert!((now - since.timestamp_millis()).abs() < 10 * 60_000, "{since}: the schema is of this test");
        assert!(!listed.to_string().contains(&busy.hash.to_string()), "{listed}");
    })
    .await;
}

/// A key and its successor are two keys.
#[tokio::test]
async fn a_rotated_key_and_its_successor_are_told_apart() {
    Fixture::run(async |api| {
        let project = api.project("mine").await;
        let admin = api.user("admin", Role::Admin, &[(&project, Role::Admin)]).await;
        let old = key(api, &project, KeyScope::Project).await;
        let path = format!("/v1/auth/api-keys/{}/rotate", old.id);
        let made =
            api.call(Method::POST, &path, Some(&admin), Some(&json!({"overlap_hours": 1}))).await.json();
        let id = made["id"].as_str().unwrap().to_owned();
        let hash = keys::by_id(&api.control, &id).await.unwrap().unwrap().short_hash;
        let new = Made { id, hash };
        let now = now_ms();
        api.insert(&[old.event(&project, now - 60_000, now), new.event(&project, now - 500, now)]).await;
        let listed = known(api, &project, &admin).await;
        assert_eq!(usage(&listed, &old), (time(now - 60_000), json!(1)));
        assert_eq!(usage(&listed, &new), (time(now - 500), json!(1)));
    })
    .await;
}

#[tokio::test]
async fn without_clickhouse_nobody_knows_and_the_list_comes_all_the_same() {
    let mut events = clickhouse();
    events.url = "http://127.0.0.1:1".to_owned();
    let api = Fixture::with(events).await;
    let project = api.project("mine").await;
    let owner = api.user("owner", Role::Owner, &[]).await;
    let made = key(&api, &project, KeyScope::Project).await;
    let listed = list(&api, &project, &owner).await;
    assert_eq!(usage(&listed, &made), (Value::Null, Value::Null));
    assert_eq!(listed["usage_since"], Value::Null);
}
