//! How many small inserts a processor may make: ClickHouse merges every one of them later, so a
//! quiet partition may insert at once, a busy one must collect.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A token bucket shared by all partitions of a processor. Every insert takes a token, but only one
/// that is made early asks for it first.
#[derive(Debug)]
pub struct InsertBudget {
    /// Time that one insert costs.
    cost: Duration,
    burst: u32,
    /// When the bucket would be full, if nothing were taken: tokens missing × cost from now.
    full_at: Mutex<Instant>,
}

impl InsertBudget {
    /// A full bucket.
    #[must_use]
    pub fn new(per_second: u32, burst: u32, now: Instant) -> Self {
        let cost = Duration::from_secs(1) / per_second.max(1);
        Self { cost, burst: burst.max(1), full_at: Mutex::new(now) }
    }

    /// When the next early insert may be made.
    #[must_use]
    pub fn next(&self) -> Instant {
        let full_at = *self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        // One token is there once no more than `burst - 1` are missing.
        let spare = self.cost * (self.burst - 1);
        full_at.checked_sub(spare).unwrap_or(full_at)
    }

    /// Takes the token of an insert. One that could not wait takes it too, up to an empty bucket.
    pub fn take(&self, now: Instant) {
        let mut full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        *full_at = ((*full_at).max(now) + self.cost).min(now + self.cost * self.burst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_and_then_a_rate() {
        let start = Instant::now();
        let budget = InsertBudget::new(4, 8, start);
        for _ in 0..8 {
            assert!(budget.next() <= start);
            budget.take(start);
        }
        assert_eq!(budget.next(), start + Duration::from_millis(250));
        budget.take(start);
        assert_eq!(budget.next(), start + Duration::from_millis(250), "no debt");
        let later = start + Duration::from_secs(60);
        budget.take(later);
        assert!(budget.next() <= later);
    }
}
