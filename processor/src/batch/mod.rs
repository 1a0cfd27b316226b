//! Batches: the events of one partition, in order, become blocks for one insert each.
//!
//! The [`Former`] is pure: rows and the time go in, a [`Batch`] comes out when it is due. It knows no
//! clock, no Kafka and no ClickHouse. Every record is in exactly one batch, and the ranges of the
//! batches follow one another without a gap.

mod budget;

#[cfg(test)]
mod tests;

use std::ops::Range;
use std::time::{Duration, Instant};

pub use budget::InsertBudget;

use crate::dead_letter::DeadLetter;

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
    /// Rows in [`row`](crate::row) encoding.
    pub bytes: Vec<u8>,
    /// How many rows these are.
    pub rows: usize,
    /// Events that can never be stored.
    pub rejects: Vec<DeadLetter>,
    /// Rows left out because the table holds them already.
    pub known: usize,
    /// When the gateway took the oldest event, unix milliseconds.
    pub oldest: Option<i64>,
}

impl Content {
    fn append(&mut self, later: Self) {
        if self.bytes.is_empty() {
            self.bytes = later.bytes;
        } else {
            self.bytes.extend_from_slice(&later.bytes);
        }
        self.rows += later.rows;
        self.rejects.extend(later.rejects);
        self.known += later.known;
        self.oldest = self.oldest.into_iter().chain(later.oldest).min();
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

/// Collects the records of one partition into batches.
#[derive(Debug)]
pub struct Former {
    limits: Limits,
    content: Content,
    offsets: Range<i64>,
    /// When the first record of the batch came.
    since: Option<Instant>,
    drained: bool,
}

impl Former {
    /// A former without records, whose first batch begins at the offset `start`.
    #[must_use]
    pub fn new(limits: Limits, start: i64) -> Self {
        Self { limits, content: Content::default(), offsets: start..start, since: None, drained: false }
    }

    /// Whether there is nothing to store or to confirm.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.since.is_none()
    }

    /// Whether this record must wait for the next batch. A record that is too large alone has none.
    #[must_use]
    pub fn is_full_for(&self, record: &Content) -> bool {
        let (rows, bytes) = (self.content.rows + record.rows, self.content.bytes.len() + record.bytes.len());
        !self.is_empty() && (rows > HARD_ROWS || bytes > HARD_BYTES)
    }

    /// Adds the record at `offset`, the first after those added before.
    pub fn add(&mut self, offset: i64, record: Content, now: Instant) {
        self.since.get_or_insert(now);
        self.offsets.end = offset + 1;
        self.content.append(record);
        self.drained = false;
    }

    /// Notes that the partition has no more records for now.
    pub fn drained(&mut self) {
        self.drained = !self.is_empty();
    }

    /// Whether the batch has reached a limit of size.
    #[must_use]
    pub fn is_large(&self) -> bool {
        self.content.rows >= self.limits.rows || self.content.bytes.len() >= self.limits.bytes
    }

    /// When the batch is due, if no further record comes: at once when it is large, after the interval
    /// otherwise, and as soon as `budget` allows when the partition is drained.
    #[must_use]
    pub fn due(&self, budget: &InsertBudget) -> Option<Instant> {
        let since = self.since?;
        if self.is_large() {
            return Some(since);
        }
        let latest = since + self.limits.interval;
        Some(if self.drained { latest.min(budget.next()) } else { latest })
    }

    /// Takes the batch out; the next begins where it ends.
    pub fn cut(&mut self) -> Batch {
        let offsets = self.offsets.clone();
        self.offsets.start = offsets.end;
        self.since = None;
        self.drained = false;
        Batch { offsets, content: std::mem::take(&mut self.content) }
    }
}
