//! Batches: the events of one partition, in order, become blocks for one insert each.
//!
//! The [`Former`] is pure: rows and the time go in, a [`Batch`] comes out when it is due. It knows no
//! clock, no Kafka and no ClickHouse. Every record is in exactly one batch, and the ranges of the
//! batches follow one another without a gap. After a crash a [`Border`] makes it form a batch again
//! with the ends it had before.

mod budget;

#[cfg(test)]
mod tests;

use std::ops::Range;
use std::time::{Duration, Instant};

pub use budget::InsertBudget;

use crate::columns::Columns;
use crate::dead_letter::DeadLetter;
use crate::repeat::Keyed;
use crate::traced::Consumed;

/// When a batch is full, and when it is due although it is not.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// How long the first row may wait.
    pub interval: Duration,
    /// Rows at which a batch is due.
    pub rows: usize,
    /// Bytes at which a batch is due.
    pub bytes: usize,
}

/// One insert must be one ClickHouse block: a block cut in two and sent again with another cut loses
/// rows. No batch ever exceeds these, whatever the configured limits are.
pub const HARD_ROWS: usize = 200_000;
/// See [`HARD_ROWS`].
pub const HARD_BYTES: usize = 64 << 20;

/// What records become: rows, and what can never be a row.
#[derive(Debug, Default)]
pub struct Content {
    /// The rows.
    pub columns: Columns,
    /// Events that can never be stored.
    pub rejects: Vec<DeadLetter>,
    /// The rows of events that may be repeated, in order.
    pub keyed: Vec<Keyed>,
    /// Rows taken out because the event was posted before.
    pub repeats: usize,
    /// When the gateway took the oldest event, unix milliseconds.
    pub oldest: Option<i64>,
    /// The oldest time that a row bears, unix milliseconds: what the table's retention goes by.
    pub earliest: Option<i64>,
    /// The traced requests in it.
    pub consumed: Consumed,
}

impl Content {
    /// How many rows there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.columns.rows()
    }

    /// Bytes of the rows.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.columns.bytes()
    }

    /// Moves everything out of `later`, which keeps its memory.
    fn append(&mut self, later: &mut Self) {
        let row = self.rows();
        self.keyed.extend(later.keyed.iter().map(|keyed| Keyed { row: row + keyed.row, ..*keyed }));
        self.columns.append(&mut later.columns);
        self.rejects.append(&mut later.rejects);
        self.consumed.append(&mut later.consumed);
        self.oldest = self.oldest.into_iter().chain(later.oldest).min();
        self.earliest = self.earliest.into_iter().chain(later.earliest).min();
        later.clear();
    }

    /// Empties it, and keeps its memory.
    pub fn clear(&mut self) {
        self.columns.clear();
        self.rejects.clear();
        self.keyed.clear();
        self.consumed.clear();
        self.repeats = 0;
        (self.oldest, self.earliest) = (None, None);
    }
}

/// One range of offsets of one partition, and what its records became.
#[derive(Debug)]
pub struct Batch {
    /// From the end of the batch before to the end of the last record.
    pub offsets: Range<i64>,
    /// What the records became.
    pub content: Content,
}

/// Where the batch that is being formed may end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Border {
    /// Anywhere.
    Open,
    /// Anywhere up to this offset.
    Within(i64),
    /// At this offset and nowhere else, whatever the limits are: it ended there before.
    Exactly(i64),
}

/// Collects the records of one partition into batches.
#[derive(Debug)]
pub struct Former {
    limits: Limits,
    content: Content,
    offsets: Range<i64>,
    border: Border,
    /// When the first record of the batch came.
    since: Option<Instant>,
    drained: bool,
}

impl Former {
    /// A former without records, whose first batch begins at the offset `start`.
    #[must_use]
    pub fn new(limits: Limits, start: i64) -> Self {
        let (content, border) = (Content::default(), Border::Open);
        Self { limits, content, offsets: start..start, border, since: None, drained: false }
    }

    /// Where the batch begins.
    #[must_use]
    pub fn start(&self) -> i64 {
        self.offsets.start
    }

    /// Says where the batch, which has no record yet, may end.
    pub fn set_border(&mut self, border: Border) {
        self.border = border;
    }

    /// Whether there is nothing to store or to confirm.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.since.is_none()
    }

    /// Whether the record at this offset must wait for the next batch. One that is too large alone has
    /// none.
    #[must_use]
    pub fn is_full_for(&self, offset: i64, record: &Content) -> bool {
        let rows = self.content.rows() + record.rows();
        let bytes = self.content.bytes() + record.bytes();
        let is_large = !self.is_empty() && (rows > HARD_ROWS || bytes > HARD_BYTES);
        match self.border {
            Border::Open => is_large,
            Border::Within(end) => is_large || offset >= end,
            Border::Exactly(end) => offset >= end,
        }
    }

    /// Moves the start of a batch without records to its border: there are none before it.
    pub fn pass_border(&mut self) {
        if let Border::Within(end) | Border::Exactly(end) = self.border {
            self.offsets = end..end;
            self.border = Border::Open;
        }
    }

    /// Adds the record at `offset`, the first after those added before, and empties `record`.
    pub fn add(&mut self, offset: i64, record: &mut Content, now: Instant) {
        self.since.get_or_insert(now);
        self.offsets.end = offset + 1;
        self.content.append(record);
        self.drained = false;
    }

    /// Notes that the partition has no more records for now.
    pub fn drained(&mut self) {
        self.drained = !self.is_empty();
    }

    /// Whether the batch has reached a limit of size, or its border.
    #[must_use]
    pub fn is_large(&self) -> bool {
        let large = self.content.rows() >= self.limits.rows || self.content.bytes() >= self.limits.bytes;
        match self.border {
            Border::Open => large,
            Border::Within(end) => large || self.offsets.end >= end,
            Border::Exactly(end) => self.offsets.end >= end,
        }
    }

    /// Whether the batch may end where it is.
    #[must_use]
    pub fn may_end(&self) -> bool {
        !matches!(self.border, Border::Exactly(end) if self.offsets.end < end)
    }

    /// When the batch is due, if no further record comes: at once when it is large, after the interval
    /// otherwise, and as soon as `budget` allows when the partition is drained. One that must end
    /// exactly somewhere waits for it.
    #[must_use]
    pub fn due(&self, budget: &InsertBudget) -> Option<Instant> {
        let since = self.since?;
        if self.is_large() {
            return Some(since);
        }
        if !self.may_end() {
            return None;
        }
        let latest = since + self.limits.interval;
        Some(if self.drained { latest.min(budget.next()) } else { latest })
    }

    /// Takes the batch out; the next begins where it ends, without a border.
    pub fn cut(&mut self) -> Batch {
        let mut offsets = self.offsets.clone();
        if let Border::Exactly(end) = self.border {
            offsets.end = end;
        }
        self.offsets = offsets.end..offsets.end;
        self.border = Border::Open;
        self.since = None;
        self.drained = false;
        Batch { offsets, content: std::mem::take(&mut self.content) }
    }
}
