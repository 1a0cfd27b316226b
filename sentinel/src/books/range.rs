//! Which range of time is compared next. Pure. In: how far the books were compared, and the time. Out: a
//! range of received times in unix milliseconds, or nothing yet.
//!
//! Ranges follow each other without a hole, across restarts too: each starts where the last one ended. One
//! in which events were still waiting is taken again, longer by what has been received since.

use std::ops::Range;
use std::time::Duration;

use bataudit_control::reconciliations::Reconciliation;

const MINUTE: i64 = 60 * 1000;
const HOUR: i64 = 60 * MINUTE;
/// The longest range: what is read at once is bounded, however far behind the books are.
const LONGEST: i64 = HOUR;
/// What was received this recently is left alone: an acknowledged record is in the log by then.
const FRESH: i64 = 2 * MINUTE;
/// Rows are kept this long at least, days that are about to end not counted.
const ROWS_KEPT: i64 = 30 * 24 * HOUR;

/// The next range, or `None` when less than `every` has passed since the last one.
pub(super) fn next(last: Option<&Reconciliation>, now: i64, every: Duration) -> Option<Range<i64>> {
    let every = i64::try_from(every.as_millis()).unwrap_or(i64::MAX);
    let start = match last {
        None => now - HOUR,
        Some(last) if last.waiting > 0 => last.from_ms,
        Some(last) => last.to_ms,
    };
    let end = (now - FRESH).min(start.saturating_add(LONGEST));
    let due = match last {
        // The same events again: not before they had time to go on.
        Some(last) if last.waiting > 0 => now - last.checked_at >= every,
        _ => end - start >= every.min(LONGEST),
    };
    (due && end > start).then_some(start..end)
}

/// The time whose rollups are compared with this range, if any: they are whole days, so once an hour will
/// do. Reaches back to where they differed the last time, as far as there are rows.
pub(super) fn of_rollups(range: &Range<i64>, earlier: Option<i64>) -> Option<Range<i64>> {
    let due = range.start.div_euclid(HOUR) != range.end.div_euclid(HOUR);
    let earlier = earlier.unwrap_or(range.start).max(range.end - ROWS_KEPT);
    due.then(|| range.start.min(earlier)..range.end)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const EVERY: Duration = Duration::from_secs(300);

    fn found(range: Range<i64>, checked_at: i64, waiting: i64) -> Reconciliation {
        Reconciliation { from_ms: range.start, to_ms: range.end, checked_at, waiting, ..Default::default() }
    }

    #[test]
    fn the_first_range_is_the_last_hour() {
        assert_eq!(next(None, 10 * HOUR, EVERY), Some(9 * HOUR..10 * HOUR - FRESH));
    }

    #[test]
    fn what_waits_is_looked_at_again_but_not_at_once() {
        let last = found(0..5 * MINUTE, 8 * MINUTE, 3);
        assert_eq!(next(Some(&last), 9 * MINUTE, EVERY), None);
        assert_eq!(next(Some(&last), 13 * MINUTE, EVERY), Some(0..11 * MINUTE));
    }

    #[test]
    fn far_behind_goes_on_in_bounded_steps_at_once() {
        let last = found(0..HOUR, 30 * HOUR, 0);
        assert_eq!(next(Some(&last), 30 * HOUR, EVERY), Some(HOUR..2 * HOUR));
    }

    #[test]
    fn an_hour_sees_its_rollups_once() {
        assert_eq!(of_rollups(&(HOUR..HOUR + 5 * MINUTE), Some(0)), None);
        let turn = HOUR - MINUTE..HOUR + MINUTE;
        assert_eq!(of_rollups(&turn, None), Some(turn.clone()));
        assert_eq!(of_rollups(&turn, Some(HOUR)), Some(turn.clone()));
    }

    #[test]
    fn rollups_that_differed_are_looked_at_again_while_there_are_rows() {
        let turn = 2000 * HOUR - MINUTE..2000 * HOUR + MINUTE;
        assert_eq!(of_rollups(&turn, Some(1900 * HOUR)), Some(1900 * HOUR..turn.end));
        assert_eq!(of_rollups(&turn, Some(0)), Some(turn.end - ROWS_KEPT..turn.end));
    }

    proptest! {
        /// Whatever waits and whenever sentinel runs, no moment is left out, and none is settled twice.
        #[test]
        fn settled_ranges_are_one_after_the_other(
            steps in prop::collection::vec((1_i64..200, any::<bool>()), 1..60),
        ) {
            let (mut now, mut last) = (100 * HOUR, None::<Reconciliation>);
            let mut settled_to = None;
            for (minutes, waits) in steps {
                now += minutes * MINUTE;
                let Some(range) = next(last.as_ref(), now, EVERY) else { continue };
                prop_assert!(range.start < range.end && range.end <= now - FRESH);
                prop_assert!(range.end - range.start <= LONGEST);
                if let Some(settled_to) = settled_to {
                    prop_assert_eq!(range.start, settled_to);
                }
                if settled_to.is_none() || !waits {
                    settled_to = Some(if waits { range.start } else { range.end });
                }
                last = Some(found(range, now, i64::from(waits)));
            }
        }
    }
}
