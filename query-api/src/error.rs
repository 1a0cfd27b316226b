//! Every refusal and failure of the API: one enum that knows its status, its code, its sentence and
//! its headers. A cause goes to the log, never to the client, and neither holds a value of an event.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::request_id;

/// Result of a handler.
pub(crate) type ApiResult<T> = Result<T, ApiError>;

/// The body of every error.
#[derive(Debug, Serialize, ToSchema)]
pub struct ErrorBody {
    /// What went wrong and what to do, as a sentence.
    #[schema(example = "status_code must be a whole number from 100 to 599")]
    pub error: String,
    /// A stable name for programs.
    #[schema(example = "invalid_parameter")]
    pub code: &'static str,
    /// The query parameter or field at fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "status_code", nullable = false)]
    pub parameter: Option<String>,
    /// The id of the request, to be named when asking for help.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "bat-7d1c3f0e-5b7a-4c57-9a60-2f7a3f4f1f11", nullable = false)]
    pub request_id: Option<String>,
}

/// What was wrong with a request that was refused for a parameter, beside its answer.
#[derive(Debug, Clone)]
pub(crate) struct Fault {
    /// The parameter.
    pub(crate) parameter: String,
    /// The most it may be, where it was more.
    pub(crate) most: Option<u64>,
}

/// Why a request was not served.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ApiError {
    #[error("{name} {expected}")]
    Parameter { name: String, expected: String, most: Option<u64> },
    #[error("{0}")]
    Malformed(String),
    #[error("{0}")]
    Query(String),
    #[error("{0}")]
    Unauthenticated(&'static str),
    #[error("{0}")]
    Forbidden(&'static str),
    #[error(
        "a request that changes something needs the header X-Requested-With when it is made with the cookie"
    )]
    CrossSite,
    #[error("{0} not found")]
    NotFound(&'static str),
    #[error("not found")]
    NoSuchRoute,
    #[error("method not allowed")]
    MethodNotAllowed,
    #[error("{0} already exists")]
    Conflict(&'static str),
    #[error("{0}")]
    Refused(&'static str),
    #[error("{0}")]
    LimitReached(String),
    #[error("{0} has expired")]
    Expired(&'static str),
    #[error("the body is larger than {limit} bytes")]
    TooLarge { limit: usize },
    #[error("the body did not arrive within {seconds} s")]
    SlowBody { seconds: u64 },
    #[error("send the body as application/json")]
    UnsupportedMedia,
    #[error("{what}; try again in {seconds} s")]
    RateLimited { what: &'static str, seconds: u64 },
    #[error("the event store does not answer; try again in a moment")]
    StoreUnavailable,
    #[error("the event store is at its limit; narrow the time range, or try again in a moment")]
    StoreOverloaded,
    #[error("the query took too long; narrow the time range")]
    QueryTimeout,
    #[error("the control store does not answer; try again in a moment")]
    ControlUnavailable,
    #[error("internal error")]
    Internal,
}

impl ApiError {
    /// A parameter at fault: `name` and `expected` make a sentence.
    pub(crate) fn parameter(name: &str, expected: impl Into<String>) -> Self {
        Self::Parameter { name: name.to_owned(), expected: expected.into(), most: None }
    }

    /// A number that is above the most that is taken.
    pub(crate) fn above(name: &str, expected: impl Into<String>, most: u64) -> Self {
        Self::Parameter { name: name.to_owned(), expected: expected.into(), most: Some(most) }
    }

    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Parameter { .. } | Self::Malformed(_) | Self::Query(_) => StatusCode::BAD_REQUEST,
            Self::Unauthenticated(_) => StatusCode::UNAUTHORIZED,
            Self::Forbidden(_) | Self::CrossSite => StatusCode::FORBIDDEN,
            Self::NotFound(_) | Self::NoSuchRoute => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Conflict(_) | Self::Refused(_) => StatusCode::CONFLICT,
            Self::LimitReached(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Expired(_) => StatusCode::GONE,
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::SlowBody { .. } => StatusCode::REQUEST_TIMEOUT,
            Self::UnsupportedMedia => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::RateLimited { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::StoreUnavailable | Self::StoreOverloaded | Self::ControlUnavailable => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Self::QueryTimeout => StatusCode::GATEWAY_TIMEOUT,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Parameter { .. } => "invalid_parameter",
            Self::Malformed(_) => "malformed",
            Self::Query(_) => "invalid_query",
            Self::Unauthenticated(_) => "BAT-005",
            Self::Forbidden(_) => "forbidden",
            Self::CrossSite => "cross_site",
            Self::NotFound(_) | Self::NoSuchRoute => "not_found",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::Conflict(_) => "conflict",
            Self::Refused(_) => "refused",
            Self::LimitReached(_) => "limit_reached",
            Self::Expired(_) => "expired",
            Self::TooLarge { .. } => "too_large",
            Self::SlowBody { .. } => "slow_body",
            Self::UnsupportedMedia => "unsupported_media",
            Self::RateLimited { .. } => "rate_limited",
            Self::StoreUnavailable => "store_unavailable",
            Self::StoreOverloaded => "store_overloaded",
            Self::QueryTimeout => "query_timeout",
            Self::ControlUnavailable => "control_unavailable",
            Self::Internal => "internal",
        }
    }

    fn retry_after(&self) -> Option<u64> {
        match self {
            Self::RateLimited { seconds, .. } => Some(*seconds),
            Self::StoreUnavailable | Self::StoreOverloaded | Self::ControlUnavailable => Some(1),
            Self::Parameter { .. }
            | Self::Malformed(_)
            | Self::Query(_)
            | Self::Unauthenticated(_)
            | Self::Forbidden(_)
            | Self::CrossSite
            | Self::NotFound(_)
            | Self::NoSuchRoute
            | Self::MethodNotAllowed
            | Self::Conflict(_)
            | Self::Refused(_)
            | Self::LimitReached(_)
            | Self::Expired(_)
            | Self::TooLarge { .. }
            | Self::SlowBody { .. }
            | Self::UnsupportedMedia
            | Self::QueryTimeout
            | Self::Internal => None,
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = self.status();
        let fault = match &self {
            Self::Parameter { name, most, .. } => Some(Fault { parameter: name.clone(), most: *most }),
            _ => None,
        };
        let body = ErrorBody {
            error: self.to_string(),
            code: self.code(),
            parameter: fault.as_ref().map(|fault| fault.parameter.clone()),
            request_id: request_id::current(),
        };
        let mut response = (status, Json(body)).into_response();
        if let Some(fault) = fault {
            response.extensions_mut().insert(fault);
        }
        if let Some(seconds) = self.retry_after() {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

impl From<bataudit_control::Error> for ApiError {
    fn from(error: bataudit_control::Error) -> Self {
        use bataudit_control::Error;
        match error {
            Error::NotFound { what } => Self::NotFound(what),
            Error::Conflict { what } => Self::Conflict(what),
            Error::Refused { what } => Self::Refused(what),
            Error::Expired { what } => Self::Expired(what),
            Error::Invalid { what } => Self::Malformed(what.to_owned()),
            Error::Unavailable { .. } => {
                tracing::warn!(%error, "The control store does not answer.");
                Self::ControlUnavailable
            }
            Error::Config(_)
            | Error::Migration(_)
            | Error::Internal(_)
            | Error::Sealed(_)
            | Error::Password => {
                tracing::error!(error = &error as &dyn std::error::Error, "The control store failed.");
                Self::Internal
            }
        }
    }
}
