//! What waits for one partition, and what leaves next. In: parts of submissions, and word that a
//! record has landed. Out: records. It must not know Kafka, nor what a submission is.
//!
//! Group commit: nothing waits while nothing is under way. While a record is, what comes meanwhile
//! becomes the next one. Only records that are full travel beside each other, and never so many that
//! the client library has to hold one back: an idempotent producer with more than five records of a
//! partition asks all the time whether it may send the next.

use std::collections::VecDeque;
use std::time::Instant;

use bataudit_event::record::Encoded;

use super::pack::RECORD_BYTES;

/// The place of an event in its record is stored in 16 bits.
const RECORD_EVENTS: usize = 65_535;
/// Most records under way at one time.
const UNDER_WAY: usize = 4;

/// Events of one submission.
#[derive(Debug)]
pub(super) struct Part<S> {
    pub(super) submission: S,
    pub(super) encoded: Encoded,
    pub(super) since: Instant,
}

/// A record, and the submission of each part in it.
#[derive(Debug)]
pub(super) struct Record<S> {
    pub(super) encoded: Encoded,
    pub(super) submissions: Vec<S>,
    /// Bytes of memory that its parts took.
    pub(super) room: usize,
}

/// The parts bound for one partition.
#[derive(Debug)]
pub(super) struct Line<S> {
    waiting: VecDeque<Part<S>>,
    load: Load,
    under_way: usize,
}

/// Events, their bytes and the memory they take, of a record or of all that waits.
#[derive(Debug, Clone, Copy, Default)]
struct Load {
    events: usize,
    bytes: usize,
    room: usize,
}

impl Load {
    fn with<S>(self, part: &Part<S>) -> Self {
        let (encoded, Self { events, bytes, room }) = (&part.encoded, self);
        let bytes = bytes + encoded.value().len();
        Self { events: events + encoded.events(), bytes, room: room + encoded.room() }
    }

    fn without(self, other: Self) -> Self {
        let (events, bytes) = (self.events - other.events, self.bytes - other.bytes);
        Self { events, bytes, room: self.room - other.room }
    }

    fn fits(self) -> bool {
        self.events <= RECORD_EVENTS && self.bytes <= RECORD_BYTES
    }
}

impl<S> Default for Line<S> {
    fn default() -> Self {
        Self { waiting: VecDeque::new(), load: Load::default(), under_way: 0 }
    }
}

impl<S> Line<S> {
    /// Takes a part. It leaves behind those that came before it.
    pub(super) fn join(&mut self, part: Part<S>) {
        self.load = self.load.with(&part);
        self.waiting.push_back(part);
    }

    /// Whether a full record waits.
    pub(super) fn is_full(&self) -> bool {
        self.load.bytes >= RECORD_BYTES || self.load.events >= RECORD_EVENTS
    }

    /// The record that is to be sent now, if there is one. It is under way from here on.
    pub(super) fn leave(&mut self) -> Option<Record<S>> {
        let most = if self.is_full() { UNDER_WAY } else { 1 };
        if self.under_way >= most {
            return None;
        }
        let mut first = self.waiting.pop_front()?;
        let mut load = Load::default().with(&first);
        let mut more = 0;
        for part in &self.waiting {
            let larger = load.with(part);
            if !larger.fits() {
                break;
            }
            (load, more) = (larger, more + 1);
        }
        first.encoded.join(self.waiting.iter().take(more).map(|part| &part.encoded));
        let mut submissions = Vec::with_capacity(1 + more);
        submissions.push(first.submission);
        submissions.extend(self.waiting.drain(..more).map(|part| part.submission));
        self.load = self.load.without(load);
        self.under_way += 1;
        Some(Record { encoded: first.encoded, submissions, room: load.room })
    }

    /// A record is no longer under way.
    pub(super) fn landed(&mut self) {
        self.under_way = self.under_way.saturating_sub(1);
    }

    /// Takes out the parts at the head that have waited since `limit` or longer.
    pub(super) fn expire(&mut self, limit: Instant) -> Option<Part<S>> {
        let part = self.waiting.pop_front_if(|part| part.since <= limit)?;
        self.load = self.load.without(Load::default().with(&part));
        Some(part)
    }

    /// Takes out all that waits.
    pub(super) fn drain(&mut self) -> impl Iterator<Item = Part<S>> {
        self.load = Load::default();
        self.waiting.drain(..)
    }
}
