//! One event: every field, byte for byte.

use bataudit_control::Role;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::fixture::{Fixture, event, now_ms, with};

const BODY: &str =
    r#"{ "b" : 9007199254740993, "a":[1.0,  1e400], "名":"line\nO'Brien \u00e9", "deep":{"x":null} }"#;

#[tokio::test]
async fn bodies_come_back_byte_for_byte() {
    Fixture::run(async |api| {
        let project = api.project("a").await;
        let token = api.user("owner", Role::Owner, &[]).await;
        let row = with(
            event(&project, now_ms()),
            json!({
                "request_body": BODY, "response_body": "\"text\\twith \\\"quotes\\\"\"", "query_params": "[]",
                "path_params": "not json {", "user_roles": "[ \"admin\" ]", "ip": "2001:db8:85a3::8a2e:370:7334",
                "error_message": "first\nsecond", "user_name": "Zoë O'Brien", "response_time": u64::MAX,
                "original_timestamp": "1999-01-01T00:00:00+03:00",
            }),
        );
        api.insert(std::slice::from_ref(&row)).await;
        let answer = api.get(&format!("/v1/audit/{}", row["id"].as_str().unwrap()), &token).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        for part in [
            format!("\"request_body\":{BODY},"),
            "\"response_body\":\"text\\twith \\\"quotes\\\"\",".to_owned(),
            "\"query_params\":[],".to_owned(),
            "\"path_params\":\"not json {\",".to_owned(),
            "\"user_roles\":[ \"admin\" ],".to_owned(),
            "\"response_time\":18446744073709551615,".to_owned(),
        ] {
            assert!(answer.text.contains(&part), "{part} is not in {}", answer.text);
        }
        let body: Value = serde_json::from_str(&answer.text.replace("1e400", "1")).unwrap();
        for (name, value) in [
            ("ip", "2001:db8:85a3::8a2e:370:7334"),
            ("error_message", "first\nsecond"),
            ("user_name", "Zoë O'Brien"),
            ("original_timestamp", "1999-01-01T00:00:00+03:00"),
            ("route", "/api/users"),
            ("project_id", project.as_str()),
        ] {
            assert_eq!(body[name], value);
        }
        assert!(body["received_at"].as_str().unwrap().ends_with('Z'));
    })
    .await;
}

#[tokio::test]
async fn what_was_not_sent_is_absent_or_null_as_in_the_original() {
    Fixture::run(async |api| {
        let project = api.project("a").await;
        let token = api.user("owner", Role::Owner, &[]).await;
        let row = event(&project, now_ms());
        api.insert(std::slice::from_ref(&row)).await;
        let body = api.get(&format!("/v1/audit/{}", row["id"].as_str().unwrap()), &token).await.json();
        for name in ["user_roles", "query_params", "path_params", "request_body", "response_body"] {
            assert_eq!(body[name], Value::Null);
            assert!(body.get(name).is_some(), "{name} is there, as null");
        }
        for name in [
            "user_email",
            "user_name",
            "user_type",
            "tenant_id",
            "error_message",
            "session_id",
            "original_timestamp",
        ] {
            assert!(body.get(name).is_none(), "{name}");
        }
        for name in ["ip", "user_agent"] {
            assert_eq!(body[name], "");
        }
    })
    .await;
}

#[tokio::test]
async fn ids_of_any_age_and_spelling_are_found() {
    Fixture::run(async |api| {
        let project = api.project("a").await;
        let token = api.user("owner", Role::Owner, &[]).await;
        let now = now_ms();
        let day = 86_400_000;
        let ids = [Uuid::now_v7(), Uuid::new_v4(), Uuid::now_v7()];
        // The last one: an id of now on an event that happened long ago.
        let times = [now, now - 20 * day, now - 29 * day];
        let rows: Vec<_> =
            ids.iter().zip(times).map(|(id, time)| with(event(&project, time), json!({"id": id}))).collect();
        api.insert(&rows).await;
        for id in ids {
            for spelling in [id.to_string(), id.to_string().to_uppercase(), id.simple().to_string()] {
                let answer = api.get(&format!("/v1/audit/{spelling}"), &token).await;
                assert_eq!(answer.json()["id"], id.to_string(), "{spelling}");
            }
        }
        for missing in ["anomalies", "1", &Uuid::new_v4().to_string(), &Uuid::now_v7().to_string()] {
            let answer = api.get(&format!("/v1/audit/{missing}"), &token).await;
            assert_eq!((answer.status.as_u16(), &answer.json()["error"]), (404, &json!("event not found")));
        }
    })
    .await;
}
