//! Up to when the table is complete. In: where the books are. Out: the time of the oldest record that the
//! processors have not confirmed. What was received before it is stored; of later events some may be missing,
//! which is no reason to call a service silent.

use bataudit_kafka::Connection as Kafka;
use rdkafka::message::Message;

use crate::log::{Extent, Log};
use crate::{LedgerError, Sources};

/// The time, unix milliseconds: `now` when nothing waits.
///
/// # Errors
/// When Kafka cannot be read.
pub async fn complete_until(sources: &Sources, now: i64) -> Result<i64, LedgerError> {
    let (kafka, topic) = (sources.kafka.clone(), sources.topics.events.clone());
    let group = sources.stream.group.clone();
    tokio::task::spawn_blocking(move || oldest_waiting(&kafka, &topic, &group, now))
        .await
        .map_err(|_| LedgerError::Reader)?
}

fn oldest_waiting(kafka: &Kafka, topic: &str, group: &str, now: i64) -> Result<i64, LedgerError> {
    let log = Log::open(kafka, topic, group)?;
    let extents = log.extents()?;
    let committed = log.committed(&extents)?;
    let mut until = now;
    for Extent { partition, offsets } in extents {
        let next = committed.get(&partition).copied().unwrap_or(offsets.start).max(offsets.start);
        let waiting = Extent { partition, offsets: next..offsets.end.min(next + 1) };
        log.read(&waiting, |record| {
            until = until.min(record.timestamp().to_millis().unwrap_or(until));
            false
        })?;
    }
    Ok(until)
}
