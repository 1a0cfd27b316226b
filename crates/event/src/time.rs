//! The window a client's timestamp must lie in. Rows are partitioned by day, so a wild clock would
//! open partitions nobody looks at, or fall out of the retention before anybody saw the event.

use crate::limits::{CLAMP_AHEAD_MS, CLAMP_BACK_MS};

/// Moves a client's timestamp into the window around `received_at`. Both are unix milliseconds. The
/// second value says whether it had to be moved.
#[must_use]
pub fn clamp(timestamp: i64, received_at: i64) -> (i64, bool) {
    let inside = timestamp
        .clamp(received_at.saturating_sub(CLAMP_BACK_MS), received_at.saturating_add(CLAMP_AHEAD_MS));
    (inside, inside != timestamp)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_wild_clocks_move() {
        let now = 1_700_000_000_000;
        assert_eq!(clamp(now - 5, now), (now - 5, false));
        assert_eq!(clamp(0, now), (now - CLAMP_BACK_MS, true));
        assert_eq!(clamp(i64::MAX, now), (now + CLAMP_AHEAD_MS, true));
    }
}
