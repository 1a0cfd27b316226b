//! How the line is doing: what sentinel and the processors left behind is told to whom it concerns.

use bataudit_control::Role;
use bataudit_control::pipeline::{self, Partition};
use bataudit_control::reconciliations::{self, Hour, Reconciliation};
use bataudit_control::{Store, projects};
use serde_json::{Value, json};

use crate::fixture::{Fixture, clock, event, now_ms, with};

const HOUR: i64 = 3_600_000;

fn partition(partition: i64, committed: i64, oldest_waiting_at: Option<i64>) -> Partition {
    Partition { partition, first_offset: 0, end_offset: 30, committed: Some(committed), oldest_waiting_at }
}

async fn settle(store: &Store, from_ms: i64, differing: i64, hours: &[Hour]) {
    let findings = r#"{"found":{"missing":2},"places":[],"rollups":[],"mended":[]}"#.to_owned();
    let to_ms = from_ms + 300_000;
    let range =
        Reconciliation { from_ms, to_ms, checked_at: to_ms, differing, findings, ..Default::default() };
    reconciliations::put(store, &range, hours).await.unwrap();
}

#[tokio::test]
async fn how_fresh_the_data_is_says_who_looked_and_when() {
    Fixture::run(async |api| {
        let project = api.project("mine").await;
        let owner = api.user("owner", Role::Owner, &[]).await;
        let viewer = api.user("viewer", Role::Viewer, &[(&project, Role::Viewer)]).await;
        let state = async |token: &str| api.get("/v1/pipeline", token).await.json();

        let unknown = state(&owner).await;
        assert_eq!((&unknown["state"], &unknown["fresh_as_of"]), (&json!("unknown"), &Value::Null));

        let now = now_ms();
        pipeline::saw(&api.control, &[partition(0, 30, None), partition(1, 10, Some(now - 90_000))], now)
            .await
            .unwrap();
        let late = state(&viewer).await;
        assert_eq!(
            (&late["state"], &late["lag_seconds"], &late["instance"]),
            (&json!("late"), &json!(90.0), &Value::Null)
        );
        let fresh = chrono::DateTime::parse_from_rfc3339(late["fresh_as_of"].as_str().unwrap()).unwrap();
        assert_eq!(fresh.timestamp_millis(), now - 90_000);
        let instance = &state(&owner).await["instance"];
        assert_eq!(instance["waiting_records"], 20);
        let lags: Vec<_> =
            instance["partitions"].as_array().unwrap().iter().map(|p| &p["lag_seconds"]).collect();
        assert_eq!(lags, [&json!(0.0), &json!(90.0)]);

        pipeline::saw(&api.control, &[partition(0, 30, None)], now).await.unwrap();
        assert_eq!(state(&viewer).await["state"], "current");
        pipeline::failed(&api.control, "no broker", now).await.unwrap();
        let silent = state(&owner).await;
        assert_eq!(
            (&silent["state"], &silent["instance"]["kafka_problem"]),
            (&json!("kafka_down"), &json!("no broker"))
        );
        assert_eq!(silent["instance"]["partitions"][0]["end_offset"], 30, "as it was seen last");
    })
    .await;
}

#[tokio::test]
async fn projects_that_take_no_events_are_told_with_the_reason() {
    Fixture::run(async |api| {
        let (mine, theirs) = (api.project("mine").await, api.project("theirs").await);
        let me = api.user("me", Role::Admin, &[(&mine, Role::Admin)]).await;
        let paused = async || {
            let paused = api.get("/v1/pipeline", &me).await.json()["paused"].clone();
            let paused = paused.as_array().unwrap().clone();
            paused.iter().map(|p| (p["project_id"].clone(), p["why"].clone())).collect::<Vec<_>>()
        };
        assert_eq!(paused().await, [(json!(mine), json!("no_key"))], "of theirs nothing is told: {theirs}");
        api.key(&mine).await;
        assert_eq!(paused().await, []);
        projects::set_archived(&api.control, &mine, true).await.unwrap();
        assert_eq!(paused().await, [(json!(mine), json!("archived"))]);
    })
    .await;
}

#[tokio::test]
async fn hours_are_the_callers_and_comparisons_the_instances() {
    Fixture::run(async |api| {
        let (mine, theirs) = (api.project("mine").await, api.project("theirs").await);
        let owner = api.user("owner", Role::Owner, &[]).await;
        let me = api.user("me", Role::Viewer, &[(&mine, Role::Viewer)]).await;
        let hour = now_ms().div_euclid(HOUR) * HOUR - HOUR;
        let of = |project: &str, accepted, differing| Hour {
            hour,
            project_id: project.to_owned(),
            accepted,
            stored: accepted - differing - 1,
            dead_lettered: 1,
            differing,
            ..Hour::default()
        };
        settle(&api.control, hour, 2, &[of(&mine, 10, 2), of(&theirs, 100, 0)]).await;
        // The hour of arrival counts, not that of the event.
        let masked = |project: &str, fields| {
            let values = json!({"masked_fields": fields, "received_at": clock(hour + 1)});
            with(event(project, hour - HOUR), values)
        };
        api.insert(&[masked(&mine, 3), masked(&mine, 0), masked(&mine, 1), masked(&theirs, 5)]).await;

        let hours = api.get("/v1/pipeline/hours", &me).await.json();
        let counts = json!({
            "accepted": 10, "stored": 7, "dead_lettered": 1, "repeated": 0, "removed": 0, "differing": 2,
            "masked": 2, "masked_fields": 4,
        });
        let [only] = &hours["data"].as_array().unwrap()[..] else { panic!("{hours}") };
        assert_eq!(with(only.clone(), counts.clone()), *only, "{only}");
        assert_eq!(hours["projects"].as_array().unwrap().len(), 1);
        assert_eq!(hours["projects"][0]["project_id"], json!(mine));
        assert_eq!(hours["projects"][0]["masked_fields"], 4);
        let all = api.get("/v1/pipeline/hours", &owner).await.json();
        assert_eq!(
            (
                &all["data"][0]["accepted"],
                &all["data"][0]["masked"],
                all["projects"].as_array().unwrap().len()
            ),
            (&json!(110), &json!(3), 2)
        );
        let later =
            api.get("/v1/pipeline/hours?start_date=2020-01-01T00:00:00Z&end_date=2020-01-02T00:00:00Z", &me);
        assert_eq!(later.await.json()["data"], json!([]));
        let long = api.get("/v1/pipeline/hours?start_date=2020-01-01T00:00:00Z", &me).await;
        assert_eq!((long.status.as_u16(), &long.json()["parameter"]), (400, &json!("start_date")));

        let books = api.get("/v1/pipeline", &me).await.json()["books"].clone();
        assert_eq!(books["differing"], 2);
        let mine_only = api.get(&format!("/v1/pipeline?project_id={theirs}"), &owner).await.json();
        assert_eq!(mine_only["books"]["differing"], 0);
        let list = api.get("/v1/pipeline/reconciliations?state=differing", &owner).await.json();
        assert_eq!(
            (&list["data"][0]["agrees"], &list["data"][0]["findings"]["found"]),
            (&json!(false), &json!({"missing": 2}))
        );
        let before = list["data"][0]["from"].as_str().unwrap();
        let next = api.get(&format!("/v1/pipeline/reconciliations?before={before}"), &owner).await.json();
        assert_eq!(next["data"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn storage_tells_projects_to_members_and_tables_to_who_looks_after_the_installation() {
    Fixture::run(async |api| {
        let (mine, theirs) = (api.project("mine").await, api.project("theirs").await);
        let owner = api.user("owner", Role::Owner, &[]).await;
        let me = api.user("me", Role::Viewer, &[(&mine, Role::Viewer)]).await;
        let now = now_ms();
        api.insert(&[event(&mine, now), event(&mine, now - HOUR), event(&theirs, now)]).await;
        api.execute(
            "INSERT INTO loss_incidents (kind, topic, stream_epoch, k_partition, first_offset, end_offset, lost, detail) \
             VALUES ('retention_cut', 'events', '1', 0, 5, 9, 4, 'deleted before it was read')",
        )
        .await;
        let seen = api.get("/v1/pipeline/storage", &me).await.json();
        assert_eq!(seen["tables"], Value::Null);
        let [project] = &seen["projects"].as_array().unwrap()[..] else { panic!("{seen}") };
        assert_eq!((&project["project_id"], &project["rows"]), (&json!(mine), &json!(2)));
        assert!(project["bytes_estimated"].as_u64().is_some_and(|bytes| (100..10_000).contains(&bytes)), "{project}");
        assert!(project["oldest"].as_str() < project["newest"].as_str());

        let all = api.get("/v1/pipeline/storage", &owner).await.json();
        assert_eq!(all["projects"].as_array().unwrap().len(), 2);
        let tables = all["tables"].as_array().unwrap();
        let table = |name: &str| tables.iter().find(|table| table["table"] == name).unwrap();
        assert_eq!((&table("events")["rows"], &table("events")["tier"]), (&json!(3), &json!("event")));
        assert!(table("events")["bytes"].as_u64() > Some(0) && table("events")["oldest"].is_string());
        assert_eq!((&table("stats_day")["tier"], &table("error_day")["oldest"]), (&json!("day"), &Value::Null));

        let losses = api.get("/v1/pipeline/losses", &owner).await.json();
        assert_eq!((&losses["data"][0]["kind"], &losses["data"][0]["lost"]), (&json!("retention_cut"), &json!(4)));
        assert_eq!(api.get("/v1/pipeline/losses", &me).await.status, 403);
    })
    .await;
}
