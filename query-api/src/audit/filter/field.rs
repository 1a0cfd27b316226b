//! What events are compared by: fields that are texts, and the classes of their status.

use std::str::FromStr;

use bataudit_event::environment;

use crate::error::{ApiError, ApiResult};

/// Class of a status code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StatusClass {
    /// 200–299.
    Success,
    /// 300–399.
    Redirection,
    /// 400–499.
    ClientError,
    /// 500 and above.
    ServerError,
}

impl FromStr for StatusClass {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "2xx" => Ok(Self::Success),
            "3xx" => Ok(Self::Redirection),
            "4xx" => Ok(Self::ClientError),
            "5xx" => Ok(Self::ServerError),
            _ => Err(()),
        }
    }
}

/// A field of an event that is compared as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    ServiceName,
    Identifier,
    Method,
    Path,
    Route,
    Environment,
    EventType,
    Source,
    TenantId,
    UserEmail,
    RequestId,
    SessionId,
}

impl Field {
    pub(super) const ALL: [Self; 12] = [
        Self::ServiceName,
        Self::Identifier,
        Self::Method,
        Self::Path,
        Self::Route,
        Self::Environment,
        Self::EventType,
        Self::Source,
        Self::TenantId,
        Self::UserEmail,
        Self::RequestId,
        Self::SessionId,
    ];

    /// Its name, as a parameter and as a column.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::ServiceName => "service_name",
            Self::Identifier => "identifier",
            Self::Method => "method",
            Self::Path => "path",
            Self::Route => "route",
            Self::Environment => "environment",
            Self::EventType => "event_type",
            Self::Source => "source",
            Self::TenantId => "tenant_id",
            Self::UserEmail => "user_email",
            Self::RequestId => "request_id",
            Self::SessionId => "session_id",
        }
    }

    /// A value as events hold it.
    pub(super) fn normal(self, value: String) -> ApiResult<String> {
        match self {
            Self::Method => Ok(value.to_ascii_uppercase()),
            Self::Environment => Ok(environment::canonical(&value).into_owned()),
            Self::Source if !matches!(value.as_str(), "backend" | "browser") => {
                Err(ApiError::parameter("source", "must be backend or browser"))
            }
            _ => Ok(value),
        }
    }
}
