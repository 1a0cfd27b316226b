//! The masking rules of a project: read, replaced, tried.

use axum::http::Method;
use bataudit_control::Role;
use serde_json::{Value, json};

use crate::fixture::Fixture;

#[tokio::test]
async fn rules_are_checked_versioned_and_tried() {
    Fixture::run(async |api| {
        let project = api.project("mine").await;
        let token = api.user("me", Role::Admin, &[(&project, Role::Admin)]).await;
        let path = format!("/v1/projects/{project}/masking-rules");
        let put = async |body: Value| api.call(Method::PUT, &path, Some(&token), Some(&body)).await;
        let none = api.get(&path, &token).await.json();
        assert_eq!(
            (&none["version"], &none["rules"], &none["changed_at"]),
            (&json!(0), &json!([]), &Value::Null)
        );

        let rules =
            json!([{"key": "customer_ref", "redaction": "hash"}, {"path": "/request_body/items/*/serial"}]);
        let made = put(json!({"version": 0, "rules": rules})).await;
        assert_eq!(made.status, 200, "{made:?}");
        assert!(!made.text.contains("salt"));
        let read = api.get(&path, &token).await.json();
        assert_eq!((&read["version"], &read["rules"]), (&json!(1), &rules));
        assert_eq!(put(json!({"version": 0, "rules": []})).await.status, 409, "made from an older version");

        let wrong = put(json!({"version": 1, "rules": [{"key": ""}, {"pattern": "[a"}]})).await;
        let error = wrong.json()["error"].as_str().unwrap().to_owned();
        assert_eq!((wrong.status.as_u16(), &wrong.json()["parameter"]), (400, &json!("rules")));
        assert!(error.contains("rules[0].key must") && error.contains("rules[1].pattern is not"), "{error}");
        assert_eq!(api.get(&path, &token).await.json()["version"], 1, "a refused change changes nothing");

        let dry_run = format!("{path}/dry-run");
        let sample = json!({
            "path": "/a?token=hunter2", "user_name": "Ada", "error_message": "INV-123456 of 42",
            "request_body": {"customerRef": "42", "items": [{"serial": "hunter2"}]},
        });
        let run = async |body: Value| api.call(Method::POST, &dry_run, Some(&token), Some(&body)).await;
        let tried = run(json!({"samples": [sample]})).await;
        let masked = &tried.json()["data"][0];
        assert_eq!(masked["masked_fields"], 2, "{tried:?}");
        assert_eq!(masked["masked"]["request_body"]["items"][0]["serial"], "********");
        assert!(masked["masked"]["request_body"]["customerRef"].as_str().unwrap().starts_with("hash:"));
        assert!(!tried.text.contains("hunter2"));
        let other = run(json!({"rules": [{"pattern": "INV-[0-9]{6}"}], "samples": [sample]})).await.json();
        assert_eq!(other["data"][0]["masked"]["error_message"], "******** of 42");
        for (body, parameter) in [
            (json!({"samples": [{"colour": "red"}]}), "samples[0]"),
            (json!({"samples": [7]}), "samples[0]"),
            (json!({}), "samples"),
            (json!({"rules": 5, "samples": []}), "rules"),
        ] {
            let answer = run(body).await;
            assert_eq!(
                (answer.status.as_u16(), &answer.json()["parameter"]),
                (400, &json!(parameter)),
                "{answer:?}"
            );
        }
    })
    .await;
}
