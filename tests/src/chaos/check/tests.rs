use super::*;

fn checker(letters: &[Letter]) -> Checker {
    Checker {
        log: Log::new("127.0.0.1:1", &bataudit_kafka::Topics::with_prefix("x")),
        from: vec![0],
        letters_from: 0,
        letters: letters.iter().copied().collect(),
        places: HashMap::new(),
        epoch: FIRST_EPOCH,
        kept: 0,
    }
}

fn entry(offset: i64, numbers: &[u64]) -> Entry {
    let events = numbers.iter().map(|number| Logged { number: *number, repeatable: false });
    Entry { partition: 0, offset, events: Some(events.collect()) }
}

fn again(offset: i64, number: u64) -> Entry {
    Entry { partition: 0, offset, events: Some(vec![Logged { number, repeatable: true }]) }
}

fn row_at(offset: i64, index: u16, number: u64) -> Stored {
    Stored { place: (0, offset, index), number: Some(number), took: 5 }
}

fn judged(letters: &[Letter], entries: &[Entry], rows: &[Stored]) -> Verdict {
    let (mut checker, mut verdict) = (checker(letters), Verdict::default());
    checker.note_places(entries, &Account::default(), &mut verdict);
    checker.compare_rows(entries, rows, &[], &mut verdict);
    verdict
}

#[test]
fn every_place_once_is_clean() {
    let rows = [row_at(0, 0, 7), row_at(0, 1, 8), row_at(1, 0, 9)];
    let verdict = judged(&[], &[entry(0, &[7, 8]), entry(1, &[9])], &rows);
    assert!(verdict.is_clean(), "{verdict:?}");
}

#[test]
fn a_missing_row_is_lost_unless_it_is_dead_lettered() {
    let log = [entry(0, &[7, 8])];
    assert_eq!(judged(&[], &log, &[row_at(0, 0, 7)]).lost, 1);
    assert!(judged(&[(0, 0, Some(1))], &log, &[row_at(0, 0, 7)]).is_clean());
    assert!(judged(&[(0, 0, None)], &log, &[]).is_clean());
}

#[test]
fn a_second_row_is_doubled() {
    let log = [entry(0, &[7])];
    assert_eq!(judged(&[], &log, &[row_at(0, 0, 7), row_at(0, 0, 7)]).doubled, 1);
    assert_eq!(judged(&[], &log, &[row_at(0, 0, 7), row_at(3, 0, 7)]).doubled, 1, "at no place of the log");
    assert_eq!(judged(&[(0, 0, Some(0))], &log, &[row_at(0, 0, 7)]).doubled, 1, "stored and dead-lettered");
    assert_eq!(judged(&[], &log, &[row_at(0, 0, 6)]).doubled, 1, "another event at this place");
}

#[test]
fn a_record_that_cannot_be_read_needs_a_letter() {
    let garbage = [Entry { partition: 0, offset: 4, events: None }];
    assert_eq!(judged(&[], &garbage, &[]).lost, 1);
    assert!(judged(&[(0, 4, None)], &garbage, &[]).is_clean());
}

#[test]
fn an_acknowledged_event_must_be_in_the_log_and_only_once() {
    let account = Account { acknowledged: vec![1, 2], ..Account::default() };
    let (mut checker, mut verdict) = (checker(&[]), Verdict::default());
    checker.note_places(&[entry(0, &[1])], &account, &mut verdict);
    checker.find_acknowledged(&account, &mut verdict);
    assert_eq!((verdict.lost, verdict.doubled), (1, 0));
    // In a later round.
    checker.note_places(&[entry(1, &[1])], &Account::default(), &mut verdict);
    assert_eq!((verdict.lost, verdict.doubled), (1, 1));
}

#[test]
fn a_gap_in_what_was_read_is_found() {
    let mut verdict = Verdict::default();
    let ends = [Progress { low: 0, high: 3, committed: Some(3), open_until: None }];
    checker(&[]).compare_offsets(&[entry(0, &[1]), entry(2, &[2])], &ends, &mut verdict);
    assert!(!verdict.is_clean());
}

#[test]
fn a_repeat_is_stored_where_it_came_first_and_nowhere_else() {
    let log = [again(0, 7), again(3, 7)];
    let verdict = judged(&[], &log, &[row_at(0, 0, 7)]);
    assert_eq!((verdict.is_clean(), verdict.repeats), (true, 1), "{verdict:?}");
    assert_eq!(judged(&[], &log, &[row_at(0, 0, 7), row_at(3, 0, 7)]).doubled, 1);
    let later = judged(&[], &log, &[row_at(3, 0, 7)]);
    assert_eq!((later.lost, later.doubled), (1, 1), "at the wrong place: {later:?}");
    let elsewhere = [again(0, 7), Entry { partition: 1, ..again(3, 7) }];
    assert_eq!(judged(&[], &elsewhere, &[row_at(0, 0, 7)]).doubled, 1, "no lane can know of the other");
}
