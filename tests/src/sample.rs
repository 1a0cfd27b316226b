//! Events to post.

use serde_json::{Value, json};

/// The first-event guide's body, byte for byte.
pub const GUIDE: &str = r#"{"path":"/api/users","method":"GET","status_code":200,"response_time":45,"identifier":"user-123","service_name":"my-api","environment":"production"}"#;

/// The least event a gateway takes, of this service.
#[must_use]
pub fn event(service: &str) -> Value {
    json!({
        "path": "/api/users",
        "method": "GET",
        "status_code": 200,
        "response_time": 45,
        "identifier": "user-123",
        "service_name": service,
        "environment": "production",
    })
}

/// The least event with some fields set.
///
/// # Panics
/// When `fields` is not an object.
#[must_use]
pub fn event_with(service: &str, fields: Value) -> Value {
    let mut event = event(service);
    let Value::Object(fields) = fields else { panic!("fields must be an object") };
    event.as_object_mut().expect("an object").extend(fields);
    event
}
