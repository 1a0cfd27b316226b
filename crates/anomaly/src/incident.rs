//! From spans in which a rule held to the incidents a person is told of. Pure.
//!
//! What lies within the cooldown of an incident is the same incident, whether it came later or was only found
//! later: evaluating the same minutes again, or with late events, changes no incident that was told.

use serde_json::Value;

use crate::detect::Span;

/// What an incident is about. Each has incidents and a cooldown of its own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// The rule.
    pub rule_id: String,
    /// The service.
    pub service_name: String,
    /// Its environment.
    pub environment: String,
    /// Method and route, parted by a space, for rules that tell them apart; else empty.
    pub subject: String,
}

/// A time in which a rule held, with pauses no longer than its cooldown.
#[derive(Debug, Clone, PartialEq)]
pub struct Incident {
    /// The first minute.
    pub from: i64,
    /// The last minute so far.
    pub to: i64,
    /// What was seen in the first one.
    pub details: Value,
    /// Whether it is over.
    pub is_resolved: bool,
}

/// What an evaluation makes of the incidents of one key.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Change {
    /// Incidents nobody knows yet.
    pub fired: Vec<Incident>,
    /// By the index among the known ones: how long they last now.
    pub lasting: Vec<(usize, i64)>,
    /// By the index among the known ones: those that are over.
    pub resolved: Vec<usize>,
}

/// Compares the spans found now with the incidents known. `until` is the last minute that was judged;
/// `cooldown` is in minutes.
#[must_use]
pub fn compare(known: &[Incident], spans: &[Span], until: i64, cooldown: i64) -> Change {
    let mut change = Change::default();
    let mut lasting: Vec<i64> = known.iter().map(|incident| incident.to).collect();
    for span in spans {
        let near = |from: i64, to: i64| span.from <= to + cooldown + 1 && span.to + cooldown + 1 >= from;
        if let Some(index) = (0..known.len()).find(|index| near(known[*index].from, lasting[*index])) {
            lasting[index] = lasting[index].max(span.to);
        } else if let Some(new) = change.fired.iter_mut().find(|new| near(new.from, new.to)) {
            new.to = new.to.max(span.to);
        } else {
            let Span { from, to, details } = span.clone();
            change.fired.push(Incident { from, to, details, is_resolved: false });
        }
    }
    // A moment longer than the cooldown: what would come next is another incident.
    let is_over = |to: i64| to + cooldown + 1 < until;
    for new in &mut change.fired {
        new.is_resolved = is_over(new.to);
    }
    for (index, (incident, to)) in known.iter().zip(&lasting).enumerate() {
        if *to > incident.to {
            change.lasting.push((index, *to));
        }
        if !incident.is_resolved && is_over(*to) {
            change.resolved.push(index);
        }
    }
    change
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn span(from: i64, to: i64) -> Span {
        Span { from, to, details: json!(from) }
    }

    fn judge(known: &mut Vec<Incident>, spans: &[Span], until: i64, cooldown: i64) -> usize {
        let change = compare(known, spans, until, cooldown);
        for (index, to) in change.lasting {
            known[index].to = to;
        }
        for index in change.resolved {
            known[index].is_resolved = true;
        }
        let fired = change.fired.len();
        known.extend(change.fired);
        fired
    }

    #[test]
    fn within_the_cooldown_it_is_the_same_and_after_it_another() {
        let mut known = Vec::new();
        assert_eq!(judge(&mut known, &[span(10, 10)], 10, 5), 1);
        assert_eq!(judge(&mut known, &[span(10, 10), span(15, 15)], 15, 5), 0);
        assert_eq!((known[0].from, known[0].to, known[0].is_resolved), (10, 15, false));
        assert_eq!(judge(&mut known, &[], 21, 5), 0);
        assert!(!known[0].is_resolved, "it may still go on");
        assert_eq!(judge(&mut known, &[], 22, 5), 0);
        assert!(known[0].is_resolved);
        assert_eq!(judge(&mut known, &[span(22, 22)], 22, 5), 1);
    }

    #[test]
    fn what_is_found_late_and_long_over_is_told_as_over() {
        let change = compare(&[], &[span(10, 12)], 600, 5);
        assert_eq!(change.fired.len(), 1);
        assert!(change.fired[0].is_resolved);
    }

    proptest! {
        /// However often and in whatever steps the same minutes are judged, the same incidents are told once.
        #[test]
        fn judging_again_tells_nothing_new(
            held in prop::collection::vec(any::<bool>(), 1..120),
            steps in prop::collection::vec(1_i64..10, 1..60),
            cooldown in 0_i64..8,
            back in 0_i64..30,
        ) {
            let spans = |from: i64, to: i64| {
                let mut spans = Vec::new();
                for minute in from.max(0)..=to {
                    if held.get(minute as usize).copied().unwrap_or_default() {
                        crate::detect::add(&mut spans, minute, || json!(null));
                    }
                }
                spans
            };
            let last = held.len() as i64 - 1;
            let (mut known, mut told, mut now) = (Vec::new(), 0, 0);
            for step in steps {
                // With an overlap, as sentinel does it; nothing is left out between two evaluations.
                let seen = spans(now - back, (now + step).min(last));
                now += step;
                told += judge(&mut known, &seen, now, cooldown);
            }
            let at_once = compare(&[], &spans(0, now.min(last)), now, cooldown).fired;
            prop_assert_eq!(told, at_once.len());
            let times = |all: &[Incident]| all.iter().map(|i| (i.from, i.to)).collect::<Vec<_>>();
            prop_assert_eq!(times(&known), times(&at_once));
        }
    }
}
