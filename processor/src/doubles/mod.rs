//! Doubles for what lies outside the processor: brokers, table and dead letters as one [`World`] in
//! memory that outlives the lanes of a test. It can stop dead at any step, or fail at it, and keeps
//! what was done before.

mod broker;
mod table;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub(crate) use self::table::MemoryIds;
use self::table::rows_of;
use crate::commit::{Commit, Confirmation};
use crate::dead_letter::DeadLetter;
use crate::incident::Incident;
use crate::intent::{Mark, Reading};
use crate::recover::{Held, Origin};
use crate::write::{Block, WriteError};

/// A row as the table keeps it. The day, which decides the part, is the first byte of the id modulo 3.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Row {
    pub(crate) offset: i64,
    pub(crate) index: u16,
    pub(crate) batch: Range64,
    pub(crate) id: [u8; 16],
}

pub(crate) type Range64 = (i64, i64);

impl Row {
    pub(crate) fn day(&self) -> u8 {
        self.id[0] % 3
    }
}

/// What a step does instead of its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The process dies before the step.
    Die,
    /// The step fails, and nothing of it was done.
    Fail,
    /// The step is done, and nobody is told so.
    FailAfter,
}

#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) rows: Vec<Row>,
    /// Tokens that the table remembers, by day; with and without a part.
    tokens: BTreeSet<(String, u8)>,
    /// What the views counted, by token.
    pub(crate) counted: Vec<(String, usize)>,
    pub(crate) letters: Vec<DeadLetter>,
    pub(crate) committed: Option<(i64, Mark)>,
    pub(crate) commits: Vec<Commit>,
    pub(crate) incidents: Vec<Incident>,
    /// Tokens of all writes, failed ones too.
    pub(crate) asked: Vec<String>,
    /// The bytes of all blocks that came.
    pub(crate) bytes: Vec<Vec<u8>>,
    pub(crate) repairs: usize,
    /// Blocks inserted by others since.
    pub(crate) blocks_since: u64,
    /// Faults by the number of the step.
    faults: BTreeMap<usize, Fault>,
    step: usize,
    pub(crate) dead: bool,
    refusals: VecDeque<WriteError>,
    letter_failures: usize,
    /// How every commit is answered, where this is set.
    pub(crate) answer: Option<Confirmation>,
}

/// Everything outside the processor.
#[derive(Clone, Default)]
pub(crate) struct World {
    state: Arc<Mutex<State>>,
    /// Whether the broker returns metadata.
    pub(crate) has_metadata: bool,
}

impl World {
    pub(crate) fn new(has_metadata: bool) -> Self {
        Self { state: Arc::default(), has_metadata }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The first writes fail like this.
    pub(crate) fn refuse(&self, faults: impl IntoIterator<Item = WriteError>) {
        self.state().refusals = faults.into_iter().collect();
    }

    /// The first sends of dead letters fail.
    pub(crate) fn fail_letters(&self, times: usize) {
        self.state().letter_failures = times;
    }

    /// A fault at the step that is this many after the present one.
    pub(crate) fn fault_in(&self, steps: usize, fault: Fault) {
        let mut state = self.state();
        let step = state.step + steps;
        state.faults.insert(step, fault);
    }

    /// A new process meets the same world.
    pub(crate) fn restart(&self) {
        self.state().dead = false;
    }

    /// Windows roll on: every token is forgotten.
    pub(crate) fn forget_tokens(&self) {
        let mut state = self.state();
        state.tokens.clear();
        state.blocks_since = u64::MAX;
    }

    pub(crate) fn origin(&self, low: i64, high: i64) -> Origin {
        let committed = self.state().committed;
        let reading = match committed {
            Some((_, mark)) if self.has_metadata => Reading::Ours(mark),
            _ => Reading::Nothing,
        };
        Origin { committed: committed.map(|(offset, _)| offset), reading, low, high, seen: high }
    }

    /// Offsets in the order in which they were committed.
    pub(crate) fn offsets(&self) -> Vec<i64> {
        self.state().commits.iter().map(|commit| commit.offset).collect()
    }

    pub(crate) fn rows(&self) -> usize {
        self.state().rows.len()
    }
}

/// What became of a step.
enum Step {
    Go,
    Dead,
    Fail,
    FailAfter,
}

impl State {
    fn step(&mut self) -> Step {
        if self.dead {
            return Step::Dead;
        }
        self.step += 1;
        let step = self.step;
        match self.faults.remove(&step) {
            None => Step::Go,
            Some(Fault::Fail) => Step::Fail,
            Some(Fault::FailAfter) => Step::FailAfter,
            Some(Fault::Die) => {
                self.dead = true;
                Step::Dead
            }
        }
    }

    /// Inserts as the engine does: by day, first the token and then the part; then the views. Each is a
    /// step at which it may all end.
    fn insert(&mut self, block: &Block) -> Step {
        let rows = rows_of(block);
        let days: BTreeSet<u8> = rows.iter().map(Row::day).collect();
        for day in days {
            let is_new = match self.step() {
                Step::Go => self.tokens.insert((block.token.clone(), day)),
                other => return other,
            };
            match self.step() {
                Step::Go if is_new => self.rows.extend(rows.iter().filter(|row| row.day() == day).cloned()),
                Step::Go => {}
                // The token outlives a crash only: an insert that fails takes it back.
                Step::Fail | Step::FailAfter => {
                    if is_new {
                        self.tokens.remove(&(block.token.clone(), day));
                    }
                    return Step::Fail;
                }
                Step::Dead => return Step::Dead,
            }
        }
        match self.step() {
            Step::Go | Step::FailAfter if self.tokens.insert((block.token.clone(), u8::MAX)) => {
                self.counted.push((block.token.clone(), rows.len()));
                Step::Go
            }
            other => other,
        }
    }

    fn held(&self, offsets: &Range<i64>) -> Held {
        held(self.rows.iter().filter(|row| offsets.contains(&row.offset)))
    }
}

fn held<'r>(rows: impl Iterator<Item = &'r Row>) -> Held {
    let rows: Vec<&Row> = rows.collect();
    let places: BTreeSet<_> = rows.iter().map(|row| (row.offset, row.index)).collect();
    let records: BTreeSet<_> = rows.iter().map(|row| row.offset).collect();
    let ids = rows.iter().fold(0, |all, row| all ^ as_stored(row.id));
    Held { rows: rows.len() as u64, places: places.len() as u64, records: records.len() as u64, ids }
}

/// An id as the table compares it: both halves swapped end for end.
fn as_stored(id: [u8; 16]) -> u128 {
    u128::from_be_bytes(id).rotate_left(64)
}

/// A call that a dead process never returns from.
async fn never<T>() -> T {
    std::future::pending().await
}
