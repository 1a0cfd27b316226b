//! Where a partition starts, decided from what the group committed and what the log still holds. Pure.

/// Where a partition starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Start {
    /// At this offset, with nothing missing before it.
    At(i64),
    /// At the start of the log: what the group had not read before it is gone.
    AfterLoss {
        /// The offset.
        at: i64,
        /// How many records are gone, at most.
        lost: u64,
    },
    /// Nowhere: the group is further than the log ever was, so this is another log.
    Refused {
        /// What the group committed.
        committed: i64,
        /// Where the log ends.
        end: i64,
    },
}

/// Decides where a partition starts. `low` and `high` are the offsets of the first record and after
/// the last.
pub(super) fn decide(committed: Option<i64>, low: i64, high: i64) -> Start {
    match committed {
        None => Start::At(low),
        Some(committed) if committed > high => Start::Refused { committed, end: high },
        Some(committed) if committed < low => Start::AfterLoss { at: low, lost: low.abs_diff(committed) },
        Some(committed) => Start::At(committed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table() {
        assert_eq!(decide(None, 3, 9), Start::At(3));
        assert_eq!(decide(Some(5), 3, 9), Start::At(5));
        assert_eq!(decide(Some(9), 3, 9), Start::At(9));
        assert_eq!(decide(Some(1), 3, 9), Start::AfterLoss { at: 3, lost: 2 });
        assert_eq!(decide(Some(10), 3, 9), Start::Refused { committed: 10, end: 9 });
    }
}
