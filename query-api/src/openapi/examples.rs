//! An example of every field and parameter. In: the document, with the examples its types say. Out: the same, in which
//! those that say none have what their name stands for throughout this API. A test demands one of each.

use std::mem;

use serde_json::{Value, json};
use utoipa::openapi::path::{Parameter, ParameterBuilder};
use utoipa::openapi::schema::{Array, Object, Schema, SchemaType, Type};
use utoipa::openapi::{OpenApi, RefOr};

const ID: &str = "01931b66-7c5c-7c2f-9d3d-0f9f8c3f1a11";
const TIME: &str = "2026-01-31T08:00:00.000Z";
const SHA256: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

/// Gives those that have none an example.
pub(super) fn fill(document: &mut OpenApi) {
    for schema in document.components.iter_mut().flat_map(|components| components.schemas.values_mut()) {
        fields(schema);
    }
    let items = document.paths.paths.values_mut();
    let operations = items.flat_map(|item| {
        [&mut item.get, &mut item.put, &mut item.post, &mut item.delete, &mut item.patch]
            .into_iter()
            .flatten()
    });
    for parameters in operations.filter_map(|operation| operation.parameters.as_mut()) {
        *parameters = mem::take(parameters).into_iter().map(parameter).collect();
    }
}

/// The fields of a schema.
fn fields(schema: &mut RefOr<Schema>) {
    match schema {
        RefOr::T(Schema::Object(object)) => {
            for (name, property) in &mut object.properties {
                field(name, property);
            }
        }
        RefOr::T(Schema::AllOf(parts)) => parts.items.iter_mut().for_each(fields),
        RefOr::T(_) | RefOr::Ref(_) => {}
    }
}

fn field(name: &str, property: &mut RefOr<Schema>) {
    match property {
        RefOr::T(Schema::Object(object)) if is_bare(object) => {
            object.example = kind(&object.schema_type).and_then(|kind| of(name, &kind));
        }
        RefOr::T(Schema::Array(Array { example: example @ None, .. })) => *example = of(name, &Type::Array),
        RefOr::T(_) | RefOr::Ref(_) => {}
    }
}

/// Whether nothing says yet what a value looks like.
fn is_bare(object: &Object) -> bool {
    let Object { example, default, enum_values, properties, .. } = object;
    example.is_none() && default.is_none() && enum_values.is_none() && properties.is_empty()
}

/// The type of a value that is there; `None` for one of any type.
fn kind(said: &SchemaType) -> Option<Type> {
    match said {
        SchemaType::Type(kind) => Some(kind.clone()),
        SchemaType::Array(kinds) => kinds.iter().find(|kind| **kind != Type::Null).cloned(),
        SchemaType::AnyValue => Some(Type::Object),
    }
}

fn parameter(parameter: Parameter) -> Parameter {
    // What a parameter says itself cannot be read in any other way.
    let said = serde_json::to_value(&parameter).unwrap_or_default();
    let name = parameter.name.trim_end_matches('!');
    let example = match &parameter.schema {
        _ if said.get("example").is_some() => None,
        Some(RefOr::T(Schema::Object(object))) if is_bare(object) => {
            kind(&object.schema_type).and_then(|kind| of(name, &kind))
        }
        // Filters, which may be given once or several times.
        Some(RefOr::T(Schema::OneOf(_))) => of(name, &Type::String),
        _ => None,
    };
    match example {
        Some(example) => ParameterBuilder::from(parameter).example(Some(example)).build(),
        None => parameter,
    }
}

/// What a name stands for.
fn of(name: &str, kind: &Type) -> Option<Value> {
    match kind {
        Type::String => text(name).map(Value::from),
        Type::Integer => Some(Value::from(whole(name))),
        Type::Number => Some(json!(45.5)),
        Type::Boolean => Some(Value::from(true)),
        Type::Object | Type::Array | Type::Null => composed(name),
    }
}

fn text(name: &str) -> Option<&'static str> {
    Some(match name {
        "environment" => "production",
        "service_name" => "my-api",
        "identifier" => "user-123",
        "user_email" | "requested_by" | "released_by" => "ana@example.com",
        "user_name" => "Ana",
        "user_type" => "customer",
        "user_agent" => "Mozilla/5.0",
        "request_id" => "bat-1",
        "session_id" => "s-1",
        "tenant_id" => "acme",
        "ip" => "203.0.113.7",
        "method" => "DELETE",
        "path" | "path_prefix" => "/health",
        "route" => "/health/:id",
        "event_type" => "http",
        "source" => "browser",
        "status_code" => "404",
        "status_class" => "3xx",
        "name" => "my-api",
        "url" => "https://shop.example.com/health",
        "error" | "error_message" | "problem" => "the card was declined",
        "response" | "response_body" => "ok",
        "secret" => "whsec_c2VjcmV0IG9mIHRoZSByZWNlaXZlcg==",
        "token" | "access_token" => "eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjE3Njk5MzI4MDB9.c2lnbmF0dXJl",
        "public_key" => "-----BEGIN PUBLIC KEY-----\n…\n-----END PUBLIC KEY-----\n",
        "signature" => "c2lnbmF0dXJl",
        "cursor" | "next_cursor" => "AZyL9mAAAAABkxtmfFx8L509D5-MPxoR",
        "state" => "open",
        "field" => "service_name",
        "created_by" | "changed_by" | "id" | "replaced_by" => ID,
        name if name.ends_with("_id") => ID,
        name if name.ends_with("sha256") => SHA256,
        "to" | "since" | "before" | "last_event" | "last_checked" | "original_timestamp"
        | "kafka_silent_since" => TIME,
        name if name.ends_with("_at") || name.ends_with("_date") => TIME,
        _ => return None,
    })
}

fn whole(name: &str) -> u32 {
    match name {
        "status_code" | "expected_status" => 200,
        "page" | "partition" | "version" | "attempts" => 1,
        "limit" => 50,
        "window_seconds" | "cooldown_seconds" => 300,
        "interval_seconds" => 60,
        "timeout_seconds" => 10,
        "certificate_warning_days" => 14,
        name if name.ends_with("_ms") || name == "response_time" => 45,
        name if name.contains("differing") || name.contains("lost") => 0,
        _ => 1_200,
    }
}

/// Values with parts.
fn composed(name: &str) -> Option<Value> {
    Some(match name {
        "user_roles" => json!(["editor"]),
        "query_params" => json!({"page": "2"}),
        "path_params" => json!({"id": "42"}),
        "request_body" => json!({"amount": 42, "password": "********"}),
        "response_body" => json!({"ok": true}),
        "event" | "masked" => json!({"path": "/api/users/42", "request_body": {"password": "********"}}),
        "details" => {
            json!({"error_rate_pct": 42.5, "threshold_pct": 20, "error_count": 17, "total_count": 40})
        }
        "findings" => json!({"found": {}, "places": []}),
        "by_method" => json!({"GET": 1100, "POST": 100}),
        "by_status_class" => json!({"2xx": 1100, "3xx": 20, "4xx": 60, "5xx": 20}),
        "widgets" => {
            json!([{"id": "a", "title": "By service", "viz": "pie",
                "sql": "SELECT service_name, count() FROM audits WHERE project_id = '{{project_id}}' GROUP BY 1"}])
        }
        "layout" => json!([{"i": "a", "x": 0, "y": 0, "w": 6, "h": 5}]),
        "origins" => json!(["https://app.example.com"]),
        _ => return None,
    })
}
