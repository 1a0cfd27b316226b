//! What the pages and the tests of the pages rely on.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::plan::Terms;
use super::*;

const NOW: i64 = 1_790_000_000_000;

fn plan(events: u32) -> Plan {
    Plan::new(Terms { seed: 1, now: NOW, events, fixed_rhythm: true, nasty: false })
}

fn all(plan: &Plan) -> Vec<DemoEvent> {
    plan.hours().flat_map(|hour| plan.hour(hour)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// As many as were asked for, all within the time that the gateway leaves alone, and always the same.
    #[test]
    fn the_number_is_exact(seed in any::<u64>(), events in 1_u32..6_000, fixed_rhythm: bool, nasty: bool, hours in 0_i64..200) {
        let terms = Terms { seed, now: NOW + hours * plan::HOUR_MS, events, fixed_rhythm, nasty };
        let plan = Plan::new(terms);
        let events = all(&plan);
        prop_assert_eq!(events.len() as u32, terms.events);
        let oldest = plan.now - 30 * 24 * plan::HOUR_MS + plan::HOUR_MS;
        prop_assert!(events.iter().all(|event| (oldest..plan.now).contains(&event.timestamp)));
        prop_assert_eq!(plan.hour(3), Plan::new(terms).hour(3));
    }
}

#[test]
fn a_seed_tells_its_own_story() {
    let other = Plan::new(Terms { seed: 2, now: NOW, events: 2_000, fixed_rhythm: true, nasty: false });
    assert_ne!(plan(2_000).hour(0), other.hour(0));
}

#[test]
fn the_rhythm_may_follow_the_moment_instead_of_the_clock() {
    let counts = |now, fixed_rhythm| {
        let plan = Plan::new(Terms { seed: 1, now, events: 50_000, fixed_rhythm, nasty: false });
        plan.hours().map(|hour| plan.counts(hour)).collect::<Vec<_>>()
    };
    assert_eq!(counts(NOW, true), counts(NOW + 7 * plan::HOUR_MS, true));
    assert_ne!(counts(NOW, false), counts(NOW + 7 * plan::HOUR_MS, false));
}

#[test]
fn every_project_service_and_kind_of_trouble_is_there() {
    let events = all(&plan(20_000));
    let services: BTreeSet<_> =
        events.iter().map(|event| (event.project, event.service_name, event.environment)).collect();
    assert_eq!(services.len(), cast::STREAMS.len());
    let count = |holds: fn(&DemoEvent) -> bool| events.iter().filter(|event| holds(event)).count();
    let share = |holds| count(holds) as f64 / events.len() as f64;
    for stream in &cast::STREAMS {
        let of = |event: &&DemoEvent| {
            event.service_name == stream.service && event.environment == stream.environment
        };
        let found = events.iter().filter(of).count() as f64 / events.len() as f64;
        assert!((found - stream.share).abs() < 0.02, "{} {found}", stream.service);
    }
    assert!(share(|event| event.status_code >= 400) < 0.04);
    assert!(count(|event| event.status_code >= 500) > 20);
    assert!(count(|event| event.ip.starts_with("2001:db8:")) > 1_000);
    assert!(
        count(|event| event.user_name.contains('小')) > 10
            && count(|event| event.user_name.contains("O'B")) > 10
    );
    assert!(count(|event| event.request_body.get("old_value").is_some()) > 100);
    assert!(count(|event| event.request_body.get("password").is_some()) > 100);
    assert!(count(|event| event.method == "DELETE" && event.service_name == "identity-admin") >= 60);
    assert!(count(|event| event.ip == turmoil::GUESSER && event.status_code == 401) >= 16);
}

#[test]
fn browsers_report_what_backends_saw_and_a_little_more() {
    let events = all(&plan(20_000));
    let backend: BTreeSet<_> =
        events.iter().filter(|event| !event.is_of_browser()).map(|event| &event.request_id).collect();
    let reports: Vec<_> = events.iter().filter(|event| event.is_of_browser()).collect();
    let orphans = reports.iter().filter(|event| !backend.contains(&event.request_id)).count();
    assert!(orphans * 15 < reports.len() && orphans * 40 > reports.len(), "{orphans} of {}", reports.len());
}

#[test]
fn sessions_last_and_hold_several_steps() {
    let mut sessions: BTreeMap<&str, Vec<i64>> = BTreeMap::new();
    let events = plan(200_000).hour(0);
    for event in events.iter().filter(|event| event.service_name == "shop-api") {
        sessions.entry(&event.session_id).or_default().push(event.timestamp);
    }
    let several = sessions.values().filter(|times| times.len() >= 3).count();
    assert!(several * 3 > sessions.len(), "{several} of {}", sessions.len());
}

/// The rules take the troubles for what they are, and nothing else for a trouble: no minute of an ordinary service
/// stands out.
#[test]
fn ordinary_minutes_are_alike() {
    let plan = plan(120_000);
    for hour in 0..24 {
        let mut minutes: BTreeMap<(&str, &str, i64), u32> = BTreeMap::new();
        for event in plan
            .hour(hour)
            .iter()
            .filter(|event| !event.is_of_browser() && event.service_name.ends_with("api"))
        {
            *minutes.entry((event.service_name, event.environment, event.timestamp / 60_000)).or_default() +=
                1;
        }
        for (at, (stream, count)) in cast::STREAMS.iter().zip(plan.counts(hour)).enumerate() {
            let mean = f64::from(count) / 60.0;
            let is_quiet =
                plan.turmoil.within(&(plan.start_of(hour)..plan.start_of(hour) + plan::HOUR_MS)).count() == 0;
            let most = minutes
                .iter()
                .filter(|((service, environment, _), _)| {
                    *service == stream.service && *environment == stream.environment
                })
                .map(|(_, count)| *count)
                .max();
            if is_quiet && let Some(most) = most {
                assert!(f64::from(most) <= mean + 3.0, "{at}: {most} in a minute of {mean}");
            }
        }
    }
}

#[test]
fn hostile_texts_are_in_every_free_field() {
    let plan = Plan::new(Terms { seed: 1, now: NOW, events: 3_000, fixed_rhythm: true, nasty: true });
    let hostile: Vec<_> = all(&plan).into_iter().filter(|event| event.identifier == NASTY_TEXT).collect();
    assert!(hostile.len() > 300, "{}", hostile.len());
    let text = serde_json::to_string(&hostile[0]).unwrap();
    assert!(text.matches("onerror=window.__xss").count() >= 14, "{text}");
}

#[test]
fn the_live_stream_goes_on_at_the_same_pace() {
    let plan = plan(120_000);
    let (past, live) = (plan.hour(0), plan.hour(-1));
    assert!(live.iter().all(|event| (plan.now..plan.now + plan::HOUR_MS).contains(&event.timestamp)));
    assert!(live.len() >= 1_500 && live.len() < past.len() * 2, "{} after {}", live.len(), past.len());
    assert!(all(&super::tests::plan(5)).len() == 5 && super::tests::plan(5).hour(-1).len() >= 1_500);
}
