//! The filter never says "never" wrongly, and whatever the batches and the crashes, what is stored is what
//! one look at the whole log would keep.

use std::collections::{HashMap, HashSet};

use bataudit_event::Event;
use bataudit_event::limits::REPEAT_WINDOW_MS;
use bataudit_service::Health;
use proptest::prelude::*;

use super::filter::MEMORY_MS;
use super::sift::{question, repeats, take_out};
use super::*;
use crate::columns::Columns;
use crate::doubles::MemoryIds;
use crate::row::RowContext;

const HOUR: i64 = 60 * 60 * 1000;
const NOON: i64 = 1_800_000_000_000;

fn key(id: u8) -> Key {
    Key { project: [1; 16], id: [id; 16] }
}

fn keyed(id: u8, offset: i64, received_at: i64) -> Keyed {
    let place = RowPlace { offset, index: 0 };
    Keyed { key: key(id), place, received_at, row: 0, maybe: true, replayed: false }
}

const HOME: Home = Home { partition: 0, alone_since: i64::MIN };

fn stored(id: u8, partition: i32, offset: i64, received_at: i64) -> StoredCopy {
    StoredCopy { key: key(id), partition, place: RowPlace { offset, index: 0 }, received_at }
}

/// Rows whose ids are these letters.
fn rows(ids: &str) -> Columns {
    let mut columns = Columns::default();
    for id in ids.bytes() {
        let context = RowContext {
            route: "",
            mask_rules: 1,
            masked_fields: 0,
            place: RowPlace { offset: 1, index: 0 },
        };
        columns.push(&Event { id: [id; 16], ..Event::default() }, &context);
    }
    columns
}

#[test]
fn the_first_copy_stays_and_the_rest_go() {
    let batch = [keyed(1, 5, NOON), keyed(2, 6, NOON), keyed(1, 7, NOON), keyed(1, 8, NOON + HOUR)];
    assert_eq!(repeats(0, &batch, &[]), [2, 3]);
    assert_eq!(repeats(0, &batch, &[stored(2, 0, 1, NOON - HOUR)]), [1, 2, 3]);
}

#[test]
fn a_batch_that_is_read_again_keeps_what_it_kept() {
    let batch = [keyed(1, 5, NOON), keyed(1, 7, NOON)];
    assert_eq!(repeats(0, &batch, &[stored(1, 0, 5, NOON)]), [1]);
    // Further on in the same partition: decided after these.
    assert_eq!(repeats(0, &batch, &[stored(1, 0, 9, NOON)]), [1]);
    assert_eq!(repeats(0, &batch, &[stored(1, 4, 9, NOON)]), [0, 1]);
}

#[test]
fn after_the_window_it_is_another_event() {
    let day = REPEAT_WINDOW_MS;
    let batch = [keyed(1, 5, NOON), keyed(1, 6, NOON + day), keyed(1, 7, NOON + day + 1)];
    assert_eq!(repeats(0, &batch, &[]), [1]);
    // A gateway whose clock is behind is no way around it.
    assert_eq!(repeats(0, &[keyed(1, 5, NOON)], &[stored(1, 0, 4, NOON + 100)]), [0]);
}

#[test]
fn another_projects_id_is_another_event() {
    let mut other = stored(1, 0, 2, NOON);
    other.key.project = [2; 16];
    assert!(repeats(0, &[keyed(1, 5, NOON)], &[other]).is_empty());
}

#[test]
fn nothing_new_is_asked_about() {
    let mut batch = [keyed(1, 5, NOON), keyed(2, 6, NOON)];
    batch[0].maybe = false;
    let received = NOON - REPEAT_WINDOW_MS..=NOON + REPEAT_WINDOW_MS;
    let mut asked = Question { ids: vec![[2; 16]], received, anywhere: false };
    assert_eq!(question(&batch).as_ref(), Some(&asked));
    // The first copy of what is replayed may have been stored by another partition.
    (batch[1].replayed, asked.anywhere) = (true, true);
    assert_eq!(question(&batch), Some(asked));
    batch[1].maybe = false;
    assert_eq!(question(&batch), None);
}

#[test]
fn the_filter_says_maybe_until_it_knows_the_table() {
    let mut filter = Filter::new(1 << 16);
    assert!(filter.insert(&key(1), NOON, NOON));
    filter.knows_all_since(NOON - MEMORY_MS);
    assert!(!filter.insert(&key(2), NOON, NOON));
    assert!(filter.insert(&key(2), NOON, NOON));
    assert!(filter.insert(&key(1), NOON, NOON));
    assert!(filter.insert(&key(3), NOON - 3 * HOUR, NOON), "it does not reach back a day from there");
    assert!(!filter.insert(&key(4), NOON, NOON), "an old event changes nothing for new ones");
}

#[test]
fn a_clock_far_ahead_does_not_make_the_rest_old() {
    let mut filter = Filter::new(1 << 16);
    filter.knows_all_since(NOON - MEMORY_MS);
    filter.insert(&key(1), NOON + 10_000 * HOUR, NOON);
    assert!(!filter.insert(&key(2), NOON + HOUR, NOON + HOUR));
}

#[test]
fn the_filter_forgets_and_stays_small() {
    let (mut filter, bytes) = (Filter::new(1 << 14), 1 << 14);
    filter.knows_all_since(NOON - MEMORY_MS);
    let mut maybes = 0;
    for n in 0..40_000_u32 {
        let time = NOON + i64::from(n) * HOUR / 100;
        let mut id = [0; 16];
        id[..4].copy_from_slice(&n.to_be_bytes());
        maybes += usize::from(filter.insert(&Key { project: [1; 16], id }, time, time));
        assert!(filter.bytes() <= bytes + 64);
    }
    assert!(maybes < 400, "{maybes} of 40,000 asked of the table for nothing");
}

#[test]
fn rows_close_up() {
    // Of the rows 0 to 4, the second and the fifth are repeatable.
    let keyed = [1, 4].map(|row| Keyed { row, ..keyed(1, 5, NOON) });
    for (out, left) in [(vec![], "abcde"), (vec![0], "acde"), (vec![1], "abcd"), (vec![0, 1], "acd")] {
        let mut content = Content { columns: rows("abcde"), keyed: keyed.to_vec(), ..Content::default() };
        take_out(&mut content, &out);
        assert_eq!((content.rows(), content.repeats), (5 - out.len(), out.len()));
        assert_eq!(content.columns.ids(), rows(left).ids());
    }
}

/// A copy in a log: id, hours after noon it was received.
fn log() -> impl Strategy<Value = Vec<(u8, i64)>> {
    prop::collection::vec((0_u8..6, 0_i64..60), 1..40)
}

/// What one look at the whole log keeps.
fn kept_at_once(log: &[(u8, i64)]) -> HashSet<i64> {
    let mut kept: HashMap<u8, Vec<i64>> = HashMap::new();
    let mut places = HashSet::new();
    for (offset, (id, hours)) in (0..).zip(log) {
        let copies = kept.entry(*id).or_default();
        if copies.iter().all(|before| (before - hours).abs() > 24) {
            copies.push(*hours);
            places.insert(offset);
        }
    }
    places
}

proptest! {
    /// Batches end anywhere, and each may be read again, after all, some or none of it was stored, with
    /// other borders.
    #[test]
    fn batches_and_crashes_change_nothing(
        log in log(),
        steps in prop::collection::vec((1_usize..9, 0_u8..4, any::<u64>()), 80),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (mut table, mut committed) = (MemoryIds::default(), 0);
            let mut lane = Repeats::new(HOME, Arc::new(MemoryIds::default()), 1 << 16);
            for (size, fate, luck) in steps {
                let end = log.len().min(committed + size);
                let mut content = Content::default();
                for (offset, (id, hours)) in log.iter().enumerate().take(end).skip(committed) {
                    content.keyed.push(keyed(*id, offset as i64, NOON + hours * HOUR));
                }
                let rows = content.keyed.clone();
                lane.mark(&mut content);
                tokio::task::yield_now().await;
                let asked = question(&content.keyed);
                let found = match &asked {
                    Some(question) => table.find(HOME, question).await.unwrap(),
                    None => Vec::new(),
                };
                let gone = repeats(0, &content.keyed, &found);
                let new = rows.iter().enumerate().filter(|(index, _)| !gone.contains(index));
                let copies: Vec<_> = new.map(|(_, row)| stored(row.key.id[0], 0, row.place.offset, row.received_at)).collect();
                for (nth, copy) in copies.iter().enumerate() {
                    let lands = fate < 2 || (fate == 2 && luck >> (nth % 64) & 1 == 1);
                    if lands && !table.0.contains(copy) {
                        table.0.push(*copy);
                    }
                }
                if fate == 0 {
                    committed = end;
                } else {
                    // A crash: another lane, whose filter is filled from the table.
                    lane = Repeats::new(HOME, Arc::new(MemoryIds(table.0.clone())), 1 << 16);
                }
            }
            prop_assume!(committed == log.len());
            let places: HashSet<i64> = table.0.iter().map(|copy| copy.place.offset).collect();
            prop_assert_eq!(places.len(), table.0.len());
            prop_assert_eq!(places, kept_at_once(&log));
            Ok(())
        })?;
    }

    #[test]
    fn the_filter_is_never_wrong_about_never(
        events in prop::collection::vec((any::<u8>(), -30_i64..200), 1..300),
        bytes in 64_usize..4096,
    ) {
        let mut filter = Filter::new(bytes);
        filter.knows_all_since(NOON - MEMORY_MS);
        let mut seen: Vec<(u8, i64)> = Vec::new();
        for (id, hours) in events {
            let maybe = filter.insert(&key(id), NOON + hours * HOUR, NOON + hours.max(0) * HOUR);
            let repeat = seen.iter().any(|(other, at)| *other == id && (at - hours).abs() <= 24);
            prop_assert!(maybe || !repeat, "id {} at {}", id, hours);
            seen.push((id, hours));
        }
    }
}

#[tokio::test]
async fn the_table_is_asked_only_about_what_may_be_there() {
    let health = Health::new().part("clickhouse");
    let table = MemoryIds(vec![stored(1, 0, 1, NOON)]);
    let keyed = vec![keyed(1, 5, NOON), Keyed { row: 1, ..keyed(2, 6, NOON) }];
    let mut content = Content { columns: rows("ab"), keyed, ..Content::default() };
    sift(HOME, &table, &health, &mut content).await;
    assert_eq!((content.rows(), content.repeats), (1, 1));
}
