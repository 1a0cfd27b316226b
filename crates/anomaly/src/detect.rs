//! In which minutes a rule held, from counts per minute. Pure.
//!
//! A series has an entry for each minute with events, in order; a minute without one had none.

use serde_json::{Value, json};

use crate::rule::Parameters;

/// Minutes before a minute that a spike is measured against.
pub const BASELINE: i64 = 59;
/// A service that has not been there this long has no baseline.
const LEAST_BASELINE: i64 = 15;
/// With fewer events than this on average a minute, every event would be a spike.
const LEAST_MEAN: f64 = 1.0;

/// What was counted in a minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// The minute.
    pub minute: i64,
    /// Events.
    pub events: u64,
    /// Of these, with a status of 400 or above.
    pub errors: u64,
}

/// Minutes in a row in which a rule held, both included.
#[derive(Debug, Clone, PartialEq)]
pub struct Span {
    /// The first.
    pub from: i64,
    /// The last.
    pub to: i64,
    /// What was seen in the first one, by the original's names.
    pub details: Value,
}

/// Adds a minute in which the rule held.
pub fn add(spans: &mut Vec<Span>, minute: i64, details: impl FnOnce() -> Value) {
    match spans.last_mut() {
        Some(last) if last.to + 1 >= minute => last.to = minute,
        _ => spans.push(Span { from: minute, to: minute, details: details() }),
    }
}

/// A minute's volume, and what it is measured against.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Volume {
    /// The minute.
    pub minute: i64,
    /// Its events.
    pub events: u64,
    /// The mean of the minutes before, their standard deviation, and with how many events the rule begins to hold;
    /// `None` while there is no baseline.
    pub baseline: Option<(f64, f64, f64)>,
}

/// The volumes of a series. The deviation counts as at least the root of the mean, which is the noise of events that
/// know nothing of each other: a service with one event each minute may have three in one.
#[must_use]
pub fn volumes(series: &[Counted], parameters: &Parameters) -> Vec<Volume> {
    let mut volumes = Vec::with_capacity(series.len());
    let (mut start, mut sum, mut squares) = (0, 0.0, 0.0);
    for (at, current) in series.iter().enumerate() {
        while series[start].minute < current.minute - BASELINE {
            let left = series[start].events as f64;
            (sum, squares) = (sum - left, squares - left * left);
            start += 1;
        }
        let minutes = if start == 0 { current.minute - series[0].minute } else { BASELINE };
        let mean = sum / minutes.max(1) as f64;
        let has_baseline = minutes >= LEAST_BASELINE && at > start && mean >= LEAST_MEAN;
        let baseline = has_baseline.then(|| {
            let deviation = (squares / minutes as f64 - mean * mean).max(mean).sqrt();
            (mean, deviation, mean + parameters.threshold * deviation)
        });
        volumes.push(Volume { minute: current.minute, events: current.events, baseline });
        let events = current.events as f64;
        (sum, squares) = (sum + events, squares + events * events);
    }
    volumes
}

/// Minutes from `since` on with more events than the mean of the minutes before and `threshold` standard deviations.
#[must_use]
pub fn volume_spike(series: &[Counted], since: i64, parameters: &Parameters) -> Vec<Span> {
    let mut spans = Vec::new();
    for Volume { minute, events, baseline } in volumes(series, parameters) {
        let Some((mean, deviation, limit)) = baseline else { continue };
        if minute >= since && events as f64 > limit {
            add(&mut spans, minute, || {
                json!({
                    "current_rpm": events, "baseline_rpm": rounded(mean), "stddev": rounded(deviation),
                    "z_threshold": parameters.threshold,
                })
            });
        }
    }
    spans
}

/// The share of errors that the window held at the end of each minute.
#[must_use]
pub fn shares(series: &[Counted], parameters: &Parameters) -> Vec<(i64, Share)> {
    let window = parameters.window_minutes();
    let mut shares = Vec::with_capacity(series.len());
    let (mut start, mut share) = (0, Share::default());
    for current in series {
        share = Share { events: share.events + current.events, errors: share.errors + current.errors };
        while series[start].minute <= current.minute - window {
            share.events -= series[start].events;
            share.errors -= series[start].errors;
            start += 1;
        }
        shares.push((current.minute, share));
    }
    shares
}

/// Minutes from `since` on at whose end the window held too large a share of errors. `details` names the share.
#[must_use]
pub fn error_share(
    series: &[Counted],
    since: i64,
    parameters: &Parameters,
    details: impl Fn(&Share) -> Value,
) -> Vec<Span> {
    let mut spans = Vec::new();
    for (minute, share) in shares(series, parameters) {
        if minute >= since && share.is_enough(parameters) && share.percent() >= parameters.threshold {
            add(&mut spans, minute, || details(&share));
        }
    }
    spans
}

/// Errors among events.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Share {
    /// Events.
    pub events: u64,
    /// Errors among them.
    pub errors: u64,
}

impl Share {
    fn percent(self) -> f64 {
        self.errors as f64 * 100.0 / (self.events.max(1)) as f64
    }

    /// Whether it is one of enough events to say something.
    #[must_use]
    pub fn is_enough(&self, parameters: &Parameters) -> bool {
        self.events >= u64::from(parameters.min_events)
    }

    /// In percent, as it is shown.
    #[must_use]
    pub fn shown(&self) -> f64 {
        rounded(self.percent())
    }
}

/// Silences of a service: from `threshold` minutes after its last event until the next one, or until `until`.
#[must_use]
pub fn silence(series: &[Counted], since: i64, until: i64, parameters: &Parameters) -> Vec<Span> {
    let least = parameters.threshold.ceil() as i64;
    let ends = series.iter().skip(1).map(|counted| counted.minute - 1).chain([until]);
    let silences = series.iter().zip(ends).filter_map(|(last, end)| {
        let from = last.minute + least;
        (from <= end && end >= since).then(|| Span {
            from,
            to: end,
            details: json!({
                "silent_minutes": least, "threshold_min": parameters.threshold, "last_event_minute": last.minute,
            }),
        })
    });
    silences.collect()
}

/// Two digits are enough for a person.
fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::rule::Kind;

    fn series(events: impl IntoIterator<Item = u64>) -> Vec<Counted> {
        let all = (0..).zip(events).map(|(minute, events)| Counted { minute, events, errors: 0 });
        all.filter(|counted| counted.events > 0).collect()
    }

    fn minutes(spans: &[Span]) -> Vec<(i64, i64)> {
        spans.iter().map(|span| (span.from, span.to)).collect()
    }

    #[test]
    fn a_spike_is_told_from_noise() {
        let parameters = Kind::VolumeSpike.defaults();
        let steady = series((0..60).map(|minute| 10 + minute % 3));
        assert_eq!(volume_spike(&steady, 0, &parameters), []);
        let spike = series((0..60).map(|minute| if minute >= 58 { 60 } else { 10 }));
        let spans = volume_spike(&spike, 0, &parameters);
        assert_eq!(minutes(&spans), [(58, 59)]);
        assert_eq!(spans[0].details["current_rpm"], 60);
        assert_eq!(spans[0].details["baseline_rpm"], 10.0);
        // One event a minute is no baseline to call three a spike.
        assert_eq!(volume_spike(&series((0..60).map(|m| if m == 59 { 3 } else { 1 })), 0, &parameters), []);
    }

    #[test]
    fn a_service_that_just_started_has_no_baseline() {
        let parameters = Kind::VolumeSpike.defaults();
        let starting = series((0..90).map(|minute| if minute < 80 { 0 } else { 1000 * (minute - 79) }));
        assert_eq!(volume_spike(&starting, 0, &parameters), []);
        let later =
            series((0..120).map(|minute| if minute == 110 { 1000 } else { u64::from(minute >= 80) * 20 }));
        assert_eq!(minutes(&volume_spike(&later, 0, &parameters)), [(110, 110)]);
    }

    #[test]
    fn a_share_needs_events_and_leaves_with_its_window() {
        let parameters = Parameters { threshold: 50.0, window_seconds: 120, ..Kind::ErrorRate.defaults() };
        let all = [(0, 4, 4), (1, 5, 5), (2, 6, 1), (3, 20, 0)];
        let series = all.map(|(minute, events, errors)| Counted { minute, events, errors });
        let spans =
            error_share(&series, 0, &parameters, |share| json!([share.events, share.errors, share.shown()]));
        assert_eq!(minutes(&spans), [(2, 2)], "9 events are too few, 26 have too few errors");
        assert_eq!(spans[0].details, json!([11, 6, 54.55]));
        assert_eq!(error_share(&series, 3, &parameters, |_| json!(null)), []);
        let held = |min_events| {
            let parameters = Parameters { min_events, ..parameters };
            minutes(&error_share(&series, 0, &parameters, |_| json!(null)))
        };
        assert_eq!((held(9), held(11), held(12)), (vec![(1, 2)], vec![(2, 2)], vec![]));
    }

    #[test]
    fn a_silence_lasts_until_the_next_event_or_until_now() {
        let parameters = Kind::SilentService.defaults();
        let series = [0, 10, 40].map(|minute| Counted { minute, events: 1, errors: 0 });
        assert_eq!(minutes(&silence(&series, 0, 50, &parameters)), [(25, 39)]);
        assert_eq!(minutes(&silence(&series, 0, 60, &parameters)), [(25, 39), (55, 60)]);
        assert_eq!(minutes(&silence(&series, 45, 60, &parameters)), [(55, 60)]);
    }

    proptest! {
        /// The sliding sums are those of each window added up anew.
        #[test]
        fn shares_are_those_of_their_window(
            counts in prop::collection::vec((0_u64..20, 0_u64..20), 1..120),
            window in 1_u32..12,
            threshold in 1_u32..100,
            min_events in 1_u32..40,
        ) {
            let (threshold, window_seconds) = (f64::from(threshold), window * 60);
            let parameters = Parameters { threshold, window_seconds, cooldown_seconds: 0, min_events };
            let all: Vec<_> = (0..).zip(&counts).filter(|(_, (more, errors))| more + errors > 0)
                .map(|(minute, (more, errors))| Counted { minute, events: more + errors, errors: *errors })
                .collect();
            let held = |minute: i64| {
                let within = |c: &&Counted| c.minute <= minute && c.minute > minute - i64::from(window);
                let (events, errors) = all.iter().filter(within).fold((0, 0), |(e, r), c| (e + c.events, r + c.errors));
                events >= u64::from(min_events) && errors as f64 * 100.0 / events as f64 >= threshold
            };
            let wanted: Vec<i64> = all.iter().map(|c| c.minute).filter(|minute| held(*minute)).collect();
            let spans = error_share(&all, 0, &parameters, |_| json!(null));
            let found = |minute: &i64| spans.iter().any(|span| (span.from..=span.to).contains(minute));
            prop_assert!(wanted.iter().all(found));
            let ends = spans.iter().flat_map(|span| [span.from, span.to]);
            prop_assert!(ends.into_iter().all(|minute| wanted.contains(&minute)));
        }

        /// The sliding mean and deviation are those of the minutes before, added up anew.
        #[test]
        fn spikes_are_those_of_their_baseline(counts in prop::collection::vec(0_u64..60, 1..200)) {
            let parameters = Parameters { threshold: 2.0, ..Kind::VolumeSpike.defaults() };
            let all = series(counts.iter().copied());
            let first = all.first().map_or(0, |counted| counted.minute);
            let held = |counted: &&Counted| {
                // Until an event has left the baseline, the service counts as new.
                let is_new = first >= counted.minute - BASELINE;
                let start = if is_new { first } else { counted.minute - BASELINE };
                let before: Vec<f64> = (start..counted.minute).map(|m| counts[m as usize] as f64).collect();
                let minutes = before.len() as f64;
                if minutes < 15.0 { return false; }
                let mean = before.iter().sum::<f64>() / minutes;
                let variance = before.iter().map(|c| (c - mean).powi(2)).sum::<f64>() / minutes;
                let limit = mean + 2.0 * variance.max(mean).sqrt();
                mean >= 1.0 && counted.events as f64 > limit + 1e-6
            };
            let wanted: Vec<i64> = all.iter().filter(held).map(|counted| counted.minute).collect();
            let spans = volume_spike(&all, 0, &parameters);
            for minute in wanted {
                prop_assert!(spans.iter().any(|span| (span.from..=span.to).contains(&minute)), "{minute}");
            }
        }
    }
}
