//! Which ids were surely never seen: a Bloom filter in generations, so that what is too old to matter is
//! forgotten and memory stays bounded. Pure. "Maybe" costs a question to the table and is always right;
//! only "never" must be true.
//!
//! Time is the gateways', as the events carry it: a processor that works off a backlog needs to remember
//! what was new when the backlog began.

use std::hash::{BuildHasher, RandomState};

use bataudit_event::limits::REPEAT_WINDOW_MS;

use super::Key;

/// How far behind the newest event another may be and still be answered here: gateways whose clocks
/// differ, records that waited. One that is further behind is asked of the table.
const SLACK_MS: i64 = 2 * 60 * 60 * 1000;
/// How long an id is remembered.
pub(super) const MEMORY_MS: i64 = REPEAT_WINDOW_MS + SLACK_MS;
/// How many generations there are at most. One that is filled in time lives on while the next ones fill.
const GENERATIONS: usize = 4;
const GENERATION_MS: i64 = MEMORY_MS / (GENERATIONS as i64 - 1);
/// Bits for an id and how many of them it sets: 0.3 % false alarms in each generation.
const BITS_PER_ID: usize = 12;
const PROBES: u64 = 8;

/// The filter of one partition.
#[derive(Debug)]
pub(super) struct Filter {
    /// Keyed at random, so that nobody can choose ids that collide.
    hasher: RandomState,
    bits: usize,
    generations: Vec<Generation>,
    /// The newest event so far.
    now: i64,
    /// It holds every id that was received at this time or later; `None` until the table was read.
    knows_since: Option<i64>,
}

#[derive(Debug)]
struct Generation {
    words: Vec<u64>,
    ids: usize,
    began: i64,
    newest: i64,
}

impl Filter {
    /// An empty filter of this many bytes, which are taken as they are needed.
    pub(super) fn new(bytes: usize) -> Self {
        let bits = (bytes / GENERATIONS * 8).max(64);
        Self { hasher: RandomState::new(), bits, generations: Vec::new(), now: i64::MIN, knows_since: None }
    }

    /// Notes that everything the table holds from this time on was inserted.
    pub(super) fn knows_all_since(&mut self, since: i64) {
        // What was forgotten meanwhile stays forgotten.
        self.knows_since = Some(self.knows_since.map_or(since, |known| known.max(since)));
        self.forget();
    }

    /// Inserts an id, and says whether it may have been there before. `clock` is the time here: a gateway
    /// whose clock is far ahead must not make everything else look old.
    pub(super) fn insert(&mut self, key: &Key, received_at: i64, clock: i64) -> bool {
        self.now = self.now.max(received_at.min(clock.saturating_add(SLACK_MS)));
        self.forget();
        let hash = self.hasher.hash_one(key);
        let seen = self.generations.iter().any(|generation| generation.holds(hash));
        self.current().insert(hash, received_at);
        let reaches_back = self.knows_since.is_some_and(|since| received_at - REPEAT_WINDOW_MS >= since);
        seen || !reaches_back
    }

    /// Drops the generations whose ids are all too old to matter to the events that come now.
    fn forget(&mut self) {
        let limit = self.now.saturating_sub(MEMORY_MS);
        while let Some(oldest) = self.generations.first().filter(|generation| generation.newest < limit) {
            let gone = oldest.newest + 1;
            self.knows_since = self.knows_since.map(|since| since.max(gone));
            self.generations.remove(0);
        }
    }

    /// The generation that takes new ids. When all are full, the last takes more than it should: more
    /// false alarms, but never a wrong "never".
    fn current(&mut self) -> &mut Generation {
        let (now, capacity) = (self.now, self.bits / BITS_PER_ID);
        let is_open = |last: &Generation| last.ids < capacity && now - last.began < GENERATION_MS;
        let may_begin = self.generations.len() < GENERATIONS;
        if self.generations.is_empty() || may_begin && !self.generations.last().is_some_and(is_open) {
            let words = vec![0; self.bits.div_ceil(64)];
            self.generations.push(Generation { words, ids: 0, began: now, newest: i64::MIN });
        }
        let last = self.generations.len() - 1;
        &mut self.generations[last]
    }

    /// Bytes taken so far.
    #[cfg(test)]
    pub(super) fn bytes(&self) -> usize {
        self.generations.iter().map(|generation| generation.words.len() * 8).sum()
    }
}

impl Generation {
    fn holds(&self, hash: u64) -> bool {
        self.probes(hash).all(|bit| self.words[bit / 64] & (1 << (bit % 64)) != 0)
    }

    fn insert(&mut self, hash: u64, received_at: i64) {
        let bits = self.words.len() * 64;
        for bit in probes(hash, bits) {
            self.words[bit / 64] |= 1 << (bit % 64);
        }
        self.ids += 1;
        self.newest = self.newest.max(received_at);
    }

    fn probes(&self, hash: u64) -> impl Iterator<Item = usize> {
        probes(hash, self.words.len() * 64)
    }
}

/// The bits of an id: an arithmetic sequence whose start and step are halves of the hash.
fn probes(hash: u64, bits: usize) -> impl Iterator<Item = usize> {
    let (start, step) = (hash, (hash >> 32) | 1);
    (0..PROBES).map(move |n| (start.wrapping_add(n.wrapping_mul(step)) % bits as u64) as usize)
}
