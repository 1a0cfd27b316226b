//! Every record is in exactly one batch, in order, and the ranges are contiguous.

use proptest::prelude::*;

use super::*;

const LIMITS: Limits = Limits { interval: Duration::from_secs(1), rows: 10, bytes: 1000 };

fn record(rows: usize, bytes: usize) -> Content {
    Content { bytes: vec![0; bytes], rows, ..Content::default() }
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
    former.add(5, record(1, 10), now);
    assert_eq!(former.due(&InsertBudget::new(4, 8, now)), Some(now + LIMITS.interval));
    former.drained();
    assert!(former.due(&InsertBudget::new(4, 8, now)) <= Some(now));
    assert_eq!(former.due(&empty_budget(now)), Some(now + Duration::from_millis(250)));
    former.add(6, record(1, 10), now);
    assert_eq!(former.due(&InsertBudget::new(4, 8, now)), Some(now + LIMITS.interval), "more came");
}

#[test]
fn a_large_batch_needs_no_budget() {
    let now = Instant::now();
    for full in [record(10, 1), record(1, 1000)] {
        let mut former = Former::new(LIMITS, 0);
        former.add(0, full, now);
        assert_eq!(former.due(&empty_budget(now)), Some(now));
    }
}

#[test]
fn no_batch_outgrows_a_block() {
    let now = Instant::now();
    let mut former = Former::new(Limits { rows: usize::MAX, bytes: usize::MAX, ..LIMITS }, 0);
    assert!(
        !former.is_full_for(&record(HARD_ROWS + 1, 0)),
        "a record that is too large alone has to go somewhere"
    );
    former.add(0, record(HARD_ROWS - 1, 1), now);
    assert!(!former.is_full_for(&record(1, 1)));
    assert!(former.is_full_for(&record(2, 1)));
    assert!(former.is_full_for(&record(1, HARD_BYTES)));
}

proptest! {
    #[test]
    fn every_position_once_and_in_order(
        records in prop::collection::vec((1_i64..4, 0_usize..8, 0_usize..400, any::<bool>(), any::<bool>()), 1..60),
    ) {
        let now = Instant::now();
        let budget = InsertBudget::new(4, 8, now);
        let mut former = Former::new(LIMITS, 0);
        let (mut offset, mut batches, mut rows, mut bytes) = (0, Vec::new(), 0, 0);
        let mut offsets = Vec::new();
        for (gap, count, size, drained, flush) in records {
            offset += gap;
            offsets.push(offset);
            rows += count;
            bytes += size;
            if former.is_full_for(&record(count, size)) {
                batches.push(former.cut());
            }
            former.add(offset, record(count, size), now);
            if drained {
                former.drained();
            }
            if former.due(&budget).is_some_and(|due| due <= now) || flush {
                batches.push(former.cut());
            }
        }
        if !former.is_empty() {
            batches.push(former.cut());
        }
        prop_assert_eq!(batches.iter().map(|batch| batch.content.rows).sum::<usize>(), rows);
        prop_assert_eq!(batches.iter().map(|batch| batch.content.bytes.len()).sum::<usize>(), bytes);
        for offset in offsets {
            prop_assert_eq!(batches.iter().filter(|batch| batch.offsets.contains(&offset)).count(), 1);
        }
        for pair in batches.windows(2) {
            prop_assert_eq!(pair[0].offsets.end, pair[1].offsets.start);
        }
    }
}
