//! How far the processors have confirmed, and whether rows are of batches that will not be sent again. A batch that is
//! under way is completed after a crash: what is missing of it is inserted, also what somebody removed. So nobody touches
//! rows before their batch is confirmed.

use std::collections::BTreeMap;

use clickhouse::Row;
use serde::Deserialize;

use crate::LedgerError;
use crate::log::Log;
use crate::verify::Sources;

/// Begins the statement that gives [`End`]s; a condition on rows of `events` and [`BY_PARTITION`] end it.
pub const ENDS: &str =
    "SELECT toString(k_epoch) AS epoch, k_partition AS partition, max(k_end) AS end FROM events WHERE ";
/// Ends that statement.
pub const BY_PARTITION: &str = " GROUP BY epoch, partition";

/// Where the last batch of some rows ends, in a partition of a life of the topic.
#[derive(Debug, Clone, PartialEq, Eq, Row, Deserialize)]
pub struct End {
    /// The life.
    pub epoch: String,
    /// The partition.
    pub partition: u16,
    /// The offset after the last of the batch.
    pub end: u64,
}

/// How far the processors have confirmed.
#[derive(Debug, Clone, Default)]
pub struct Confirmed {
    /// The present life of the events topic.
    pub epoch: String,
    /// The offset after the last that is confirmed, by partition.
    pub offsets: BTreeMap<i32, i64>,
}

impl Confirmed {
    /// Asks the brokers.
    ///
    /// # Errors
    /// When they do not answer.
    pub async fn ask(sources: &Sources) -> Result<Self, LedgerError> {
        let sources = sources.clone();
        tokio::task::spawn_blocking(move || {
            let log = Log::open(&sources.kafka, &sources.topics.events, &sources.stream.group)?;
            let offsets = log.committed(&log.extents()?)?;
            Ok(Self { epoch: sources.stream.epoch, offsets })
        })
        .await
        .map_err(|_| LedgerError::Reader)?
    }

    /// Whether all these batches are confirmed. Those of an earlier life of the topic are over.
    #[must_use]
    pub fn has_all(&self, ends: &[End]) -> bool {
        ends.iter().all(|end| self.has(&end.epoch, end.partition, end.end))
    }

    /// The same as a condition on rows of `events`.
    #[must_use]
    pub fn condition(&self) -> String {
        let epoch = self.epoch.replace(['\\', '\''], "");
        let ends = self.offsets.iter().map(|(partition, offset)| {
            format!(" OR (k_partition = {partition} AND k_end <= {})", (*offset).max(0))
        });
        format!("(k_epoch != '{epoch}'{})", ends.collect::<String>())
    }

    fn has(&self, epoch: &str, partition: u16, end: u64) -> bool {
        let offset = self.offsets.get(&i32::from(partition)).copied().unwrap_or_default();
        epoch != self.epoch || u64::try_from(offset).is_ok_and(|offset| end <= offset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_under_way_is_not_confirmed_and_one_of_an_earlier_life_is() {
        let confirmed = Confirmed { epoch: "2".to_owned(), offsets: BTreeMap::from([(0, 10)]) };
        assert!(confirmed.has("2", 0, 10));
        assert!(!confirmed.has("2", 0, 11));
        assert!(!confirmed.has("2", 1, 1), "nothing is confirmed there");
        assert!(confirmed.has("1", 0, 99));
        assert_eq!(confirmed.condition(), "(k_epoch != '2' OR (k_partition = 0 AND k_end <= 10))");
    }
}
