//! One event as an application posts it.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::Value;

use super::cast::{Project, Stream};

/// An event before it is sent.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct DemoEvent {
    /// Where it belongs; the key says so to BatAudit.
    #[serde(skip)]
    pub(crate) project: Project,
    /// Unix milliseconds.
    pub(crate) timestamp: i64,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(crate) event_type: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(crate) method: &'static str,
    pub(crate) path: String,
    /// 0 where there was none.
    pub(crate) status_code: u16,
    /// Milliseconds.
    pub(crate) response_time: u64,
    pub(crate) identifier: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) user_email: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) user_name: String,
    #[serde(skip_serializing_if = "Value::is_null")]
    pub(crate) user_roles: Value,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(crate) user_type: Cow<'static, str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(crate) tenant_id: Cow<'static, str>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) ip: String,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(crate) user_agent: Cow<'static, str>,
    pub(crate) request_id: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) session_id: String,
    #[serde(skip_serializing_if = "Value::is_null")]
    pub(crate) query_params: Value,
    #[serde(skip_serializing_if = "Value::is_null")]
    pub(crate) path_params: Value,
    #[serde(skip_serializing_if = "Value::is_null")]
    pub(crate) request_body: Value,
    #[serde(skip_serializing_if = "Value::is_null")]
    pub(crate) response_body: Value,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(crate) error_message: Cow<'static, str>,
    pub(crate) source: &'static str,
    pub(crate) service_name: &'static str,
    pub(crate) environment: &'static str,
}

impl DemoEvent {
    /// An event of a service, with nothing but where and when.
    pub(super) fn of(stream: &Stream, timestamp: i64) -> Self {
        Self {
            project: stream.project,
            timestamp,
            event_type: "",
            method: "",
            path: String::new(),
            status_code: 0,
            response_time: 0,
            identifier: String::new(),
            user_email: String::new(),
            user_name: String::new(),
            user_roles: Value::Null,
            user_type: "".into(),
            tenant_id: "".into(),
            ip: String::new(),
            user_agent: "".into(),
            request_id: String::new(),
            session_id: String::new(),
            query_params: Value::Null,
            path_params: Value::Null,
            request_body: Value::Null,
            response_body: Value::Null,
            error_message: "".into(),
            source: stream.source(),
            service_name: stream.service,
            environment: stream.environment,
        }
    }

    /// Whether a browser reported it.
    pub(crate) fn is_of_browser(&self) -> bool {
        self.source == "browser"
    }
}
