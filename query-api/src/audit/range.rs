//! The time range of a request: always there, both ends included, unix milliseconds.

use utoipa::IntoParams;

use crate::error::{ApiError, ApiResult};
use crate::input::Params;

/// One minute.
pub(crate) const MINUTE_MS: i64 = 60_000;
/// One hour.
pub(crate) const HOUR_MS: i64 = 60 * MINUTE_MS;
/// One day.
pub(crate) const DAY_MS: i64 = 24 * HOUR_MS;
/// How long raw events are promised to be kept: the range of a list without `start_date`.
pub(crate) const RETENTION_MS: i64 = 30 * DAY_MS;
/// How far ahead of now an event may lie: the gateway moves events of clocks that are further ahead.
const AHEAD_MS: i64 = bataudit_event::limits::CLAMP_AHEAD_MS + MINUTE_MS;

/// The time range; RFC 3339 with offset, both ends included.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "names the parameters for the API's document")]
pub(crate) struct RangeQuery {
    /// First moment. Without it the range ends at `end_date`, or now, and is 30 days long.
    #[param(example = "2026-01-30T08:00:00Z")]
    start_date: Option<String>,
    /// Last moment; now and what comes unless given.
    #[param(example = "2026-01-31T08:00:00Z")]
    end_date: Option<String>,
}

/// A time range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Range {
    /// First millisecond.
    pub(crate) start: i64,
    /// Last millisecond.
    pub(crate) end: i64,
}

impl Range {
    /// Takes `start_date` and `end_date`, with [`Bounds::range`].
    pub(crate) fn take(params: &mut Params, now: i64, default_back: i64) -> ApiResult<Self> {
        Bounds::take(params)?.range(now, default_back)
    }

    /// The whole retention.
    pub(crate) fn retention(now: i64) -> Self {
        // Raw rows outlive the promise by the time an event may have waited in Kafka.
        Self { start: now - RETENTION_MS - 8 * DAY_MS, end: now + AHEAD_MS }
    }

    /// Everything that is stored, whatever a project keeps.
    pub(crate) fn everything(now: i64) -> Self {
        Self { start: 0, end: now + AHEAD_MS }
    }

    /// The part of both ranges; empty ranges end before they start.
    pub(crate) fn and(self, other: Self) -> Self {
        Self { start: self.start.max(other.start), end: self.end.min(other.end) }
    }

    pub(crate) fn is_empty(self) -> bool {
        self.start > self.end
    }
}

/// The ends of a range as a client gave them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bounds {
    start: Option<i64>,
    end: Option<i64>,
}

impl Bounds {
    /// Takes `start_date` and `end_date`.
    pub(crate) fn take(params: &mut Params) -> ApiResult<Self> {
        Ok(Self { start: params.time("start_date")?, end: params.time("end_date")? })
    }

    /// The range at `now`. Without an end it is open towards events whose clock is a little ahead;
    /// without a start it is `default_back` long.
    pub(crate) fn range(self, now: i64, default_back: i64) -> ApiResult<Range> {
        let start = self.start.unwrap_or_else(|| self.end.unwrap_or(now).min(now) - default_back);
        let range = Range { start, end: self.end.unwrap_or(now + AHEAD_MS) };
        if range.is_empty() {
            return Err(ApiError::parameter("end_date", "must not be before start_date"));
        }
        Ok(range)
    }
}

/// How finely a rollup counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Tier {
    Minute,
    Hour,
    Day,
}

impl Tier {
    /// Length of its buckets.
    pub(crate) const fn millis(self) -> i64 {
        match self {
            Self::Minute => MINUTE_MS,
            Self::Hour => HOUR_MS,
            Self::Day => DAY_MS,
        }
    }

    /// How long its rows are kept for sure.
    const fn kept_ms(self) -> i64 {
        match self {
            Self::Minute => RETENTION_MS,
            Self::Hour => 364 * DAY_MS,
            Self::Day => i64::MAX,
        }
    }

    const fn finer(self) -> Option<Self> {
        match self {
            Self::Minute => None,
            Self::Hour => Some(Self::Minute),
            Self::Day => Some(Self::Hour),
        }
    }
}

/// A stretch of time and the rollup that answers for it: `start` included, `end` not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Segment {
    pub(crate) tier: Tier,
    pub(crate) start: i64,
    pub(crate) end: i64,
}

/// Covers `[start, end)` with whole buckets, each stretch by the coarsest tier up to `coarsest` that
/// fits. Ends that lie within the finest bucket still kept are moved outwards to its border.
pub(crate) fn cover(range: Range, now: i64, coarsest: Tier) -> Vec<Segment> {
    let finest = [Tier::Minute, Tier::Hour, Tier::Day].into_iter();
    let finest = finest.filter(|tier| now - range.start <= tier.kept_ms()).min().unwrap_or(Tier::Day);
    let step = finest.millis();
    let (start, end) = (floor(range.start, step), floor(range.end, step) + step);
    let mut segments = Vec::new();
    split(start, end, coarsest.max(finest), finest, &mut segments);
    segments
}

/// Splits `[start, end)`: whole buckets of `tier` in the middle, what is left at both sides finer.
pub(crate) fn split(start: i64, end: i64, tier: Tier, finest: Tier, into: &mut Vec<Segment>) {
    if start >= end {
        return;
    }
    let Some(finer) = tier.finer().filter(|finer| *finer >= finest) else {
        into.push(Segment { tier, start, end });
        return;
    };
    let step = tier.millis();
    let (first, last) = (ceil(start, step), floor(end, step));
    if first >= last {
        split(start, end, finer, finest, into);
        return;
    }
    split(start, first, finer, finest, into);
    into.push(Segment { tier, start: first, end: last });
    split(last, end, finer, finest, into);
}

/// The bucket border at or before `time`.
pub(crate) fn floor(time: i64, step: i64) -> i64 {
    time.div_euclid(step) * step
}

/// The bucket border at or after `time`.
pub(crate) fn ceil(time: i64, step: i64) -> i64 {
    floor(time + step - 1, step)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn takes_the_coarsest_that_fits() {
        let now = 1_769_835_600_000; // 2026-01-31T05:00:00Z
        let range = Range { start: now - 2 * DAY_MS - 30 * MINUTE_MS, end: now + 1 };
        let tiers: Vec<_> = cover(range, now, Tier::Day).iter().map(|segment| segment.tier).collect();
        assert_eq!(tiers, [Tier::Minute, Tier::Hour, Tier::Day, Tier::Hour, Tier::Minute]);
        assert!(cover(range, now, Tier::Minute).iter().all(|segment| segment.tier == Tier::Minute));
    }

    #[test]
    fn old_ranges_use_what_is_still_kept() {
        let now = 1_769_835_600_000;
        let old = Range { start: now - 40 * DAY_MS + 1, end: now };
        assert!(cover(old, now, Tier::Minute).iter().all(|segment| segment.tier == Tier::Hour));
        let older = Range { start: now - 400 * DAY_MS, end: now };
        assert!(cover(older, now, Tier::Hour).iter().all(|segment| segment.tier == Tier::Day));
    }

    proptest! {
        #[test]
        fn covers_without_gap_or_overlap(start in 0_i64..60 * DAY_MS, length in 0_i64..60 * DAY_MS) {
            let range = Range { start, end: start + length };
            for coarsest in [Tier::Minute, Tier::Hour, Tier::Day] {
                let segments = cover(range, range.end, coarsest);
                prop_assert!(segments[0].start <= start);
                prop_assert!(segments[segments.len() - 1].end > range.end);
                for segment in &segments {
                    prop_assert!(segment.start < segment.end);
                    prop_assert_eq!(segment.start % segment.tier.millis(), 0);
                    prop_assert_eq!(segment.end % segment.tier.millis(), 0);
                }
                for pair in segments.windows(2) {
                    prop_assert_eq!(pair[0].end, pair[1].start);
                }
            }
        }
    }
}
