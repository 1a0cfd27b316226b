//! When ClickHouse last answered anything. A server that answers others is slow, and not gone.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// The moment of the last answer; clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Heard {
    since: Instant,
    /// Milliseconds from `since` to the last answer, and one more; 0 before the first.
    last: Arc<AtomicU64>,
}

impl Heard {
    /// Nothing was heard yet.
    pub(crate) fn new() -> Self {
        Self { since: Instant::now(), last: Arc::default() }
    }

    /// It answers now, an error too.
    pub(crate) fn now(&self) {
        let after = u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX - 1);
        self.last.fetch_max(after + 1, Ordering::Relaxed);
    }

    /// Whether it has answered anything within this time.
    pub(crate) fn within(&self, time: Duration) -> bool {
        match self.last.load(Ordering::Relaxed) {
            0 => false,
            last => self.since.elapsed().saturating_sub(Duration::from_millis(last - 1)) <= time,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_counts_as_heard_before_the_first_answer() {
        let heard = Heard::new();
        assert!(!heard.within(Duration::MAX));
        heard.clone().now();
        assert!(heard.within(Duration::from_secs(3600)));
    }
}
