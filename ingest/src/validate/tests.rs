use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::decode;

const BYTES: usize = 1 << 20;

fn base() -> Value {
    json!({ "path": "/a", "identifier": "u", "service_name": "my-api" })
}

fn with(field: &str, value: &Value) -> String {
    let mut event = base();
    event[field] = value.clone();
    event.to_string()
}

fn check(text: &str) -> Result<(), Vec<(&'static str, &'static str)>> {
    validate(&decode::single(text).unwrap(), BYTES).map(drop).map_err(|failures| {
        failures.iter().map(|f| (f.field.map_or("", Field::json_name), f.reason.tag())).collect()
    })
}

#[track_caller]
fn refused(field: &'static str, value: &Value, tag: &'static str) {
    assert_eq!(check(&with(field, value)), Err(vec![(field, tag)]), "{field} {value}");
}

#[track_caller]
fn accepted(field: &str, value: &Value) {
    assert_eq!(check(&with(field, value)), Ok(()), "{field} {value}");
}

#[test]
fn the_least_event_and_its_defaults() {
    let text = base().to_string();
    let event = validate(&decode::single(&text).unwrap(), BYTES).unwrap();
    assert_eq!((event.event_type.as_ref(), event.source), ("http", "backend"));
    assert_eq!((event.environment.as_ref(), event.method.as_ref()), ("development", ""));
    assert_eq!((event.status_code, event.response_time, event.timestamp), (0, 0, None));
}

#[test]
fn every_missing_field_is_named() {
    let required = vec![("path", "required"), ("identifier", "required"), ("service_name", "required")];
    assert_eq!(check("{}"), Err(required.clone()));
    assert_eq!(check(r#"{"path":" ","identifier":"\n","service_name":null}"#), Err(required));
}

#[test]
fn lengths_count_characters() {
    for (field, most) in [
        ("path", 255),
        ("identifier", 100),
        ("user_name", 100),
        ("user_type", 50),
        ("tenant_id", 100),
        ("request_id", 100),
        ("session_id", 100),
        ("error_message", 1000),
    ] {
        accepted(field, &json!("北".repeat(most)));
        refused(field, &json!("北".repeat(most + 1)), "max");
    }
    refused("service_name", &json!("a".repeat(101)), "max");
    refused("method", &json!("A".repeat(17)), "max");
}

#[test]
fn a_long_user_agent_is_cut() {
    let text = with("user_agent", &json!("ü".repeat(700)));
    let event = validate(&decode::single(&text).unwrap(), BYTES).unwrap();
    assert_eq!(event.user_agent, "ü".repeat(500));
}

#[test]
fn numbers() {
    for good in [json!(0), json!(100), json!(599), json!(null)] {
        accepted("status_code", &good);
    }
    refused("status_code", &json!(99), "min");
    refused("status_code", &json!(600), "max");
    refused("status_code", &json!(-5), "min");
    refused("status_code", &json!(u64::MAX), "max");
    refused("status_code", &json!("200"), "type");
    refused("status_code", &json!(200.5), "type");
    refused("response_time", &json!(-1), "min");
    refused("response_time", &json!(-0.4), "min");
    refused("response_time", &json!(1e300), "max");
    refused("response_time", &json!(u64::MAX), "max");
    refused("response_time", &json!("45"), "type");
    for (sent, stored) in [(json!(12.5), 13), (json!(12.4), 12), (json!(i64::MAX), i64::MAX as u64)] {
        let text = with("response_time", &sent);
        assert_eq!(validate(&decode::single(&text).unwrap(), BYTES).unwrap().response_time, stored);
    }
}

#[test]
fn numbers_too_great_for_any_float() {
    for (field, tag) in [("response_time", "max"), ("status_code", "type"), ("timestamp", "datetime")] {
        let text = format!(r#"{{"path":"/a","identifier":"u","service_name":"s","{field}":1e999}}"#);
        assert_eq!(check(&text), Err(vec![(field, tag)]));
    }
}

#[test]
fn spellings() {
    accepted("id", &json!("urn:uuid:6f9619ff-8b86-d011-b42d-00c04fc964ff"));
    accepted("id", &json!(""));
    refused("id", &json!("7"), "uuid");
    refused("user_email", &json!("nobody"), "email");
    refused("ip", &json!("1.2.3.4, 5.6.7.8"), "ip");
    accepted("ip", &json!("::ffff:127.0.0.1"));
    refused("source", &json!("mobile"), "oneof");
    accepted("source", &json!(""));
    refused("event_type", &json!("system.alert"), "reserved");
    refused("method", &json!("GET IT"), "method");
    refused("timestamp", &json!("2026-01-31"), "datetime");
    refused("timestamp", &json!(true), "type");
    refused("service_name", &json!("my api"), "service_name");
}

#[test]
fn wrong_kinds_name_field_and_expectation() {
    for field in ["identifier", "path", "ip", "user_email", "session_id", "project_id", "method", "id"] {
        refused(field, &json!(5), "type");
        refused(field, &json!([["x"]]), "type");
    }
    let text = with("identifier", &json!(424_242));
    let failures = validate(&decode::single(&text).unwrap(), BYTES).unwrap_err();
    assert_eq!(failures[0].reason.message(), "Expected text, found a number");
}

#[test]
fn methods_become_upper_case() {
    let text = with("method", &json!("patch"));
    assert_eq!(validate(&decode::single(&text).unwrap(), BYTES).unwrap().method, "PATCH");
}

#[test]
fn objects_as_a_whole() {
    assert_eq!(check("[]"), Err(vec![("", "type")]));
    assert_eq!(check(r#"{"path":"/a","Path":"/b"}"#), Err(vec![("path", "duplicate")]));
    let deep = format!("{}{}", "[".repeat(65), "]".repeat(65));
    let text = base().to_string().replace('}', &format!(",\"request_body\":{deep}}}"));
    assert_eq!(check(&text), Err(vec![("request_body", "depth")]));
    let raw = decode::single(&text).unwrap();
    let failures = validate(&raw, 100).unwrap_err();
    assert_eq!(failures[0].reason, Reason::EventTooLarge { bytes: raw.bytes, most: 100 });
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".*".prop_map(Value::from),
        Just(json!("2026-01-31T12:00:00Z")),
        Just(json!("::1")),
    ];
    leaf.prop_recursive(3, 8, 4, |inner| prop::collection::vec(inner, 0..4).prop_map(Value::from))
}

proptest! {
    /// Whatever is accepted keeps inside the limits; whatever is refused is refused without its value.
    #[test]
    fn any_value_in_any_field(field in prop::sample::select(Field::ALL), value in any_json()) {
        let text = with(field.json_name(), &value);
        match validate(&decode::single(&text).unwrap(), BYTES) {
            Ok(event) => {
                prop_assert!(event.path.chars().count() <= limits::PATH);
                prop_assert!(event.status_code == 0 || (100..=599).contains(&event.status_code));
                prop_assert!(event.method.len() <= limits::METHOD);
                prop_assert!(!event.path.contains('\0'));
            }
            Err(failures) => {
                for failure in failures {
                    prop_assert_eq!(failure.field, Some(field));
                    let marker = "\u{1F987}";
                    prop_assert!(!failure.reason.message().contains(marker));
                }
            }
        }
    }

    #[test]
    fn refusals_never_show_the_value(field in prop::sample::select(Field::ALL), secret in "hunter[0-9]{9}\u{1F987}{1,300}") {
        for value in [json!(secret), json!([secret]), json!({ secret.as_str(): 1 })] {
            let text = with(field.json_name(), &value);
            for failure in validate(&decode::single(&text).unwrap(), BYTES).err().unwrap_or_default() {
                prop_assert!(!failure.reason.message().contains("hunter"));
                prop_assert!(!failure.reason.param().contains("hunter"));
            }
        }
    }
}
