//! What a check means: the status from now on, how long it has lasted, what is told, when the next one is. Pure.

use bataudit_control::monitors::checks::{self, Check, Step};
use bataudit_control::monitors::{Change, Monitor, Status, Target};
use reqwest::Url;
use serde_json::{Map, Value, json};

use super::check::Seen;
use super::tell::{CERTIFICATE, DOWN, ENVIRONMENT, Told, UP};
use crate::notify::message::Alert;

/// By how much an interval is stretched or shortened at most: one part in this many. Monitors that were made together do
/// not stay together.
const JITTER: i64 = 10;
/// How much later than planned a check may be, in milliseconds, for the time before it to count as watched: another
/// instance may have had to take over.
const GRACE_MS: i64 = 20_000;
const DAY_MS: i64 = 86_400_000;

/// When the next check is due. `random` is anything.
pub(super) fn next_due(target: &Target, now: i64, random: u32) -> i64 {
    let interval = target.interval_seconds * 1000;
    let most = interval / JITTER;
    now + interval - most + i64::from(random) % (2 * most + 1)
}

/// What a check at `now` changes.
pub(super) fn step(monitor: &Monitor, seen: &Seen, now: i64, due_at: i64) -> Step {
    let status = if seen.is_up { Status::Up } else { Status::Down };
    let target = &monitor.target;
    let longest = 2 * target.interval_seconds * 1000 + target.timeout_seconds * 1000 + GRACE_MS;
    let since_last = monitor.checked_at.map(|last| now - last).filter(|gap| (0..=longest).contains(gap));
    let known_ms = monitor.known_ms + since_last.unwrap_or(0);
    let is_same = monitor.status == status;

    let mut changes = Vec::new();
    match (monitor.status, status) {
        (Status::Up | Status::Unknown, Status::Down) => {
            changes.push(change(monitor, DOWN, seen_details(target, seen), now));
        }
        (Status::Down, Status::Up) => {
            let mut details = seen_details(target, seen);
            details.insert("downtime_seconds".to_owned(), json!(known_ms / 1000));
            changes.push(change(monitor, UP, details, now));
        }
        _ => {}
    }
    let warned = warning(monitor, seen, now);
    if let Some(ends) = warned {
        let days = (ends - now).div_euclid(DAY_MS);
        let details = json!({"url": shown(&target.url), "expires_at": Told::time(ends), "days_left": days});
        changes.push(change(monitor, CERTIFICATE, object(details), now));
    }
    Step {
        check: Check {
            id: checks::new_id(),
            monitor_id: monitor.id.clone(),
            status: seen.status().to_owned(),
            status_code: seen.status_code.map(i64::from),
            response_ms: seen.response_ms,
            error: seen.error.clone(),
            checked_at: now,
        },
        status,
        since_ms: monitor.since_ms.filter(|_| is_same).unwrap_or(now),
        known_ms: if is_same { known_ms } else { 0 },
        in_time: since_last.is_some(),
        due_at,
        // A connection that failed showed none: what was seen last still holds.
        certificate_expires_at: seen.certificate_ends.or(monitor.certificate_expires_at),
        certificate_warned: warned.or(monitor.certificate_warned),
        changes,
    }
}

/// The end of a certificate that is near and was not told yet.
fn warning(monitor: &Monitor, seen: &Seen, now: i64) -> Option<i64> {
    let days = monitor.target.certificate_warning_days;
    let ends = seen.certificate_ends.filter(|ends| days > 0 && *ends <= now + days * DAY_MS)?;
    (monitor.certificate_warned != Some(ends)).then_some(ends)
}

fn seen_details(target: &Target, seen: &Seen) -> Map<String, Value> {
    let mut details = object(json!({
        "url": shown(&target.url), "expected_status": target.expected_status, "response_ms": seen.response_ms,
        "error": seen.error.as_deref().unwrap_or_default(),
    }));
    if let Some(status) = seen.status_code {
        details.insert("status_code".to_owned(), json!(status));
    }
    details
}

fn object(value: Value) -> Map<String, Value> {
    if let Value::Object(fields) = value { fields } else { Map::new() }
}

/// An address without its query, which may hold a secret.
fn shown(url: &str) -> String {
    Url::parse(url).map_or_else(
        |_| String::new(),
        |mut url| {
            url.set_query(None);
            url.set_fragment(None);
            url.to_string()
        },
    )
}

/// The event and the alert of what happened, under one id.
fn change(monitor: &Monitor, event_type: &str, details: Map<String, Value>, now: i64) -> Change {
    let details = Value::Object(details);
    let told = Told {
        event_type: event_type.to_owned(),
        path: shown(&monitor.target.url),
        service_name: monitor.target.name.clone(),
        details: details.clone(),
        timestamp: now,
    };
    // The original's: the kind of event is the rule.
    let alert = Alert {
        event_type: "system.alert".to_owned(),
        rule_type: event_type.to_owned(),
        project_id: monitor.project_id.clone(),
        service_name: monitor.target.name.clone(),
        environment: ENVIRONMENT.to_owned(),
        subject: String::new(),
        timestamp: now,
        details,
    };
    // Texts and numbers: serialising them cannot fail.
    Change {
        event_id: checks::new_id(),
        event: serde_json::to_string(&told).unwrap_or_default(),
        alert: serde_json::to_string(&alert).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn monitor() -> Monitor {
        Monitor {
            id: "m".to_owned(),
            project_id: "p".to_owned(),
            target: Target {
                name: "shop".to_owned(),
                url: "https://shop.example.com/health?key=hunter2".to_owned(),
                interval_seconds: 60,
                timeout_seconds: 10,
                expected_status: 200,
                certificate_warning_days: 14,
                enabled: true,
            },
            status: Status::Unknown,
            since_ms: None,
            known_ms: 0,
            checked_at: None,
            certificate_expires_at: None,
            certificate_warned: None,
            created_at: 0,
            updated_at: 0,
        }
    }

    fn seen(is_up: bool) -> Seen {
        let error = (!is_up).then(|| "no answer within 10 s".to_owned());
        Seen { is_up, status_code: is_up.then_some(200), response_ms: 5, error, certificate_ends: None }
    }

    /// The monitor after a check.
    fn after(monitor: &Monitor, step: &Step) -> Monitor {
        Monitor {
            status: step.status,
            since_ms: Some(step.since_ms),
            known_ms: step.known_ms,
            checked_at: Some(step.check.checked_at),
            certificate_expires_at: step.certificate_expires_at,
            certificate_warned: step.certificate_warned,
            ..monitor.clone()
        }
    }

    fn told(step: &Step) -> Vec<Told> {
        step.changes.iter().map(|change| serde_json::from_str(&change.event).unwrap()).collect()
    }

    #[test]
    fn down_is_told_at_once_and_up_with_the_time_that_was_watched() {
        let mut monitor = monitor();
        let mut all = Vec::new();
        // Up, down, still down; then nobody looks for an hour; still down, up.
        for (at, is_up) in [(0, true), (60, false), (120, false), (3_720, false), (3_780, true)] {
            let step = step(&monitor, &seen(is_up), at * 1000, 0);
            all.extend(told(&step));
            monitor = after(&monitor, &step);
        }
        let types: Vec<_> = all.iter().map(|told| told.event_type.as_str()).collect();
        assert_eq!(types, [DOWN, UP]);
        assert_eq!((all[1].details["downtime_seconds"].as_i64(), all[1].timestamp), (Some(120), 3_780_000));
        assert_eq!(all[0].path, "https://shop.example.com/health", "no query");
        assert_eq!(monitor.since_ms, Some(3_780_000));
    }

    #[test]
    fn the_first_check_tells_only_that_it_is_down() {
        assert!(told(&step(&monitor(), &seen(true), 0, 0)).is_empty());
        assert_eq!(told(&step(&monitor(), &seen(false), 0, 0)).len(), 1);
    }

    #[test]
    fn a_certificate_is_warned_of_once() {
        let ends = 20 * DAY_MS;
        let shown = Seen { certificate_ends: Some(ends), ..seen(true) };
        let early = step(&monitor(), &shown, 5 * DAY_MS, 0);
        assert!(told(&early).is_empty());
        let near = step(&after(&monitor(), &early), &shown, 6 * DAY_MS, 0);
        assert_eq!(told(&near)[0].details["days_left"], 14);
        let again = after(&monitor(), &near);
        assert!(told(&step(&again, &shown, 7 * DAY_MS, 0)).is_empty(), "told already");
        let failed = step(&again, &seen(false), 8 * DAY_MS, 0);
        assert_eq!(failed.certificate_expires_at, Some(ends), "a failed connection shows none");
        let renewed = Seen { certificate_ends: Some(12 * DAY_MS), ..seen(true) };
        assert_eq!(told(&step(&again, &renewed, 7 * DAY_MS, 0)).len(), 1, "another certificate");
    }

    proptest! {
        #[test]
        fn the_next_check_is_near_its_interval(interval in 10i64..86_400, random: u32, now in 0i64..1 << 50) {
            let target = Target { interval_seconds: interval, ..monitor().target };
            let wait = next_due(&target, now, random) - now;
            prop_assert!((interval * 900..=interval * 1100).contains(&wait), "{wait}");
        }

        /// Whatever is seen whenever: downs and ups are told in turn, and no downtime is longer than what passed.
        #[test]
        fn downs_and_ups_alternate(checks in proptest::collection::vec((1i64..10_000, any::<bool>()), 1..60)) {
            let (mut monitor, mut now, mut down_at) = (monitor(), 0, None);
            for (wait, is_up) in checks {
                now += wait * 1000;
                let step = step(&monitor, &seen(is_up), now, 0);
                for told in told(&step) {
                    match down_at.take() {
                        None => {
                            prop_assert_eq!(told.event_type, DOWN);
                            down_at = Some(now);
                        }
                        Some(since) => {
                            prop_assert_eq!(told.event_type, UP);
                            let seconds = told.details["downtime_seconds"].as_i64().unwrap();
                            prop_assert!((0..=(now - since) / 1000).contains(&seconds));
                        }
                    }
                }
                monitor = after(&monitor, &step);
                prop_assert_eq!(monitor.status == Status::Down, down_at.is_some());
            }
        }
    }
}
