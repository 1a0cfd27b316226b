//! Monitors: made, changed, tested, their checks and how long they were up.

use axum::http::Method;
use bataudit_control::Role;
use bataudit_control::monitors::checks::{self, Check, Step};
use bataudit_control::monitors::{self, Status};
use serde_json::{Value, json};

use crate::fixture::{Fixture, encode, now_ms};

/// As sentinel writes a check down.
pub(crate) async fn see(api: &Fixture, id: &str, at: i64, status: &str) {
    seen(api, id, at, status.parse().unwrap()).await;
}

async fn seen(api: &Fixture, id: &str, at: i64, status: Status) {
    let monitor = monitors::by_id(&api.control, id).await.unwrap().unwrap();
    let check = Check {
        id: checks::new_id(),
        monitor_id: id.to_owned(),
        status: status.as_str().to_owned(),
        status_code: Some(200),
        response_ms: 5,
        error: None,
        checked_at: at,
    };
    let step = Step {
        check,
        status,
        since_ms: at,
        known_ms: 0,
        in_time: monitor.checked_at.is_some(),
        due_at: at + 60_000,
        certificate_expires_at: None,
        certificate_warned: None,
        changes: Vec::new(),
    };
    assert!(checks::record(&api.control, &monitor, &step).await.unwrap());
}

#[tokio::test]
async fn a_monitor_is_made_changed_and_removed() {
    Fixture::run(async |api| {
        let project = api.project("mine").await;
        let token = api.user("me", Role::Admin, &[(&project, Role::Admin)]).await;
        let post =
            async |body: Value| api.call(Method::POST, "/v1/monitors", Some(&token), Some(&body)).await;
        let good = json!({"project_id": project, "name": "shop", "url": "https://shop.example.com/health"});
        let made = post(good.clone()).await;
        assert_eq!(made.status, 201, "{made:?}");
        let made = made.json();
        let usual = [("interval_seconds", 60), ("timeout_seconds", 10), ("expected_status", 200)];
        for (name, value) in usual {
            assert_eq!(made[name], value);
        }
        assert_eq!((&made["last_status"], &made["last_checked_at"]), (&json!("unknown"), &Value::Null));
        for (field, value) in [
            ("interval_seconds", json!(9)),
            ("timeout_seconds", json!(31)),
            ("expected_status", json!(99)),
            ("certificate_warning_days", json!(-1)),
            ("name", json!("x".repeat(101))),
            ("name", json!(" ")),
            ("url", json!("ftp://a.b")),
            ("url", json!("https://me:hunter2@a.b")),
            ("enabled", json!("yes")),
            ("port", json!(1)),
        ] {
            let mut body = good.clone();
            body[field] = value;
            let answer = post(body).await;
            assert_eq!(
                (answer.status.as_u16(), &answer.json()["parameter"]),
                (400, &json!(field)),
                "{answer:?}"
            );
            assert!(!answer.text.contains("hunter2"));
        }
        let one = format!("/v1/monitors/{}", made["id"].as_str().unwrap());
        let paused = api.call(Method::PUT, &one, Some(&token), Some(&json!({"enabled": false}))).await.json();
        assert_eq!((&paused["enabled"], &paused["url"]), (&json!(false), &made["url"]));
        let listed = api.get(&format!("/v1/monitors?project_id={project}"), &token).await.json();
        assert_eq!(
            (&listed["data"][0], api.get("/v1/monitors", &token).await.json()),
            (&paused, listed.clone())
        );
        for _ in 1..10 {
            assert_eq!(post(good.clone()).await.status, 201);
        }
        let full = post(good.clone()).await;
        let (status, body) = (full.status.as_u16(), full.json());
        assert_eq!(
            (status, &body["error"], &body["code"]),
            (422, &json!("maximum of 10 monitors per project"), &json!("limit_reached"))
        );
        let delete = async || api.call(Method::DELETE, &one, Some(&token), None).await.status.as_u16();
        assert_eq!((delete().await, delete().await), (204, 404));
    })
    .await;
}

#[tokio::test]
async fn downtime_is_what_was_seen() {
    Fixture::run(async |api| {
        let project = api.project("mine").await;
        let token = api.user("me", Role::Admin, &[(&project, Role::Admin)]).await;
        let body = json!({"project_id": project, "name": "shop", "url": "https://shop.example.com"});
        let made = api.call(Method::POST, "/v1/monitors", Some(&token), Some(&body)).await.json();
        let id = made["id"].as_str().unwrap();
        let start = now_ms() - 600_000;
        for (at, status) in [(0, Status::Up), (60, Status::Down), (120, Status::Down), (180, Status::Up)] {
            seen(api, id, start + at * 1000, status).await;
        }
        let history = api.get(&format!("/v1/monitors/{id}/history?limit=2"), &token).await.json();
        let statuses: Vec<_> =
            history["data"].as_array().unwrap().iter().map(|check| check["status"].clone()).collect();
        assert_eq!(statuses, ["up", "down"]);
        let time = |ms: i64| encode(&chrono::DateTime::from_timestamp_millis(ms).unwrap().to_rfc3339());
        let range = format!("start_date={}&end_date={}", time(start), time(start + 300_000));
        let uptime = api.get(&format!("/v1/monitors/{id}/uptime?{range}"), &token).await.json();
        let sums =
            ["up_seconds", "down_seconds", "unknown_seconds"].map(|name| uptime[name].as_f64().unwrap());
        assert_eq!(sums, [60.0, 120.0, 120.0], "after the last check nobody looked");
        assert_eq!(uptime["outages"][0]["seconds"], 120.0);
        let backwards = format!("start_date={}&end_date={}", time(start + 1), time(start));
        let answer = api.get(&format!("/v1/monitors/{id}/uptime?{backwards}"), &token).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["parameter"]), (400, &json!("start_date")));
    })
    .await;
}

#[tokio::test]
async fn a_test_tells_what_sentinel_saw() {
    Fixture::run(async |api| {
        let project = api.project("mine").await;
        let token = api.user("me", Role::Admin, &[(&project, Role::Admin)]).await;
        let body = json!({"project_id": project, "name": "s", "url": "https://a.b", "timeout_seconds": 1});
        let made = api.call(Method::POST, "/v1/monitors", Some(&token), Some(&body)).await.json();
        let test = format!("/v1/monitors/{}/test", made["id"].as_str().unwrap());
        let nobody = api.call(Method::POST, &test, Some(&token), None).await.json();
        assert_eq!(nobody["status"], "unknown", "{nobody}");
        let looking = api.look_at_monitors();
        let seen = api.call(Method::POST, &test, Some(&token), None).await.json();
        looking.abort();
        assert_eq!(
            (&seen["id"], &seen["status"], &seen["status_code"]),
            (&json!(""), &json!("down"), &json!(503))
        );
    })
    .await;
}
