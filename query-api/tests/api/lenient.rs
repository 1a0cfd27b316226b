//! `Prefer: handling=lenient`: what a client of the original sends and was passed over there.

use axum::body::Body;
use axum::http::{Request, header};
use bataudit_control::Role;
use bataudit_control::clock::now_ms;
use serde_json::json;

use crate::fixture::{Answer, Fixture, event, with};

async fn leniently(api: &Fixture, path: &str, token: &str) -> Answer {
    let request = Request::builder().uri(path).header("prefer", "handling=lenient");
    let request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    api.send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn parameters_at_fault_are_passed_over_and_named() {
    Fixture::run(async |api| {
        let project = api.project("a").await;
        let token = api.user("owner", Role::Owner, &[]).await;
        let rows = [200, 500].map(|code| with(event(&project, now_ms() - 1_000), json!({"status_code": code})));
        api.insert(&rows).await;
        let path = format!(
            "/v1/audit?project_id={project}&status_code=0&status_class=5xx&limit=100000&page=x&start_date=yesterday&tz=utc"
        );
        let refused = api.get(&path, &token).await;
        assert_eq!((refused.status.as_u16(), &refused.json()["code"]), (400, &json!("invalid_parameter")));
        let answer = leniently(api, &path, &token).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(answer.headers["preference-applied"], "handling=lenient");
        let ignored = answer.headers["x-bataudit-ignored-parameters"].to_str().unwrap();
        assert_eq!(ignored, "limit, page, start_date, status_code, tz");
        let body = answer.json();
        assert_eq!(body["data"].as_array().unwrap().len(), 1, "what can be used still filters: {body}");
        assert_eq!(body["pagination"]["limit"], 1000, "{body}");

        let clean = leniently(api, &format!("/v1/audit/stats?project_id={project}"), &token).await;
        assert!(clean.status == 200 && !clean.headers.contains_key("x-bataudit-ignored-parameters"), "{clean:?}");
    })
    .await;
}

/// Passing these over would answer with events that nobody asked for.
#[tokio::test]
async fn what_says_which_events_is_refused_all_the_same() {
    Fixture::run(async |api| {
        let token = api.user("owner", Role::Owner, &[]).await;
        for query in ["cursor=x", "page=101&limit=1000"] {
            let answer = leniently(api, &format!("/v1/audit?{query}"), &token).await;
            assert_eq!(answer.status, 400, "{query}: {answer:?}");
        }
        assert!(leniently(api, "/v1/audit?project_id=x&limit=0", &token).await.ids().is_empty());
    })
    .await;
}
