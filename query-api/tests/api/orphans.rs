//! Orphans: browser events whose backend never reported.

use std::collections::BTreeSet;

use bataudit_control::Role;
use serde_json::{Value, json};

use crate::fixture::{Fixture, clock, event, now_ms, with};

fn browser(project: &str, ms: i64, request: &str) -> Value {
    with(
        event(project, ms),
        json!({"source": "browser", "request_id": request, "stored_at": clock(ms - 120_000)}),
    )
}

fn backend(project: &str, ms: i64, request: &str) -> Value {
    with(event(project, ms), json!({"request_id": request}))
}

#[tokio::test]
async fn only_a_backend_of_the_same_project_answers_for_a_request() {
    Fixture::run(async |api| {
        let (project, other) = (api.project("a").await, api.project("b").await);
        let token = api.user("me", Role::Viewer, &[(&project, Role::Viewer)]).await;
        let now = now_ms();
        let lost = browser(&project, now - 5_000, "lost");
        let fresh = with(browser(&project, now, "fresh"), json!({"stored_at": clock(now)}));
        let foreign = browser(&project, now - 9_000, "foreign");
        let far = browser(&project, now - 50 * 3_600_000, "far");
        api.insert(&[
            lost.clone(),
            fresh.clone(),
            foreign.clone(),
            far.clone(),
            browser(&project, now - 6_000, "answered"),
            // The backend's clock is behind.
            backend(&project, now - 1_000_000, "answered"),
            backend(&other, now - 9_000, "foreign"),
            browser(&project, now - 7_000, ""),
            browser(&other, now - 8_000, "theirs"),
        ])
        .await;
        let ids = |rows: &[&Value]| {
            rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let answer = api.get("/v1/audit/orphans", &token).await;
        assert_eq!(
            (answer.ids(), &answer.json()["total"]),
            (ids(&[&lost, &foreign]), &json!(2)),
            "{answer:?}"
        );
        let hasty = api.get("/v1/audit/orphans?grace_seconds=0", &token).await;
        assert_eq!(hasty.ids(), ids(&[&fresh, &lost, &foreign]));
        let start = chrono::DateTime::from_timestamp_millis(now - 60 * 3_600_000).unwrap();
        let path = format!("/v1/audit/orphans?start_date={}", crate::fixture::encode(&start.to_rfc3339()));
        assert_eq!(api.get(&path, &token).await.ids(), ids(&[&lost, &foreign, &far]));
        let none = api.get("/v1/audit/orphans?service_name=other", &token).await.json();
        assert_eq!(none, json!({"data": [], "total": 0, "next_cursor": null}));
    })
    .await;
}

#[tokio::test]
async fn the_total_is_true_and_pages_neither_skip_nor_repeat() {
    Fixture::run(async |api| {
        let project = api.project("a").await;
        let token = api.user("owner", Role::Owner, &[]).await;
        let now = now_ms();
        let rows: Vec<_> =
            (0..250).map(|n| browser(&project, now - n / 5 * 1_000, &format!("r-{n}"))).collect();
        api.insert(&rows).await;
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let answer = api.get(&format!("/v1/audit/orphans?limit=60{cursor}"), &token).await;
            assert_eq!(answer.json()["total"], 250);
            seen.extend(answer.ids());
            api.insert(&[browser(&project, now + 5, &format!("new-{}", seen.len()))]).await;
            match answer.json()["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!((seen.len(), seen.into_iter().collect::<BTreeSet<_>>().len()), (250, 250));
    })
    .await;
}
