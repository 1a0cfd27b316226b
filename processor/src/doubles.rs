//! Doubles for what lies outside the processor: brokers, table and dead letters as one [`World`] in
//! memory that outlives the lanes of a test. It can stop dead at any step, or fail at it, and keeps
//! what was done before.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bataudit_store::StoreError;
use futures::future::BoxFuture;

use crate::columns;
use crate::commit::{Commit, Commits, Confirmation};
use crate::dead_letter::{DeadLetter, DeadLetterError, DeadLetters};
use crate::incident::{Incident, Incidents};
use crate::intent::{Mark, Reading};
use crate::recover::{Held, HeldBatch, Origin, StoredRows, View};
use crate::repeat::{Home, Key, Question, StoredCopy, StoredIds};
use crate::row::RowPlace;
use crate::write::{Block, Missing, Repair, RowWriter, WriteError};

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

/// Reads the rows of a block back.
pub(crate) fn rows_of(block: &Block) -> Vec<Row> {
    let columns = columns::read::block(&block.pieces);
    let number = |name: &str, row: usize| i64::from_le_bytes(columns[name][row][..].try_into().unwrap());
    let rows = (0..block.rows).map(|row| Row {
        offset: number("k_offset", row),
        index: u16::from_le_bytes(columns["k_index"][row][..].try_into().unwrap()),
        batch: (number("k_batch", row), number("k_end", row)),
        id: as_stored(columns["id"][row][..].try_into().map(u128::from_le_bytes).unwrap().to_be_bytes())
            .to_be_bytes(),
    });
    rows.collect()
}

/// A call that a dead process never returns from.
async fn never<T>() -> T {
    std::future::pending().await
}

impl RowWriter for World {
    fn write<'a>(&'a self, block: &'a Block) -> BoxFuture<'a, Result<(), WriteError>> {
        Box::pin(async move {
            let step = {
                let mut state = self.state();
                state.asked.push(block.token.clone());
                state.bytes.push(block.pieces.concat());
                if let Some(refusal) = state.refusals.pop_front() {
                    return Err(refusal);
                }
                state.insert(block)
            };
            match step {
                Step::Go => Ok(()),
                Step::Dead => never().await,
                Step::Fail | Step::FailAfter => Err(WriteError::Retry("scripted".to_owned())),
            }
        })
    }
}

impl Repair for World {
    fn fill<'a>(&'a self, missing: Missing<'a>) -> BoxFuture<'a, Result<(), WriteError>> {
        Box::pin(async move {
            let rows = rows_of(missing.block);
            for day in 0..3 {
                let step = {
                    let mut state = self.state();
                    let step = state.step();
                    if matches!(step, Step::Go | Step::FailAfter) {
                        state.repairs += 1;
                        let is_missing = |row: &&Row| {
                            let place = (row.offset, row.index);
                            row.day() == day
                                && !state.rows.iter().any(|known| (known.offset, known.index) == place)
                        };
                        let moved: Vec<Row> = rows.iter().filter(is_missing).cloned().collect();
                        state.rows.extend(moved);
                    }
                    step
                };
                match step {
                    Step::Go => {}
                    Step::Dead => never().await,
                    Step::Fail | Step::FailAfter => return Err(WriteError::Retry("scripted".to_owned())),
                }
            }
            Ok(())
        })
    }
}

impl DeadLetters for World {
    fn send<'a>(&'a self, letters: &'a [DeadLetter]) -> BoxFuture<'a, Result<(), DeadLetterError>> {
        Box::pin(async move {
            let step = {
                let mut state = self.state();
                if state.letter_failures > 0 {
                    state.letter_failures -= 1;
                    return Err(DeadLetterError("scripted".to_owned()));
                }
                let step = state.step();
                if matches!(step, Step::Go | Step::FailAfter) {
                    state.letters.extend_from_slice(letters);
                }
                step
            };
            match step {
                Step::Go => Ok(()),
                Step::Dead => never().await,
                Step::Fail | Step::FailAfter => Err(DeadLetterError("scripted".to_owned())),
            }
        })
    }
}

impl Commits for World {
    fn commit(&self, commit: Commit) -> BoxFuture<'_, Confirmation> {
        Box::pin(async move {
            let (step, answer) = {
                let mut state = self.state();
                let step = state.step();
                if matches!(step, Step::Go | Step::FailAfter) {
                    state.commits.push(commit);
                    state.committed = Some((commit.offset, commit.mark));
                }
                (step, state.answer)
            };
            match step {
                Step::Go => answer.unwrap_or(Confirmation::Confirmed),
                Step::Dead => never().await,
                Step::Fail | Step::FailAfter => Confirmation::Unknown,
            }
        })
    }
}

impl StoredRows for World {
    fn look<'a>(&'a self, _partition: i32, origin: &'a Origin) -> BoxFuture<'a, Result<View, StoreError>> {
        Box::pin(async move {
            let state = self.state();
            let mut view = View { blocks_since: state.blocks_since, ..View::default() };
            let Some(committed) = origin.committed() else {
                let newest = state.rows.iter().map(|row| row.batch).max_by_key(|batch| batch.1);
                view.newest = newest.map(|(start, end)| start..end);
                return Ok(view);
            };
            let after: Vec<&Row> = state.rows.iter().filter(|row| row.offset >= committed).collect();
            let batches: BTreeSet<Range64> = after.iter().map(|row| row.batch).collect();
            let of = |batch: Range64| held(after.iter().copied().filter(|row| row.batch == batch));
            view.batches = batches
                .into_iter()
                .map(|batch| HeldBatch { offsets: batch.0..batch.1, held: of(batch) })
                .collect();
            view.kept = state.held(&(committed..origin.low)).records;
            let before = state.rows.iter().filter(|row| row.offset == origin.first());
            view.before = before.map(|row| (row.index, row.id)).collect();
            Ok(view)
        })
    }

    fn held(&self, _partition: i32, offsets: Range<i64>) -> BoxFuture<'_, Result<Held, StoreError>> {
        Box::pin(async move { Ok(self.state().held(&offsets)) })
    }
}

impl Incidents for World {
    fn record<'a>(
        &'a self,
        _partition: i32,
        incident: &'a Incident,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        self.state().incidents.push(incident.clone());
        Box::pin(async { Ok(()) })
    }
}

/// The rows of the world all belong to one project and were received at the same time, in partition 3.
impl StoredIds for World {
    fn home(&self, partition: i32) -> BoxFuture<'_, Result<Home, StoreError>> {
        Box::pin(async move { Ok(Home { partition, alone_since: i64::MIN }) })
    }

    fn find<'a>(
        &'a self,
        home: Home,
        question: &'a Question,
    ) -> BoxFuture<'a, Result<Vec<StoredCopy>, StoreError>> {
        let copy = |row: &Row| StoredCopy {
            key: Key { project: [0; 16], id: row.id },
            partition: 3,
            place: RowPlace { offset: row.offset, index: row.index },
            received_at: 0,
        };
        let copies: Vec<_> = self.state().rows.iter().map(copy).collect();
        Box::pin(async move { MemoryIds(copies).find(home, question).await })
    }

    fn since<'a>(
        &'a self,
        _home: Home,
        _since: i64,
        each: &'a mut (dyn FnMut(Key, i64) + Send),
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        self.state().rows.iter().for_each(|row| each(Key { project: [0; 16], id: row.id }, 0));
        Box::pin(async { Ok(()) })
    }
}

/// A table that holds these copies.
#[derive(Default)]
pub(crate) struct MemoryIds(pub(crate) Vec<StoredCopy>);

impl StoredIds for MemoryIds {
    fn home(&self, partition: i32) -> BoxFuture<'_, Result<Home, StoreError>> {
        Box::pin(async move { Ok(Home { partition, alone_since: i64::MIN }) })
    }

    fn find<'a>(
        &'a self,
        _home: Home,
        question: &'a Question,
    ) -> BoxFuture<'a, Result<Vec<StoredCopy>, StoreError>> {
        let Question { ids, received, .. } = question;
        let wanted = |copy: &&StoredCopy| ids.contains(&copy.key.id) && received.contains(&copy.received_at);
        let found = self.0.iter().filter(wanted).copied().collect();
        Box::pin(async { Ok(found) })
    }

    fn since<'a>(
        &'a self,
        home: Home,
        since: i64,
        each: &'a mut (dyn FnMut(Key, i64) + Send),
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        let wanted = |copy: &&StoredCopy| copy.partition == home.partition && copy.received_at >= since;
        self.0.iter().filter(wanted).for_each(|copy| each(copy.key, copy.received_at));
        Box::pin(async { Ok(()) })
    }
}
