//! Sessions: where they begin and end, whose they are, and paging through them.

use std::collections::BTreeSet;

use bataudit_control::Role;
use serde_json::{Value, json};

use crate::fixture::{Fixture, encode, event, now_ms, with};

const SECOND: i64 = 1_000;
const GAP: i64 = 1_800 * SECOND;

fn figures(session: &Value) -> (&str, &str, f64, u64) {
    (
        session["kind"].as_str().unwrap(),
        session["identifier"].as_str().unwrap(),
        session["duration_seconds"].as_f64().unwrap(),
        session["event_count"].as_u64().unwrap(),
    )
}

#[tokio::test]
async fn silence_longer_than_half_an_hour_ends_a_session() {
    Fixture::run(async |api| {
        let (project, other) = (api.project("a").await, api.project("b").await);
        let token = api.user("owner", Role::Owner, &[]).await;
        let start = now_ms() - 10 * 3_600 * SECOND;
        let by =
            |project: &str, ms: i64, who: &str| with(event(project, start + ms), json!({"identifier": who}));
        api.insert(&[
            by(&project, 0, "ana"),
            by(&project, GAP, "ana"),
            by(&project, 2 * GAP + 1, "ana"),
            by(&other, 2 * GAP, "ana"),
            by(&project, 7, ""),
            with(by(&project, GAP / 2, "ana"), json!({"event_type": "system.alert"})),
            with(by(&project, 3 * GAP, "ana"), json!({"service_name": "pay"})),
        ])
        .await;
        let body = api.get(&format!("/v1/audit/sessions?project_id={project}"), &token).await.json();
        let sessions = body["data"].as_array().unwrap();
        let found: Vec<_> = sessions.iter().map(figures).collect();
        let half_an_hour = ("derived", "ana", 1_800.0, 2);
        assert_eq!(found, [("derived", "ana", 0.0, 1), ("derived", "ana", 0.0, 1), half_an_hour], "{body}");
        assert_eq!((&sessions[0]["service_name"], &body["next_cursor"]), (&json!("pay"), &Value::Null));
        let all = api.get("/v1/audit/sessions?identifier=ana", &token).await.json();
        assert_eq!(all["data"].as_array().unwrap().len(), 4, "the other project's is another one");

        let id = sessions[2]["session_id"].as_str().unwrap();
        let detail = api.get(&format!("/v1/audit/sessions/{id}"), &token).await;
        assert_eq!(detail.status, 200, "{detail:?}");
        let detail = detail.json();
        assert_eq!(figures(&detail), half_an_hour);
        let times: Vec<_> =
            detail["events"].as_array().unwrap().iter().map(|e| e["timestamp"].clone()).collect();
        assert_eq!(times, [detail["session_start"].clone(), detail["session_end"].clone()], "{detail}");
    })
    .await;
}

#[tokio::test]
async fn sessions_an_application_names_are_one_whatever_the_gap() {
    Fixture::run(async |api| {
        let (project, other) = (api.project("a").await, api.project("b").await);
        let token = api.user("me", Role::Viewer, &[(&project, Role::Viewer)]).await;
        let start = now_ms() - 20 * 3_600 * SECOND;
        let rows: Vec<_> = (0..25_i64)
            .map(|n| {
                let who = json!({"session_id": "it's #1/a", "identifier": if n == 0 { "" } else { "ana" }});
                with(event(&project, start + n * GAP / 2 * 3 % (40 * GAP)), who)
            })
            .collect();
        api.insert(&rows).await;
        api.insert(&[with(event(&other, start), json!({"session_id": "theirs"}))]).await;
        let body = api.get("/v1/audit/sessions", &token).await.json();
        let session = &body["data"][0];
        assert_eq!(
            (body["data"].as_array().unwrap().len(), &session["session_id"]),
            (1, &json!("it's #1/a"))
        );
        assert_eq!(figures(session), ("explicit", "", (24 * GAP / 2 * 3) as f64 / 1_000.0, 25), "{body}");

        let path = format!("/v1/audit/sessions/{}", encode("it's #1/a"));
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = api.get(&format!("{path}?limit=10{cursor}"), &token).await.json();
            assert_eq!(page["event_count"], 25);
            seen.extend(page["events"].as_array().unwrap().iter().map(|event| event["id"].clone()));
            let Some(next) = page["next_cursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        let all: Vec<_> = rows.iter().map(|row| row["id"].clone()).collect();
        assert_eq!(seen, all, "every event once, the oldest first");
        for id in ["theirs", "none"] {
            let answer = api.get(&format!("/v1/audit/sessions/{id}"), &token).await;
            assert_eq!((answer.status.as_u16(), &answer.json()["error"]), (404, &json!("session not found")));
        }
    })
    .await;
}

#[tokio::test]
async fn a_foreign_derived_session_does_not_exist() {
    Fixture::run(async |api| {
        let (mine, theirs) = (api.project("a").await, api.project("b").await);
        let owner = api.user("owner", Role::Owner, &[]).await;
        let me = api.user("me", Role::Viewer, &[(&mine, Role::Viewer)]).await;
        api.insert(&[event(&theirs, now_ms())]).await;
        let body = api.get("/v1/audit/sessions", &owner).await.json();
        let path = format!("/v1/audit/sessions/{}", body["data"][0]["session_id"].as_str().unwrap());
        assert_eq!(
            (api.get(&path, &owner).await.status, api.get(&path, &me).await.status.as_u16()),
            (axum::http::StatusCode::OK, 404)
        );
        assert_eq!(api.get("/v1/audit/sessions", &me).await.json()["data"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn pages_of_sessions_neither_skip_nor_repeat_while_events_arrive() {
    Fixture::run(async |api| {
        let project = api.project("a").await;
        let token = api.user("owner", Role::Owner, &[]).await;
        let now = now_ms();
        let rows: Vec<_> = (0..90_i64)
            .map(|n| {
                let session = if n % 3 == 0 { format!("s-{n}") } else { String::new() };
                // Many begin in the same millisecond.
                let values = json!({"identifier": format!("u-{n}"), "session_id": session});
                with(event(&project, now - n % 5 * 2 * GAP), values)
            })
            .collect();
        api.insert(&rows).await;
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let body = api.get(&format!("/v1/audit/sessions?limit=11{cursor}"), &token).await.json();
            seen.extend(
                body["data"].as_array().unwrap().iter().map(|s| s["session_id"].as_str().unwrap().to_owned()),
            );
            api.insert(&[with(
                event(&project, now + 1),
                json!({"identifier": format!("new-{}", seen.len())}),
            )])
            .await;
            let Some(next) = body["next_cursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!((seen.len(), seen.into_iter().collect::<BTreeSet<_>>().len()), (90, 90));
    })
    .await;
}
