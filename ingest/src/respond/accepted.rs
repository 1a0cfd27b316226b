//! Success, whole or in part.

use hyper::StatusCode;
use serde::Serialize;
use uuid::Uuid;

use super::{HttpResponse, json, json_within};
use crate::decode::{Field, Malformed};
use crate::publish::BrokerStatus;
use crate::stamp::StampedEvent;
use crate::validate::Failure;

/// An answer that is ready before the broker has acknowledged, and given when it has.
#[derive(Debug)]
pub(crate) struct Accepted {
    /// The answer.
    pub(crate) response: HttpResponse,
    /// Events published.
    pub(crate) events: usize,
}

#[derive(Serialize)]
struct Single<'a> {
    message: &'static str,
    status: &'static str,
    audit_id: Uuid,
    request_id: &'a str,
    timestamp: String,
}

/// The original's answer to one event.
pub(crate) fn single(event: &StampedEvent<'_>) -> Accepted {
    let body = Single {
        message: "Audit received and will be processed",
        status: "success",
        audit_id: event.id,
        request_id: event.request_id(),
        timestamp: event.timestamp(),
    };
    Accepted { response: json(StatusCode::ACCEPTED, &body), events: 1 }
}

/// What became of one event of a batch.
#[derive(Debug, Serialize)]
#[serde(tag = "status", rename_all = "lowercase")]
pub(crate) enum EventResult<'e> {
    /// It is stored.
    Accepted {
        /// Its place in the batch, from 0.
        index: usize,
        /// Its id.
        audit_id: Uuid,
        /// Its request id.
        request_id: &'e str,
    },
    /// It is not.
    Rejected {
        /// Its place in the batch, from 0.
        index: usize,
        /// Why.
        errors: &'e [EventError],
    },
}

/// One reason why an event is not stored.
#[derive(Debug, Serialize)]
pub(crate) struct EventError {
    /// The JSON name of the field; absent when it is the event as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'static str>,
    tag: &'static str,
    reason: String,
}

impl EventError {
    pub(crate) fn invalid(failures: &[Failure]) -> Vec<Self> {
        let errors = failures.iter().map(|failure| Self {
            field: failure.field.map(Field::json_name),
            tag: failure.reason.tag(),
            reason: failure.reason.message().into_owned(),
        });
        errors.collect()
    }

    pub(crate) fn malformed(malformed: &Malformed) -> Vec<Self> {
        vec![Self { field: None, tag: "malformed", reason: malformed.to_string() }]
    }
}

impl<'e> EventResult<'e> {
    /// What became of the event at `index`.
    pub(crate) fn of(index: usize, checked: &'e Result<StampedEvent<'_>, Vec<EventError>>) -> Self {
        match checked {
            Ok(event) => Self::Accepted { index, audit_id: event.id, request_id: event.request_id() },
            Err(errors) => Self::Rejected { index, errors },
        }
    }

    fn is_accepted(&self) -> bool {
        matches!(self, Self::Accepted { .. })
    }
}

#[derive(Serialize)]
struct Batch<'e> {
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    status: &'static str,
    accepted: usize,
    rejected: usize,
    results: Vec<EventResult<'e>>,
}

/// Bytes that the answer takes for each event, with a request id of some length.
const RESULT_ROOM: usize = 192;
/// Bytes of the answer beside the results.
const BATCH_ROOM: usize = 256;

/// Bytes that the answer to a batch of so many valid events takes.
pub(crate) fn room_of_batch(events: usize) -> usize {
    BATCH_ROOM + RESULT_ROOM * events
}

/// The answer to a batch: 202 when all events are accepted, 207 when some are, 400 when none is.
pub(crate) fn batch(results: Vec<EventResult<'_>>) -> Accepted {
    let accepted = results.iter().filter(|result| result.is_accepted()).count();
    let rejected = results.len() - accepted;
    let (http, status) = match (accepted, rejected) {
        (0, _) => (StatusCode::BAD_REQUEST, "failed"),
        (_, 0) => (StatusCode::ACCEPTED, "success"),
        _ => (StatusCode::MULTI_STATUS, "partial"),
    };
    let error = (rejected > 0).then(|| match accepted {
        0 => format!("None of the {rejected} events is valid; results say why"),
        _ => format!("{rejected} of {} events are not valid; results say why", results.len()),
    });
    let code = error.is_some().then_some("BAT-002");
    let room = room_of_batch(results.len());
    let body = Batch { error, code, status, accepted, rejected, results };
    Accepted { response: json_within(room, http, &body), events: accepted }
}

#[derive(Serialize)]
struct Health<'a> {
    status: &'static str,
    message: &'static str,
    api_response_ms: u64,
    db_status: &'static str,
    db_response_ms: u64,
    version: &'static str,
    environment: &'a str,
}

/// The original's `/health`. Ingest has no database: `db_` stands for what takes its place, the
/// broker and the keys read from it.
pub(crate) fn health(environment: &str, broker: BrokerStatus, has_keys: bool) -> HttpResponse {
    let healthy = broker.is_reachable && has_keys;
    let body = Health {
        status: if healthy { "ok" } else { "degraded" },
        message: match (broker.is_reachable, has_keys) {
            (true, true) => "BatAudit API is healthy",
            (true, false) => "BatAudit API is waiting for its keys",
            (false, _) => "BatAudit API cannot publish to Kafka",
        },
        api_response_ms: 0,
        db_status: if healthy { "ok" } else { "error" },
        db_response_ms: u64::try_from(broker.round_trip.as_millis()).unwrap_or(u64::MAX),
        version: env!("CARGO_PKG_VERSION"),
        environment,
    };
    json(StatusCode::OK, &body)
}
