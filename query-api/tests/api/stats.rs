//! Figures and filter values, from the rollups that ClickHouse makes at insert.

use bataudit_control::Role;
use serde_json::{Value, json};

use crate::fixture::{Fixture, event, now_ms, with};

const MINUTE: i64 = 60_000;

#[tokio::test]
async fn figures_are_those_of_the_events() {
    Fixture::run(async |api| {
        let (project, other) = (api.project("a").await, api.project("b").await);
        let token = api.user("owner", Role::Owner, &[]).await;
        let now = now_ms();
        let row = |minutes: i64, values: Value| with(event(&project, now - minutes * MINUTE), values);
        api.insert(&[
            row(1, json!({"response_time": 10})),
            row(2, json!({"response_time": 20, "status_code": 301, "method": "POST"})),
            row(90, json!({"response_time": 30, "status_code": 404})),
            row(95, json!({"response_time": 40, "status_code": 500, "service_name": "pay", "environment": "staging"})),
            row(100, json!({"response_time": 0, "status_code": 0, "service_name": "pay"})),
            row(3, json!({"event_type": "system.alert"})),
            row(60 * 25, json!({"service_name": "old"})),
            with(event(&other, now), json!({"service_name": "other"})),
        ])
        .await;
        let body = api.get(&format!("/v1/audit/stats?project_id={project}"), &token).await.json();
        let figures = ["total", "errors_4xx", "errors_5xx", "active_services", "interval_seconds", "avg_response_time"];
        assert_eq!(figures.map(|name| body[name].as_f64().unwrap()), [5.0, 1.0, 1.0, 2.0, 3600.0, 25.0], "{body}");
        assert_eq!(body["by_status_class"], json!({"2xx": 1, "3xx": 1, "4xx": 1, "5xx": 1}));
        assert_eq!(body["by_method"], json!({"GET": 4, "POST": 1}));
        assert!((30.0..=40.0).contains(&body["p95_response_time"].as_f64().unwrap()), "{body}");
        let services = body["by_service"].as_array().unwrap();
        let figures: Vec<_> =
            services.iter().map(|s| (s["service_name"].as_str().unwrap(), s["requests"].as_u64(), s["errors"].as_u64())).collect();
        assert_eq!(figures, [("my-api", Some(3), Some(1)), ("pay", Some(2), Some(1))]);
        let timeline = body["timeline"].as_array().unwrap();
        assert_eq!(timeline.len(), 25, "every hour is there");
        assert_eq!(timeline.iter().map(|bucket| bucket["count"].as_u64().unwrap()).sum::<u64>(), 5);
        assert_eq!(timeline.iter().map(|bucket| bucket["errors_5xx"].as_u64().unwrap()).sum::<u64>(), 1);

        let staging = api.get(&format!("/v1/audit/stats?project_id={project}&environment=stage"), &token).await.json();
        assert_eq!((&staging["total"], &staging["by_method"]), (&json!(1), &json!({"GET": 1})));
        let all = api.get("/v1/audit/stats", &token).await.json();
        assert_eq!(all["total"], 6);
    })
    .await;
}

#[tokio::test]
async fn ranges_choose_their_interval() {
    Fixture::run(async |api| {
        let project = api.project("a").await;
        let token = api.user("owner", Role::Owner, &[]).await;
        let now = now_ms();
        let rows: Vec<_> = (0..28).map(|day| event(&project, now - day * 1_440 * MINUTE)).collect();
        api.insert(&rows).await;
        for (minutes, interval, total) in
            [(60, 60, 1), (360, 300, 1), (1_440 * 3, 3_600, 4), (1_440 * 29, 86_400, 28)]
        {
            let start = chrono::DateTime::from_timestamp_millis(now - minutes * MINUTE).unwrap().to_rfc3339();
            let path = format!("/v1/audit/stats?start_date={}", crate::fixture::encode(&start));
            let body = api.get(&path, &token).await.json();
            assert_eq!(
                (&body["interval_seconds"], &body["total"]),
                (&json!(interval), &json!(total)),
                "{minutes}"
            );
            let timeline = body["timeline"].as_array().unwrap();
            assert!(timeline.len() <= 75, "{}", timeline.len());
            assert_eq!(timeline.iter().map(|bucket| bucket["count"].as_u64().unwrap()).sum::<u64>(), total);
        }
    })
    .await;
}

#[tokio::test]
async fn nothing_stored_is_zeros_and_empty_lists() {
    Fixture::run(async |api| {
        let token = api.user("owner", Role::Owner, &[]).await;
        let body = api.get("/v1/audit/stats", &token).await.json();
        for name in ["total", "errors_4xx", "errors_5xx", "active_services"] {
            assert_eq!(body[name], 0);
        }
        for name in ["avg_response_time", "p95_response_time"] {
            assert_eq!(body[name].as_f64(), Some(0.0));
        }
        assert_eq!(
            (&body["last_event_at"], &body["by_service"], &body["by_method"]),
            (&Value::Null, &json!([]), &json!({}))
        );
    })
    .await;
}

#[tokio::test]
async fn facets_are_the_values_in_use() {
    Fixture::run(async |api| {
        let (project, other) = (api.project("a").await, api.project("b").await);
        let token = api.user("me", Role::Viewer, &[(&project, Role::Viewer)]).await;
        let now = now_ms();
        api.insert(&[
            event(&project, now),
            event(&project, now),
            with(
                event(&project, now - 20 * 1_440 * MINUTE),
                json!({"service_name": "pay", "environment": "qa", "method": ""}),
            ),
            with(
                event(&other, now),
                json!({"service_name": "secret", "environment": "secret", "method": "SECRET"}),
            ),
        ])
        .await;
        let body = api.get("/v1/audit/facets", &token).await.json();
        let wanted =
            json!({"services": ["my-api", "pay"], "environments": ["production", "qa"], "methods": ["GET"], "sources": ["backend"]});
        assert_eq!(body, wanted);
    })
    .await;
}
