//! Bad input gets a clear error, shows nothing of itself, and changes nothing.

use serde_json::{Value, json};

use crate::support::*;

async fn refused(gateway: &Gateway, body: impl Into<bytes::Bytes>, code: &str) -> Value {
    let answer = gateway.post("/v1/audit", body).await;
    assert_eq!(answer.error(), (400, code.to_owned()), "{}", answer.text);
    assert_eq!(answer.json()["status"], "failed");
    assert!(!answer.text.contains("hunter2"), "{}", answer.text);
    assert_eq!(gateway.count(), 0);
    answer.json()
}

#[tokio::test]
async fn malformed_json_has_a_position() {
    let gateway = gateway();
    let body = refused(&gateway, "{\n\"path\": hunter2}", "BAT-001").await;
    assert_eq!(body["error"], "Invalid JSON format");
    assert_eq!(body["position"]["line"], 2);
    assert!(body["details"].as_str().unwrap().contains("line 2"));
    let body = refused(&gateway, &b"{\"path\":\"\xff hunter2\"}"[..], "BAT-001").await;
    assert!(body["details"].as_str().unwrap().contains("invalid UTF-8"));
    assert_eq!(body["position"]["byte"], 9);
    for body in ["", "{", "{\"path\":\"/a\"", "{\"path\":\"\u{0}\"}", "{}{}", "{\"a\":01}"] {
        refused(&gateway, body, "BAT-001").await;
    }
}

#[tokio::test]
async fn wrong_types_name_the_field() {
    let gateway = gateway();
    for (field, value, says) in [
        ("identifier", json!(5), "identifier: Expected text, found a number"),
        ("status_code", json!("hunter2"), "status_code: Expected a whole number, found text"),
        ("response_time", json!(["hunter2"]), "response_time: Expected a number, found an array"),
    ] {
        let mut event = guide_event();
        event[field] = value;
        let body = refused(&gateway, event.to_string(), "BAT-001").await;
        assert_eq!(body["details"], says);
    }
    let body = refused(&gateway, "[{}]", "BAT-001").await;
    assert_eq!(body["details"], "An event must be a JSON object");
}

#[tokio::test]
async fn validation_has_the_originals_shape() {
    let gateway = gateway();
    let event = json!({ "service_name": "hunter2 hunter2", "status_code": 99, "path": "/a".repeat(200) });
    let body = refused(&gateway, event.to_string(), "BAT-002").await;
    assert_eq!(body["error"], "Validation failed");
    let fields: Vec<_> = body["validation"].as_array().unwrap().iter().map(|v| &v["field"]).collect();
    assert_eq!(fields, ["Path", "StatusCode", "Identifier", "ServiceName"]);
    let first = &body["validation"][0];
    assert_eq!(
        (&first["json_field"], &first["tag"], &first["param"]),
        (&json!("path"), &json!("max"), &json!("255"))
    );
    assert_eq!(
        (&first["value"], &body["validation"][2]["message"]),
        (&json!(""), &json!("This field is required"))
    );
}

#[tokio::test]
async fn duplicates_nesting_and_numbers() {
    let gateway = gateway();
    let body = refused(&gateway, r#"{"path":"/hunter2","PATH":"/b"}"#, "BAT-001").await;
    assert!(body["details"].as_str().unwrap().starts_with("path: The field is given more than once"));
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    refused(&gateway, deep.clone(), "BAT-001").await;
    refused(&gateway, "[".repeat(100_000), "BAT-001").await;
    let event = guide_event().to_string().replace('}', &format!(",\"request_body\":{deep}}}"));
    let body = refused(&gateway, event, "BAT-001").await;
    assert!(body["details"].as_str().unwrap().starts_with("request_body: The JSON is nested more than 64"));
    let huge = guide_event().to_string().replace("200", &"9".repeat(400));
    let body = refused(&gateway, huge, "BAT-002").await;
    assert_eq!(body["validation"][0]["field"], "StatusCode");
}

#[tokio::test]
async fn keys_types_and_encodings() {
    let gateway = gateway();
    let event = guide_event().to_string();
    let missing = gateway.post_with("/v1/audit", &[], event.clone()).await;
    assert_eq!(missing.json()["error"], "missing X-API-Key header");
    assert_eq!(missing.error(), (401, "BAT-004".to_owned()));
    for key in [unknown_key(), revoked_key(), expired_key(), "hunter2".to_owned()] {
        let answer = gateway.post_with("/v1/audit", &[("X-API-Key", &key)], event.clone()).await;
        assert_eq!(answer.error(), (401, "BAT-004".to_owned()));
        assert_eq!(answer.json()["error"], "invalid or expired API key");
        assert!(!answer.text.contains(&key));
    }
    let key = project_key();
    for (name, value) in [
        ("Content-Type", "text/plain"),
        ("Content-Type", "application/x-ndjson"),
        ("Content-Encoding", "br"),
        ("Content-Encoding", "gzip, gzip"),
    ] {
        let headers = [("X-API-Key", key.as_str()), (name, value)];
        let answer = gateway.post_with("/v1/audit", &headers, event.clone()).await;
        assert_eq!(answer.error(), (415, "unsupported_media".to_owned()), "{name}: {value}");
    }
    let headers = [("X-API-Key", key.as_str()), ("Idempotency-Key", "")];
    assert_eq!(gateway.post_with("/v1/audit", &headers, event).await.status, 400);
    assert_eq!(gateway.count(), 0);
}

#[tokio::test]
async fn unread_keys_are_no_reason_to_say_401() {
    let publisher = std::sync::Arc::new(bataudit_ingest::publish::MemoryPublisher::default());
    let app = bataudit_ingest::App::new(&config(&[]), Default::default(), publisher);
    let request = post("/v1/audit").header("X-API-Key", project_key());
    let answer = send(&app, request, guide_event().to_string()).await;
    assert_eq!(answer.error(), (503, "BAT-003".to_owned()));
    assert_eq!(answer.header("retry-after"), Some("1"));
}
