//! What a partition's first batches must be, after whatever ended its last reader.
//!
//! [`decide()`] is pure: what the group committed, what the log holds and what the table holds go in; a
//! [`Decision`] comes out. [`table`] asks the table. A row is known by the stream epoch, the partition,
//! the offset and the index; the ids tell whether the log is still the one they came from.
//!
//! What it rests on: an intent is committed before its batch is inserted, so at most one batch is
//! unfinished, and its borders are known; where the broker returns no intent, every row says which
//! batch inserted it. A batch that is sent again under its token while the token is remembered changes
//! nothing that is there and adds what is missing, rows and rollups. When the token may have been
//! forgotten, rows are counted, and only missing ones are added.

mod decide;
pub mod table;

#[cfg(test)]
mod tests;

use std::ops::Range;

use bataudit_store::StoreError;
use futures::future::BoxFuture;

use crate::incident::Incident;
use crate::intent::{Mark, Reading};

pub use decide::{decide, other_record, other_rows};
pub use table::ClickHouseRows;

/// The most batches that are looked at in one go.
pub const PAGE: usize = 10_000;

/// What Kafka says of a partition when it is assigned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// What the group committed.
    pub committed: Option<i64>,
    /// What the metadata of that commit says.
    pub reading: Reading,
    /// Offset of the first record.
    pub low: i64,
    /// Offset after the last record.
    pub high: i64,
    /// The furthest end that this process has seen of a log of this name; 0 where it has seen none. It lies
    /// behind `high` when the log is another one, and tells how much of the old one was unread.
    pub seen: i64,
}

impl Origin {
    /// What the group committed in this stream epoch.
    #[must_use]
    pub fn committed(&self) -> Option<i64> {
        self.committed.filter(|_| !matches!(self.reading, Reading::OtherEpoch(_)))
    }

    /// The batch that was under way.
    fn intent(&self) -> Option<crate::intent::Intent> {
        match self.reading {
            Reading::Ours(Mark::Open(intent)) => Some(intent),
            _ => None,
        }
    }

    /// The first offset that is not known to be stored.
    #[must_use]
    pub fn start(&self) -> i64 {
        self.committed().unwrap_or(self.low).max(self.low)
    }

    /// Where to read from: one record earlier, which shows whether this is the log it was.
    #[must_use]
    pub fn first(&self) -> i64 {
        (self.start().min(self.high) - 1).max(self.low)
    }
}

/// Rows of one partition that the table holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Held {
    /// Rows.
    pub rows: u64,
    /// Different places among them; fewer than rows when some are there twice.
    pub places: u64,
    /// Records they came from.
    pub records: u64,
    /// The exclusive or of their ids; see [`Columns::ids`](crate::columns::Columns::ids).
    pub ids: u128,
}

/// Rows that one batch inserted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldBatch {
    /// The offsets of the batch.
    pub offsets: Range<i64>,
    /// The rows of it at or after the offset that was asked for.
    pub held: Held,
}

/// The rows of one record: the index of each, and its id.
pub type RowIds = Vec<(u16, [u8; 16])>;

/// What the table holds of a partition, in this stream epoch.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct View {
    /// The batches with rows at or after the committed offset, in order; [`PAGE`] at most.
    pub batches: Vec<HeldBatch>,
    /// Whether there are more of them.
    pub more: bool,
    /// The last batch, asked only where nothing is committed.
    pub newest: Option<Range<i64>>,
    /// The rows of the record before the start: their indexes and ids.
    pub before: RowIds,
    /// Whether the table was made, or altered, after the oldest of these batches. It may have come back from a backup,
    /// which holds rows and no tokens.
    pub is_younger: bool,
    /// Blocks that were inserted, by anybody, since the oldest of these batches; not counted where the table is younger.
    pub blocks_since: u64,
    /// Records at or after the committed offset that are no longer in the log, but in the table.
    pub kept: u64,
}

/// How a batch that was begun before is brought to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Insert exactly this range again under its token; then count.
    Resend {
        /// The rows it had, where an intent says so.
        expected: Option<u64>,
        /// What the table holds of it.
        held: Held,
    },
    /// Count, and insert only what is missing, without the views: its token may be forgotten, or
    /// stands for another range.
    Fill,
}

/// A range of offsets with rows, or an intent, of before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// The offsets.
    pub offsets: Range<i64>,
    /// What to do about it.
    pub action: Action,
}

/// What a lane does first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Goes on at `start`, where ranges of `plan` get what they need, in order.
    Go {
        /// The first offset that is not known to be stored.
        start: i64,
        /// Nothing for a plain start.
        plan: Vec<Planned>,
        /// What was found to be wrong, and does not stop it.
        incidents: Vec<Incident>,
        /// Whether to ask again after the plan.
        more: bool,
    },
    /// Everything of the unfinished batch is there: confirms it and goes on at its end.
    Confirm {
        /// That end.
        end: i64,
    },
    /// Reads from another offset than it was assigned at.
    Resume {
        /// The offset.
        at: i64,
        /// Why.
        incident: Incident,
    },
    /// Stands still until a person acts: what is wrong, and what to do.
    Refuse(Incident),
}

/// Asks the table.
pub trait StoredRows: Send + Sync {
    /// What it holds of a partition, seen from where the partition starts.
    fn look<'a>(&'a self, partition: i32, origin: &'a Origin) -> BoxFuture<'a, Result<View, StoreError>>;

    /// What it holds of a range.
    fn held(&self, partition: i32, offsets: Range<i64>) -> BoxFuture<'_, Result<Held, StoreError>>;
}
