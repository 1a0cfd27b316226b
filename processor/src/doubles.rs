//! Doubles for what lies outside the processor: a writer and a table in memory, scripted faults.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use bataudit_store::StoreError;
use futures::future::BoxFuture;

use crate::commit::{Commits, Confirmation, Position};
use crate::dead_letter::{DeadLetter, DeadLetterError, DeadLetters};
use crate::recover::{Known, StoredRows};
use crate::write::{Block, RowWriter, WriteError};

fn push<T>(list: &Mutex<Vec<T>>, item: T) {
    list.lock().unwrap_or_else(PoisonError::into_inner).push(item);
}

fn all<T: Clone>(list: &Mutex<Vec<T>>) -> Vec<T> {
    list.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// A table in memory, with the deduplication of the real one.
#[derive(Default)]
pub(crate) struct MemoryWriter {
    blocks: Mutex<Vec<Block>>,
}

impl MemoryWriter {
    pub(crate) fn blocks(&self) -> Vec<Block> {
        all(&self.blocks)
    }

    pub(crate) fn rows(&self) -> usize {
        self.blocks().iter().map(|block| block.rows).sum()
    }
}

impl RowWriter for MemoryWriter {
    fn write<'a>(&'a self, block: &'a Block) -> BoxFuture<'a, Result<(), WriteError>> {
        if !self.blocks().iter().any(|known| known.token == block.token) {
            push(&self.blocks, block.clone());
        }
        Box::pin(async { Ok(()) })
    }
}

/// A writer that fails as scripted, and then works.
pub(crate) struct FailingWriter {
    faults: Mutex<VecDeque<WriteError>>,
    asked: Mutex<Vec<String>>,
    pub(crate) table: MemoryWriter,
}

impl FailingWriter {
    pub(crate) fn after(faults: impl IntoIterator<Item = WriteError>) -> Self {
        let faults = Mutex::new(faults.into_iter().collect());
        Self { faults, asked: Mutex::default(), table: MemoryWriter::default() }
    }

    /// The tokens of all writes, failed ones too.
    pub(crate) fn tokens(&self) -> Vec<String> {
        all(&self.asked)
    }
}

impl RowWriter for FailingWriter {
    fn write<'a>(&'a self, block: &'a Block) -> BoxFuture<'a, Result<(), WriteError>> {
        push(&self.asked, block.token.clone());
        let fault = self.faults.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        match fault {
            Some(fault) => Box::pin(async { Err(fault) }),
            None => self.table.write(block),
        }
    }
}

/// Dead letters in memory; the first sends may fail.
#[derive(Default)]
pub(crate) struct MemoryDeadLetters {
    letters: Mutex<Vec<DeadLetter>>,
    failures: Mutex<usize>,
}

impl MemoryDeadLetters {
    pub(crate) fn failing(times: usize) -> Self {
        Self { failures: Mutex::new(times), ..Self::default() }
    }

    pub(crate) fn letters(&self) -> Vec<DeadLetter> {
        all(&self.letters)
    }
}

impl DeadLetters for MemoryDeadLetters {
    fn send<'a>(&'a self, letters: &'a [DeadLetter]) -> BoxFuture<'a, Result<(), DeadLetterError>> {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        if *failures > 0 {
            *failures -= 1;
            return Box::pin(async { Err(DeadLetterError("scripted".to_owned())) });
        }
        letters.iter().for_each(|letter| push(&self.letters, letter.clone()));
        Box::pin(async { Ok(()) })
    }
}

/// Records what was committed, and answers as told.
pub(crate) struct MemoryCommits {
    positions: Mutex<Vec<Position>>,
    answer: Confirmation,
}

impl MemoryCommits {
    pub(crate) fn answering(answer: Confirmation) -> Self {
        Self { positions: Mutex::default(), answer }
    }

    pub(crate) fn offsets(&self) -> Vec<i64> {
        all(&self.positions).iter().map(|position| position.offset).collect()
    }
}

impl Commits for MemoryCommits {
    fn confirm(&self, position: Position) -> BoxFuture<'_, Confirmation> {
        push(&self.positions, position);
        let answer = self.answer;
        Box::pin(async move { answer })
    }
}

/// What a table holds already.
#[derive(Default)]
pub(crate) struct MemoryRows(pub(crate) Known);

impl StoredRows for MemoryRows {
    fn stored_from(&self, _partition: i32, _offset: i64) -> BoxFuture<'_, Result<Known, StoreError>> {
        let known = self.0.clone();
        Box::pin(async { Ok(known) })
    }
}
