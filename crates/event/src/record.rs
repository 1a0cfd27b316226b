//! The value of a Kafka record on the events topic: events that are bound for one partition, of one
//! submission or of several, as a CBOR array (RFC 8949) of [`Event`] maps.
//!
//! CBOR is decoded in place: texts of an [`Event`] borrow from the record, nothing is copied. Any
//! CBOR tool can read a record; the version travels as a record header, so that a reader meets a
//! format it does not know before it reads a byte of it.

use minicbor::{Decoder, Encoder};

use crate::Event;

/// Name of the record header that holds the format.
pub const FORMAT_HEADER: &str = "bataudit-format";
/// The format written by this version.
pub const FORMAT: &[u8] = b"cbor.1";
/// Name of the record header with the number of events, as decimal ASCII. It lets a reader count the
/// events of a record it cannot decode.
pub const COUNT_HEADER: &str = "bataudit-events";

/// Why a record cannot be read. Holds no byte of the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// The bytes are not the CBOR that [`encode`] writes.
    #[error("malformed record at byte {at}")]
    Malformed {
        /// Position of the first byte that does not fit.
        at: usize,
    },
    /// Bytes follow the last event.
    #[error("{extra} byte(s) after the last event")]
    TrailingBytes {
        /// How many.
        extra: usize,
    },
}

/// [`FORMAT`] as text.
#[must_use]
pub fn format() -> String {
    String::from_utf8_lossy(FORMAT).into_owned()
}

/// Head of a CBOR array whose length has 32 bits. Every array is written with it, short ones too, so
/// that the length can be changed in place when records are joined.
const ARRAY_32: u8 = 0x9a;
const HEAD_BYTES: usize = 5;

/// A record value and the number of its events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encoded {
    value: Vec<u8>,
    events: usize,
}

impl Encoded {
    /// Encodes `events` in `capacity` bytes, or more where that is not enough.
    pub fn of<'a>(events: impl ExactSizeIterator<Item = &'a Event<'a>>, capacity: usize) -> Self {
        let (count, mut value) = (events.len(), Vec::with_capacity(HEAD_BYTES + capacity));
        encode(events, &mut value);
        Self { value, events: count }
    }

    /// Appends the events of others, which are copied as they are.
    pub fn join<'a>(&mut self, others: impl Iterator<Item = &'a Self> + Clone) {
        self.value.reserve(others.clone().map(|other| other.body().len()).sum());
        for other in others {
            self.value.extend_from_slice(other.body());
            self.events += other.events;
        }
        if let Some(head) = self.value.first_chunk_mut() {
            *head = head_of(self.events);
        }
    }

    /// The value of the record.
    #[must_use]
    pub fn value(&self) -> &[u8] {
        &self.value
    }

    /// Bytes of memory it takes, which may be more than its value has.
    #[must_use]
    pub fn room(&self) -> usize {
        self.value.capacity()
    }

    /// How many events it holds.
    #[must_use]
    pub fn events(&self) -> usize {
        self.events
    }

    fn body(&self) -> &[u8] {
        self.value.get(HEAD_BYTES..).unwrap_or_default()
    }
}

/// Appends the record value of `events` to `out`.
pub fn encode<'a>(events: impl ExactSizeIterator<Item = &'a Event<'a>>, out: &mut Vec<u8>) {
    out.extend_from_slice(&head_of(events.len()));
    let mut encoder = Encoder::new(out);
    for event in events {
        // Writing to a Vec cannot fail, and an Event has no value that CBOR cannot hold.
        let written = encoder.encode(event).map(|_| ());
        debug_assert!(written.is_ok());
    }
}

fn head_of(events: usize) -> [u8; HEAD_BYTES] {
    let [a, b, c, d] = u32::try_from(events).unwrap_or(u32::MAX).to_be_bytes();
    [ARRAY_32, a, b, c, d]
}

/// Decodes a record value.
///
/// # Errors
/// When the bytes are not exactly one array of events.
pub fn decode(record: &[u8]) -> Result<Vec<Event<'_>>, RecordError> {
    let mut decoder = Decoder::new(record);
    let events = decode_array(&mut decoder)
        .map_err(|_| RecordError::Malformed { at: decoder.position().min(record.len()) })?;
    match record.len() - decoder.position() {
        0 => Ok(events),
        extra => Err(RecordError::TrailingBytes { extra }),
    }
}

fn decode_array<'b>(decoder: &mut Decoder<'b>) -> Result<Vec<Event<'b>>, minicbor::decode::Error> {
    let announced =
        decoder.array()?.ok_or_else(|| minicbor::decode::Error::message("array of unknown length"))?;
    // The announced length is not trusted with memory: an event takes at least one byte.
    let room = usize::try_from(announced).unwrap_or(usize::MAX);
    let mut events = Vec::with_capacity(room.min(decoder.input().len()).min(1024));
    for _ in 0..announced {
        events.push(decoder.decode()?);
    }
    Ok(events)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sample() -> Event<'static> {
        Event {
            id: [7; 16],
            project_id: [1; 16],
            event_type: "http",
            timestamp: 1_700_000_000_123,
            received_at: 1_700_000_000_456,
            method: "GET",
            path: "/api/users",
            status_code: 200,
            response_time: u64::from(u32::MAX) + 1,
            identifier: "O'Brien 北京",
            request_body: "{ \"n\": 9007199254740993 }",
            ..Event::default()
        }
    }

    fn encoded(events: &[Event<'_>]) -> Vec<u8> {
        let mut out = Vec::new();
        encode(events.iter(), &mut out);
        out
    }

    #[test]
    fn round_trip() {
        let events = [sample(), Event::default(), Event { repeatable: true, ..sample() }];
        assert_eq!(decode(&encoded(&events)).unwrap(), events);
    }

    #[test]
    fn only_a_repeatable_event_says_so() {
        let plain = encoded(&[sample()]).len();
        assert_eq!(encoded(&[Event { repeatable: true, ..sample() }]).len(), plain + 3);
    }

    /// As a gateway wrote it that knew no short hash, field by field.
    fn of_an_earlier_version() -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = Encoder::new(&mut bytes);
        encoder.array(1).unwrap().map(6).unwrap();
        encoder.u8(0).unwrap().bytes(&[7; 16]).unwrap().u8(1).unwrap().bytes(&[1; 16]).unwrap();
        encoder.u8(2).unwrap().str("http").unwrap().u8(3).unwrap().i64(5).unwrap();
        encoder.u8(4).unwrap().i64(6).unwrap().u8(28).unwrap().bool(true).unwrap();
        bytes
    }

    #[test]
    fn a_record_without_a_short_hash_is_read() {
        let bytes = of_an_earlier_version();
        let events = decode(&bytes).unwrap();
        assert_eq!((events[0].received_at, events[0].repeatable, events[0].key_hash), (6, true, 0));
        let again = encoded(&events);
        assert_eq!(decode(&again).unwrap(), events, "published again by this version");
    }

    /// What processors of the version before knew of an event: they skip the rest.
    #[derive(minicbor::Decode)]
    #[cbor(map)]
    struct Earlier<'a> {
        #[b(2)]
        event_type: &'a str,
        #[n(4)]
        received_at: i64,
        #[cbor(n(29), default)]
        replayed: bool,
    }

    #[test]
    fn a_processor_of_the_version_before_reads_past_the_short_hash() {
        let bytes = encoded(&[
            Event { key_hash: u64::MAX, ..sample() },
            Event { key_hash: 1, replayed: true, ..sample() },
        ]);
        let mut decoder = Decoder::new(&bytes);
        let events: Vec<Earlier<'_>> = decoder.decode().unwrap();
        let seen = events.iter().map(|event| (event.event_type, event.received_at, event.replayed));
        assert_eq!(
            seen.collect::<Vec<_>>(),
            [("http", 1_700_000_000_456, false), ("http", 1_700_000_000_456, true)]
        );
        assert_eq!(decoder.position(), bytes.len());
    }

    #[test]
    fn the_short_hash_takes_no_more_than_a_number() {
        let plain = encoded(&[sample()]).len();
        assert_eq!(encoded(&[Event { key_hash: 0, ..sample() }]).len(), plain);
        let event = Event { key_hash: u64::MAX, ..sample() };
        assert_eq!(encoded(std::slice::from_ref(&event)).len(), plain + 11);
        assert_eq!(decode(&encoded(std::slice::from_ref(&event))).unwrap(), [event]);
    }

    #[test]
    fn refuses_what_is_not_a_record() {
        let good = encoded(&[sample()]);
        assert!(matches!(decode(b""), Err(RecordError::Malformed { .. })));
        assert!(matches!(decode(b"{\"path\":1}"), Err(RecordError::Malformed { .. })));
        assert!(matches!(decode(&good[..good.len() - 1]), Err(RecordError::Malformed { .. })));
        let trailing = [good.as_slice(), b"x"].concat();
        assert_eq!(decode(&trailing), Err(RecordError::TrailingBytes { extra: 1 }));
    }

    #[test]
    fn skips_fields_of_a_later_version() {
        let mut bytes = Vec::new();
        let mut encoder = Encoder::new(&mut bytes);
        encoder.array(1).unwrap().map(6).unwrap();
        encoder.u8(0).unwrap().bytes(&[7; 16]).unwrap().u8(1).unwrap().bytes(&[1; 16]).unwrap();
        encoder.u8(2).unwrap().str("http").unwrap().u8(3).unwrap().i64(5).unwrap();
        encoder.u8(4).unwrap().i64(6).unwrap().u16(900).unwrap().str("from the future").unwrap();
        let events = decode(&bytes).unwrap();
        assert_eq!((events[0].timestamp, events[0].received_at, events[0].path), (5, 6, ""));
    }

    proptest! {
        #[test]
        fn any_text_survives(path in ".*", body in ".*", status in any::<u16>(), time in any::<i64>()) {
            let event = Event { path: &path, request_body: &body, status_code: status, timestamp: time, ..sample() };
            let bytes = encoded(&[event.clone(), event.clone()]);
            prop_assert_eq!(decode(&bytes).unwrap(), [event.clone(), event]);
        }

        #[test]
        fn joined_records_read_as_one(counts in proptest::collection::vec(0_usize..300, 1..6)) {
            let events: Vec<Vec<Event<'_>>> = (0..)
                .zip(&counts)
                .map(|(n, count)| (0..*count as i64).map(|m| Event { timestamp: n * 1000 + m, ..sample() }).collect())
                .collect();
            let parts: Vec<Encoded> = events.iter().map(|events| Encoded::of(events.iter(), 0)).collect();
            let mut joined = parts[0].clone();
            joined.join(parts[1..].iter());
            let all = events.concat();
            prop_assert_eq!(joined.events(), all.len());
            prop_assert_eq!(&joined, &Encoded::of(all.iter(), 0));
            prop_assert_eq!(decode(joined.value()).unwrap(), all);
        }

        #[test]
        fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..512)) {
            drop(decode(&bytes));
        }
    }
}
