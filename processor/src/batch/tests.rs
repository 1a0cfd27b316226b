//! Every record is in exactly one batch, in order, and the ranges are contiguous.

use bataudit_event::Event;
use proptest::prelude::*;

use super::*;
use crate::row::{RowContext, RowPlace};

const LIMITS: Limits = Limits { interval: Duration::from_secs(1), rows: 10, bytes: 1000 };

fn record(rows: usize, bytes: usize) -> Content {
    let mut content = Content::default();
    let context =
        RowContext { route: "", mask_rules: 1, masked_fields: 0, place: RowPlace { offset: 0, index: 0 } };
    for row in 0..rows {
        content.columns.push(&Event::default(), &context);
        if row == 0 {
            let filler = "x".repeat(bytes.saturating_sub(content.bytes()));
            content.columns.clear();
            content.columns.push(&Event { request_body: &filler, ..Event::default() }, &context);
        }
    }
    content
}

fn empty_budget(now: Instant) -> InsertBudget {
    let budget = InsertBudget::new(4, 1, now);
    budget.take(now);
    budget
}

#[test]
fn nothing_is_never_due() {
    let mut former = Former::new(LIMITS, 0);
    former.drained();
    assert_eq!(former.due(&InsertBudget::new(4, 8, Instant::now())), None);
}

#[test]
fn a_quiet_partition_is_due_at_once_within_the_budget() {
    let now = Instant::now();
    let mut former = Former::new(LIMITS, 0);
    former.add(5, &mut record(1, 10), now);
    assert_eq!(former.due(&InsertBudget::new(4, 8, now)), Some(now + LIMITS.interval));
    former.drained();
    assert!(former.due(&InsertBudget::new(4, 8, now)) <= Some(now));
    assert_eq!(former.due(&empty_budget(now)), Some(now + Duration::from_millis(250)));
    former.add(6, &mut record(1, 10), now);
    assert_eq!(former.due(&InsertBudget::new(4, 8, now)), Some(now + LIMITS.interval), "more came");
}

#[test]
fn a_large_batch_needs_no_budget() {
    let now = Instant::now();
    for mut full in [record(10, 1), record(1, 1000)] {
        let mut former = Former::new(LIMITS, 0);
        former.add(0, &mut full, now);
        assert_eq!(former.due(&empty_budget(now)), Some(now));
    }
}

#[test]
fn no_batch_outgrows_a_block() {
    let now = Instant::now();
    let mut former = Former::new(Limits { rows: usize::MAX, bytes: usize::MAX, ..LIMITS }, 0);
    assert!(
        !former.is_full_for(0, &record(HARD_ROWS + 1, 0)),
        "a record that is too large alone has to go somewhere"
    );
    former.add(0, &mut record(HARD_ROWS - 1, 1), now);
    assert!(!former.is_full_for(1, &record(1, 1)));
    assert!(former.is_full_for(1, &record(2, 1)));
    assert!(former.is_full_for(1, &record(1, HARD_BYTES)));
}

#[test]
fn an_exact_batch_ends_where_it_ended_before_and_nowhere_else() {
    let now = Instant::now();
    let mut former = Former::new(LIMITS, 0);
    former.set_border(Border::Exactly(5));
    for offset in 0..5 {
        assert!(!former.is_full_for(offset, &record(9, 900)), "however large");
        assert!(former.due(&InsertBudget::new(4, 8, now)).is_none() && !former.is_large());
        former.add(offset, &mut record(9, 900), now);
        former.drained();
    }
    assert!(former.is_large() && former.is_full_for(5, &record(1, 1)));
    assert_eq!(former.due(&empty_budget(now)), Some(now));
    let batch = former.cut();
    assert_eq!((batch.offsets, batch.content.rows()), (0..5, 45));
    former.add(5, &mut record(1, 10), now);
    assert_eq!(former.cut().offsets, 5..6, "the border held for one batch");
}

#[test]
fn an_exact_batch_ends_at_its_border_although_its_last_record_is_gone() {
    let mut former = Former::new(LIMITS, 0);
    former.set_border(Border::Exactly(5));
    former.add(2, &mut record(1, 10), Instant::now());
    assert!(former.is_full_for(7, &record(1, 1)));
    assert_eq!(former.cut().offsets, 0..5);
    assert_eq!(former.start(), 5);
}

proptest! {
    #[test]
    fn every_position_once_and_in_order_and_across_no_border(
        records in prop::collection::vec((1_i64..4, 0_usize..8, 0_usize..400, any::<bool>(), any::<bool>()), 1..60),
        mut borders in prop::collection::vec((1_i64..200, any::<bool>()), 0..6),
    ) {
        let now = Instant::now();
        let budget = InsertBudget::new(4, 8, now);
        borders.sort_unstable();
        borders.dedup_by_key(|(end, _)| *end);
        let border = |start: i64| match borders.iter().find(|(end, _)| *end > start) {
            None => Border::Open,
            Some((end, true)) => Border::Exactly(*end),
            Some((end, false)) => Border::Within(*end),
        };
        let mut former = Former::new(LIMITS, 0);
        former.set_border(border(0));
        let (mut offset, mut batches, mut rows, mut bytes) = (0, Vec::new(), 0, 0);
        let mut offsets = Vec::new();
        let cut = |former: &mut Former, batches: &mut Vec<Batch>| {
            batches.push(former.cut());
            former.set_border(border(former.start()));
        };
        for (gap, count, size, drained, flush) in records {
            offset += gap;
            offsets.push(offset);
            let mut record = record(count, size);
            rows += count;
            bytes += record.bytes();
            while former.is_full_for(offset, &record) {
                if former.is_empty() {
                    former.pass_border();
                    former.set_border(border(former.start()));
                } else {
                    cut(&mut former, &mut batches);
                }
            }
            former.add(offset, &mut record, now);
            prop_assert_eq!((record.rows(), record.bytes()), (0, 0));
            if drained {
                former.drained();
            }
            let exact = matches!(border(former.start()), Border::Exactly(_));
            if former.due(&budget).is_some_and(|due| due <= now) || (flush && !exact) {
                cut(&mut former, &mut batches);
            }
        }
        if !former.is_empty() {
            cut(&mut former, &mut batches);
        }
        prop_assert_eq!(batches.iter().map(|batch| batch.content.rows()).sum::<usize>(), rows);
        prop_assert_eq!(batches.iter().map(|batch| batch.content.bytes()).sum::<usize>(), bytes);
        for offset in offsets {
            prop_assert_eq!(batches.iter().filter(|batch| batch.offsets.contains(&offset)).count(), 1);
        }
        for pair in batches.windows(2) {
            prop_assert!(pair[0].offsets.end <= pair[1].offsets.start);
        }
        for batch in &batches {
            let crossed = borders.iter().find(|(end, _)| batch.offsets.start < *end && *end < batch.offsets.end);
            prop_assert!(crossed.is_none(), "{:?} crosses {:?}", batch.offsets, crossed);
        }
    }
}
