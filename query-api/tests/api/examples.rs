//! The document's examples: there is one of everything, and what they show is what the API takes.

use axum::http::Method;
use bataudit_control::Role;
use bataudit_query_api::openapi;
use bataudit_query_api::routes::ROUTES;
use serde_json::{Map, Value, json};

use crate::fixture::{Fixture, event, now_ms};
use crate::good_request::Subject;

fn document() -> Value {
    serde_json::from_str(&openapi::json()).unwrap()
}

/// Whether a reader can make a value of it.
fn shows(schema: &Value) -> bool {
    let says = |name: &str| schema.get(name).is_some();
    let parts = ["oneOf", "anyOf", "allOf"].into_iter().filter_map(|name| schema[name].as_array());
    let is = |kind: &str| schema["type"] == kind || schema["type"][0] == kind;
    ["example", "default", "enum", "$ref", "properties"].into_iter().any(says)
        || parts.flatten().any(shows)
        || is("boolean")
        || (is("array") && shows(&schema["items"]))
}

#[test]
fn every_field_parameter_and_answer_has_one() {
    let document = document();
    let mut missing = Vec::new();
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        let parts = schema["allOf"].as_array().into_iter().flatten().chain([schema]);
        for (field, property) in parts.filter_map(|part| part["properties"].as_object()).flatten() {
            missing.extend((!shows(property)).then(|| format!("{name}.{field}")));
        }
    }
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                let shown = parameter.get("example").is_some() || shows(&parameter["schema"]);
                missing.extend((!shown).then(|| format!("{method} {path}: {}", parameter["name"])));
            }
            for (status, answer) in operation["responses"].as_object().unwrap() {
                for content in answer["content"].as_object().into_iter().flat_map(Map::values) {
                    let shown = content.get("example").is_some() || shows(&content["schema"]);
                    missing.extend((!shown).then(|| format!("{method} {path}: {status}")));
                }
            }
        }
    }
    assert!(missing.is_empty(), "no example of {missing:#?}");
}

/// The value that a schema's examples make.
fn composed(document: &Value, schema: &Value) -> Value {
    if let Some(name) = schema["$ref"].as_str() {
        return composed(document, document.pointer(name.trim_start_matches('#')).unwrap());
    }
    let said = ["example", "default"].into_iter().find_map(|name| schema.get(name));
    if let Some(value) = said.or_else(|| schema["enum"].get(0)) {
        return value.clone();
    }
    if let Some(fields) = schema["properties"].as_object() {
        return fields.iter().map(|(name, field)| (name.clone(), composed(document, field))).collect();
    }
    if let Some(parts) = schema["oneOf"].as_array() {
        return composed(document, parts.iter().find(|part| part["type"] != "null").unwrap());
    }
    match schema["type"].as_str() {
        Some("array") => json!([composed(document, &schema["items"])]),
        _ => json!(true),
    }
}

/// Fields of bodies that name what must be there, or may be there only once.
const OF_HERE: [&str; 12] = [
    "channel_id",
    "code",
    "current_password",
    "email",
    "ids",
    "new_password",
    "password",
    "refresh_token",
    "role",
    "slug",
    "subscription",
    "token",
];

#[tokio::test]
async fn every_example_of_a_body_is_accepted() {
    Fixture::run_with_console(async |api| {
        let document = document();
        let project = api.project("mine").await;
        let row = event(&project, now_ms());
        api.insert(std::slice::from_ref(&row)).await;
        let token = api.user("owner", Role::Owner, &[]).await;
        let (sending, looking) = (api.send_notifications(), api.look_at_monitors());
        let mut tried = 0;
        for (n, route) in ROUTES.iter().enumerate() {
            let operation = &document["paths"][route.path][route.method.to_lowercase()];
            let Some(schema) = operation.pointer("/requestBody/content/application~1json/schema") else {
                continue;
            };
            let subject =
                Subject { project: &project, event: row["id"].as_str().unwrap(), caller: "owner", n };
            let (path, good) = subject.request(api, route).await;
            let good = good.unwrap();
            let Value::Object(mut body) = composed(&document, schema) else { panic!("{path}: no object") };
            for name in OF_HERE {
                body.remove(name);
                body.extend(good.get(name).map(|value| (name.to_owned(), value.clone())));
            }
            // Of the project these requests are about.
            for (name, value) in [
                ("project_id", json!(project)),
                ("version", good["version"].clone()),
                ("archived", json!(false)),
            ] {
                body.entry(name).and_modify(|shown| *shown = value);
            }
            let method = Method::from_bytes(route.method.as_bytes()).unwrap();
            let body = Value::Object(body);
            let answer = api.call(method, &path, Some(&token), Some(&body)).await;
            assert!(answer.status.is_success(), "{} {path} {body}: {answer:?}", route.method);
            tried += 1;
        }
        sending.abort();
        looking.abort();
        assert!(tried > 40, "{tried}");
    })
    .await;
}
