//! The stream that goes on: the hours after the past, each event when it is due.

use std::time::Duration;

use bataudit_control::clock::now_ms;
use tokio::time::{MissedTickBehavior, interval};
use tracing::warn;

use super::fill::{Gateway, Made};
use super::story::plan::HOUR_MS;
use super::story::{DemoEvent, Plan};

/// How often what is due is sent.
const EVERY: Duration = Duration::from_millis(500);

/// Sends what is due, until it is dropped. What was due while nobody ran it never happened, except since the past was
/// filled in.
pub(crate) async fn run(gateway: &Gateway, made: &Made, plan: &Plan) -> anyhow::Result<()> {
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let first = now_ms();
    let mut sent_until = if first - plan.now < HOUR_MS / 2 { plan.now } else { first };
    let mut hour = hour_of(plan, sent_until);
    let mut waiting = plan.hour(hour);
    loop {
        ticks.tick().await;
        let now = now_ms();
        if hour_of(plan, now) < hour {
            hour = hour_of(plan, now);
            let mut next = plan.hour(hour);
            next.append(&mut waiting);
            waiting = next;
        }
        let due = take_due(&mut waiting, sent_until, now);
        if let Err(error) = gateway.post_all(made, due).await {
            warn!(reason = crate::reason::of(error.as_ref()), "The live stream was not taken; it goes on.");
        }
        sent_until = now;
    }
}

/// The hour of the plan that a moment lies in.
fn hour_of(plan: &Plan, at: i64) -> i32 {
    i32::try_from(-(at - plan.now).div_euclid(HOUR_MS) - 1).unwrap_or(i32::MIN)
}

/// Takes what lies in `from..until` from events that begin with the newest, and forgets what is older.
fn take_due(waiting: &mut Vec<DemoEvent>, from: i64, until: i64) -> Vec<DemoEvent> {
    let first_due = waiting.partition_point(|event| event.timestamp >= until);
    let mut due = waiting.split_off(first_due);
    due.retain(|event| event.timestamp >= from);
    due
}

#[cfg(test)]
mod tests {
    use super::super::story::plan::Terms;
    use super::*;

    #[test]
    fn each_event_is_due_once() {
        let terms = Terms { seed: 1, now: 1_790_000_000_000, events: 5, fixed_rhythm: false, nasty: false };
        let plan = Plan::new(terms);
        assert_eq!((hour_of(&plan, plan.now - 1), hour_of(&plan, plan.now)), (0, -1));
        assert_eq!(hour_of(&plan, plan.now + HOUR_MS), -2);
        let mut waiting = plan.hour(-1);
        let all = waiting.len();
        let early = take_due(&mut waiting, plan.now, plan.now + HOUR_MS / 2);
        let late = take_due(&mut waiting, plan.now + HOUR_MS / 2, plan.now + HOUR_MS);
        assert!(early.iter().all(|event| late.iter().all(|other| other.timestamp > event.timestamp)));
        assert_eq!((early.len() + late.len(), waiting.len()), (all, 0));
        assert!(!early.is_empty() && !late.is_empty());
    }
}
