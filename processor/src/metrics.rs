//! The metrics of the processor, all of them. Labels are closed sets, partition numbers apart; no
//! value of an event ever becomes one. Counted per record or per batch, never per event.

use std::time::Duration;

use bataudit_service::metric::SECONDS;
use bataudit_service::{Metric, exemplar};
use metrics::{counter, gauge, histogram};

use crate::commit::Confirmation;
use crate::dead_letter::DeadLetter;
use crate::incident::{Incident, Kind};
use crate::write::WriteError;

/// A delay that is milliseconds on a good day, and days after an outage.
const DELAY: &[f64] = &[
    0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0, 7200.0, 43_200.0,
    259_200.0,
];
const ROWS: &[f64] = &[1.0, 10.0, 100.0, 1000.0, 5000.0, 10_000.0, 25_000.0, 50_000.0, 100_000.0, 200_000.0];
const BYTES: &[f64] = &[1e3, 1e4, 1e5, 1e6, 4e6, 16e6, 32e6, 48e6, 64e6];
const REASONS: (&str, &[&str]) =
    ("reason", &["unmaskable", "unknown_format", "empty_record", "malformed_record", "too_many_events"]);

/// What the processor exports.
pub const METRICS: &[Metric] = &[
    Metric::counter("bataudit_processor_events_consumed_total", "Events read from Kafka and decoded; a second reading counts again."),
    Metric::counter("bataudit_processor_fields_masked_total", "Fields of events in which something was masked."),
    Metric::gauge(
        "bataudit_processor_unusable_rules",
        "Projects whose masking rules this processor cannot use; above 0 it takes no event.",
    )
    .from_zero(),
    Metric::counter("bataudit_processor_events_inserted_total", "Events stored in ClickHouse."),
    Metric::histogram("bataudit_processor_batch_rows", "Rows of an insert.", ROWS),
    Metric::histogram("bataudit_processor_batch_bytes", "Bytes of an insert before compression.", BYTES),
    Metric::histogram(
        "bataudit_processor_stored_delay_seconds",
        "From when the gateway took the oldest event of a batch until the batch was stored.",
        DELAY,
    ),
    Metric::counter(
        "bataudit_processor_batches_settled_total",
        "Batches a predecessor left open: confirmed as they were, sent again, or filled by counting.",
    )
    .by(&[("how", &["confirmed", "resent", "filled"])]),
    Metric::counter("bataudit_processor_rows_repaired_total", "Rows that ClickHouse had swallowed and that were moved in."),
    Metric::counter(
        "bataudit_processor_loss_incidents_total",
        "What went wrong between Kafka and the table; each is a row of loss_incidents.",
    )
    .by(&[(
        "kind",
        &[
            "retention_cut",
            "offsets_missing",
            "offsets_expired",
            "topic_recreated",
            "rows_doubled",
            "rows_expired",
            "rollups_unverified",
        ],
    )]),
    Metric::counter("bataudit_processor_records_lost_total", "Records that Kafka deleted before they were read, at most."),
    Metric::counter(
        "bataudit_processor_events_repeated_total",
        "Events that a client posted again within 24 hours and that were stored before.",
    ),
    Metric::counter(
        "bataudit_processor_ids_asked_total",
        "Ids of which the table was asked whether it holds them. Many of these and few repeats: the filter is too small.",
    ),
    Metric::counter("bataudit_processor_dead_letters_total", "Letters sent to the dead letter topic.").by(&[REASONS]),
    Metric::counter(
        "bataudit_processor_events_dead_lettered_total",
        "Events that these letters stand for; a record that cannot be read may not tell how many it holds.",
    )
    .by(&[REASONS]),
    Metric::histogram("bataudit_processor_insert_seconds", "How long an insert took; a failed one is repeated.", SECONDS)
        .by(&[("result", &["ok", "failed", "refused"])]),
    Metric::counter("bataudit_processor_commits_total", "Commits of offsets: confirmed, of unknown outcome, or of a partition that moved away.")
        .by(&[("result", &["confirmed", "unknown", "stale"])]),
    Metric::gauge(
        "bataudit_processor_lag_records",
        "Records after the committed offset, of partitions this processor reads; 0 once it reads them no more.",
    )
    .by(&[("partition", &[])]),
    Metric::gauge("bataudit_processor_partitions_stopped", "Partitions that stand still until a person acts.").from_zero(),
];

/// `bataudit_processor_events_consumed_total`: events read from Kafka and decoded.
pub(crate) fn consumed(events: usize) {
    counter!("bataudit_processor_events_consumed_total").increment(events as u64);
}

/// `bataudit_processor_fields_masked_total`: fields of events in which something was masked.
pub(crate) fn masked(fields: usize) {
    counter!("bataudit_processor_fields_masked_total").increment(fields as u64);
}

/// `bataudit_processor_unusable_rules`: projects whose masking rules this processor cannot use. Above 0,
/// it takes no event.
pub(crate) fn unusable_rules(projects: usize) {
    gauge!("bataudit_processor_unusable_rules").set(projects as f64);
}

/// `bataudit_processor_events_inserted_total`, `bataudit_processor_batch_rows`,
/// `bataudit_processor_batch_bytes`; and `bataudit_processor_stored_delay_seconds`, from the time the
/// gateway took the oldest event of a batch to the end of its insert. `trace` is that of a batch that is followed.
pub(crate) fn stored(rows: usize, bytes: usize, oldest: Option<Duration>, trace: Option<u128>) {
    counter!("bataudit_processor_events_inserted_total").increment(rows as u64);
    histogram!("bataudit_processor_batch_rows").record(rows as f64);
    histogram!("bataudit_processor_batch_bytes").record(bytes as f64);
    if let Some(oldest) = oldest {
        histogram!("bataudit_processor_stored_delay_seconds").record(oldest);
        if let Some(trace) = trace {
            exemplar::note("bataudit_processor_stored_delay_seconds", &[], oldest.as_secs_f64(), trace);
        }
    }
}

/// `bataudit_processor_batches_settled_total` by `how`: batches of before that were `resent` under their
/// token, `filled` by counting, or `confirmed` as they were.
pub(crate) fn settled(how: &'static str) {
    counter!("bataudit_processor_batches_settled_total", "how" => how).increment(1);
}

/// `bataudit_processor_rows_repaired_total`: rows that ClickHouse had swallowed and that were moved in.
pub(crate) fn repaired(rows: u64) {
    counter!("bataudit_processor_rows_repaired_total").increment(rows);
}

/// `bataudit_processor_loss_incidents_total` by `kind`, and for records that Kafka deleted before they
/// were read `bataudit_processor_records_lost_total`.
pub(crate) fn incident(incident: &Incident) {
    counter!("bataudit_processor_loss_incidents_total", "kind" => incident.kind.name()).increment(1);
    if matches!(incident.kind, Kind::RetentionCut | Kind::OffsetsMissing) {
        counter!("bataudit_processor_records_lost_total").increment(incident.lost);
    }
}

/// `bataudit_processor_events_repeated_total`: events that a client posted again within 24 hours, and that
/// were stored before.
pub(crate) fn repeats(events: usize) {
    counter!("bataudit_processor_events_repeated_total").increment(events as u64);
}

/// `bataudit_processor_ids_asked_total`: ids of which the table was asked whether it holds them, since they
/// may have been seen before. Many of these and few repeats: the filter is too small.
pub(crate) fn repeats_asked(ids: usize) {
    counter!("bataudit_processor_ids_asked_total").increment(ids as u64);
}

/// `bataudit_processor_dead_letters_total` and `bataudit_processor_events_dead_lettered_total` by `reason`. A record that could not be decoded
/// counts as many events as its header says.
pub(crate) fn dead_lettered(letters: &[DeadLetter]) {
    for letter in letters {
        counter!("bataudit_processor_dead_letters_total", "reason" => letter.reason).increment(1);
        counter!("bataudit_processor_events_dead_lettered_total", "reason" => letter.reason)
            .increment(letter.events);
    }
}

/// `bataudit_processor_insert_seconds` by `result`: `ok`, `failed` (is repeated), `refused`. `trace` is that of a batch that
/// is followed.
pub(crate) fn insert(took: Duration, result: &Result<(), WriteError>, trace: Option<u128>) {
    let result = match result {
        Ok(()) => "ok",
        Err(WriteError::Retry(_)) => "failed",
        Err(WriteError::Refused(_)) => "refused",
    };
    histogram!("bataudit_processor_insert_seconds", "result" => result).record(took);
    if let Some(trace) = trace {
        exemplar::note("bataudit_processor_insert_seconds", &[("result", result)], took.as_secs_f64(), trace);
    }
}

/// `bataudit_processor_commits_total` by `result`: `confirmed`, `unknown`, `stale`.
pub(crate) fn committed(confirmation: Confirmation) {
    let result = match confirmation {
        Confirmation::Confirmed => "confirmed",
        Confirmation::Unknown => "unknown",
        Confirmation::Stale => "stale",
    };
    counter!("bataudit_processor_commits_total", "result" => result).increment(1);
}

/// `bataudit_processor_lag_records` by `partition`: records after the committed offset.
pub(crate) fn lag(partition: i32, records: i64) {
    gauge!("bataudit_processor_lag_records", "partition" => partition.to_string()).set(records as f64);
}

/// `bataudit_processor_partitions_stopped`: partitions that stand still until a person acts.
pub(crate) fn stopped(partitions: usize) {
    gauge!("bataudit_processor_partitions_stopped").set(partitions as f64);
}
