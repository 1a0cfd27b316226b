//! What faults ask of the load.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// How the load posts, as faults want it.
#[derive(Debug, Default)]
pub struct Manner {
    twice: AtomicBool,
    still: AtomicBool,
    repeated: AtomicU64,
}

/// Every post comes twice, as long as the value lives.
#[derive(Debug)]
pub struct Twice<'a>(&'a Manner);

impl Manner {
    /// From now on every post comes twice.
    #[must_use]
    pub fn twice(&self) -> Twice<'_> {
        self.twice.store(true, Ordering::Relaxed);
        Twice(self)
    }

    /// From now on nothing is posted.
    #[must_use]
    pub fn still(&self) -> Still<'_> {
        self.still.store(true, Ordering::Relaxed);
        Still(self)
    }

    pub(super) fn is_twice(&self) -> bool {
        self.twice.load(Ordering::Relaxed)
    }

    pub(super) fn is_still(&self) -> bool {
        self.still.load(Ordering::Relaxed)
    }

    pub(super) fn note_repeats(&self, posts: u64) {
        self.repeated.fetch_add(posts, Ordering::Relaxed);
    }

    /// Posts that were acknowledged twice so far.
    #[must_use]
    pub fn repeated(&self) -> u64 {
        self.repeated.load(Ordering::Relaxed)
    }
}

/// Nothing is posted, as long as the value lives.
#[derive(Debug)]
pub struct Still<'a>(&'a Manner);

impl Drop for Still<'_> {
    fn drop(&mut self) {
        self.0.still.store(false, Ordering::Relaxed);
    }
}

impl Drop for Twice<'_> {
    fn drop(&mut self) {
        self.0.twice.store(false, Ordering::Relaxed);
    }
}
