//! Every way a request is refused: status, code, sentence. No match has a default arm, so that a new
//! refusal cannot be forgotten.

use std::borrow::Cow;
use std::time::Duration;

use bataudit_service::Field as Variable;
use hyper::StatusCode;
use hyper::header::{ALLOW, HeaderName, HeaderValue, RETRY_AFTER};

use super::refusal_body::Body;
use super::{HttpResponse, json};
use crate::decode::Malformed;
use crate::publish::PublishError;
use crate::validate::{Failure, Reason};

/// A limit that a request went over.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limit {
    /// What is too large, as the beginning of a sentence.
    pub(crate) what: &'static str,
    /// What is counted.
    pub(crate) unit: &'static str,
    /// Most of it.
    pub(crate) most: usize,
    /// The variable that raises it.
    pub(crate) field: &'static Variable,
}

/// Why a request is refused.
#[derive(Debug)]
pub(crate) enum Refusal {
    RepeatedHeader(HeaderName),
    MissingHost,
    MissingKey,
    InvalidKey,
    KeysNotLoaded,
    ScopeNotAllowed,
    OriginNotAllowed,
    UnsupportedType,
    UnsupportedEncoding,
    BadIdempotencyKey,
    TooLarge(Limit),
    SlowBody(Duration),
    BodyEndedEarly,
    BadCompression(&'static str),
    Malformed(Malformed),
    Invalid(Vec<Failure>),
    EmptyBatch,
    RateLimited(Duration),
    Overloaded,
    Publish(PublishError),
    NotFound,
    MethodNotAllowed(HeaderValue),
}

/// What kind of failures an event has, the gravest first.
pub(super) enum Kind {
    TooLarge,
    WrongProject,
    Malformed,
    Invalid,
}

pub(super) fn kind(failures: &[Failure]) -> Kind {
    let has = |test: fn(&Reason) -> bool| failures.iter().any(|failure| test(&failure.reason));
    if has(|reason| matches!(reason, Reason::EventTooLarge { .. })) {
        Kind::TooLarge
    } else if has(|reason| matches!(reason, Reason::WrongProject)) {
        Kind::WrongProject
    } else if has(Reason::is_malformed) {
        Kind::Malformed
    } else {
        Kind::Invalid
    }
}

/// How a refusal answers in HTTP.
struct Terms {
    status: StatusCode,
    /// Stable name, for metrics and the body.
    tag: &'static str,
    /// The original's code where it had one, else the tag.
    code: &'static str,
    /// Seconds to wait before trying again.
    retry_after: Option<u64>,
}

impl Terms {
    const fn new(status: StatusCode, tag: &'static str) -> Self {
        Self { status, tag, code: tag, retry_after: None }
    }

    const fn code(self, code: &'static str) -> Self {
        Self { code, ..self }
    }

    const fn retry_after(self, seconds: u64) -> Self {
        Self { retry_after: Some(seconds), ..self }
    }

    /// The queue behind the gateway does not take events now.
    const fn unavailable(tag: &'static str, retry_after: u64) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, tag).code("BAT-003").retry_after(retry_after)
    }
}

impl Refusal {
    fn terms(&self) -> Terms {
        use StatusCode as S;
        match self {
            Self::RepeatedHeader(_) => Terms::new(S::BAD_REQUEST, "repeated_header"),
            Self::MissingHost => Terms::new(S::BAD_REQUEST, "missing_host"),
            Self::MissingKey | Self::InvalidKey => {
                Terms::new(S::UNAUTHORIZED, "unauthenticated").code("BAT-004")
            }
            Self::KeysNotLoaded => Terms::unavailable("keys_not_loaded", 1),
            Self::ScopeNotAllowed | Self::OriginNotAllowed => Terms::new(S::FORBIDDEN, "forbidden"),
            Self::UnsupportedType | Self::UnsupportedEncoding => {
                Terms::new(S::UNSUPPORTED_MEDIA_TYPE, "unsupported_media")
            }
            Self::BadIdempotencyKey => Terms::new(S::BAD_REQUEST, "bad_idempotency_key"),
            Self::TooLarge(_) => Terms::new(S::PAYLOAD_TOO_LARGE, "too_large"),
            Self::SlowBody(_) => Terms::new(S::REQUEST_TIMEOUT, "slow_body"),
            Self::BodyEndedEarly => Terms::new(S::BAD_REQUEST, "incomplete_body").code("BAT-001"),
            Self::BadCompression(_) | Self::Malformed(_) => {
                Terms::new(S::BAD_REQUEST, "malformed").code("BAT-001")
            }
            Self::Invalid(failures) => match kind(failures) {
                Kind::TooLarge => Terms::new(S::PAYLOAD_TOO_LARGE, "too_large"),
                Kind::WrongProject => Terms::new(S::FORBIDDEN, "forbidden"),
                Kind::Malformed => Terms::new(S::BAD_REQUEST, "malformed").code("BAT-001"),
                Kind::Invalid => Terms::new(S::BAD_REQUEST, "invalid_event").code("BAT-002"),
            },
            Self::EmptyBatch => Terms::new(S::BAD_REQUEST, "empty_batch").code("BAT-002"),
            Self::RateLimited(wait) => {
                Terms::new(S::TOO_MANY_REQUESTS, "rate_limited").retry_after(whole_seconds(*wait))
            }
            Self::Overloaded => Terms::unavailable("overloaded", 1),
            Self::Publish(error) => match error {
                PublishError::Overloaded => Terms::unavailable(error.tag(), 1),
                PublishError::Unavailable | PublishError::OutcomeUnknown => {
                    Terms::unavailable(error.tag(), 2)
                }
                PublishError::RecordTooLarge => Terms::new(S::PAYLOAD_TOO_LARGE, error.tag()),
            },
            Self::NotFound => Terms::new(S::NOT_FOUND, "not_found"),
            Self::MethodNotAllowed(_) => Terms::new(S::METHOD_NOT_ALLOWED, "method_not_allowed"),
        }
    }

    /// Status of the response.
    pub(crate) fn status(&self) -> StatusCode {
        self.terms().status
    }

    /// Stable name, for metrics.
    pub(crate) fn tag(&self) -> &'static str {
        self.terms().tag
    }

    /// The response.
    pub(crate) fn into_response(self) -> HttpResponse {
        let Terms { status, tag, code, retry_after } = self.terms();
        let mut response = json(status, &Body::of(&self, self.sentence(), code, tag));
        let headers = response.headers_mut();
        if let Some(seconds) = retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Self::MethodNotAllowed(allow) = self {
            headers.insert(ALLOW, allow);
        }
        response
    }

    fn sentence(&self) -> Cow<'static, str> {
        match self {
            Self::RepeatedHeader(name) => format!("The header {name} is there more than once; send it once").into(),
            Self::MissingHost => "The Host header is missing".into(),
            Self::MissingKey => "missing X-API-Key header".into(),
            Self::InvalidKey => "invalid or expired API key".into(),
            Self::KeysNotLoaded => "The gateway has not loaded its API keys yet; try again shortly".into(),
            Self::ScopeNotAllowed => "This API key may not be used here".into(),
            Self::OriginNotAllowed => {
                "This is a browser key: it works only from the origins listed for it, sent as Origin".into()
            }
            Self::UnsupportedType => {
                "Send events as Content-Type application/json, or application/x-ndjson to /v1/audit/batch".into()
            }
            Self::UnsupportedEncoding => "Send one Content-Encoding: gzip, zstd or identity".into(),
            Self::BadIdempotencyKey => "Idempotency-Key must be 1 to 255 printable ASCII characters".into(),
            Self::TooLarge(Limit { what, unit, most, field }) => {
                format!("{what} has more than {most} {unit}. Send less, or raise {}", field.name).into()
            }
            Self::SlowBody(time) => format!(
                "The body did not arrive within {} ms ({})",
                time.as_millis(),
                crate::config::BODY_TIMEOUT.name
            )
            .into(),
            Self::BodyEndedEarly | Self::BadCompression(_) | Self::Malformed(_) => "Invalid JSON format".into(),
            Self::Invalid(failures) => invalid_sentence(failures),
            Self::EmptyBatch => "The batch holds no event".into(),
            Self::RateLimited(_) => "This API key sends more events than its rate allows; wait and retry".into(),
            Self::Overloaded | Self::Publish(PublishError::Overloaded) => {
                "The gateway has no room for more events at the moment; nothing was stored, retry".into()
            }
            Self::Publish(PublishError::Unavailable) => {
                "Failed to queue audit event: Kafka cannot be reached; nothing was stored, retry".into()
            }
            Self::Publish(PublishError::OutcomeUnknown) => {
                "Failed to queue audit event: Kafka did not acknowledge in time. Whether it is stored is unknown; retrying is safe with the same id or Idempotency-Key".into()
            }
            Self::Publish(PublishError::RecordTooLarge) => {
                "The event is larger than Kafka's events topic accepts (max.message.bytes)".into()
            }
            Self::NotFound => "No such route. Send events to POST /v1/audit or POST /v1/audit/batch".into(),
            Self::MethodNotAllowed(_) => "This route does not take this method; Allow names those it takes".into(),
        }
    }
}

fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs().saturating_add(1).min(3600)
}

fn invalid_sentence(failures: &[Failure]) -> Cow<'static, str> {
    let whole = |test: fn(&Reason) -> bool| failures.iter().map(|f| &f.reason).find(|reason| test(reason));
    match kind(failures) {
        Kind::TooLarge => whole(|reason| matches!(reason, Reason::EventTooLarge { .. })),
        Kind::WrongProject => whole(|reason| matches!(reason, Reason::WrongProject)),
        Kind::Malformed => return "Invalid JSON format".into(),
        Kind::Invalid => None,
    }
    .map_or("Validation failed".into(), Reason::message)
}
