//! How far a topic is read, and the signs that the topic is another one than was read, or
//! that reading is stuck. Pure; the follower asks the broker.

/// How far the topic is read.
#[derive(Debug, Default)]
pub(super) struct Progress {
    /// Offset of the next record.
    position: i64,
    /// Whether the end was reached and nothing came since.
    is_at_end: bool,
    /// Whether all was read that was there when reading began.
    is_complete: bool,
    /// An end of the topic that was seen while it was not complete. A topic that is written to all
    /// the time is never seen without something to read.
    goal: Option<i64>,
    /// Whether anything was read since the last check.
    has_moved: bool,
    /// End of the topic at the last check that followed a read.
    known_end: i64,
    /// Whether the last check saw records that were not read.
    was_behind: bool,
    /// The latest time any record bears, and the first record that bears it.
    latest: Option<Anchor>,
    /// What was `latest` when the topic was last found to be the same.
    anchor: Option<Anchor>,
}

/// A record that the topic must still hold at this place, or nothing earlier in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Anchor {
    pub(super) offset: i64,
    /// Unix milliseconds.
    pub(super) timestamp: i64,
}

/// What a check found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Finding {
    /// Records that are not read yet.
    Lag(i64),
    /// The topic is another one than was read.
    MadeAnew,
    /// There is something to read and it is not read.
    Stuck,
}

impl Progress {
    /// A record was read.
    pub(super) fn read(&mut self, offset: i64, timestamp: Option<i64>) {
        self.position = offset + 1;
        self.is_at_end = false;
        self.has_moved = true;
        if let Some(timestamp) = timestamp
            && self.latest.is_none_or(|latest| timestamp > latest.timestamp)
        {
            self.latest = Some(Anchor { offset, timestamp });
        }
        if self.goal.is_some_and(|goal| self.position >= goal) {
            self.complete();
        }
    }

    /// The end was reached.
    pub(super) fn reach_end(&mut self) {
        self.is_at_end = true;
        self.has_moved = true;
        self.complete();
    }

    fn complete(&mut self) {
        self.is_complete = true;
        self.goal = None;
        self.anchor = self.anchor.or(self.latest);
    }

    /// Whether what was read is all that the topic holds.
    pub(super) fn is_complete(&self) -> bool {
        self.is_complete
    }

    /// The record to look for in the topic. Not the latest: that one may be of a new topic already,
    /// of which the beginning was missed.
    pub(super) fn anchor(&self) -> Option<Anchor> {
        self.anchor
    }

    /// Judges the end of the topic, and the first offset it has of the anchor's time or later. In
    /// the topic that was read that is the anchor, or a later record where compaction has removed
    /// it; in a new one, all records are later, and the first of them comes first.
    pub(super) fn check(&mut self, end: i64, first_since_anchor: Option<i64>) -> Finding {
        let is_earlier = |first: i64| self.anchor.is_some_and(|anchor| first < anchor.offset);
        if end < self.position || first_since_anchor.is_some_and(is_earlier) {
            return Finding::MadeAnew;
        }
        if first_since_anchor.is_some() {
            self.anchor = self.latest;
        }
        if !self.is_complete {
            self.goal = self.goal.or(Some(end));
        }
        if self.is_stuck(end) { Finding::Stuck } else { Finding::Lag(end - self.position) }
    }

    /// Whether there was something to read at the last check already, and nothing was read since.
    fn is_stuck(&mut self, end: i64) -> bool {
        if std::mem::take(&mut self.has_moved) {
            (self.known_end, self.was_behind) = (end, false);
            return false;
        }
        let is_behind = !self.is_at_end || end > self.known_end;
        std::mem::replace(&mut self.was_behind, is_behind) && is_behind
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Seven records read to the end, the last two in one millisecond.
    fn at_end() -> Progress {
        let mut progress = Progress::default();
        for (offset, timestamp) in [10, 20, 15, 30, 40, 50, 50].into_iter().enumerate() {
            progress.read(offset as i64, Some(timestamp));
        }
        progress.reach_end();
        progress
    }

    #[test]
    fn the_same_topic_is_the_same() {
        let mut progress = at_end();
        assert_eq!(progress.anchor(), Some(Anchor { offset: 5, timestamp: 50 }));
        assert_eq!(progress.check(7, Some(5)), Finding::Lag(0));
        // Compacted away, or nothing that late is left.
        assert_eq!(progress.check(7, Some(6)), Finding::Lag(0));
        assert_eq!(progress.check(7, None), Finding::Lag(0));
    }

    #[test]
    fn a_new_topic_is_noticed_however_long_it_is() {
        assert_eq!(at_end().check(6, None), Finding::MadeAnew);
        let mut progress = at_end();
        // Records of the new topic, read as if they followed.
        progress.read(7, Some(90));
        progress.reach_end();
        assert_eq!(progress.check(8, Some(0)), Finding::MadeAnew);
    }

    #[test]
    fn a_topic_that_is_always_written_to_is_complete_too() {
        let mut progress = Progress::default();
        progress.read(0, Some(10));
        assert_eq!(progress.check(3, None), Finding::Lag(2));
        progress.read(1, Some(10));
        assert!(!progress.is_complete());
        progress.read(2, Some(10));
        assert!(progress.is_complete());
    }

    #[test]
    fn stuck_is_what_two_checks_see() {
        let mut progress = at_end();
        assert_eq!(progress.check(7, None), Finding::Lag(0));
        assert_eq!(progress.check(8, None), Finding::Lag(1));
        assert_eq!(progress.check(8, None), Finding::Stuck);
        progress.read(7, Some(60));
        assert_eq!(progress.check(8, None), Finding::Lag(0));
        let mut never = Progress::default();
        assert_eq!(never.check(3, None), Finding::Lag(3));
        assert_eq!(never.check(3, None), Finding::Stuck);
    }
}
