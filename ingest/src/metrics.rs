//! Every metric of ingest, each behind a function so that names and labels stand in one place.
//! Labels are closed sets.

use std::time::Duration;

use metrics::{counter, gauge, histogram};

/// `bataudit_ingest_events_accepted_total`: events acknowledged by Kafka.
pub(crate) fn events_accepted(events: usize) {
    counter!("bataudit_ingest_events_accepted_total").increment(events as u64);
}

/// `bataudit_ingest_events_rejected_total{reason}`: events refused alone. `reason` is `malformed`,
/// `invalid` or `forbidden`.
pub(crate) fn event_rejected(reason: &'static str) {
    counter!("bataudit_ingest_events_rejected_total", "reason" => reason).increment(1);
}

/// `bataudit_ingest_submissions_total{result}`: requests to write events. `result` is `accepted`,
/// `partial`, or the tag of the refusal.
pub(crate) fn submission(result: &'static str) {
    counter!("bataudit_ingest_submissions_total", "result" => result).increment(1);
}

/// `bataudit_ingest_publish_seconds{result}`: from handing a submission to the Kafka client until
/// its last record was acknowledged. `result` is `acknowledged` or the tag of the failure.
pub(crate) fn published(result: &'static str, took: Duration) {
    histogram!("bataudit_ingest_publish_seconds", "result" => result).record(took.as_secs_f64());
}

/// `bataudit_ingest_in_flight_bytes`: bytes of request bodies being worked on.
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
