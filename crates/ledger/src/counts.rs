//! What the books say: counts of an hour, and what is wrong at which place.

use serde::Serialize;

use crate::Place;

/// What became of the events that were received in one hour for one project.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Events in the log: each was acknowledged, or its client was told that nobody knows.
    pub accepted: u64,
    /// Rows in the table.
    pub stored: u64,
    /// Events that went to the dead letters.
    pub dead_lettered: u64,
    /// Events whose first copy is stored elsewhere.
    pub repeats: u64,
    /// Events that were stored, and removed on purpose.
    pub removed: u64,
    /// Events that the processor has not come to.
    pub waiting: u64,
    /// What is left: above 0 events are missing, below 0 there are rows too many.
    pub difference: i64,
}

impl Counts {
    /// The sum of two.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            accepted: self.accepted + other.accepted,
            stored: self.stored + other.stored,
            dead_lettered: self.dead_lettered + other.dead_lettered,
            repeats: self.repeats + other.repeats,
            removed: self.removed + other.removed,
            waiting: self.waiting + other.waiting,
            difference: self.difference + other.difference,
        }
    }

    pub(crate) fn settled(self) -> Self {
        let found = self.stored + self.dead_lettered + self.repeats + self.removed + self.waiting;
        Self { difference: self.accepted.cast_signed() - found.cast_signed(), ..self }
    }
}

/// What is wrong at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// An event that was passed and is neither stored nor a dead letter nor a repeat.
    Missing,
    /// A row that is in the table more than once.
    Doubled,
    /// A repeat that was stored although an earlier copy is.
    RepeatStored,
    /// A row for which the log has no event at that place.
    Unexpected,
    /// An offset at which the log has no record.
    Gap,
}

/// Something wrong, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    /// What.
    pub kind: Kind,
    /// Where.
    pub place: Place,
}
