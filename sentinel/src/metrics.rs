//! Every metric of sentinel. Labels are closed sets.

use std::time::Duration;

use bataudit_control::anomaly_incidents::Changes;
use bataudit_control::notifications::Outcome;
use bataudit_control::reconciliations::Reconciliation;
use bataudit_ledger::progress::Standing;
use bataudit_service::Metric;
use metrics::{counter, gauge};

/// What sentinel exports. Gauges of one that stands by are those of when it last worked, if ever: alerts ask for
/// `bataudit_sentinel_active` too.
pub const METRICS: &[Metric] = &[
    Metric::gauge("bataudit_sentinel_active", "1 in the one sentinel that works, 0 in those that stand by.")
        .from_zero(),
    Metric::counter("bataudit_sentinel_access_changes_total", "Records written to the access topic.")
        .by(&[("change", &["put", "remove"])]),
    Metric::gauge(
        "bataudit_sentinel_access_entries",
        "Keys, projects and masking rules that the access topic holds.",
    ),
    Metric::counter(
        "bataudit_sentinel_projects_adopted_total",
        "Projects that a service name made and that got their row.",
    ),
    Metric::counter(
        "bataudit_sentinel_outbox_published_total",
        "Things people did here that were published as events.",
    ),
    Metric::counter(
        "bataudit_sentinel_outbox_failures_total",
        "Rounds of publishing them that failed; all are tried again.",
    ),
    Metric::gauge("bataudit_sentinel_outbox_oldest_seconds", "How long the oldest of them has waited."),
    Metric::gauge(
        "bataudit_conservation_difference_events",
        "Events that are missing or too many in the books of the last 24 hours.",
    ),
    Metric::gauge(
        "bataudit_conservation_waiting_events",
        "Events of the range compared last that were not stored yet.",
    ),
    Metric::gauge(
        "bataudit_conservation_compared_timestamp_seconds",
        "Up to when everything received was compared and nothing waits, in unix seconds.",
    ),
    Metric::gauge(
        "bataudit_conservation_difference_rollups",
        "Hours and days of rollups that do not count what the rows are, and could not be counted anew yet.",
    )
    .from_zero(),
    Metric::counter(
        "bataudit_conservation_rollups_mended_total",
        "Hours and days of rollups that fell short of their rows and were counted anew.",
    ),
    Metric::counter("bataudit_anomalies_total", "Incidents of anomaly rules that began and ended.")
        .by(&[("state", &["fired", "resolved"])]),
    Metric::counter(
        "bataudit_anomaly_round_failures_total",
        "Evaluations of the anomaly rules that could not be made.",
    ),
    Metric::counter(
        "bataudit_notifications_total",
        "Attempts to deliver a notification, by channel and outcome.",
    )
    .by(&[
        ("channel", &["webhook", "slack", "discord", "email", "push", "other"]),
        ("outcome", &["delivered", "retried", "given_up"]),
    ]),
    Metric::gauge(
        "bataudit_group_partitions_without_reader",
        "Partitions of the events topic that no processor reads although their group is settled.",
    ),
    Metric::gauge(
        "bataudit_group_lag_records",
        "Records of the events topic that no processor has confirmed yet.",
    )
    .by(&[("partition", &[])]),
    Metric::gauge(
        "bataudit_group_oldest_waiting_seconds",
        "How long the oldest of them has waited; 0 if none waits.",
    ),
    Metric::gauge(
        "bataudit_group_observed_timestamp_seconds",
        "When Kafka last answered sentinel, in unix seconds.",
    ),
    Metric::gauge("bataudit_events_retention_seconds", "How long Kafka keeps what was accepted."),
    Metric::gauge("bataudit_clickhouse_disk_free_bytes", "Free bytes of a disk of ClickHouse.")
        .by(&[("disk", &[])]),
    Metric::gauge("bataudit_clickhouse_disk_size_bytes", "Size of a disk of ClickHouse.")
        .by(&[("disk", &[])]),
    Metric::gauge(
        "bataudit_loss_incidents_recent",
        "Incidents that the processors wrote into loss_incidents in the last 24 hours.",
    ),
    Metric::counter("bataudit_monitor_checks_total", "Checks of monitored addresses.")
        .by(&[("status", &["up", "down"])]),
    Metric::counter(
        "bataudit_monitor_failures_total",
        "Checks that could not be written down and changes that could not be told; both are tried again.",
    ),
    Metric::counter(
        "bataudit_retention_removed_events_total",
        "Events removed because they were older than they are kept.",
    ),
    Metric::counter("bataudit_retention_failures_total", "Passes of retention that ended early."),
    Metric::counter("bataudit_erasures_total", "Erasures of a person's events that ended."),
    Metric::counter(
        "bataudit_erasure_failures_total",
        "Attempts at an erasure that failed; they are made again.",
    ),
];

/// `bataudit_sentinel_active`: 1 in the one instance that holds the lease.
pub(crate) fn active(active: bool) {
    gauge!("bataudit_sentinel_active").set(if active { 1.0 } else { 0.0 });
}

/// `bataudit_sentinel_access_changes_total{change="put"|"remove"}`: records written to the access
/// topic.
pub(crate) fn published(written: usize, removed: usize) {
    counter!("bataudit_sentinel_access_changes_total", "change" => "put").increment(written as u64);
    counter!("bataudit_sentinel_access_changes_total", "change" => "remove").increment(removed as u64);
}

/// `bataudit_sentinel_access_entries`: keys and projects the access topic holds.
pub(crate) fn entries(count: usize) {
    gauge!("bataudit_sentinel_access_entries").set(count as f64);
}

/// `bataudit_sentinel_projects_adopted_total`: projects made from service names.
pub(crate) fn adopted() {
    counter!("bataudit_sentinel_projects_adopted_total").increment(1);
}

/// `bataudit_sentinel_outbox_published_total`: things people did here that were published as events.
pub(crate) fn outbox_published(count: usize) {
    counter!("bataudit_sentinel_outbox_published_total").increment(count as u64);
}

/// `bataudit_sentinel_outbox_failures_total`: rounds of publishing them that failed.
pub(crate) fn outbox_failed() {
    counter!("bataudit_sentinel_outbox_failures_total").increment(1);
}

/// `bataudit_sentinel_outbox_oldest_seconds`: how long the oldest of them has waited.
pub(crate) fn outbox_waits(age: Duration) {
    gauge!("bataudit_sentinel_outbox_oldest_seconds").set(age.as_secs_f64());
}

/// What comparing the books found:
/// `bataudit_conservation_difference_events`, events missing or too many in the ranges of the last 24 hours;
/// `bataudit_conservation_waiting_events`, events of the last range that were not stored yet;
/// `bataudit_conservation_compared_timestamp_seconds`, up to when nothing waits and all was compared.
pub(crate) fn books(differing: i64, last: &Reconciliation) {
    gauge!("bataudit_conservation_difference_events").set(differing as f64);
    gauge!("bataudit_conservation_waiting_events").set(last.waiting as f64);
    let compared = if last.waiting > 0 { last.from_ms } else { last.to_ms };
    gauge!("bataudit_conservation_compared_timestamp_seconds").set(compared as f64 / 1000.0);
}

/// `bataudit_conservation_difference_rollups`: hours and days of rollups that did not count what the rows are
/// when they were last looked at, and could not be counted anew yet.
pub(crate) fn rollups(differing: i64) {
    gauge!("bataudit_conservation_difference_rollups").set(differing as f64);
}

/// `bataudit_conservation_rollups_mended_total`: hours and days of rollups that fell short of their rows, and
/// were counted anew.
pub(crate) fn mended(cells: usize) {
    counter!("bataudit_conservation_rollups_mended_total").increment(cells as u64);
}

/// `bataudit_anomalies_total{state="fired"|"resolved"}`: incidents of anomaly rules.
pub(crate) fn anomalies(changes: &Changes) {
    let over = changes.fired.iter().filter(|new| new.resolved_at.is_some()).count() + changes.resolved.len();
    counter!("bataudit_anomalies_total", "state" => "fired").increment(changes.fired.len() as u64);
    counter!("bataudit_anomalies_total", "state" => "resolved").increment(over as u64);
}

/// `bataudit_anomaly_round_failures_total`: evaluations that could not be made.
pub(crate) fn anomaly_round_failed() {
    counter!("bataudit_anomaly_round_failures_total").increment(1);
}

/// `bataudit_notifications_total{channel="webhook"|"slack"|"discord"|"email"|"push"|"other",outcome="delivered"|"retried"|"given_up"}`:
/// attempts to deliver.
pub(crate) fn notified(kind: &str, outcome: &Outcome) {
    let known = ["webhook", "slack", "discord", "email", "push"];
    let channel = known.into_iter().find(|known| *known == kind).unwrap_or("other");
    let result = match (outcome.success, outcome.retry_at) {
        (true, _) => "delivered",
        (false, Some(_)) => "retried",
        (false, None) => "given_up",
    };
    counter!("bataudit_notifications_total", "channel" => channel, "outcome" => result).increment(1);
}

/// `bataudit_group_partitions_without_reader`: partitions of the events topic that no processor reads although
/// their group is settled.
pub(crate) fn partitions_without_reader(count: usize) {
    gauge!("bataudit_group_partitions_without_reader").set(count as f64);
}

/// `bataudit_monitor_checks_total{status="up"|"down"}`: checks of monitored addresses.
pub(crate) fn checked(is_up: bool) {
    let status = if is_up { "up" } else { "down" };
    counter!("bataudit_monitor_checks_total", "status" => status).increment(1);
}

/// `bataudit_monitor_failures_total`: checks that could not be written down, and changes that could not be told; both
/// are tried again.
pub(crate) fn monitors_failed() {
    counter!("bataudit_monitor_failures_total").increment(1);
}

/// `bataudit_retention_removed_events_total`: events removed because they were older than they are kept.
pub(crate) fn retention_removed(events: u64) {
    counter!("bataudit_retention_removed_events_total").increment(events);
}

/// `bataudit_retention_failures_total`: passes that ended early.
pub(crate) fn retention_failed() {
    counter!("bataudit_retention_failures_total").increment(1);
}

/// `bataudit_erasures_total`: erasures of a person's events that ended.
pub(crate) fn erased() {
    counter!("bataudit_erasures_total").increment(1);
}

/// `bataudit_erasure_failures_total`: attempts at an erasure that failed.
pub(crate) fn erasure_failed() {
    counter!("bataudit_erasure_failures_total").increment(1);
}

/// How far the processors are, at `now`, unix milliseconds: `bataudit_group_lag_records` by `partition`,
/// `bataudit_group_oldest_waiting_seconds`, `bataudit_group_observed_timestamp_seconds`.
pub(crate) fn progress(standings: &[Standing], now: i64) {
    for standing in standings {
        let next = standing.committed.unwrap_or(standing.first).max(standing.first);
        let waiting = (standing.end - next).max(0);
        gauge!("bataudit_group_lag_records", "partition" => standing.partition.to_string())
            .set(waiting as f64);
    }
    let oldest = standings.iter().filter_map(|standing| standing.oldest_waiting).fold(now, i64::min);
    gauge!("bataudit_group_oldest_waiting_seconds").set((now - oldest) as f64 / 1000.0);
    gauge!("bataudit_group_observed_timestamp_seconds").set(now as f64 / 1000.0);
}

/// `bataudit_events_retention_seconds`.
pub(crate) fn retention_of_events(kept: Duration) {
    gauge!("bataudit_events_retention_seconds").set(kept.as_secs_f64());
}

/// `bataudit_clickhouse_disk_free_bytes` and `bataudit_clickhouse_disk_size_bytes`, by `disk`.
pub(crate) fn disk(name: &str, free: u64, size: u64) {
    gauge!("bataudit_clickhouse_disk_free_bytes", "disk" => name.to_owned()).set(free as f64);
    gauge!("bataudit_clickhouse_disk_size_bytes", "disk" => name.to_owned()).set(size as f64);
}

/// `bataudit_loss_incidents_recent`.
pub(crate) fn recent_losses(incidents: u64) {
    gauge!("bataudit_loss_incidents_recent").set(incidents as f64);
}
