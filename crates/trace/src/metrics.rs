//! The metrics of tracing, all of them.

use bataudit_service::Metric;
use metrics::counter;

/// What every service that traces exports.
pub const METRICS: &[Metric] = &[
    Metric::counter("bataudit_trace_spans_exported_total", "Spans that the collector took."),
    Metric::counter("bataudit_trace_spans_dropped_total", "Spans that the collector never got.")
        .by(&[("reason", &["queue_full", "unreachable", "refused", "stopped"])]),
    Metric::counter(
        "bataudit_trace_requests_left_out_total",
        "Traced requests that a record or a batch had no place to name; their trace ends before it.",
    ),
];

/// `bataudit_trace_spans_exported_total`: spans that the collector took.
pub(crate) fn exported(spans: usize) {
    counter!("bataudit_trace_spans_exported_total").increment(spans as u64);
}

/// `bataudit_trace_spans_dropped_total{reason}`: spans that the collector never got. `reason` is `queue_full`,
/// `unreachable`, `refused`, or `stopped`: they ended after, or could not be sent before, the end of the process.
pub(crate) fn dropped(reason: &'static str, spans: usize) {
    counter!("bataudit_trace_spans_dropped_total", "reason" => reason).increment(spans as u64);
}

/// `bataudit_trace_requests_left_out_total`: traced requests that a record or a batch had no place to name. Their trace
/// ends before it.
pub fn untraced(requests: usize) {
    counter!("bataudit_trace_requests_left_out_total").increment(requests as u64);
}
