//! Every metric of ingest, each behind a function so that names and labels stand in one place.
//! Labels are closed sets. [`METRICS`] says what each means.

use std::time::Duration;

use bataudit_service::metric::SECONDS;
use bataudit_service::{Metric, exemplar};
use metrics::{counter, gauge, histogram};

/// How a request to write events ends: taken, wholly or in part, or the tag of its refusal.
const RESULTS: &[&str] = &[
    "accepted",
    "partial",
    "invalid_event",
    "malformed",
    "incomplete_body",
    "empty_batch",
    "too_large",
    "record_too_large",
    "slow_body",
    "repeated_header",
    "missing_host",
    "bad_idempotency_key",
    "unsupported_media",
    "unauthenticated",
    "forbidden",
    "rate_limited",
    "not_found",
    "method_not_allowed",
    "keys_not_loaded",
    "overloaded",
    "unavailable",
    "publish_timeout",
];

/// What ingest exports.
pub const METRICS: &[Metric] = &[
    Metric::counter(
        "bataudit_ingest_events_accepted_total",
        "Events that Kafka acknowledged; their clients read 202.",
    ),
    Metric::counter(
        "bataudit_ingest_events_rejected_total",
        "Events of a batch that were refused while others were not.",
    )
    .by(&[("reason", &["malformed", "invalid"])]),
    Metric::counter("bataudit_ingest_submissions_total", "Requests to write events, by how they ended.")
        .by(&[("result", RESULTS)]),
    Metric::histogram(
        "bataudit_ingest_publish_seconds",
        "From handing a submission to the Kafka client until its last record was acknowledged or given up.",
        SECONDS,
    )
    .by(&[("result", &["acknowledged", "overloaded", "unavailable", "publish_timeout", "record_too_large"])]),
    Metric::gauge(
        "bataudit_ingest_in_flight_bytes",
        "Bytes that requests being worked on take: bodies, what connections hold of them, answers.",
    )
    .from_zero(),
    Metric::gauge("bataudit_ingest_connections", "Open connections of clients.").from_zero(),
    Metric::gauge("bataudit_ingest_access_entries", "Keys and projects that this gateway knows.")
        .by(&[("kind", &["api_key", "project"])]),
    Metric::gauge(
        "bataudit_ingest_access_lag_records",
        "Records of the access topic that were not read yet.",
    ),
    Metric::gauge(
        "bataudit_ingest_access_reachable",
        "1 if the access topic's end could be asked for, else 0.",
    ),
    Metric::gauge(
        "bataudit_ingest_broker_reachable",
        "1 if Kafka described the events topic when last asked, else 0.",
    ),
    Metric::counter(
        "bataudit_ingest_producers_replaced_total",
        "Producers that were given up after an error the client library calls fatal.",
    ),
];

/// `bataudit_ingest_events_accepted_total`: events acknowledged by Kafka.
pub(crate) fn events_accepted(events: usize) {
    counter!("bataudit_ingest_events_accepted_total").increment(events as u64);
}

/// `bataudit_ingest_events_rejected_total{reason}`: events refused alone. `reason` is `malformed`
/// or `invalid`.
pub(crate) fn event_rejected(reason: &'static str) {
    counter!("bataudit_ingest_events_rejected_total", "reason" => reason).increment(1);
}

/// `bataudit_ingest_submissions_total{result}`: requests to write events. `result` is `accepted`,
/// `partial`, or the tag of the refusal.
pub(crate) fn submission(result: &'static str) {
    counter!("bataudit_ingest_submissions_total", "result" => result).increment(1);
}

/// `bataudit_ingest_publish_seconds{result}`: from handing a submission to the Kafka client until
/// its last record was acknowledged. `result` is `acknowledged` or the tag of the failure, `trace` that of a submission that
/// is followed.
pub(crate) fn published(result: &'static str, took: Duration, trace: Option<u128>) {
    let took = took.as_secs_f64();
    histogram!("bataudit_ingest_publish_seconds", "result" => result).record(took);
    if let Some(trace) = trace {
        exemplar::note("bataudit_ingest_publish_seconds", &[("result", result)], took, trace);
    }
}

/// `bataudit_ingest_in_flight_bytes`: bytes that requests being worked on take.
pub(crate) fn in_flight(bytes: usize) {
    gauge!("bataudit_ingest_in_flight_bytes").set(bytes as f64);
}

/// `bataudit_ingest_connections`: open client connections.
pub(crate) fn connections(open: usize) {
    gauge!("bataudit_ingest_connections").set(open as f64);
}

/// `bataudit_ingest_access_entries{kind}`: keys and projects known. `kind` is `api_key` or `project`.
pub(crate) fn access_entries(keys: usize, projects: usize) {
    gauge!("bataudit_ingest_access_entries", "kind" => "api_key").set(keys as f64);
    gauge!("bataudit_ingest_access_entries", "kind" => "project").set(projects as f64);
}

/// `bataudit_ingest_access_lag_records`: records of the access topic not read yet.
/// `bataudit_ingest_access_reachable`: whether the topic's end could be asked for.
pub(crate) fn access_lag(records: i64) {
    gauge!("bataudit_ingest_access_lag_records").set(records as f64);
    gauge!("bataudit_ingest_access_reachable").set(1.0);
}

/// `bataudit_ingest_access_reachable`, after a failure.
pub(crate) fn access_unreachable() {
    gauge!("bataudit_ingest_access_reachable").set(0.0);
}

/// `bataudit_ingest_broker_reachable`: whether Kafka described the events topic when last asked.
pub(crate) fn broker_reachable(reachable: bool) {
    gauge!("bataudit_ingest_broker_reachable").set(f64::from(u8::from(reachable)));
}

/// `bataudit_ingest_producers_replaced_total`: producers given up after an error the client library
/// calls fatal.
pub(crate) fn producers_replaced() {
    counter!("bataudit_ingest_producers_replaced_total").increment(1);
}
