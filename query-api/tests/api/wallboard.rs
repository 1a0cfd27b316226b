//! The wallboard: screens get in once, read what they may and nothing else, and are told of changes.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request, header};
use bataudit_control::Role;
use bataudit_query_api::routes::{ROUTES, Who};
use futures::StreamExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::fixture::{Answer, Fixture, event, now_ms, with};
use crate::good_request::Subject;

/// Makes a screen and types its code in.
pub(crate) async fn screen(api: &Fixture, token: &str, project: Option<&str>) -> Value {
    let made = make(api, token, project).await;
    assert_eq!(made.status, 200, "{made:?}");
    let activated = activate(api, made.json()["code"].as_str().unwrap()).await;
    assert_eq!(activated.status, 200, "{activated:?}");
    let mut screen = activated.json();
    screen["id"] = made.json()["id"].clone();
    screen
}

async fn make(api: &Fixture, token: &str, project: Option<&str>) -> Answer {
    let body = json!({"project_id": project, "name": "Hall"});
    api.call(Method::POST, "/v1/wallboard/token", Some(token), Some(&body)).await
}

async fn activate(api: &Fixture, code: &str) -> Answer {
    api.call(Method::POST, "/v1/wallboard/activate", None, Some(&json!({"code": code}))).await
}

pub(crate) fn access(screen: &Value) -> &str {
    screen["access_token"].as_str().unwrap()
}

#[tokio::test]
async fn a_code_works_once_and_wrong_ones_wait() {
    Fixture::run(async |api| {
        let project = api.project("mine").await;
        let token = api.user("me", Role::Admin, &[(&project, Role::Admin)]).await;
        let made = make(api, &token, Some(&project)).await.json();
        let code = made["code"].as_str().unwrap();
        let listed = api.get(&format!("/v1/wallboard/tokens?project_id={project}"), &token).await;
        assert!(!listed.text.contains(code), "told once");
        assert_eq!(listed.json()["data"][0]["activated_at"], Value::Null);

        let screen = activate(api, &code.to_lowercase()).await.json();
        assert_eq!(
            (&screen["project_id"], &screen["profile_name"], &screen["expires_in"]),
            (&json!(project), &json!("Hall"), &json!(3600))
        );
        let again = activate(api, code).await;
        assert_eq!((again.status.as_u16(), &again.json()["error"]), (401, &json!("invalid or expired code")));
        let refresh = json!({"refresh_token": screen["refresh_token"]});
        let next = api.call(Method::POST, "/v1/wallboard/refresh", None, Some(&refresh)).await;
        assert_eq!((next.status.as_u16(), &next.json()["project_id"]), (200, &json!(project)));
        assert_eq!(api.get("/v1/wallboard/summary", access(&next.json())).await.status, 200);

        let revoke = format!("/v1/wallboard/token?id={}", made["id"].as_str().unwrap());
        let revoked = api.call(Method::DELETE, &revoke, Some(&token), None).await;
        assert_eq!((revoked.status.as_u16(), revoked.json()), (200, json!({"message": "revoked"})));
        assert_eq!(api.get("/v1/wallboard/summary", access(&screen)).await.status, 401, "at once");
        let over = api.call(Method::POST, "/v1/wallboard/refresh", None, Some(&refresh)).await;
        assert_eq!(over.status, 401);

        let empty = api.call(Method::POST, "/v1/wallboard/activate", None, Some(&json!({"code": " "}))).await;
        assert_eq!((empty.status.as_u16(), &empty.json()["error"]), (400, &json!("code required")));
        let mut statuses = Vec::new();
        for n in 0..6 {
            statuses.push(activate(api, &format!("BAT-0000000{n}")).await.status.as_u16());
        }
        // One more was wrong before.
        assert_eq!(statuses, [401, 401, 401, 401, 429, 429]);
        let good = make(api, &token, Some(&project)).await.json();
        assert_eq!(activate(api, good["code"].as_str().unwrap()).await.status, 429, "whoever it is");
    })
    .await;
}

#[tokio::test]
async fn a_screens_token_opens_its_own_routes_only() {
    Fixture::run(async |api| {
        let project = api.project("mine").await;
        let owner = api.user("owner", Role::Owner, &[]).await;
        let row = event(&project, now_ms());
        api.insert(std::slice::from_ref(&row)).await;
        let all = screen(api, &owner, None).await;
        for (n, route) in ROUTES.iter().enumerate().filter(|(_, route)| route.who != Who::Public) {
            let event = row["id"].as_str().unwrap();
            let subject = Subject { project: &project, event, caller: "owner", n };
            let (path, body) = subject.request(api, route).await;
            if route.who == Who::Screen {
                assert_eq!(api.get(&path, &owner).await.status, 403, "{path} as a user");
                continue;
            }
            let method = Method::from_bytes(route.method.as_bytes()).unwrap();
            let answer = api.call(method, &path, Some(access(&all)), body.as_ref()).await;
            assert_eq!(answer.status, 401, "{} {path} with a screen's token", route.method);
        }
        let refused = api.get("/v1/wallboard/summary", &owner).await;
        assert_eq!(refused.json()["error"], "invalid token scope");
        for wrong in ["", "x.y.z", all["refresh_token"].as_str().unwrap()] {
            assert_eq!(api.get("/v1/wallboard/summary", wrong).await.status, 401);
        }
        let nobody = api.call(Method::GET, "/v1/wallboard/summary", None, None).await;
        assert_eq!(
            (nobody.status.as_u16(), &nobody.json()["error"]),
            (401, &json!("missing Authorization header"))
        );
    })
    .await;
}

#[tokio::test]
async fn only_who_sees_a_project_makes_its_screens() {
    Fixture::run(async |api| {
        let (mine, theirs) = (api.project("mine").await, api.project("theirs").await);
        let me = api.user("me", Role::Admin, &[(&mine, Role::Admin)]).await;
        let other = api.user("other", Role::Admin, &[(&theirs, Role::Admin)]).await;
        let owner = api.user("owner", Role::Owner, &[]).await;
        assert_eq!(make(api, &me, Some(&theirs)).await.status, 404);
        assert_eq!(make(api, &me, None).await.status, 403, "all projects are the owner's");
        let all = screen(api, &owner, None).await;
        let own = screen(api, &me, Some(&mine)).await;
        for id in [&all["id"], &own["id"]] {
            let path = format!("/v1/wallboard/token?id={}", id.as_str().unwrap());
            let status = api.call(Method::DELETE, &path, Some(&other), None).await.status.as_u16();
            assert!(matches!(status, 403 | 404), "{status}");
        }
        assert_eq!(api.get("/v1/wallboard/tokens", &other).await.json(), json!({"data": []}));
        assert_eq!(api.get("/v1/wallboard/tokens", &owner).await.json()["data"].as_array().unwrap().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_screen_shows_its_project_and_no_other() {
    Fixture::run(async |api| {
        let (mine, theirs) = (api.project("mine").await, api.project("theirs").await);
        let owner = api.user("owner", Role::Owner, &[]).await;
        let now = now_ms();
        let rows = [
            with(event(&mine, now - 60_000), json!({"path": "/pay?card=hunter2", "response_time": 10})),
            with(event(&mine, now - 50_000), json!({"status_code": 503, "environment": "staging"})),
            with(event(&mine, now), json!({"event_type": "system.alert", "path": "error_rate", "status_code": 0})),
            with(event(&theirs, now), json!({"service_name": "their-api"})),
        ];
        api.insert(&rows).await;
        let screen = screen(api, &owner, Some(&mine)).await;
        let get = async |path: &str| api.get(&format!("/v1/wallboard/{path}"), access(&screen)).await.json();
        let summary = get("summary").await;
        let wanted = json!({
            "events_today": 2, "errors_4xx": 0, "errors_5xx": 1, "avg_response_ms": 27.5, "active_services": 1,
        });
        assert_eq!(summary, wanted);
        assert_eq!(get("summary?environment=production").await["events_today"], 1);
        let feed = get("feed").await;
        let paths: Vec<_> = feed["data"].as_array().unwrap().iter().map(|item| item["path"].clone()).collect();
        assert_eq!(paths, ["/api/users", "/pay"], "no query, no alert, nothing of others");
        let volume = get("volume").await;
        let volume = volume["data"].as_array().unwrap();
        assert_eq!(volume.iter().map(|bucket| bucket["count"].as_u64().unwrap()).sum::<u64>(), 2);
        assert!((25..=26).contains(&volume.len()), "{}", volume.len());
        let alerts = get("alerts").await;
        assert_eq!((&alerts["data"][0]["rule_type"], alerts["data"].as_array().unwrap().len()), (
            &json!("error_rate"),
            1
        ));
        let routes = get("error-routes").await;
        assert_eq!((&routes["data"][0]["error_count"], &routes["data"][0]["error_rate"]), (&json!(1), &json!(50.0)));
        assert_eq!(get("projects").await, json!({"data": [{"id": mine, "name": "mine"}]}));
        let grid = get("grid").await;
        assert_eq!((grid["data"].as_array().unwrap().len(), &grid["data"][0]["errors_5xx"]), (1, &json!(1)));

        for path in ["summary", "feed", "volume", "alerts", "error-routes", "grid", "health", "stream"] {
            let foreign =
                api.get(&format!("/v1/wallboard/{path}?project_id={theirs}"), access(&screen)).await;
            assert_eq!(foreign.status, 404, "{path}");
        }
        let unknown = api.get("/v1/wallboard/summary?role=owner", access(&screen)).await;
        assert_eq!((unknown.status.as_u16(), &unknown.json()["parameter"]), (400, &json!("role")));
    })
    .await;
}

#[tokio::test]
async fn what_is_down_comes_first() {
    Fixture::run(async |api| {
        let (fine, broken) = (api.project("a-fine").await, api.project("broken").await);
        let owner = api.user("owner", Role::Owner, &[]).await;
        for (project, name) in [(&fine, "alpha"), (&broken, "beta")] {
            let body = json!({"project_id": project, "name": name, "url": "https://a.b/health?key=hunter2"});
            let made = api.call(Method::POST, "/v1/monitors", Some(&owner), Some(&body)).await.json();
            let status = if name == "beta" { "down" } else { "up" };
            crate::monitors::see(api, made["id"].as_str().unwrap(), now_ms(), status).await;
        }
        let screen = screen(api, &owner, None).await;
        let health = api.get("/v1/wallboard/health", access(&screen)).await.json();
        let seen: Vec<_> = health["data"].as_array().unwrap().iter().map(|one| one["name"].clone()).collect();
        assert_eq!(seen, ["beta", "alpha"]);
        assert_eq!(
            (&health["data"][0]["url"], &health["data"][0]["response_ms"]),
            (&json!("https://a.b/health"), &json!(5))
        );
        let grid = api.get("/v1/wallboard/grid", access(&screen)).await.json();
        assert_eq!(
            (&grid["data"][0]["project_id"], &grid["data"][0]["down_monitors"]),
            (&json!(broken), &json!(1))
        );
        let narrowed =
            api.get(&format!("/v1/wallboard/grid?project_id={fine}"), access(&screen)).await.json();
        assert_eq!(narrowed["data"].as_array().unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_screen_is_told_of_changes_until_it_is_revoked() {
    Fixture::run(async |api| {
        let project = api.project("mine").await;
        let owner = api.user("owner", Role::Owner, &[]).await;
        let screen = screen(api, &owner, Some(&project)).await;
        let request = Request::get("/v1/wallboard/stream")
            .header(header::AUTHORIZATION, format!("Bearer {}", access(&screen)));
        let response = api.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(response.status(), 200);
        let (mut body, mut text) = (response.into_body().into_data_stream(), String::new());
        let mut until = async |wanted: &str| {
            let read = tokio::time::timeout(Duration::from_secs(30), async {
                while !text.contains(wanted) {
                    let Some(chunk) = body.next().await else { return false };
                    text.push_str(std::str::from_utf8(&chunk.unwrap()).unwrap());
                }
                true
            });
            read.await.unwrap_or_else(|_| panic!("no {wanted} came"))
        };
        assert!(until(r#""events_today":0"#).await && until("event: feed\ndata: {\"data\":[]}").await);
        api.insert(&[event(&project, now_ms())]).await;
        assert!(until(r#""events_today":1"#).await && until(r#""path":"/api/users""#).await);
        let revoke = format!("/v1/wallboard/token?id={}", screen["id"].as_str().unwrap());
        api.call(Method::DELETE, &revoke, Some(&owner), None).await;
        assert!(!until("never said").await, "the stream ends");
    })
    .await;
}
