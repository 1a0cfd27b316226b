//! From the bytes of a Kafka record to its events. Pure; knows the record format and nothing of what
//! becomes of the events.

use bataudit_event::{Event, record};

/// The most events a record may hold: a row tells its place in the record by 16 bits.
const MAX_EVENTS: usize = 1 << 16;

/// Why no event of a record can be read. Holds no byte of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Undecodable {
    /// The format header is missing, or names a format of a later version.
    #[error("the record is not of format {}", String::from_utf8_lossy(record::FORMAT))]
    UnknownFormat,
    /// The record has no value.
    #[error("the record has no value")]
    Empty,
    /// The bytes do not decode.
    #[error(transparent)]
    Malformed(#[from] record::RecordError),
    /// More events than a record may hold.
    #[error("the record holds more than {MAX_EVENTS} events")]
    TooMany,
}

impl Undecodable {
    /// The name of the reason, for a label and a header.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::UnknownFormat => "unknown_format",
            Self::Empty => "empty_record",
            Self::Malformed(_) => "malformed_record",
            Self::TooMany => "too_many_events",
        }
    }
}

/// The events of a record.
///
/// # Errors
/// When the record cannot be read; then none of its events can.
pub fn decode<'r>(format: Option<&[u8]>, value: Option<&'r [u8]>) -> Result<Vec<Event<'r>>, Undecodable> {
    let value = value.ok_or(Undecodable::Empty)?;
    if format != Some(record::FORMAT) {
        return Err(Undecodable::UnknownFormat);
    }
    let events = record::decode(value)?;
    if events.len() > MAX_EVENTS { Err(Undecodable::TooMany) } else { Ok(events) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_it_does_not_know() {
        let mut value = Vec::new();
        record::encode([Event::default()].iter(), &mut value);
        assert_eq!(decode(Some(record::FORMAT), Some(&value)).unwrap().len(), 1);
        assert_eq!(decode(Some(b"cbor.9"), Some(&value)), Err(Undecodable::UnknownFormat));
        assert_eq!(decode(None, Some(&value)), Err(Undecodable::UnknownFormat));
        assert_eq!(decode(Some(record::FORMAT), None), Err(Undecodable::Empty));
        assert_eq!(decode(Some(record::FORMAT), Some(b"{}")).unwrap_err().reason(), "malformed_record");
    }
}
