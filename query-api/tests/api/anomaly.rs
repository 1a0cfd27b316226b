//! Anomaly rules: made, changed, tried on real rows, and what sentinel found listed.

use axum::http::Method;
use bataudit_control::anomaly_incidents::{self, AnomalyIncident, Changes};
use bataudit_control::anomaly_rules::{self, AnomalyRule, Wanted};
use bataudit_control::{Role, Store};
use bataudit_query_api::routes::ROUTES;
use serde_json::{Value, json};

use crate::fixture::{Fixture, event, now_ms, with};
use crate::good_request::Subject;

#[tokio::test]
async fn rules_are_made_changed_and_deleted() {
    Fixture::run(async |api| {
        let project = api.project("mine").await;
        let token = api.user("me", Role::Admin, &[(&project, Role::Admin)]).await;
        let list = format!("/v1/anomaly/rules?project_id={project}");
        assert_eq!(api.get(&list, &token).await.json(), json!([]));
        let post =
            async |body: Value| api.call(Method::POST, "/v1/anomaly/rules", Some(&token), Some(&body)).await;

        let made = post(json!({"project_id": project, "rule_type": "brute_force", "threshold": 5})).await;
        assert_eq!(made.status, 201, "{made:?}");
        let rule = made.json();
        assert_eq!(
            (&rule["threshold"], &rule["window_seconds"], &rule["active"]),
            (&json!(5.0), &json!(300), &json!(true))
        );
        assert_eq!(api.get(&list, &token).await.json(), json!([rule]));

        let path = format!("/v1/anomaly/rules/{}", rule["id"].as_str().unwrap());
        let put = async |body: Value| api.call(Method::PUT, &path, Some(&token), Some(&body)).await;
        let paused = put(json!({"active": false, "service_name": "api"})).await.json();
        assert_eq!(
            (&paused["active"], &paused["service_name"], &paused["threshold"]),
            (&json!(false), &json!("api"), &json!(5.0))
        );
        assert_eq!(rule["min_events"], 10, "the original's");
        let wide = put(json!({"service_name": "", "cooldown_seconds": 0, "min_events": 50})).await.json();
        assert_eq!(
            (&wide["service_name"], &wide["cooldown_seconds"], &wide["min_events"]),
            (&Value::Null, &json!(0), &json!(50))
        );
        let wide = put(json!({"threshold": 5})).await.json();
        assert_eq!(wide["min_events"], 50, "what is left out stays");

        for (body, parameter) in [
            (json!({"threshold": 0}), "threshold"),
            (json!({"threshold": "5"}), "threshold"),
            (json!({"window_seconds": 59}), "window_seconds"),
            (json!({"window_seconds": 1.5}), "window_seconds"),
            (json!({"min_events": 0}), "min_events"),
            (json!({"min_events": "9"}), "min_events"),
            (json!({"active": 1}), "active"),
            (json!({"rule_type": "error_rate"}), "rule_type"),
        ] {
            let answer = put(body).await;
            assert_eq!(
                (answer.status.as_u16(), &answer.json()["parameter"]),
                (400, &json!(parameter)),
                "{answer:?}"
            );
        }
        let unknown = post(json!({"project_id": project, "rule_type": "moon_phase"})).await;
        assert!(
            unknown.json()["error"].as_str().unwrap().contains("volume_spike, error_rate"),
            "{unknown:?}"
        );
        assert_eq!(api.get(&list, &token).await.json(), json!([wide]), "a refused change changes nothing");

        let delete = async || api.call(Method::DELETE, &path, Some(&token), None).await.status;
        assert_eq!((delete().await.as_u16(), delete().await.as_u16()), (204, 404));
        assert_eq!(api.get(&list, &token).await.json(), json!([]));
    })
    .await;
}

#[tokio::test]
async fn a_rule_is_tried_on_what_is_stored() {
    Fixture::run(async |api| {
        let project = api.project("mine").await;
        let token = api.user("me", Role::Admin, &[(&project, Role::Admin)]).await;
        let refused = |at: i64| with(event(&project, at), json!({"status_code": 401, "identifier": "eve"}));
        let hours_ago = |hours: i64| now_ms() - hours * 3_600_000;
        let mut rows = Vec::new();
        for hours in [2, 50] {
            rows.extend((0..6).map(|second| refused(hours_ago(hours) + second * 1000)));
        }
        rows.extend((0..4).map(|second| refused(hours_ago(20) + second * 1000)));
        api.insert(&rows).await;
        let ask =
            json!({"project_id": project, "rule_type": "brute_force", "threshold": 6, "window_seconds": 60});
        let tried =
            api.call(Method::POST, "/v1/anomaly/rules/dry-run", Some(&token), Some(&ask)).await.json();
        assert_eq!((&tried["days"], &tried["would_have_fired"]), (&json!(7), &json!(2)), "{tried}");
        let first = &tried["data"][0];
        assert_eq!(
            (&first["service_name"], &first["details"]["identifier"]),
            (&json!("my-api"), &json!("eve"))
        );
        assert_eq!(first["details"]["fail_count"], 6);
        assert!(
            first["started_at"].as_str() > tried["data"][1]["started_at"].as_str(),
            "newest first: {tried}"
        );
        assert_eq!(
            api.get(&format!("/v1/anomaly/rules?project_id={project}"), &token).await.json(),
            json!([])
        );
    })
    .await;
}

/// A rule of a project, for incidents to belong to.
async fn rule(store: &Store, project: &str) -> AnomalyRule {
    let wanted = Wanted {
        rule_type: "error_rate",
        threshold: 20.0,
        window_seconds: 300,
        cooldown_seconds: 300,
        min_events: 10,
        service_name: None,
        environment: None,
        active: true,
    };
    anomaly_rules::create(store, project, &wanted, None).await.unwrap()
}

/// An incident of a minute, so many hours after the year began.
fn incident(rule: &AnomalyRule, hour: i64, resolved_at: Option<i64>) -> AnomalyIncident {
    AnomalyIncident {
        id: anomaly_incidents::new_id(),
        rule_id: rule.id.clone(),
        project_id: rule.project_id.clone(),
        rule_type: "error_rate".to_owned(),
        service_name: "api".to_owned(),
        environment: "production".to_owned(),
        subject: String::new(),
        details: r#"{"error_count":3}"#.to_owned(),
        from_ms: 1_767_225_600_000 + hour * 3_600_000,
        to_ms: 1_767_225_660_000 + hour * 3_600_000,
        found_at: 1,
        resolved_at,
        fired_told: 1,
        resolved_told: 1,
        handling: anomaly_incidents::Handling::default(),
    }
}

#[tokio::test]
async fn incidents_are_listed_by_state_and_page() {
    Fixture::run(async |api| {
        let project = api.project("mine").await;
        let token = api.user("me", Role::Viewer, &[(&project, Role::Viewer)]).await;
        let rule = rule(&api.control, &project).await;
        let incident = |hour, resolved_at| incident(&rule, hour, resolved_at);
        let fired = vec![incident(0, Some(1_767_226_000_000)), incident(1, None)];
        let changes = Changes { fired: fired.clone(), ..Changes::default() };
        anomaly_incidents::apply(&api.control, &changes, 1).await.unwrap();

        let list = format!("/v1/anomaly/incidents?project_id={project}");
        let all = api.get(&list, &token).await;
        assert_eq!(all.ids(), [fired[1].id.clone(), fired[0].id.clone()]);
        let (open, over) = (&all.json()["data"][0], &all.json()["data"][1]);
        assert_eq!((&open["resolved_at"], &open["details"]), (&Value::Null, &json!({"error_count": 3})));
        assert_eq!(open["started_at"], "2026-01-01T01:00:00.000Z");
        assert_eq!(over["resolved_at"], "2026-01-01T00:06:40.000Z");
        assert_eq!(api.get(&format!("{list}&state=open"), &token).await.ids(), [fired[1].id.clone()]);
        let next = format!("{list}&limit=1&before=2026-01-01T01:00:00.000Z");
        assert_eq!(api.get(&next, &token).await.ids(), [fired[0].id.clone()]);
        assert_eq!(api.get(&format!("{list}&state=shut"), &token).await.status, 400);
    })
    .await;
}

#[tokio::test]
async fn incidents_of_one_moment_are_all_on_some_page() {
    Fixture::run(async |api| {
        let project = api.project("mine").await;
        let token = api.user("me", Role::Viewer, &[(&project, Role::Viewer)]).await;
        let rule = rule(&api.control, &project).await;
        let fired = [1, 0, 0, 0, 0].map(|hour| incident(&rule, hour, None)).into();
        let changes = Changes { fired, ..Changes::default() };
        anomaly_incidents::apply(&api.control, &changes, 1).await.unwrap();

        let list = format!("/v1/anomaly/incidents?project_id={project}");
        let (mut found, mut place) = (Vec::new(), String::new());
        loop {
            let page = api.get(&format!("{list}&limit=2{place}"), &token).await;
            found.extend(page.ids());
            let json = page.json();
            let Some(last) = json["data"].as_array().unwrap().last() else { break };
            let text = |field: &str| last[field].as_str().unwrap();
            place = format!("&before={}&before_id={}", text("started_at"), text("id"));
        }
        assert_eq!(found.len(), 5);
        assert_eq!(found, api.get(&list, &token).await.ids());
        assert_eq!(api.get(&format!("{list}&before_id=x"), &token).await.status, 400);
    })
    .await;
}

#[tokio::test]
async fn why_a_rule_fired_can_be_drawn_and_what_was_done_is_told() {
    Fixture::run(async |api| {
        let project = api.project("mine").await;
        let admin = api.user("me", Role::Admin, &[(&project, Role::Admin)]).await;
        let viewer = api.user("viewer", Role::Viewer, &[(&project, Role::Viewer)]).await;
        let minute = (now_ms() / 60_000 - 20) * 60_000;
        let rows: Vec<_> = (0..40)
            .map(|n| {
                with(
                    event(&project, minute + n * 100),
                    json!({"status_code": if n < 20 { 500 } else { 200 }}),
                )
            })
            .collect();
        api.insert(&rows).await;
        let id = {
            let subject = Subject { project: &project, event: "", caller: "me", n: 1 };
            let route = ROUTES.iter().find(|route| route.path == "/v1/anomaly/incidents/{id}").unwrap();
            subject.request(api, route).await.0
        };
        let series = api.get(&format!("{id}/series"), &viewer).await;
        assert_eq!(series.status, 200, "{series:?}");
        let series = series.json();
        assert_eq!((&series["unit"], &series["rule_changed"]), (&json!("percent"), &json!(false)));
        let points = series["data"].as_array().unwrap();
        let at = chrono::DateTime::from_timestamp_millis(minute).unwrap();
        let at = at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
        let point = points.iter().find(|point| point["at"] == at.as_str()).unwrap();
        assert_eq!((&point["value"], &point["threshold"]), (&json!(50.0), &json!(20.0)), "{point}");
        assert!(points.iter().any(|point| point["in_incident"] == true));

        let post = async |token: &str, step: &str, body: Value| {
            api.call(Method::POST, &format!("{id}/{step}"), Some(token), Some(&body)).await
        };
        assert_eq!(post(&viewer, "acknowledge", json!({})).await.status, 403);
        let note = json!({"note": "A deployment"});
        let known = post(&admin, "acknowledge", note).await.json()["handling"].clone();
        assert_eq!(
            (&known["state"], &known["by"], &known["note"]),
            (&json!("acknowledged"), &json!("me"), &json!("A deployment"))
        );
        let list = format!("/v1/anomaly/incidents?project_id={project}&state=unhandled");
        assert_eq!(api.get(&list, &viewer).await.ids(), [""; 0]);
        assert_eq!(post(&admin, "resolve", json!({})).await.json()["handling"]["state"], "resolved");
        assert_eq!(post(&admin, "reopen", json!({})).await.json()["handling"]["state"], "open");
        assert_eq!(api.get(&list, &viewer).await.ids().len(), 1);
        let long = post(&admin, "resolve", json!({"note": "a".repeat(2_001)})).await;
        assert_eq!((long.status.as_u16(), &long.json()["parameter"]), (400, &json!("note")));
    })
    .await;
}
