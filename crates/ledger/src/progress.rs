//! How far the processors have come. In: where the books are. Out: for each partition what the log holds, what was
//! confirmed of it, and since when the rest waits.
//!
//! What was received before the oldest record that waits is stored; of later events some may be missing, which is no
//! reason to call a service silent.

use bataudit_kafka::{Connection as Kafka, Stream, Topics};
use rdkafka::message::Message;

use crate::log::{Extent, Log};
use crate::{LedgerError, Sources};

/// A partition of the events topic, and how far it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The partition.
    pub partition: i32,
    /// The first offset it holds.
    pub first: i64,
    /// The offset after the last.
    pub end: i64,
    /// How far the processors have confirmed; `None` where they never have.
    pub committed: Option<i64>,
    /// When the first record after that was written, unix milliseconds; `None` where none waits.
    pub oldest_waiting: Option<i64>,
}

/// All partitions, in order.
///
/// # Errors
/// When Kafka cannot be read.
pub async fn standings(
    kafka: &Kafka,
    topics: &Topics,
    stream: &Stream,
) -> Result<Vec<Standing>, LedgerError> {
    let (kafka, topic, group) = (kafka.clone(), topics.events.clone(), stream.group.clone());
    tokio::task::spawn_blocking(move || read(&kafka, &topic, &group))
        .await
        .map_err(|_| LedgerError::Reader)?
}

/// Up to when the table is complete, unix milliseconds: `now` when nothing waits.
///
/// # Errors
/// When Kafka cannot be read.
pub async fn complete_until(sources: &Sources, now: i64) -> Result<i64, LedgerError> {
    let standings = standings(&sources.kafka, &sources.topics, &sources.stream).await?;
    Ok(standings.iter().filter_map(|standing| standing.oldest_waiting).fold(now, i64::min))
}

fn read(kafka: &Kafka, topic: &str, group: &str) -> Result<Vec<Standing>, LedgerError> {
    let log = Log::open(kafka, topic, group)?;
    let extents = log.extents()?;
    let all = log.committed(&extents)?;
    let mut standings = Vec::with_capacity(extents.len());
    for Extent { partition, offsets } in extents {
        let committed = all.get(&partition).copied();
        let next = committed.unwrap_or(offsets.start).max(offsets.start);
        let waiting = Extent { partition, offsets: next..offsets.end.min(next + 1) };
        let mut oldest_waiting = None;
        log.read(&waiting, |record| {
            oldest_waiting = record.timestamp().to_millis();
            false
        })?;
        let (first, end) = (offsets.start, offsets.end);
        standings.push(Standing { partition, first, end, committed, oldest_waiting });
    }
    Ok(standings)
}
