//! Columns become a block in ClickHouse's Native format: how many columns and rows, then each column by
//! name, type and values. The values are not copied, but for small ones.

use std::ops::Range;

use bytes::Bytes;

use super::{Columns, FIXED, STAMPED, TEXTS, WORDS, push_number, push_text, words};

/// Values of fewer bytes are joined with what is around them: a piece costs more than a copy.
const SMALL: usize = 16 << 10;

/// What all rows of a block have in common.
#[derive(Debug, Clone)]
pub struct Stamp<'a> {
    /// The life of the topic.
    pub epoch: &'a str,
    /// The Kafka partition.
    pub partition: i32,
    /// The offsets of the batch.
    pub batch: Range<i64>,
}

impl Columns {
    /// The block of these rows, in pieces.
    #[must_use]
    pub fn into_block(self, stamp: &Stamp<'_>) -> Vec<Bytes> {
        let Self { rows, fixed, words, texts } = self;
        let mut pieces = Pieces::default();
        push_number(&mut pieces.open, FIXED.len() + WORDS.len() + TEXTS.len() + STAMPED.len());
        push_number(&mut pieces.open, rows);
        for ((name, of, _), values) in FIXED.into_iter().zip(fixed) {
            pieces.column(name, of, values);
        }
        for (name, values) in WORDS.into_iter().zip(words) {
            pieces.column(name, "LowCardinality(String)", words::encode(&values, rows));
        }
        for (name, values) in TEXTS.into_iter().zip(texts) {
            pieces.column(name, "String", values);
        }
        pieces.stamp(rows, stamp);
        pieces.end()
    }
}

#[derive(Default)]
struct Pieces {
    done: Vec<Bytes>,
    open: Vec<u8>,
}

impl Pieces {
    fn column(&mut self, name: &str, of: &str, values: Vec<u8>) {
        push_text(&mut self.open, name);
        push_text(&mut self.open, of);
        if values.len() < SMALL {
            self.open.extend_from_slice(&values);
        } else {
            self.done.extend([std::mem::take(&mut self.open).into(), values.into()]);
        }
    }

    fn stamp(&mut self, rows: usize, stamp: &Stamp<'_>) {
        let [batch, end, partition, epoch] = STAMPED;
        self.column(batch, "UInt64", stamp.batch.start.to_le_bytes().repeat(rows));
        self.column(end, "UInt64", stamp.batch.end.to_le_bytes().repeat(rows));
        // Partitions are numbered from 0, and a topic cannot have 65,536 of them.
        self.column(partition, "UInt16", (stamp.partition as u16).to_le_bytes().repeat(rows));
        let mut word = Vec::new();
        push_text(&mut word, stamp.epoch);
        self.column(epoch, "LowCardinality(String)", words::encode(&word.repeat(rows), rows));
    }

    fn end(mut self) -> Vec<Bytes> {
        self.done.push(self.open.into());
        self.done
    }
}
