//! The log against the table: what became of every event. Pure.
//!
//! Both sides come page by page, each a range of offsets of one partition, in order of place. Memory is one
//! page, a line for each hour and project, and the few events whose fate only another row can tell.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::{Place, SourcePlace};
use bataudit_event::limits::REPEAT_WINDOW_MS;

pub use crate::counts::{Counts, Finding, Kind};

/// An hour, in milliseconds.
pub const HOUR_MS: i64 = 60 * 60 * 1000;
/// How many findings are kept in full; all are counted.
const KEPT: usize = 20;

/// What makes two posts one event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// The project; nil where a record could not be read.
    pub project: [u8; 16],
    /// The id within it.
    pub id: [u8; 16],
}

/// An event of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Logged {
    /// Where it lies.
    pub place: Place,
    /// Which event.
    pub key: Key,
    /// When the gateway took it, unix milliseconds.
    pub received_at: i64,
    /// Whether it may be in the log more than once.
    pub repeatable: bool,
}

/// A record of the log that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unreadable {
    /// Its partition.
    pub partition: i32,
    /// Its offset.
    pub offset: i64,
    /// How many events it says it holds; 1 where it does not say.
    pub events: u64,
    /// When it was written, unix milliseconds.
    pub written_at: i64,
}

/// A row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredRow {
    /// Where it came from.
    pub place: Place,
    /// Which event.
    pub key: Key,
    /// When the gateway took it.
    pub received_at: i64,
}

/// A row, when ids are looked for and not places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Copy {
    /// Which event.
    pub key: Key,
    /// Where this copy came from.
    pub place: Place,
    /// When the gateway took it.
    pub received_at: i64,
}

/// One page of both sides.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// The partition.
    pub partition: i32,
    /// Its offsets.
    pub offsets: Range<i64>,
    /// The events of the log, by place.
    pub events: Vec<Logged>,
    /// Its records that cannot be read.
    pub unreadable: Vec<Unreadable>,
    /// Offsets at which the log has no record.
    pub gaps: Vec<i64>,
    /// Places whose rows were removed on purpose.
    pub removed: BTreeSet<Place>,
}

/// A line of the tally: unix milliseconds of the hour, and the project.
pub type Line = (i64, [u8; 16]);

/// What was found so far.
#[derive(Debug, Default)]
pub struct Tally {
    received: Range<i64>,
    lines: BTreeMap<Line, Counts>,
    findings: Vec<Finding>,
    found: BTreeMap<Kind, u64>,
    /// Passed and repeatable, but not in the table at their own place.
    suspects: Vec<Logged>,
}

impl Tally {
    /// A tally of the events received within a range of time, unix milliseconds.
    #[must_use]
    pub fn new(received: Range<i64>) -> Self {
        Self { received, ..Self::default() }
    }

    /// Takes a page. `committed` is the offset up to which the partition is stored, `rows` what the table
    /// holds of these offsets and this time, by place.
    pub fn page(&mut self, page: &Page, committed: i64, rows: &[StoredRow], letters: &BTreeSet<SourcePlace>) {
        for offset in &page.gaps {
            self.find(Kind::Gap, Place { partition: page.partition, offset: *offset, index: 0 });
        }
        let received = self.received.clone();
        for record in page.unreadable.iter().filter(|record| received.contains(&record.written_at)) {
            self.unreadable(record, committed, letters);
        }
        let mut rows = rows.iter().peekable();
        for event in page.events.iter().filter(|event| received.contains(&event.received_at)) {
            while let Some(row) = rows.next_if(|row| row.place < event.place) {
                self.unexpected(row);
            }
            let mut copies = 0;
            while let Some(row) = rows.next_if(|row| row.place == event.place) {
                if row.key == event.key {
                    copies += 1;
                } else {
                    self.unexpected(row);
                }
            }
            if copies == 0 && page.removed.contains(&event.place) {
                let line = self.line(event.received_at, event.key.project);
                line.accepted += 1;
                line.removed += 1;
                continue;
            }
            self.event(event, copies, committed, letters);
        }
        for row in rows {
            self.unexpected(row);
        }
    }

    fn event(&mut self, event: &Logged, copies: u64, committed: i64, letters: &BTreeSet<SourcePlace>) {
        let line = self.line(event.received_at, event.key.project);
        line.accepted += 1;
        line.stored += copies;
        if copies > 0 {
            (1..copies).for_each(|_| self.find(Kind::Doubled, event.place));
            return;
        }
        let Place { partition, offset, index } = event.place;
        let letter = |index| letters.contains(&SourcePlace { partition, offset, index });
        if letter(Some(index)) || letter(None) {
            line.dead_lettered += 1;
        } else if offset >= committed {
            line.waiting += 1;
        } else if event.repeatable {
            self.suspects.push(*event);
        } else {
            self.find(Kind::Missing, event.place);
        }
    }

    fn unreadable(&mut self, record: &Unreadable, committed: i64, letters: &BTreeSet<SourcePlace>) {
        let Unreadable { partition, offset, events, written_at } = *record;
        let line = self.line(written_at, [0; 16]);
        line.accepted += events;
        if letters.contains(&SourcePlace { partition, offset, index: None }) {
            line.dead_lettered += events;
        } else if offset >= committed {
            line.waiting += events;
        } else {
            self.find(Kind::Missing, Place { partition, offset, index: 0 });
        }
    }

    fn unexpected(&mut self, row: &StoredRow) {
        self.line(row.received_at, row.key.project).stored += 1;
        self.find(Kind::Unexpected, row.place);
    }

    /// The ids of which copies must be looked for, and when those may have been received.
    #[must_use]
    pub fn suspects(&self) -> (Vec<[u8; 16]>, Range<i64>) {
        let ids: BTreeSet<[u8; 16]> = self.suspects.iter().map(|suspect| suspect.key.id).collect();
        let Range { start, end } = self.received;
        let received = start.saturating_sub(REPEAT_WINDOW_MS)..end.saturating_add(REPEAT_WINDOW_MS);
        (ids.into_iter().collect(), received)
    }

    /// Decides which suspects are repeats: a copy is stored elsewhere.
    pub fn settle(&mut self, copies: &[Copy]) {
        let mut stored: BTreeMap<Key, Vec<Copy>> = BTreeMap::new();
        for copy in copies {
            stored.entry(copy.key).or_default().push(*copy);
        }
        for suspect in std::mem::take(&mut self.suspects) {
            let elsewhere =
                |copy: &Copy| copy.place != suspect.place && near(copy.received_at, suspect.received_at);
            if stored.get(&suspect.key).is_some_and(|copies| copies.iter().any(elsewhere)) {
                self.line(suspect.received_at, suspect.key.project).repeats += 1;
            } else {
                self.find(Kind::Missing, suspect.place);
            }
        }
    }

    /// Takes rows of repeatable events of which there are several: those that follow one within the window
    /// should not have been stored.
    pub fn twice(&mut self, copies: &[Copy]) {
        let mut by_key: BTreeMap<Key, Vec<Copy>> = BTreeMap::new();
        for copy in copies {
            by_key.entry(copy.key).or_default().push(*copy);
        }
        for copies in by_key.values_mut() {
            copies.sort_by_key(|copy| (copy.received_at, copy.place));
            let mut kept: Option<Copy> = None;
            for copy in copies {
                match kept {
                    Some(before) if near(before.received_at, copy.received_at) => {
                        self.find(Kind::RepeatStored, copy.place);
                    }
                    _ => kept = Some(*copy),
                }
            }
        }
    }

    /// The lines, settled.
    #[must_use]
    pub fn lines(&self) -> BTreeMap<Line, Counts> {
        self.lines.iter().map(|(line, counts)| (*line, counts.settled())).collect()
    }

    /// The first findings, and how many there are of each kind.
    #[must_use]
    pub fn findings(&self) -> (Vec<Finding>, BTreeMap<Kind, u64>) {
        let mut findings = self.findings.clone();
        findings.sort_unstable();
        (findings, self.found.clone())
    }

    fn line(&mut self, received_at: i64, project: [u8; 16]) -> &mut Counts {
        self.lines.entry((received_at.div_euclid(HOUR_MS) * HOUR_MS, project)).or_default()
    }

    fn find(&mut self, kind: Kind, place: Place) {
        let count = self.found.entry(kind).or_default();
        *count += 1;
        // The first of each kind: a flood of one must not hide another.
        if *count <= KEPT as u64 {
            self.findings.push(Finding { kind, place });
        }
    }
}

fn near(one: i64, other: i64) -> bool {
    one.abs_diff(other) <= REPEAT_WINDOW_MS.unsigned_abs()
}

#[cfg(test)]
#[path = "tally_tests.rs"]
mod tests;
