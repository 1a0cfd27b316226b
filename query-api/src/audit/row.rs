//! Rows as ClickHouse gives them, and events as JSON gives them.

use clickhouse::Row;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::time::rfc3339;

/// The columns of a list item.
#[derive(Debug, Clone, Row, Deserialize)]
pub(crate) struct SummaryRow {
    pub(crate) id_text: String,
    pub(crate) project_id: String,
    pub(crate) event_type: String,
    pub(crate) identifier: String,
    pub(crate) user_email: String,
    pub(crate) user_name: String,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) status_code: u16,
    pub(crate) service_name: String,
    pub(crate) environment: String,
    pub(crate) timestamp_ms: i64,
    pub(crate) response_time: u64,
}

impl SummaryRow {
    /// Where a page that ends with this row goes on.
    pub(crate) fn position(&self) -> (i64, Uuid) {
        (self.timestamp_ms, Uuid::try_parse(&self.id_text).unwrap_or_default())
    }
}

/// An event in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EventSummary {
    /// Id.
    #[schema(example = "01931b66-7c5c-7c2f-9d3d-0f9f8c3f1a11")]
    pub id: String,
    /// Project.
    #[schema(example = "01931b66-1111-7c2f-9d3d-0f9f8c3f1a11")]
    pub project_id: String,
    /// Kind of event.
    #[schema(example = "http")]
    pub event_type: String,
    /// Who acted.
    #[schema(example = "user-123")]
    pub identifier: String,
    /// Their e-mail, or empty.
    pub user_email: String,
    /// Their name, or empty.
    pub user_name: String,
    /// HTTP method or other verb, or empty.
    #[schema(example = "GET")]
    pub method: String,
    /// Path.
    #[schema(example = "/api/users")]
    pub path: String,
    /// Status code, or 0.
    #[schema(example = 200)]
    pub status_code: u16,
    /// The service that reported.
    #[schema(example = "my-api")]
    pub service_name: String,
    /// Environment.
    #[schema(example = "production")]
    pub environment: String,
    /// When it happened.
    #[schema(example = "2026-01-31T08:00:00.000Z")]
    pub timestamp: String,
    /// Milliseconds, or 0.
    #[schema(example = 45)]
    pub response_time: u64,
}

impl From<SummaryRow> for EventSummary {
    fn from(row: SummaryRow) -> Self {
        Self {
            id: row.id_text,
            project_id: row.project_id,
            event_type: row.event_type,
            identifier: row.identifier,
            user_email: row.user_email,
            user_name: row.user_name,
            method: row.method,
            path: row.path,
            status_code: row.status_code,
            service_name: row.service_name,
            environment: row.environment,
            timestamp: rfc3339(row.timestamp_ms),
            response_time: row.response_time,
        }
    }
}

/// The columns of a whole event.
#[derive(Debug, Clone, Row, Deserialize)]
pub(crate) struct EventRow {
    id_text: String,
    project_id: String,
    event_type: String,
    identifier: String,
    user_email: String,
    user_name: String,
    method: String,
    path: String,
    status_code: u16,
    service_name: String,
    environment: String,
    timestamp_ms: i64,
    response_time: u64,
    user_roles: String,
    user_type: String,
    tenant_id: String,
    ip: String,
    user_agent: String,
    request_id: String,
    session_id: String,
    query_params: String,
    path_params: String,
    request_body: String,
    response_body: String,
    error_message: String,
    source: String,
    route: String,
    original_timestamp: String,
    received_ms: i64,
}

/// A whole event. Texts that are empty are left out where the original did; JSON fields that were
/// not sent are null, and what was sent comes back byte for byte but for what was masked.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Event {
    #[schema(example = "01931b66-7c5c-7c2f-9d3d-0f9f8c3f1a11")]
    id: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    project_id: String,
    #[schema(example = "http")]
    event_type: String,
    #[schema(example = "GET")]
    method: String,
    #[schema(example = "/api/users/42")]
    path: String,
    /// The path with its ids replaced.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[schema(required = false, example = "/api/users/:id")]
    route: String,
    status_code: u16,
    /// Milliseconds.
    response_time: u64,
    identifier: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    #[schema(required = false)]
    user_email: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    #[schema(required = false)]
    user_name: String,
    #[schema(value_type = Value)]
    user_roles: Json,
    #[serde(skip_serializing_if = "String::is_empty")]
    #[schema(required = false)]
    user_type: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    #[schema(required = false)]
    tenant_id: String,
    /// As sent.
    ip: String,
    user_agent: String,
    request_id: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    #[schema(required = false)]
    session_id: String,
    #[schema(value_type = Value)]
    query_params: Json,
    #[schema(value_type = Value)]
    path_params: Json,
    #[schema(value_type = Value)]
    request_body: Json,
    #[schema(value_type = Value)]
    response_body: Json,
    #[serde(skip_serializing_if = "String::is_empty")]
    #[schema(required = false)]
    error_message: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    #[schema(required = false, example = "backend")]
    source: String,
    service_name: String,
    environment: String,
    #[schema(example = "2026-01-31T08:00:00.000Z")]
    timestamp: String,
    /// When the gateway took it.
    #[schema(example = "2026-01-31T08:00:00.012Z")]
    received_at: String,
    /// What the client sent, where `timestamp` had to be moved into the accepted window.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[schema(required = false)]
    original_timestamp: String,
}

/// A JSON field as stored: inserted into the answer as it is, without being read.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Json {
    Absent,
    Raw(Box<RawValue>),
    /// Not JSON after all; shown as text rather than not at all.
    Text(String),
}

impl From<String> for Json {
    fn from(text: String) -> Self {
        if text.is_empty() {
            return Self::Absent;
        }
        RawValue::from_string(text.clone()).map_or(Self::Text(text), Self::Raw)
    }
}

impl From<EventRow> for Event {
    fn from(row: EventRow) -> Self {
        Self {
            id: row.id_text,
            project_id: row.project_id,
            event_type: row.event_type,
            method: row.method,
            path: row.path,
            route: row.route,
            status_code: row.status_code,
            response_time: row.response_time,
            identifier: row.identifier,
            user_email: row.user_email,
            user_name: row.user_name,
            user_roles: row.user_roles.into(),
            user_type: row.user_type,
            tenant_id: row.tenant_id,
            ip: row.ip,
            user_agent: row.user_agent,
            request_id: row.request_id,
            session_id: row.session_id,
            query_params: row.query_params.into(),
            path_params: row.path_params.into(),
            request_body: row.request_body.into(),
            response_body: row.response_body.into(),
            error_message: row.error_message,
            source: row.source,
            service_name: row.service_name,
            environment: row.environment,
            timestamp: rfc3339(row.timestamp_ms),
            received_at: rfc3339(row.received_ms),
            original_timestamp: row.original_timestamp,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_fields_come_back_byte_for_byte() {
        for text in [
            r#"{ "b" : 9007199254740993, "a":[1.0,  1e400], "名":"\u00e9" }"#,
            "null",
            "[]",
            "\"line\\n\"",
            "12345678901234567890123",
        ] {
            assert_eq!(serde_json::to_string(&Json::from(text.to_owned())).unwrap(), text);
        }
    }

    #[test]
    fn what_is_not_json_is_shown_as_text() {
        assert_eq!(serde_json::to_string(&Json::from(String::new())).unwrap(), "null");
        assert_eq!(serde_json::to_string(&Json::from("{\"a\":".to_owned())).unwrap(), r#""{\"a\":""#);
    }
}
