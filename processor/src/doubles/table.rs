//! What ClickHouse would do: it takes blocks and repairs, and tells what it holds.

use std::collections::BTreeSet;
use std::ops::Range;

use bataudit_store::StoreError;
use futures::future::BoxFuture;

use super::{Range64, Row, Step, World, as_stored, held, never};
use crate::columns;
use crate::recover::{Held, HeldBatch, Origin, StoredRows, View};
use crate::repeat::{Home, Key, Question, StoredCopy, StoredIds};
use crate::row::RowPlace;
use crate::write::{Block, Missing, Repair, RowWriter, WriteError};

/// Reads the rows of a block back.
pub(super) fn rows_of(block: &Block) -> Vec<Row> {
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
