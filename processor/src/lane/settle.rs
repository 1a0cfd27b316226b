//! Counting a batch in the table after anything that may have gone wrong with it, and adding what is
//! missing. `judge` is pure; the rest asks and repairs until it is done.

use std::ops::Range;
use std::time::Duration;

use super::store::{Plan, Store, Stored, age};
use crate::crash::{self, Point};
use crate::incident::{Incident, Kind, report};
use crate::metrics;
use crate::recover::{Held, other_rows};
use crate::write::{Block, Missing, WriteError};

/// Pause before the table is counted again, or a repair tried again.
const PAUSE: Duration = Duration::from_secs(1);
/// Rows with times before this may be gone: the table keeps 38 days (deploy/clickhouse/0001_events.sql).
const KEPT: Duration = Duration::from_secs(37 * 24 * 60 * 60);

/// What the table must hold of a range.
pub(super) struct Expected<'p> {
    pub(super) block: &'p Block,
    pub(super) offsets: Range<i64>,
    /// Rows it had when it was begun, which will do too: rules may have changed since.
    pub(super) accepted: Option<u64>,
    pub(super) earliest: Option<i64>,
}

/// What a count says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Complete,
    /// So many rows are missing.
    Short(u64),
    /// So many rows are there twice.
    Doubled(u64),
    /// The rows are others.
    Others,
}

impl Expected<'_> {
    pub(super) fn of<'p>(plan: &'p Plan, block: &'p Block, accepted: Option<u64>) -> Expected<'p> {
        Expected { block, offsets: plan.offsets.clone(), accepted, earliest: plan.earliest }
    }

    /// Whether the same places hold other events.
    pub(super) fn are_others(&self, held: &Held) -> bool {
        let rows = self.block.rows as u64;
        held.rows == rows && held.places == rows && held.ids != self.block.ids
    }

    fn judge(&self, held: &Held) -> Verdict {
        let rows = self.block.rows as u64;
        if self.are_others(held) {
            Verdict::Others
        } else if held.rows > held.places {
            Verdict::Doubled(held.rows - held.places)
        } else if held.rows >= rows || Some(held.rows) == self.accepted {
            Verdict::Complete
        } else {
            Verdict::Short(rows - held.rows)
        }
    }

    /// Whether some rows may be older than the table keeps them.
    fn may_be_expired(&self) -> bool {
        self.earliest.is_some_and(|earliest| age(earliest) > KEPT)
    }
}

impl Store {
    /// Counts until the table holds what it must, and repairs it. An insert of the same rows may still be
    /// ending, so what is missing is counted twice.
    pub(super) async fn settle(&self, plan: &Plan, expected: &Expected<'_>) -> Result<(), Stored> {
        let step = plan.step("count", bataudit_trace::Kind::Client);
        step.ended(self.settled(expected).await)
    }

    async fn settled(&self, expected: &Expected<'_>) -> Result<(), Stored> {
        let (mut is_recounted, mut is_repaired) = (false, false);
        loop {
            match expected.judge(&self.count(&expected.offsets).await) {
                Verdict::Complete => return Ok(()),
                Verdict::Others => return Err(self.refuse_others(&expected.offsets).await),
                Verdict::Doubled(rows) => {
                    self.report(expected, Kind::RowsDoubled, rows, "rows are in the table twice").await;
                    return Ok(());
                }
                Verdict::Short(_) if !is_recounted => {
                    is_recounted = true;
                    tokio::time::sleep(PAUSE).await;
                }
                Verdict::Short(rows) if !is_repaired => {
                    self.repair(expected, rows).await?;
                    is_repaired = true;
                }
                Verdict::Short(rows) if expected.may_be_expired() => {
                    self.report(
                        expected,
                        Kind::RowsExpired,
                        rows,
                        "rows were older than the table keeps them",
                    )
                    .await;
                    return Ok(());
                }
                Verdict::Short(rows) => {
                    let token = &expected.block.token;
                    let why = format!("block {token}: {rows} rows are missing although ClickHouse took them");
                    return Err(Stored::Refused(why));
                }
            }
        }
    }

    async fn count(&self, offsets: &Range<i64>) -> Held {
        loop {
            match self.shared.stored.held(self.partition, offsets.clone()).await {
                Ok(held) => {
                    self.shared.health.ready();
                    return held;
                }
                Err(error) => self.wait(&error.to_string(), "Cannot count the batch; tries again.").await,
            }
        }
    }

    /// Moves in what is missing. A repair that was cut short is begun anew.
    async fn repair(&self, expected: &Expected<'_>, rows: u64) -> Result<(), Stored> {
        crash::at(Point::BeforeRepair);
        let token = &expected.block.token;
        tracing::warn!(
            token,
            rows,
            "ClickHouse took the token of this block, but not all its rows; adds them."
        );
        let (block, offsets, partition) = (expected.block, &expected.offsets, self.partition);
        loop {
            let missing = Missing { block, partition, offsets: offsets.clone() };
            match self.shared.repair.fill(missing).await {
                Ok(()) => break,
                Err(WriteError::Retry(error)) => {
                    self.wait(&error, "The repair failed and is tried again.").await
                }
                Err(refused) => return Err(Stored::Refused(format!("repair of block {token}: {refused}"))),
            }
        }
        self.shared.health.ready();
        metrics::repaired(rows);
        crash::at(Point::AfterRepair);
        Ok(())
    }

    async fn wait(&self, error: &str, what: &str) {
        self.shared.health.not_ready(error);
        tracing::warn!(partition = self.partition, error, "{what}");
        tokio::time::sleep(PAUSE).await;
    }

    async fn report(&self, expected: &Expected<'_>, kind: Kind, rows: u64, detail: &str) {
        let incident = Incident::new(kind, expected.offsets.clone(), rows, detail);
        report(&*self.shared.incidents, self.partition, &incident, &self.shared.health).await;
    }

    /// The rows of this range are not the ones the table has from there.
    pub(super) async fn refuse_others(&self, offsets: &Range<i64>) -> Stored {
        let incident = other_rows(offsets);
        report(&*self.shared.incidents, self.partition, &incident, &self.shared.health).await;
        Stored::Refused(incident.detail)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(held: (u64, u64, u128), accepted: Option<u64>) -> Verdict {
        let block = Block { token: "t".to_owned(), partition: 0, rows: 3, ids: 7, pieces: Vec::new() };
        let expected = Expected { block: &block, offsets: 0..3, accepted, earliest: None };
        let (rows, places, ids) = held;
        expected.judge(&Held { rows, places, ids, records: 0 })
    }

    #[test]
    fn the_table() {
        assert_eq!(judge((3, 3, 7), None), Verdict::Complete);
        assert_eq!(judge((3, 3, 8), None), Verdict::Others);
        assert_eq!(judge((1, 1, 8), None), Verdict::Short(2));
        assert_eq!(judge((0, 0, 0), None), Verdict::Short(3));
        assert_eq!(judge((6, 3, 0), None), Verdict::Doubled(3));
        assert_eq!(judge((4, 3, 0), None), Verdict::Doubled(1));
        assert_eq!(judge((2, 2, 0), Some(2)), Verdict::Complete, "rules changed since");
        assert_eq!(judge((4, 4, 0), None), Verdict::Complete, "rules changed since");
    }
}
