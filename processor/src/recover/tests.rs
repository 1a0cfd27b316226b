//! The decision, by table and by property.

use proptest::prelude::*;

use super::decide::REMEMBERED;
use super::*;
use crate::incident::Kind;
use crate::intent::Intent;

fn origin(committed: Option<i64>, low: i64, high: i64) -> Origin {
    Origin { committed, reading: Reading::Nothing, low, high, seen: high }
}

fn with_intent(committed: i64, end: i64, rows: u64, high: i64) -> Origin {
    let intent = Intent { end, rows, dead_letters: 0, mask_rules: 1 };
    Origin { reading: Reading::Ours(Mark::Open(intent)), ..origin(Some(committed), 0, high) }
}

fn held(rows: u64) -> Held {
    Held { rows, places: rows, records: rows, ids: 0 }
}

fn batch(offsets: Range<i64>, rows: u64) -> HeldBatch {
    HeldBatch { offsets, held: held(rows) }
}

fn view(batches: Vec<HeldBatch>) -> View {
    View { batches, blocks_since: 1, ..View::default() }
}

fn stale(batches: Vec<HeldBatch>) -> View {
    View { blocks_since: REMEMBERED, ..view(batches) }
}

fn restored(batches: Vec<HeldBatch>) -> View {
    View { is_younger: true, ..view(batches) }
}

fn plan(decision: Decision) -> Vec<(Range<i64>, Action)> {
    let Decision::Go { plan, .. } = decision else { panic!("{decision:?}") };
    plan.into_iter().map(|planned| (planned.offsets, planned.action)).collect()
}

fn resend(expected: Option<u64>, rows: u64) -> Action {
    Action::Resend { expected, held: held(rows) }
}

#[test]
fn nothing_unfinished_starts_plainly() {
    for (origin, at) in [(origin(None, 0, 9), 0), (origin(Some(5), 3, 9), 5), (origin(Some(9), 3, 9), 9)] {
        let decided = decide(&origin, &View::default());
        let Decision::Go { start, plan, incidents, .. } = decided else { panic!("{decided:?}") };
        assert_eq!((start, plan.len(), incidents.len()), (at, 0, 0));
    }
}

#[test]
fn an_intent_is_carried_out_under_its_token_whatever_the_table_holds() {
    let open = with_intent(5, 9, 4, 20);
    assert_eq!(plan(decide(&open, &view(vec![]))), [(5..9, resend(Some(4), 0))]);
    assert_eq!(plan(decide(&open, &view(vec![batch(5..9, 2)]))), [(5..9, resend(Some(4), 2))]);
    assert_eq!(plan(decide(&open, &view(vec![batch(5..9, 4)]))), [(5..9, resend(Some(4), 4))]);
    // Nothing is there, so no token can have left anything but itself.
    assert_eq!(plan(decide(&open, &stale(vec![]))), [(5..9, resend(Some(4), 0))]);
}

#[test]
fn where_the_token_may_be_forgotten_rows_are_counted() {
    let open = with_intent(5, 9, 4, 20);
    for forgetful in [stale, restored] {
        assert_eq!(decide(&open, &forgetful(vec![batch(5..9, 4)])), Decision::Confirm { end: 9 });
        let decided = decide(&open, &forgetful(vec![batch(5..9, 2)]));
        let Decision::Go { incidents, .. } = &decided else { panic!("{decided:?}") };
        assert_eq!(incidents[0].kind, Kind::RollupsUnverified);
        assert_eq!(plan(decided), [(5..9, Action::Fill)]);
        assert_eq!(plan(decide(&open, &forgetful(vec![]))), [(5..9, resend(Some(4), 0))]);
        let settled = decide(&origin(Some(5), 0, 20), &forgetful(vec![batch(5..9, 4)]));
        assert_eq!(plan(settled), [(5..9, Action::Fill)], "no intent");
    }
}

#[test]
fn rows_of_other_borders_are_never_sent_under_this_token() {
    let open = with_intent(5, 9, 4, 20);
    assert_eq!(plan(decide(&open, &view(vec![batch(5..7, 2)]))), [(5..9, Action::Fill)]);
    assert_eq!(plan(decide(&open, &view(vec![batch(3..9, 4)]))), [(5..9, Action::Fill)]);
    assert_eq!(
        plan(decide(&origin(Some(5), 0, 20), &view(vec![batch(3..9, 4), batch(9..12, 3)]))),
        [(5..9, Action::Fill), (9..12, resend(None, 3))]
    );
}

#[test]
fn without_an_intent_the_rows_tell_the_borders() {
    let decided = decide(&origin(Some(5), 0, 20), &view(vec![batch(5..9, 1)]));
    assert_eq!(plan(decided), [(5..9, resend(None, 1))]);
}

#[test]
fn a_log_that_ends_too_early_is_another_one() {
    let newest = View { newest: Some(0..12), ..View::default() };
    for (origin, view) in [
        (origin(Some(10), 3, 9), View::default()),
        (with_intent(5, 10, 1, 9), View::default()),
        (origin(None, 0, 9), newest),
    ] {
        let decided = decide(&origin, &view);
        let Decision::Refuse(incident) = &decided else { panic!("{decided:?}") };
        assert_eq!(incident.kind, Kind::TopicRecreated);
        assert!(incident.detail.contains("BATAUDIT_PROCESSOR_STREAM_EPOCH"), "{incident:?}");
    }
}

#[test]
fn what_another_log_took_away_is_counted_where_its_end_was_seen() {
    let newest = View { newest: Some(4..12), ..View::default() };
    let more = view(vec![batch(10..12, 2)]);
    for (origin, view, offsets, lost) in [
        // The table has everything before 12; of the log, 15 was seen.
        (Origin { seen: 15, ..origin(None, 0, 3) }, newest.clone(), 12..15, 3),
        (Origin { seen: 15, ..origin(Some(10), 0, 3) }, more, 10..15, 3),
        (Origin { seen: 15, ..with_intent(10, 13, 3, 3) }, View::default(), 10..15, 5),
        // A process that has just started knows nothing of it.
        (Origin { seen: 3, ..origin(None, 0, 3) }, newest, 12..12, 0),
    ] {
        let decided = decide(&origin, &view);
        let Decision::Refuse(incident) = &decided else { panic!("{decided:?}") };
        assert_eq!((&incident.offsets, incident.lost), (&offsets, lost), "{incident:?}");
        assert_eq!(incident.detail.contains("cannot be told"), origin.seen <= origin.high, "{incident:?}");
    }
}

#[test]
fn what_retention_cut_is_counted_but_for_what_is_stored() {
    let decided = decide(&origin(Some(1), 7, 9), &View { kept: 2, ..View::default() });
    let Decision::Go { start: 7, incidents, .. } = decided else { panic!("{decided:?}") };
    assert_eq!(
        (incidents[0].kind, &incidents[0].offsets, incidents[0].lost),
        (Kind::RetentionCut, &(1..7), 4)
    );
    let decided = decide(&origin(Some(1), 7, 9), &View { kept: 6, ..View::default() });
    assert!(
        matches!(decided, Decision::Go { incidents, .. } if incidents.is_empty()),
        "all of it was stored"
    );
    let decided = decide(&origin(None, 7, 9), &View::default());
    let Decision::Go { start: 7, incidents, .. } = decided else { panic!("{decided:?}") };
    assert_eq!((&incidents[0].offsets, incidents[0].lost), (&(0..7), 7), "before the first commit");
}

#[test]
fn forgotten_offsets_are_found_in_the_table() {
    let newest = |range| View { newest: Some(range), ..View::default() };
    let decided = decide(&origin(None, 0, 20), &newest(7..12));
    assert!(matches!(decided, Decision::Resume { at: 7, incident } if incident.kind == Kind::OffsetsExpired));
    let decided = decide(&origin(None, 15, 20), &newest(7..12));
    let Decision::Resume { at: 15, incident } = decided else { panic!("{decided:?}") };
    assert_eq!((incident.kind, incident.lost), (Kind::RetentionCut, 3));
}

#[test]
fn a_commit_of_another_epoch_does_not_count() {
    let other = Origin { reading: Reading::OtherEpoch("1".to_owned()), ..origin(Some(500), 2, 9) };
    assert_eq!((other.start(), other.first()), (2, 2));
    let decided = decide(&other, &View::default());
    let Decision::Go { start: 2, incidents, .. } = decided else { panic!("{decided:?}") };
    assert!(incidents.is_empty(), "what is gone was read in that epoch");
}

#[test]
fn another_record_is_told_by_its_ids() {
    let (one, two) = ([1; 16], [2; 16]);
    assert_eq!(other_record(4, &[one, two], &[(0, one), (1, two)]), None);
    assert_eq!(other_record(4, &[one, two], &[(1, two)]), None, "one was rejected");
    assert_eq!(other_record(4, &[one], &[]), None);
    assert!(other_record(4, &[two, one], &[(0, one)]).is_some());
    assert!(other_record(4, &[], &[(0, one)]).is_some());
}

proptest! {
    #[test]
    fn a_plan_is_in_order_apart_and_covers_every_row(
        committed in 0_i64..30, low in 0_i64..30, intent in prop::option::of((1_i64..10, 0_u64..5)),
        batches in prop::collection::btree_map((0_i64..40, 1_i64..10), 1_u64..5, 0..8),
        blocks_since in prop_oneof![Just(1), Just(REMEMBERED)], is_younger in any::<bool>(),
    ) {
        let mut origin = origin(Some(committed), low, 60);
        if let Some((length, rows)) = intent {
            origin = Origin { low, ..with_intent(committed, committed + length, rows, 60) };
        }
        let batches: Vec<_> = batches.into_iter().map(|((start, length), rows)| batch(start..start + length, rows))
            .filter(|batch| batch.offsets.end > committed).collect();
        let view = View { batches: batches.clone(), is_younger, blocks_since, ..View::default() };
        let is_fresh = !is_younger && blocks_since < REMEMBERED;
        let start = committed.max(low);
        match decide(&origin, &view) {
            Decision::Go { start: at, plan, .. } => {
                prop_assert_eq!(at, start);
                prop_assert!(plan.first().is_none_or(|first| first.offsets.start >= start));
                prop_assert!(plan.windows(2).all(|pair| pair[0].offsets.end <= pair[1].offsets.start));
                for planned in &plan {
                    let inside = |b: &&HeldBatch| b.offsets.start < planned.offsets.end && b.offsets.end > planned.offsets.start;
                    if let Action::Resend { .. } = planned.action {
                        // A token stands for exactly its rows.
                        prop_assert!(batches.iter().filter(inside).all(|b| b.offsets == planned.offsets), "{:?}", planned);
                        // Nothing that may be in the table is sent under a token that may be forgotten.
                        prop_assert!(is_fresh || !batches.iter().any(|b| inside(&b)), "{:?}", planned);
                    }
                }
                for offset in batches.iter().flat_map(|b| b.offsets.start.max(start)..b.offsets.end) {
                    prop_assert!(plan.iter().any(|planned| planned.offsets.contains(&offset)), "{}", offset);
                }
            }
            Decision::Confirm { end } => prop_assert!(intent.is_some() && end > committed && !is_fresh),
            other => prop_assert!(false, "{:?}", other),
        }
    }
}
