//! What a rule saw: for each minute of a range the figure it judges, and from where on it holds. In: a rule, whose
//! events, and the range. Out: points to be drawn. The figures are those of [`detect`], and what ClickHouse is asked is
//! what [`evaluate`](mod@crate::evaluate) asks it.

use std::collections::BTreeMap;
use std::ops::Range;

use bataudit_store::StoreError;

use crate::detect::{self, BASELINE, Counted, Volume};
use crate::read::{AllSeries, Burstlike, Reader, Source};
use crate::rule::{Kind, Rule};

/// A minute of a curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// The minute.
    pub minute: i64,
    /// The figure that is judged: events of the minute, percent of errors in the window, events in the window, or
    /// minutes since the last event, as the rule's kind has it.
    pub value: f64,
    /// What is usual, for rules that measure against it and where it is known.
    pub baseline: Option<f64>,
    /// From where on the rule holds; `None` where it cannot hold yet.
    pub threshold: Option<f64>,
}

/// The curve of one service (and subject), a point a minute.
///
/// # Errors
/// When ClickHouse fails or is late.
pub async fn curve(
    reader: &Reader,
    rule: &Rule,
    of: &Source,
    minutes: Range<i64>,
) -> Result<Vec<Point>, StoreError> {
    let projects = [of.project_id.clone()];
    let window = rule.parameters.window_minutes();
    let before = |back: i64| minutes.start - back..minutes.end;
    let points = match rule.kind {
        Kind::VolumeSpike => {
            let all = reader.services(&projects, &before(BASELINE + 1)).await?;
            volumes(rule, &every_minute(&all, of, minutes.end))
        }
        Kind::ErrorRate => {
            let all = reader.services(&projects, &before(window)).await?;
            shares(rule, &every_minute(&all, of, minutes.end))
        }
        Kind::ErrorRateByRoute => {
            let all = reader.routes(&projects, &before(window)).await?;
            shares(rule, &every_minute(&all, of, minutes.end))
        }
        Kind::SilentService => {
            let all =
                reader.services(&projects, &before(rule.parameters.threshold.ceil() as i64 + 1)).await?;
            silences(rule, all.get(of).map(Vec::as_slice).unwrap_or_default(), &minutes)
        }
        Kind::BruteForce => bursts(reader, rule, of, Burstlike::Refusals, &minutes).await?,
        Kind::MassDelete => bursts(reader, rule, of, Burstlike::Deletions, &minutes).await?,
    };
    Ok(points.into_iter().filter(|point| minutes.contains(&point.minute)).collect())
}

/// The series from its first event to before `end`, with the minutes that had none.
fn every_minute(all: &AllSeries, of: &Source, end: i64) -> Vec<Counted> {
    let Some(series) = all.get(of) else { return Vec::new() };
    let first = series.first().map_or(end, |counted| counted.minute);
    let by_minute: BTreeMap<i64, Counted> = series.iter().map(|counted| (counted.minute, *counted)).collect();
    let at = |minute| by_minute.get(&minute).copied().unwrap_or(Counted { minute, events: 0, errors: 0 });
    (first..end).map(at).collect()
}

fn volumes(rule: &Rule, series: &[Counted]) -> Vec<Point> {
    let point = |Volume { minute, events, baseline }: Volume| Point {
        minute,
        value: events as f64,
        baseline: baseline.map(|(mean, ..)| mean),
        threshold: baseline.map(|(.., limit)| limit),
    };
    detect::volumes(series, &rule.parameters).into_iter().map(point).collect()
}

fn shares(rule: &Rule, series: &[Counted]) -> Vec<Point> {
    let point = |(minute, share): (i64, detect::Share)| Point {
        minute,
        value: share.shown(),
        baseline: None,
        threshold: share.is_enough(&rule.parameters).then_some(rule.parameters.threshold),
    };
    detect::shares(series, &rule.parameters).into_iter().map(point).collect()
}

/// Minutes since the last event before each minute, from the first event that is known.
fn silences(rule: &Rule, series: &[Counted], minutes: &Range<i64>) -> Vec<Point> {
    let mut last = None;
    let mut events = series.iter().map(|counted| counted.minute).peekable();
    let mut points = Vec::new();
    for minute in minutes.clone() {
        while let Some(event) = events.next_if(|event| *event <= minute) {
            last = Some(event);
        }
        points.extend(last.map(|last: i64| Point {
            minute,
            value: (minute - last) as f64,
            baseline: None,
            threshold: Some(rule.parameters.threshold),
        }));
    }
    points
}

/// The most events the window held in each minute; of refused logins, the most of one identifier.
async fn bursts(
    reader: &Reader,
    rule: &Rule,
    of: &Source,
    what: Burstlike,
    minutes: &Range<i64>,
) -> Result<Vec<Point>, StoreError> {
    let range = minutes.start - rule.parameters.window_minutes()..minutes.end;
    let limits = (rule.parameters.window_seconds, 1);
    let all = reader.bursts(what, std::slice::from_ref(&of.project_id), &range, limits).await?;
    let found = all.get(of).map(Vec::as_slice).unwrap_or_default();
    let by_minute: BTreeMap<i64, u64> = found.iter().map(|burst| (burst.minute, burst.events)).collect();
    let point = |minute| Point {
        minute,
        value: by_minute.get(&minute).copied().unwrap_or_default() as f64,
        baseline: None,
        threshold: Some(rule.parameters.threshold),
    };
    Ok(minutes.clone().map(point).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::detect::Span;

    fn rule(kind: Kind) -> Rule {
        Rule {
            id: "r".to_owned(),
            project_id: "p".to_owned(),
            kind,
            parameters: kind.defaults(),
            service_name: None,
            environment: None,
        }
    }

    fn source() -> Source {
        let text = str::to_owned;
        Source {
            project_id: text("p"),
            service_name: text("s"),
            environment: text("e"),
            subject: String::new(),
        }
    }

    fn holds(spans: &[Span], minute: i64) -> bool {
        spans.iter().any(|span| (span.from..=span.to).contains(&minute))
    }

    #[test]
    fn a_silence_grows_until_the_next_event() {
        let series = [2, 5].map(|minute| Counted { minute, events: 1, errors: 0 });
        let points = silences(&rule(Kind::SilentService), &series, &(0..8));
        let seen: Vec<_> = points.iter().map(|point| (point.minute, point.value)).collect();
        assert_eq!(seen, [(2, 0.0), (3, 1.0), (4, 2.0), (5, 0.0), (6, 1.0), (7, 2.0)]);
        assert!(points.iter().all(|point| point.threshold == Some(15.0)));
    }

    proptest! {
        /// What is drawn above its threshold is where the rule held, and nowhere else.
        #[test]
        fn a_point_above_its_threshold_is_a_minute_in_which_the_rule_held(
            counts in prop::collection::vec((0_u64..30, 0_u64..12), 1..200),
        ) {
            let series: Vec<_> = (0..).zip(&counts).filter(|(_, (more, errors))| more + errors > 0)
                .map(|(minute, (more, errors))| Counted { minute, events: more + errors, errors: *errors })
                .collect();
            let all = AllSeries::from([(source(), series.clone())]);
            let end = counts.len() as i64;
            let filled = every_minute(&all, &source(), end);
            prop_assert!(filled.windows(2).all(|pair| pair[1].minute == pair[0].minute + 1));

            let volume = rule(Kind::VolumeSpike);
            let spans = detect::volume_spike(&series, 0, &volume.parameters);
            for point in volumes(&volume, &filled) {
                let above = point.threshold.is_some_and(|threshold| point.value > threshold);
                prop_assert_eq!(above, holds(&spans, point.minute), "{:?}", point);
            }
            let share = rule(Kind::ErrorRate);
            let spans = detect::error_share(&series, 0, &share.parameters, |_| serde_json::json!(null));
            for point in shares(&share, &filled) {
                // A rule is judged where events are.
                if series.iter().any(|counted| counted.minute == point.minute) {
                    let above = point.threshold.is_some_and(|threshold| point.value >= threshold);
                    prop_assert!(above || !holds(&spans, point.minute), "{:?}", point);
                }
            }
        }
    }
}
