//! What a round came to, and how it is said.

use std::time::Duration;

use super::Place;

/// The most examples of one kind of finding.
const EXAMPLES: usize = 5;

/// What a round came to.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Events acknowledged.
    pub acknowledged: u64,
    /// Events stored.
    pub stored: u64,
    /// Records in the dead-letter topic, each counted once.
    pub dead_lettered: u64,
    /// Acknowledged or logged events that are nowhere.
    pub lost: u64,
    /// Events stored more than once, or stored and dead-lettered.
    pub doubled: u64,
    /// Rows of rollups that do not count what the rows are.
    pub rollup_differences: u64,
    /// Hours and days of rollups that fell short of their rows and were counted anew.
    pub mended: u64,
    /// Events that lie in the log again, and are stored once.
    pub repeats: u64,
    /// Faults that did not come about as they were meant.
    pub missed: u64,
    /// Records that Kafka deleted on purpose and nobody had stored: partition and offset.
    pub cut: Vec<(i32, i64)>,
    /// Records that went with a life of the topic and nobody had stored: stream epoch and partition.
    pub buried: Vec<(u32, i32)>,
    /// The longest time from the moment an event was meant for to its row.
    pub slowest: Duration,
    /// What exactly is wrong.
    pub findings: Vec<String>,
}

impl Verdict {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.findings.is_empty()
    }

    /// How many of the faults of its round happened.
    #[must_use]
    pub fn injected(&self, faults: usize) -> u64 {
        (faults as u64).saturating_sub(self.missed)
    }

    pub(super) fn judge(&mut self, place: Place, number: u64, rows: &[Option<u64>], letter: bool) {
        match (rows, letter) {
            ([], false) => {
                self.lost += 1;
                self.find(format!("event {number} at {place:?} is neither stored nor dead-lettered"));
            }
            ([], true) => {}
            ([only], false) if *only == Some(number) => {}
            (rows, letter) => {
                self.doubled += 1;
                self.find(format!("event {number} at {place:?}: rows {rows:?}, dead letter: {letter}"));
            }
        }
    }

    pub(super) fn find(&mut self, finding: String) {
        if self.findings.len() < EXAMPLES {
            self.findings.push(finding);
        } else if self.findings.len() == EXAMPLES {
            self.findings.push("and more".to_owned());
        }
    }
}
