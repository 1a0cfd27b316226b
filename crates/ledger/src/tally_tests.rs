//! What is lost, doubled or out of place is found, and nothing else.

use proptest::prelude::*;

use super::*;

const NOON: i64 = 1_800_000_000_000;

fn event(offset: i64, index: u16, id: u8, repeatable: bool) -> Logged {
    let place = Place { partition: 0, offset, index };
    Logged { place, key: Key { project: [1; 16], id: [id; 16] }, received_at: NOON + offset, repeatable }
}

fn row(event: &Logged) -> StoredRow {
    StoredRow { place: event.place, key: event.key, received_at: event.received_at }
}

fn copy(event: &Logged) -> Copy {
    Copy { key: event.key, place: event.place, received_at: event.received_at }
}

fn page(events: &[Logged]) -> Page {
    let end = events.last().map_or(0, |event| event.place.offset + 1);
    Page { partition: 0, offsets: 0..end, events: events.to_vec(), ..Page::default() }
}

fn letters(of: &[(i64, Option<u16>)]) -> BTreeSet<SourcePlace> {
    of.iter().map(|(offset, index)| SourcePlace { partition: 0, offset: *offset, index: *index }).collect()
}

fn tally() -> Tally {
    Tally::new(NOON..NOON + HOUR_MS)
}

fn totals(tally: &Tally) -> Counts {
    tally.lines().into_values().fold(Counts::default(), Counts::plus)
}

fn kinds(tally: &Tally) -> Vec<(Kind, String)> {
    tally.findings().0.iter().map(|finding| (finding.kind, finding.place.to_string())).collect()
}

#[test]
fn everything_in_its_place() {
    let events: Vec<_> = (0..10).map(|n| event(n, 0, n as u8, false)).collect();
    let rows: Vec<_> = events[..6].iter().map(row).collect();
    let mut tally = tally();
    tally.page(&page(&events), 8, &rows, &letters(&[(6, Some(0)), (7, None)]));
    tally.settle(&[]);
    let expected = Counts { accepted: 10, stored: 6, dead_lettered: 2, waiting: 2, ..Counts::default() };
    assert_eq!(totals(&tally), expected);
    assert!(kinds(&tally).is_empty());
}

#[test]
fn a_missing_a_doubled_and_a_strange_row() {
    let events: Vec<_> = (0..4).map(|n| event(n, 0, n as u8, false)).collect();
    let mut strange = row(&events[3]);
    strange.place.index = 7;
    let rows = [row(&events[0]), row(&events[2]), row(&events[2]), row(&events[3]), strange];
    let mut tally = tally();
    tally.page(&page(&events), 4, &rows, &letters(&[]));
    assert_eq!(totals(&tally).difference, -1);
    let expected = [(Kind::Missing, "0-1-0"), (Kind::Doubled, "0-2-0"), (Kind::Unexpected, "0-3-7")];
    assert_eq!(kinds(&tally), expected.map(|(kind, place)| (kind, place.to_owned())));
}

#[test]
fn another_event_at_the_place_is_both_missing_and_unexpected() {
    let logged = event(0, 0, 1, false);
    let other = row(&event(0, 0, 2, false));
    let mut tally = tally();
    tally.page(&page(&[logged]), 1, &[other], &letters(&[]));
    let found: Vec<_> = kinds(&tally).into_iter().map(|(kind, _)| kind).collect();
    assert_eq!((totals(&tally).difference, found), (0, vec![Kind::Missing, Kind::Unexpected]));
}

#[test]
fn a_repeat_needs_a_copy_that_is_stored() {
    let events = [event(0, 0, 1, true), event(1, 0, 1, true), event(2, 0, 2, true)];
    let mut tally = tally();
    tally.page(&page(&events), 3, &[row(&events[0])], &letters(&[]));
    assert_eq!(tally.suspects().0, [[1; 16], [2; 16]]);
    tally.settle(&[copy(&events[0])]);
    assert_eq!((totals(&tally).repeats, totals(&tally).difference), (1, 1));
    assert_eq!(kinds(&tally), [(Kind::Missing, "0-2-0".to_owned())]);
}

#[test]
fn a_repeat_that_was_stored_is_found() {
    let events = [event(0, 0, 1, true), event(1, 0, 1, true)];
    let mut tally = tally();
    tally.twice(&[copy(&events[1]), copy(&events[0])]);
    assert_eq!(kinds(&tally), [(Kind::RepeatStored, "0-1-0".to_owned())]);
    let mut later = copy(&events[1]);
    later.received_at += REPEAT_WINDOW_MS;
    let mut tally = Tally::default();
    tally.twice(&[copy(&events[0]), later]);
    assert!(kinds(&tally).is_empty(), "a day later it is another event");
}

#[test]
fn unreadable_records_count_what_they_say() {
    let record = |offset| Unreadable { partition: 0, offset, events: 20, written_at: NOON };
    let page = Page { unreadable: (0..3).map(record).collect(), gaps: vec![9], ..page(&[]) };
    let mut tally = tally();
    tally.page(&page, 2, &[], &letters(&[(0, None)]));
    let counts = totals(&tally);
    assert_eq!((counts.accepted, counts.dead_lettered, counts.waiting, counts.difference), (60, 20, 20, 20));
    assert_eq!(kinds(&tally), [(Kind::Missing, "0-1-0".to_owned()), (Kind::Gap, "0-9-0".to_owned())]);
}

#[test]
fn other_hours_do_not_count() {
    let events: Vec<_> = (0..3).map(|n| Logged { received_at: NOON - 1, ..event(n, 0, 1, false) }).collect();
    let mut tally = tally();
    tally.page(&page(&events), 3, &[], &letters(&[]));
    assert!(tally.lines().is_empty());
}

#[test]
fn a_flood_is_counted_and_not_kept() {
    let events: Vec<_> = (0..500).map(|n| event(n, 0, 1, false)).collect();
    let mut tally = tally();
    tally.page(&page(&events), 500, &[], &letters(&[]));
    let (kept, counted) = tally.findings();
    assert_eq!((kept.len(), counted[&Kind::Missing]), (KEPT, 500));
}

/// What happened to an event of a right line.
#[derive(Debug, Clone, Copy)]
enum Fate {
    Stored,
    Dead,
    Repeat,
}

fn fates() -> impl Strategy<Value = Vec<(Fate, u16)>> {
    let fate = prop_oneof![5 => Just(Fate::Stored), 1 => Just(Fate::Dead), 2 => Just(Fate::Repeat)];
    prop::collection::vec((fate, 1_u16..4), 1..60)
}

/// What lies in the log, what the table holds of it and what was dead-lettered, when a line did with
/// everything before `committed` what it should.
fn line(fates: &[(Fate, u16)], committed: i64) -> (Vec<Logged>, Vec<StoredRow>, BTreeSet<SourcePlace>) {
    let (mut events, mut rows, mut dead, mut id) = (Vec::new(), Vec::new(), BTreeSet::new(), 0_u8);
    for (offset, (fate, copies)) in (0..).zip(fates) {
        for index in 0..*copies {
            let is_repeat = matches!(fate, Fate::Repeat) && id > 0;
            id = if is_repeat { id } else { id.saturating_add(1) };
            // Ids are used up: what follows are repeats of nothing, which must count as missing.
            let event = event(offset, index, if is_repeat { 1 } else { id }, true);
            let is_passed = offset < committed;
            match fate {
                Fate::Dead if is_passed && id > 1 => {
                    dead.insert(SourcePlace { partition: 0, offset, index: Some(index) });
                }
                _ if is_repeat || !is_passed => {}
                _ => rows.push(row(&event)),
            }
            events.push(event);
        }
    }
    (events, rows, dead)
}

proptest! {
    /// Whatever the line did right, and however it is paged, nothing is found; and one deleted or doubled
    /// row is found exactly.
    #[test]
    fn only_what_is_wrong_is_found(
        fates in fates(),
        page_size in 1_usize..20,
        committed in 0_i64..70,
        victim in any::<prop::sample::Index>(),
        doubled in any::<bool>(),
    ) {
        let (events, rows, dead) = line(&fates, committed);
        let run = |rows: &[StoredRow]| {
            let mut tally = tally();
            for offset in (0..fates.len() as i64).step_by(page_size) {
                let offsets = offset..offset + page_size as i64;
                let within = |place: &Place| offsets.contains(&place.offset);
                let events = events.iter().filter(|event| within(&event.place)).copied().collect();
                let some: Vec<_> = rows.iter().filter(|row| within(&row.place)).copied().collect();
                let page = Page { offsets: offsets.clone(), events, ..Page::default() };
                tally.page(&page, committed, &some, &dead);
            }
            let copies: Vec<_> =
                rows.iter().map(|row| Copy { key: row.key, place: row.place, received_at: row.received_at }).collect();
            tally.settle(&copies);
            tally
        };
        let whole = run(&rows);
        let counts = totals(&whole);
        prop_assert_eq!(counts.accepted, events.len() as u64);
        prop_assert_eq!(counts.difference, 0, "{:?}", kinds(&whole));
        prop_assert!(kinds(&whole).is_empty());
        if rows.is_empty() {
            return Ok(());
        }
        let victim = victim.index(rows.len());
        let mut wrong = rows.clone();
        if doubled {
            wrong.insert(victim, rows[victim]);
        } else {
            wrong.remove(victim);
        }
        let found = run(&wrong);
        let is_first_copy = rows[victim].key.id == [1; 16];
        let place = rows[victim].place.to_string();
        let kind = if doubled { Kind::Doubled } else { Kind::Missing };
        prop_assert!(kinds(&found).contains(&(kind, place)));
        prop_assert!(is_first_copy || kinds(&found).len() == 1, "{:?}", kinds(&found));
        let difference = if doubled { -1 } else { 1 };
        prop_assert!(is_first_copy || totals(&found).difference == difference);
    }
}
