//! From the text of a body to [`RawEvent`]s: the JSON text of each field, borrowed from the body. One
//! pass, no document tree, nothing copied. What a field may hold is [`crate::validate`]'s.
//!
//! Keys match in any letter case, as in the original; a field given twice is an error, since which
//! of the two was meant is anybody's guess. Unknown fields are skipped.

mod field;
mod visit;

use std::fmt;

use serde::de::DeserializeSeed;

pub(crate) use field::Field;
use visit::{ArrayVisitor, EventSeed};

/// The fields of one event as JSON text.
#[derive(Debug, Clone)]
pub(crate) struct RawEvent<'a> {
    values: [Option<&'a str>; field::COUNT],
    /// What is wrong with the object as a whole.
    pub(crate) fault: Option<Fault>,
    /// Bytes of the JSON of its fields.
    pub(crate) bytes: usize,
}

/// What is wrong with an event before any field is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Not a JSON object.
    NotAnObject,
    /// A field given twice.
    Duplicate(Field),
}

impl<'a> RawEvent<'a> {
    fn empty() -> Self {
        Self { values: [None; field::COUNT], fault: None, bytes: 0 }
    }

    /// The JSON text of a field, without surrounding space.
    pub(crate) fn get(&self, field: Field) -> Option<&'a str> {
        self.values.get(field as usize).copied().flatten()
    }

    fn put(&mut self, field: Field, json: &'a str) {
        self.bytes += json.len();
        if let Some(value) = self.values.get_mut(field as usize)
            && value.replace(json).is_some()
        {
            self.fault = Some(Fault::Duplicate(field));
        }
    }
}

/// Why a body, or a line of it, is not JSON. Holds no byte of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Malformed {
    /// What was expected or met, in words.
    pub(crate) what: String,
    /// Line, from 1.
    pub(crate) line: usize,
    /// Column in bytes, from 1; 0 when the line was not begun.
    pub(crate) column: usize,
    /// Byte, from 0.
    pub(crate) byte: usize,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at line {} column {} (byte {})", self.what, self.line, self.column, self.byte)
    }
}

/// Why a body holds no events that could be looked at one by one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum DecodeError {
    /// Not JSON.
    Malformed(Malformed),
    /// More events than one request may hold.
    TooMany,
}

/// The text of a body: UTF-8, without a byte order mark.
pub(crate) fn text(body: &[u8]) -> Result<&str, DecodeError> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    std::str::from_utf8(body).map_err(|error| {
        let byte = error.valid_up_to();
        let before = body.get(..byte).unwrap_or_default();
        let (line, column) = line_and_column(before);
        DecodeError::Malformed(Malformed { what: "invalid UTF-8".to_owned(), line, column, byte })
    })
}

/// The one event of a body.
pub(crate) fn single(text: &str) -> Result<RawEvent<'_>, DecodeError> {
    document(text, EventSeed).map_err(DecodeError::Malformed)
}

/// What an event takes in JSON, more or less: how much room a list of them is given at first.
const TYPICAL: usize = 512;

/// The events of a body that is a JSON array, or one event alone.
pub(crate) fn array(text: &str, most: usize) -> Result<Vec<RawEvent<'_>>, DecodeError> {
    if text.trim_ascii_start().starts_with('{') {
        return single(text).map(|event| vec![event]);
    }
    let mut too_many = false;
    let room = (text.len() / TYPICAL).min(most);
    let decoded = document(text, ArrayVisitor { most, room, too_many: &mut too_many });
    if too_many { Err(DecodeError::TooMany) } else { decoded.map_err(DecodeError::Malformed) }
}

/// The events of a body with one JSON object on each line. A line that is no JSON spoils itself
/// only. Positions count from the beginning of the body.
pub(crate) fn lines(text: &str, most: usize) -> Result<Vec<Result<RawEvent<'_>, Malformed>>, DecodeError> {
    let mut events = Vec::new();
    let mut start = 0;
    for (index, line) in text.split('\n').enumerate() {
        if !line.trim_ascii().is_empty() {
            if events.len() == most {
                return Err(DecodeError::TooMany);
            }
            events.push(document(line, EventSeed).map_err(|malformed| Malformed {
                line: index + 1,
                byte: start + malformed.byte,
                ..malformed
            }));
        }
        start += line.len() + 1;
    }
    Ok(events)
}

fn document<'a, S: DeserializeSeed<'a>>(text: &'a str, seed: S) -> Result<S::Value, Malformed> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let decoded = seed.deserialize(&mut deserializer);
    let decoded = decoded.and_then(|value| deserializer.end().map(|()| value));
    decoded.map_err(|error| malformed(text, &error))
}

fn malformed(text: &str, error: &serde_json::Error) -> Malformed {
    // Syntax errors are fixed sentences and the visitors' own errors name no value, so this shows
    // nothing of the body. The position is told apart from the sentence.
    let sentence = error.to_string();
    let what = match sentence.rfind(" at line ") {
        Some(end) => sentence.get(..end).unwrap_or_default().to_owned(),
        None => sentence,
    };
    let (line, column) = (error.line(), error.column());
    let line_start = match line {
        0 | 1 => 0,
        _ => memchr::memchr_iter(b'\n', text.as_bytes()).nth(line - 2).map_or(0, |at| at + 1),
    };
    let byte = (line_start + column.saturating_sub(1)).min(text.len());
    Malformed { what, line, column, byte }
}

fn line_and_column(before: &[u8]) -> (usize, usize) {
    let line = memchr::memchr_iter(b'\n', before).count() + 1;
    let column = before.len() - memchr::memrchr(b'\n', before).map_or(0, |at| at + 1) + 1;
    (line, column)
}

#[cfg(test)]
mod tests;
