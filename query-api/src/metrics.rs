//! Every metric of the query API.

use std::time::Duration;

use bataudit_service::metric::SECONDS;
use bataudit_service::{Metric, exemplar};
use metrics::{counter, gauge, histogram};

/// What the query API exports.
pub const METRICS: &[Metric] = &[
    Metric::counter("bataudit_query_api_requests_total", "Requests by route and class of status.")
        .by(&[("route", &[]), ("status", &["1xx", "2xx", "3xx", "4xx", "5xx"])]),
    Metric::histogram("bataudit_query_api_request_seconds", "How long requests took, by route and class of status.", SECONDS)
        .by(&[("route", &[]), ("status", &["1xx", "2xx", "3xx", "4xx", "5xx"])]),
    Metric::histogram(
        "bataudit_query_api_store_query_seconds",
        "How long ClickHouse queries took, by what they ask and how they ended: ok, or the code of the error.",
        SECONDS,
    )
    .by(&[("query", &[]), ("result", &[])]),
    Metric::counter("bataudit_query_api_logins_total", "Attempts to sign in.")
        .by(&[("result", &["accepted", "refused", "throttled"])]),
    Metric::gauge("bataudit_query_api_streams", "Live streams that are open.").from_zero(),
    Metric::counter("bataudit_query_api_streamed_events_total", "Events sent on live streams."),
    Metric::counter("bataudit_query_api_exports_total", "Exports by how they ended: ok, or the code of the error.")
        .by(&[("result", &["ok", "store_unavailable", "store_overloaded", "query_timeout", "too_large", "internal"])]),
    Metric::counter("bataudit_query_api_exported_bytes_total", "Bytes that exports sent."),
    Metric::gauge("bataudit_query_api_connections", "Open connections of browsers and programs.").from_zero(),
];

/// `bataudit_query_api_requests_total{route,status}` and `bataudit_query_api_request_seconds{route,status}`:
/// requests by route template and class of status (`2xx` …), and the trace of one that is followed.
pub(crate) fn request(route: &'static str, status: u16, took: Duration, trace: Option<u128>) {
    let status = match status {
        0..=199 => "1xx",
        200..=299 => "2xx",
        300..=399 => "3xx",
        400..=499 => "4xx",
        _ => "5xx",
    };
    counter!("bataudit_query_api_requests_total", "route" => route, "status" => status).increment(1);
    let took = took.as_secs_f64();
    histogram!("bataudit_query_api_request_seconds", "route" => route, "status" => status).record(took);
    if let Some(trace) = trace {
        let labels = [("route", route), ("status", status)];
        exemplar::note("bataudit_query_api_request_seconds", &labels, took, trace);
    }
}

/// `bataudit_query_api_store_query_seconds{query,result}`: ClickHouse queries by what they ask and how
/// they ended (`ok`, or the code of the error).
pub(crate) fn store_query(query: &'static str, result: &'static str, took: Duration) {
    histogram!("bataudit_query_api_store_query_seconds", "query" => query, "result" => result)
        .record(took.as_secs_f64());
}

/// `bataudit_query_api_logins_total{result}`: `accepted`, `refused` or `throttled`.
pub(crate) fn login(result: &'static str) {
    counter!("bataudit_query_api_logins_total", "result" => result).increment(1);
}

/// `bataudit_query_api_streams`: live streams open now.
pub(crate) fn streams(change: f64) {
    gauge!("bataudit_query_api_streams").increment(change);
}

/// `bataudit_query_api_streamed_events_total`: events sent on live streams.
pub(crate) fn streamed(events: usize) {
    counter!("bataudit_query_api_streamed_events_total").increment(events as u64);
}

/// `bataudit_query_api_exports_total{result}` and `bataudit_query_api_exported_bytes_total`: exports by how
/// they ended (`ok`, or the code of the error), and what they sent.
pub(crate) fn export(result: &'static str, bytes: u64) {
    counter!("bataudit_query_api_exports_total", "result" => result).increment(1);
    counter!("bataudit_query_api_exported_bytes_total").increment(bytes);
}

/// `bataudit_query_api_connections`: open connections of browsers and programs.
pub(crate) fn connections(open: usize) {
    gauge!("bataudit_query_api_connections").set(open as f64);
}
