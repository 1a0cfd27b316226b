//! The rows of a batch, kept as columns: masked events go in one by one, and come out as one block in
//! the format that costs ClickHouse the least to read (Native). Pure; knows the columns of the events
//! table, and nothing of where the rows go.
//!
//! ClickHouse takes a block in one piece, so the rows of a batch never become two. Its bytes are made
//! once and sent as they are, however often the insert is repeated.

mod block;
#[cfg(test)]
pub(crate) mod read;
mod words;

use bataudit_event::Event;
use uuid::Uuid;

pub use block::Stamp;

use crate::row::RowContext;

/// Columns whose values all have one width, with their types and widths.
const FIXED: [(&str, &str, usize); 11] = [
    ("id", "UUID", 16),
    ("timestamp", "DateTime64(3, 'UTC')", 8),
    ("received_at", "DateTime64(3, 'UTC')", 8),
    ("status_code", "UInt16", 2),
    ("response_time", "UInt64", 8),
    ("mask_rules", "UInt32", 4),
    ("masked_fields", "UInt8", 1),
    ("repeatable", "Bool", 1),
    ("key_hash", "UInt64", 8),
    ("k_offset", "UInt64", 8),
    ("k_index", "UInt16", 2),
];
/// Columns of the table's type `LowCardinality(String)`: the same few texts again and again.
const WORDS: [&str; 10] = [
    "project_id",
    "event_type",
    "method",
    "route",
    "user_type",
    "tenant_id",
    "user_agent",
    "source",
    "service_name",
    "environment",
];
/// Columns of the type `String`.
const TEXTS: [&str; 14] = [
    "original_timestamp",
    "path",
    "identifier",
    "user_email",
    "user_name",
    "user_roles",
    "ip",
    "request_id",
    "session_id",
    "query_params",
    "path_params",
    "request_body",
    "response_body",
    "error_message",
];
/// Columns that a [`Stamp`] fills, and the bytes they add to a row.
const STAMPED: [&str; 4] = ["k_batch", "k_end", "k_partition", "k_epoch"];
const STAMP_BYTES: usize = 8 + 8 + 2 + 1;

/// The columns of a block, as an `INSERT` names them.
#[must_use]
pub fn names() -> String {
    let fixed = FIXED.iter().map(|(name, ..)| *name);
    fixed.chain(WORDS).chain(TEXTS).chain(STAMPED).collect::<Vec<_>>().join(", ")
}

/// Rows, column by column. A text is its length as LEB128, then its bytes.
#[derive(Debug, Clone, Default)]
pub struct Columns {
    rows: usize,
    fixed: [Vec<u8>; FIXED.len()],
    words: [Vec<u8>; WORDS.len()],
    texts: [Vec<u8>; TEXTS.len()],
}

impl Columns {
    /// How many rows there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Bytes of the rows. Their block may be smaller, since it names each word once.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let Self { rows, fixed, words, texts } = self;
        let columns = fixed.iter().chain(words).chain(texts);
        columns.map(Vec::len).sum::<usize>() + rows * STAMP_BYTES
    }

    /// Appends the row of a masked event.
    pub fn push(&mut self, event: &Event<'_>, context: &RowContext<'_>) {
        let mut project = Uuid::encode_buffer();
        // As text, which is how every query and every rollup names it.
        let project: &str = Uuid::from_bytes(event.project_id).hyphenated().encode_lower(&mut project);
        let [
            id,
            timestamp,
            received_at,
            status_code,
            response_time,
            mask_rules,
            masked_fields,
            repeatable,
            key_hash,
            offset,
            index,
        ] = &mut self.fixed;
        id.extend_from_slice(&as_stored(event.id));
        timestamp.extend_from_slice(&event.timestamp.to_le_bytes());
        received_at.extend_from_slice(&event.received_at.to_le_bytes());
        status_code.extend_from_slice(&event.status_code.to_le_bytes());
        response_time.extend_from_slice(&event.response_time.to_le_bytes());
        mask_rules.extend_from_slice(&context.mask_rules.to_le_bytes());
        masked_fields.push(context.masked_fields);
        repeatable.push(u8::from(event.repeatable));
        key_hash.extend_from_slice(&event.key_hash.to_le_bytes());
        offset.extend_from_slice(&context.place.offset.to_le_bytes());
        index.extend_from_slice(&context.place.index.to_le_bytes());
        let words = [
            project,
            event.event_type,
            event.method,
            context.route,
            event.user_type,
            event.tenant_id,
            event.user_agent,
            event.source,
            event.service_name,
            event.environment,
        ];
        let texts = [
            event.original_timestamp,
            event.path,
            event.identifier,
            event.user_email,
            event.user_name,
            event.user_roles,
            event.ip,
            event.request_id,
            event.session_id,
            event.query_params,
            event.path_params,
            event.request_body,
            event.response_body,
            event.error_message,
        ];
        self.words.iter_mut().zip(words).for_each(|(column, word)| push_text(column, word));
        self.texts.iter_mut().zip(texts).for_each(|(column, text)| push_text(column, text));
        self.rows += 1;
    }

    /// Moves all rows out of `later`, which keeps its memory.
    pub fn append(&mut self, later: &mut Self) {
        for (column, more) in self.columns_mut().zip(later.columns_mut()) {
            column.extend_from_slice(more);
            more.clear();
        }
        self.rows += std::mem::take(&mut later.rows);
    }

    /// Takes out the rows of these numbers, which ascend; the rest closes up.
    pub fn remove(&mut self, gone: &[usize]) {
        let rows = self.rows;
        for (column, (_, _, width)) in self.fixed.iter_mut().zip(FIXED) {
            close_up(column, rows, gone, |_| width);
        }
        for column in self.words.iter_mut().chain(&mut self.texts) {
            close_up(column, rows, gone, text_width);
        }
        self.rows -= gone.len();
    }

    /// Empties it, and keeps its memory.
    pub fn clear(&mut self) {
        self.columns_mut().for_each(Vec::clear);
        self.rows = 0;
    }

    /// The exclusive or of the ids, as ClickHouse computes it by `groupBitXor(reinterpretAsUInt128(id))`:
    /// tells rows from others at the same places.
    #[must_use]
    pub fn ids(&self) -> u128 {
        let (ids, _) = self.fixed[0].as_chunks::<16>();
        ids.iter().fold(0, |all, id| all ^ u128::from_le_bytes(*id))
    }

    fn columns_mut(&mut self) -> impl Iterator<Item = &mut Vec<u8>> {
        self.fixed.iter_mut().chain(&mut self.words).chain(&mut self.texts)
    }
}

/// A UUID is two 64-bit numbers, the first half first, each little-endian.
fn as_stored(id: [u8; 16]) -> [u8; 16] {
    u128::from_be_bytes(id).rotate_left(64).to_le_bytes()
}

fn push_text(column: &mut Vec<u8>, text: &str) {
    push_number(column, text.len());
    column.extend_from_slice(text.as_bytes());
}

fn push_number(out: &mut Vec<u8>, mut number: usize) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// How many bytes the first of these texts takes, its length included.
fn text_width(texts: &[u8]) -> usize {
    let (mut length, mut width) = (0, 0);
    for byte in texts {
        length |= usize::from(byte & 0x7f) << (7 * width);
        width += 1;
        if *byte < 0x80 {
            break;
        }
    }
    width + length
}

/// Takes values out of a column. `width` tells how wide the first value of the rest is.
fn close_up(column: &mut Vec<u8>, rows: usize, gone: &[usize], width: impl Fn(&[u8]) -> usize) {
    let (mut from, mut to, mut gone) = (0, 0, gone.iter().peekable());
    for row in 0..rows {
        let end = from + width(&column[from..]);
        if gone.next_if(|next| **next == row).is_none() {
            column.copy_within(from..end, to);
            to += end - from;
        }
        from = end;
    }
    column.truncate(to);
}

#[cfg(test)]
mod tests;
