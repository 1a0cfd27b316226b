//! The decision itself. Pure.

use std::ops::Range;

use super::{Action, Decision, Held, HeldBatch, Origin, Planned, View};
use crate::incident::{Incident, Kind};
use crate::intent::{Intent, Reading};

/// Below this many blocks inserted since, a token is surely remembered: half of the windows of the
/// tables, which [`pins`](crate::write::pins) checks.
pub(super) const REMEMBERED: u64 = crate::write::pins::WINDOW / 2;

/// What to tell whoever finds another log under the same name.
const ANOTHER_LOG: &str = "the topic was deleted and made anew, or lost its tail. Stop every processor, give them a new \
     BATAUDIT_PROCESSOR_STREAM_EPOCH, and start them: they read the log from its beginning";

/// Decides what a lane does first.
#[must_use]
pub fn decide(origin: &Origin, view: &View) -> Decision {
    let (low, high) = (origin.low, origin.high);
    let Some(committed) = origin.committed() else {
        return uncommitted(origin, view);
    };
    let stored = view.batches.iter().map(|batch| batch.held.records).sum();
    if committed > high {
        let why = format!("offset {committed} is committed but the log ends at {high}");
        return another_log(origin, committed, stored, &why);
    }
    let intent = origin.intent();
    if let Some(intent) = intent.filter(|intent| intent.end > high) {
        let why = format!("the batch {committed}-{} was begun but the log ends at {high}", intent.end);
        return another_log(origin, committed, stored, &why);
    }
    let mut incidents = Vec::new();
    let lost = u64::try_from(low - committed).unwrap_or_default().saturating_sub(view.kept);
    if lost > 0 {
        let detail = "Kafka deleted records before they were read. Raise the topic's retention above the longest outage";
        incidents.push(Incident::new(Kind::RetentionCut, committed..low, lost, detail));
    }
    let start = committed.max(low);
    // A batch of which the first records are gone cannot be formed again.
    let intent = intent.filter(|_| committed >= low);
    let is_fresh = !view.is_younger && view.blocks_since < REMEMBERED;
    if let Some(intent) = intent
        && let Some(held) = only_batch(&view.batches, &(start..intent.end))
        && held.rows == intent.rows
        && held.places == intent.rows
        && !is_fresh
    {
        return Decision::Confirm { end: intent.end };
    }
    let plan = plan(start, intent, view, is_fresh);
    if let Some(stale) = plan.iter().find(|planned| planned.action == Action::Fill)
        && !is_fresh
    {
        let detail = "rows were stored long before their batch was settled, or came back from a backup; whether the rollups \
             count them cannot be told from the rows. Compare them with `bataudit verify-counts`";
        incidents.push(Incident::new(Kind::RollupsUnverified, stale.offsets.clone(), 0, detail));
    }
    Decision::Go { start, plan, incidents, more: view.more }
}

/// Nothing is committed in this stream epoch. Either nothing was ever read, or Kafka forgot it.
fn uncommitted(origin: &Origin, view: &View) -> Decision {
    let (low, high) = (origin.low, origin.high);
    let Some(newest) = &view.newest else {
        let detail =
            "Kafka deleted records before any was read. Raise the topic's retention above the longest outage";
        let was_read = matches!(origin.reading, Reading::OtherEpoch(_));
        let cut = (low > 0 && !was_read)
            .then(|| Incident::new(Kind::RetentionCut, 0..low, low.unsigned_abs(), detail));
        return Decision::Go {
            start: low,
            plan: Vec::new(),
            incidents: cut.into_iter().collect(),
            more: false,
        };
    };
    if newest.end > high {
        let why = format!("events up to offset {} are stored but the log ends at {high}", newest.end);
        return another_log(origin, newest.end, 0, &why);
    }
    if newest.end < low {
        let detail = "Kafka forgot the group's offsets and deleted records before they were read";
        let lost = newest.end.abs_diff(low);
        let incident = Incident::new(Kind::RetentionCut, newest.end..low, lost, detail);
        return Decision::Resume { at: low, incident };
    }
    let detail = "Kafka forgot the group's offsets; goes on after what the table holds. Raise the brokers' \
         offsets.retention.minutes above the longest time without a processor";
    // The last batch is looked at once more: it may have been the one under way.
    let at = newest.start.max(low);
    Decision::Resume { at, incident: Incident::new(Kind::OffsetsExpired, at..newest.end, 0, detail) }
}

/// Refuses a log that ends before `from`, up to where everything of the log before it is stored, besides
/// `stored` records behind that.
fn another_log(origin: &Origin, from: i64, stored: u64, why: &str) -> Decision {
    let end = origin.seen.max(from);
    let lost = from.abs_diff(end).saturating_sub(stored);
    let unread = if origin.seen > origin.high {
        format!("of the log that was there before, {lost} records were not stored")
    } else {
        "how many records of the log that was there before were not stored cannot be told, as this processor has not seen \
         its end"
            .to_owned()
    };
    Decision::Refuse(Incident { lost, ..refusal(from..end, format!("{why}; {unread}")) })
}

fn refusal(offsets: Range<i64>, why: String) -> Incident {
    Incident::new(Kind::TopicRecreated, offsets, 0, &format!("{why}: {ANOTHER_LOG}"))
}

/// What is wrong when the record before the start is not the one that the table knows from that place.
/// `events` are the ids of the record's events.
#[must_use]
pub fn other_record(offset: i64, events: &[[u8; 16]], before: &[(u16, [u8; 16])]) -> Option<Incident> {
    let differs = |(index, id): &(u16, [u8; 16])| events.get(usize::from(*index)) != Some(id);
    let why = || format!("the record at offset {offset} is not the one whose events are stored from there");
    before.iter().any(differs).then(|| refusal(offset..offset + 1, why()))
}

/// What is wrong with a batch whose rows are not those that the table holds at the same places.
#[must_use]
pub fn other_rows(offsets: &Range<i64>) -> Incident {
    let Range { start, end } = offsets;
    refusal(
        offsets.clone(),
        format!("the records of {start}-{end} are not those whose events are stored from there"),
    )
}

/// The rows of the range, if all of them were inserted by a batch of exactly this range.
fn only_batch<'v>(batches: &'v [HeldBatch], offsets: &Range<i64>) -> Option<&'v Held> {
    let mut touching =
        batches.iter().filter(|batch| batch.offsets.start < offsets.end && batch.offsets.end > offsets.start);
    let only = touching.next()?;
    (touching.next().is_none() && only.offsets == *offsets).then_some(&only.held)
}

/// The ranges that need more than a plain insert, in order and apart from each other.
fn plan(start: i64, intent: Option<Intent>, view: &View, is_fresh: bool) -> Vec<Planned> {
    let mut plan = Vec::new();
    let mut cursor = start;
    if let Some(intent) = intent {
        let offsets = start..intent.end;
        let touched = view.batches.iter().any(|batch| batch.offsets.start < offsets.end);
        let held = only_batch(&view.batches, &offsets).cloned().or((!touched).then(Held::default));
        let resend = |held| Action::Resend { expected: Some(intent.rows), held };
        let action = held.filter(|held| is_fresh || held.rows == 0).map_or(Action::Fill, resend);
        cursor = offsets.end;
        plan.push(Planned { offsets, action });
    }
    for (at, batch) in view.batches.iter().enumerate() {
        let offsets = batch.offsets.start.max(cursor)..batch.offsets.end;
        if offsets.is_empty() {
            continue;
        }
        let next = view.batches.get(at + 1).map_or(i64::MAX, |next| next.offsets.start);
        let is_whole = offsets == batch.offsets && next >= offsets.end;
        let held = batch.held.clone();
        let action = if is_whole && is_fresh && held.rows == held.places {
            Action::Resend { expected: None, held }
        } else {
            Action::Fill
        };
        cursor = offsets.end;
        plan.push(Planned { offsets, action });
    }
    plan
}
