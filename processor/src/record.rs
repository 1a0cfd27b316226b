//! A record as it comes from Kafka: what the source hands to the lane of its partition.

use crate::traced::Arrived;

/// A record of the events topic.
#[derive(Debug, Clone, Default)]
pub struct Record {
    /// Its offset.
    pub offset: i64,
    /// The value of the format header.
    pub format: Option<Vec<u8>>,
    /// How many events it says it holds.
    pub announced: u64,
    /// Its value.
    pub value: Option<Vec<u8>>,
    /// The traced requests in it, where there are any and traces are wanted.
    pub traced: Option<Box<Arrived>>,
}

impl Record {
    /// Bytes it holds in memory, as far as they vary.
    #[must_use]
    pub fn size(&self) -> usize {
        self.value.as_ref().map_or(0, Vec::len)
    }

    /// Bytes it takes in a batch: columns grow ahead of what they hold.
    #[must_use]
    pub fn room(&self) -> usize {
        self.size() + self.size() / 4
    }
}

/// What a lane is told.
#[derive(Debug)]
pub enum Input {
    /// The next record of the partition.
    Record(Record),
    /// There are no more records for now.
    Drained,
}
