//! Insights, affected users, history and usage: the shapes of the original, from what was counted.

use bataudit_control::Role;
use serde_json::{Value, json};

use crate::fixture::{Fixture, encode, event, now_ms, with};

const MINUTE: i64 = 60_000;
const DAY: i64 = 1_440 * MINUTE;

async fn some_traffic(api: &Fixture, project: &str, now: i64) {
    let row = |minutes: i64, values: Value| with(event(project, now - minutes * MINUTE), values);
    let user = |n: i64| json!({"path": format!("/users/{n}"), "route": "/users/:id", "response_time": 100});
    let failed = json!({
        "path": "/users/7", "route": "/users/:id", "status_code": 500, "identifier": "bo", "user_email": "bo@x.com",
        "user_name": "Bo", "response_time": 400,
    });
    let slow = json!({"path": "/report", "route": "/report", "method": "POST", "response_time": 2_000});
    let note = json!({"event_type": "system.alert", "route": "/users/:id", "status_code": 500, "identifier": "system"});
    let nobody = json!({"identifier": "anonymous", "response_time": 0, "route": "/home", "path": "/home"});
    api.insert(&[
        row(5, user(41)),
        row(6, user(42)),
        row(7, user(43)),
        row(8, failed.clone()),
        row(9, with(failed, json!({"status_code": 404}))),
        row(10, slow),
        row(11, note),
        row(12, nobody),
        row(20 * 1_440, user(1)),
    ])
    .await;
}

#[tokio::test]
async fn routes_are_counted_not_paths() {
    Fixture::run(async |api| {
        let (project, other) = (api.project("a").await, api.project("b").await);
        let token = api.user("me", Role::Viewer, &[(&project, Role::Viewer)]).await;
        let now = now_ms();
        some_traffic(api, &project, now).await;
        api.insert(&[with(event(&other, now), json!({"route": "/secret", "identifier": "spy"}))]).await;
        // The last one is counted from the events, the others from the rollups.
        for filter in ["", "&environment=production", "&ip!=203.0.113.9"] {
            let body = api.get(&format!("/v1/audit/insights?period=7d{filter}"), &token).await.json();
            let endpoints = json!([
                {"path": "/users/:id", "method": "GET", "count": 5}, {"path": "/home", "method": "GET", "count": 1},
                {"path": "/report", "method": "POST", "count": 1},
            ]);
            assert_eq!(body["top_endpoints"], endpoints, "{filter}: {body}");
            let users = json!([
                {"identifier": "user-123", "user_email": "", "user_name": "", "count": 4},
                {"identifier": "bo", "user_email": "bo@x.com", "user_name": "Bo", "count": 2},
            ]);
            assert_eq!(body["top_users"], users, "{filter}: {body}");
            let errors =
                json!([{"path": "/users/:id", "method": "GET", "error_count": 2, "total": 5, "error_rate": 40.0}]);
            assert_eq!(body["top_error_routes"], errors, "{filter}");
            let slow = body["top_slow_routes"].as_array().unwrap();
            assert_eq!((&slow[0]["path"], &slow[0]["avg_ms"]), (&json!("/report"), &json!(2000.0)), "{filter}");
            assert_eq!((&slow[1]["path"], &slow[1]["avg_ms"]), (&json!("/users/:id"), &json!(220.0)), "{filter}");
            assert_eq!(slow.len(), 2, "what tells no time is not slow");
        }
        let month = api.get("/v1/audit/insights?period=30d&limit=1", &token).await.json();
        assert_eq!(month["top_endpoints"], json!([{"path": "/users/:id", "method": "GET", "count": 6}]));
    })
    .await;
}

#[tokio::test]
async fn users_are_called_what_they_were_called_last() {
    Fixture::run(async |api| {
        let project = api.project("a").await;
        let token = api.user("me", Role::Viewer, &[(&project, Role::Viewer)]).await;
        let now = now_ms();
        let row = |days: i64, who: &str, email: &str, name: &str| {
            let user = json!({"identifier": who, "user_email": email, "user_name": name});
            with(event(&project, now - days * DAY - MINUTE), user)
        };
        api.insert(&[
            row(6, "gone", "gone@x.com", "Gone"),
            row(6, "moved", "old@x.com", "Old"),
            row(0, "moved", "new@x.com", "New"),
            row(6, "silent", "silent@x.com", "Silent"),
            row(0, "silent", "", ""),
            row(6, "half", "old@x.com", "Half"),
            row(0, "half", "new@x.com", ""),
        ])
        .await;
        let body = api.get("/v1/audit/insights?period=7d", &token).await.json();
        let text = |user: &Value, name: &str| user[name].as_str().unwrap().to_owned();
        let users = body["top_users"].as_array().unwrap().iter();
        let mut called: Vec<_> = users
            .map(|user| ["identifier", "user_email", "user_name"].map(|name| text(user, name)))
            .collect();
        called.sort();
        let wanted = [
            ["gone", "gone@x.com", "Gone"],
            ["half", "new@x.com", "Half"],
            ["moved", "new@x.com", "New"],
            ["silent", "silent@x.com", "Silent"],
        ];
        assert_eq!(called, wanted.map(|user| user.map(str::to_owned)));
    })
    .await;
}

#[tokio::test]
async fn affected_users_are_those_who_met_the_error() {
    Fixture::run(async |api| {
        let project = api.project("a").await;
        let token = api.user("owner", Role::Owner, &[]).await;
        let now = now_ms();
        some_traffic(api, &project, now).await;
        for query in
            [format!("route={}", encode("/users/:id")), "path=/users/7".to_owned(), "method=get".to_owned()]
        {
            let body = api
                .get(&format!("/v1/audit/affected-users?project_id={project}&{query}"), &token)
                .await
                .json();
            let user = &body["data"][0];
            assert_eq!(body["data"].as_array().unwrap().len(), 1, "{query}: {body}");
            assert_eq!((&user["identifier"], &user["error_count"]), (&json!("bo"), &json!(2)));
            assert_eq!((&user["user_email"], &user["user_name"]), (&json!("bo@x.com"), &json!("Bo")));
        }
        let clock = |ms: i64| encode(&chrono::DateTime::from_timestamp_millis(ms).unwrap().to_rfc3339());
        let path =
            format!("/v1/audit/affected-users?start={}&end={}", clock(now - DAY), clock(now - 9 * MINUTE));
        let earlier = api.get(&path, &token).await.json();
        assert_eq!(earlier["data"][0]["error_count"], 1);
        let none = api.get("/v1/audit/affected-users?route=/report", &token).await.json();
        assert_eq!(none, json!({"data": []}));
    })
    .await;
}

#[tokio::test]
async fn history_has_every_event_once_in_hours_and_in_days() {
    Fixture::run(async |api| {
        let (project, other) = (api.project("a").await, api.project("b").await);
        let token = api.user("owner", Role::Owner, &[]).await;
        let now = now_ms();
        let rows: Vec<_> = (0..120_i64)
            .map(|n| {
                let values = json!({
                    "status_code": 200 + n % 3 * 200 - n % 3 / 2 * 100, "response_time": 10 + n % 2 * 10,
                    "environment": if n % 4 == 0 { "staging" } else { "production" },
                });
                with(event(&project, now - n * 343 * MINUTE), values)
            })
            .collect();
        api.insert(&rows).await;
        api.insert(&[event(&other, now), with(event(&project, now), json!({"event_type": "system.alert"}))])
            .await;
        let sums = |body: &Value| {
            let items = body["data"].as_array().unwrap();
            let sum = |name: &str| items.iter().map(|item| item[name].as_u64().unwrap()).sum::<u64>();
            [sum("event_count"), sum("errors_4xx"), sum("errors_5xx")]
        };
        for period in ["hour", "day"] {
            let path = format!("/v1/audit/stats/history?project_id={project}&period={period}");
            let body = api.get(&path, &token).await.json();
            assert_eq!(sums(&body), [120, 40, 40], "{body}");
            let items = body["data"].as_array().unwrap();
            assert!(items.iter().all(|item| item["period_type"] == period));
            assert!(items.is_sorted_by_key(|item| item["period_start"].as_str().unwrap().to_owned()));
            assert!(
                items.iter().all(|item| (10.0..=20.0).contains(&item["avg_ms"].as_f64().unwrap())),
                "{body}"
            );
            let staging = api.get(&format!("{path}&environment=stage"), &token).await.json();
            assert_eq!(sums(&staging)[0], 30);
        }
        let body = api.get("/v1/audit/stats/history?path=/x", &token).await;
        assert_eq!((body.status.as_u16(), &body.json()["code"]), (400, &json!("malformed")), "{body:?}");

        let usage = api.get(&format!("/v1/audit/stats/usage?project_id={project}"), &token).await.json();
        let days = usage["daily_summaries"].as_u64().unwrap();
        assert_eq!((&usage["raw_events"], &usage["hourly_summaries"]), (&json!(121), &json!(120)), "{usage}");
        assert!((28..=30).contains(&days), "{usage}");
    })
    .await;
}
