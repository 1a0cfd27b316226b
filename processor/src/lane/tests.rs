//! The line of one partition, with everything outside it in memory.

use std::collections::BTreeSet;

use bataudit_event::{Event, record};
use bataudit_service::Health;
use bataudit_trace::Tracer;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use std::sync::atomic::AtomicUsize;

use super::*;
use crate::batch::{InsertBudget, Limits};
use crate::commit::Confirmation;
use crate::doubles::{Fault, World};
use crate::incident::Kind;
use crate::intent::{Intent, Mark, Reading};
use crate::mask::Masker;
use crate::record::Input;
use crate::recover::Origin;
use crate::rules::Rules;
use crate::write::WriteError;

/// A lane under test: what is around it, and its limits.
pub(super) struct Bench {
    pub(super) world: World,
    pub(super) limits: Limits,
    memory_bytes: u32,
}

impl Bench {
    pub(super) fn new() -> Self {
        Self {
            world: World::new(true),
            limits: Limits { interval: Duration::from_secs(1), rows: 100, bytes: 1 << 20 },
            memory_bytes: 1 << 20,
        }
    }

    fn shared(&self) -> Shared {
        let world = || Arc::new(self.world.clone());
        Shared {
            topic: "t.events".to_owned(),
            stream_epoch: "1".to_owned(),
            rules: Rules::fixed(Masker::built_in()),
            limits: self.limits,
            budget: InsertBudget::new(4, 8, tokio::time::Instant::now().into_std()),
            capacities: Capacities::new(1, self.memory_bytes, 2),
            writer: world(),
            repair: world(),
            dead_letters: world(),
            commits: world(),
            stored: world(),
            ids: world(),
            repeat_bytes: 1 << 16,
            incidents: world(),
            health: Health::new().part("clickhouse"),
            tracer: Tracer::default(),
        }
    }

    fn start(&self, start: i64) -> Running {
        self.start_from(Origin {
            committed: Some(start),
            reading: Reading::Nothing,
            low: 0,
            high: i64::MAX,
            seen: 0,
        })
    }

    pub(super) fn start_from(&self, origin: Origin) -> Running {
        let (inputs, receiver) = unbounded_channel();
        let (queued, finish) = (Arc::new(AtomicUsize::new(0)), Shutdown::new());
        let seat = Seat {
            partition: 3,
            assignment: 7,
            origin,
            inputs: receiver,
            queued: queued.clone(),
            busy: Arc::new(AtomicBool::new(true)),
            finish: finish.clone(),
        };
        let task = tokio::spawn(run(Arc::new(self.shared()), seat));
        Running { inputs, queued, finish, task }
    }

    /// Feeds all records, tells the lane to finish, and waits for its end.
    async fn feed(&self, start: i64, records: Vec<Record>) -> LaneEnd {
        let running = self.start(start);
        records.into_iter().for_each(|record| running.give(record));
        running.end().await
    }

    fn tokens(&self) -> Vec<String> {
        self.world.state().asked.clone()
    }
}

pub(super) struct Running {
    inputs: UnboundedSender<Input>,
    queued: Arc<AtomicUsize>,
    finish: Shutdown,
    task: JoinHandle<LaneEnd>,
}

impl Running {
    pub(super) fn give(&self, record: Record) {
        self.queued.fetch_add(record.size(), Ordering::Relaxed);
        // A lane that ended takes nothing.
        drop(self.inputs.send(Input::Record(record)));
    }

    pub(super) fn drained(&self) {
        drop(self.inputs.send(Input::Drained));
    }

    /// Waits for the lane's end, or for that of the process it runs in.
    pub(super) async fn end_unless(self, is_dead: impl Fn() -> bool) -> Option<LaneEnd> {
        let Self { inputs, task, .. } = self;
        drop(inputs);
        let mut ticks = tokio::time::interval(Duration::from_millis(20));
        while !task.is_finished() {
            ticks.tick().await;
            if is_dead() {
                task.abort();
                drop(task.await);
                return None;
            }
        }
        Some(task.await.unwrap())
    }

    /// Lets the lane read everything, and waits for its end.
    async fn end(self) -> LaneEnd {
        drop(self.inputs);
        self.task.await.unwrap()
    }
}

pub(super) fn packed(offset: i64, events: &[Event<'_>]) -> Record {
    let mut value = Vec::new();
    record::encode(events.iter(), &mut value);
    let announced = events.len() as u64;
    Record { offset, format: Some(record::FORMAT.to_vec()), announced, value: Some(value), traced: None }
}

fn events(offset: i64, count: u8) -> Record {
    let events: Vec<_> = (0..count).map(|n| Event { id: [n; 16], path: "/a", ..Event::default() }).collect();
    packed(offset, &events)
}

/// Polls until the condition holds; paused time makes the waits free.
async fn eventually(what: &str, condition: impl Fn() -> bool) {
    let mut ticks = tokio::time::interval(Duration::from_millis(1));
    for _ in 0..10_000 {
        if condition() {
            return;
        }
        ticks.tick().await;
    }
    panic!("never happened: {what}");
}

#[tokio::test(start_paused = true)]
async fn stores_and_then_commits() {
    let bench = Bench::new();
    assert_eq!(bench.feed(5, vec![events(5, 2), events(6, 1), events(7, 4)]).await, LaneEnd::Finished);
    assert_eq!(bench.tokens(), ["1:t.events:3:5-8"]);
    assert_eq!(bench.world.rows(), 7);
    assert_eq!(bench.world.offsets(), [5, 8], "the intent, and the confirmation");
    let marks: Vec<_> = bench.world.state().commits.iter().map(|commit| commit.mark).collect();
    assert!(matches!(marks[0], Mark::Open(Intent { end: 8, rows: 7, dead_letters: 0, .. })), "{marks:?}");
    assert_eq!(marks[1], Mark::Settled);
}

#[tokio::test(start_paused = true)]
async fn a_drained_partition_is_stored_at_once() {
    let bench = Bench::new();
    let running = bench.start(0);
    let began = tokio::time::Instant::now();
    running.give(events(0, 1));
    running.inputs.send(Input::Drained).unwrap();
    eventually("the row is stored", || bench.world.rows() == 1).await;
    assert!(began.elapsed() < bench.limits.interval / 10, "{:?}", began.elapsed());
    assert_eq!(running.end().await, LaneEnd::Finished);
}

#[tokio::test(start_paused = true)]
async fn a_busy_partition_is_stored_after_the_interval() {
    let bench = Bench::new();
    let running = bench.start(0);
    let began = tokio::time::Instant::now();
    running.give(events(0, 1));
    eventually("the row is stored", || bench.world.rows() == 1).await;
    assert!(began.elapsed() >= bench.limits.interval, "{:?}", began.elapsed());
    assert_eq!(running.end().await, LaneEnd::Finished);
}

#[tokio::test(start_paused = true)]
async fn many_batches_follow_one_another() {
    let bench = Bench::new();
    let records = (0..50).map(|offset| events(offset, 30)).collect();
    assert_eq!(bench.feed(0, records).await, LaneEnd::Finished);
    assert_eq!(bench.world.rows(), 1500);
    let tokens = bench.tokens();
    let mut next = 0;
    for token in &tokens {
        let (start, end) = token.rsplit(':').next().unwrap().split_once('-').unwrap();
        assert_eq!(start.parse(), Ok(next), "{tokens:?}");
        next = end.parse().unwrap();
    }
    assert_eq!(next, 50);
    assert!(bench.world.offsets().is_sorted());
    assert_eq!(bench.world.offsets().last(), Some(&50));
}

#[tokio::test(start_paused = true)]
async fn memory_bounds_what_is_in_batches() {
    let mut bench = Bench::new();
    bench.memory_bytes = u32::try_from(events(0, 30).room()).unwrap() + 1;
    let running = bench.start(0);
    let sizes: usize = (0..3).map(|offset| events(offset, 30).size()).sum();
    (0..3).for_each(|offset| running.give(events(offset, 30)));
    eventually("the first is taken", || running.queued.load(Ordering::Relaxed) < sizes).await;
    assert!(running.queued.load(Ordering::Relaxed) > 0, "the second waits for memory");
    eventually("all are stored", || bench.world.rows() == 90).await;
    assert_eq!(running.end().await, LaneEnd::Finished);
}

#[tokio::test(start_paused = true)]
async fn a_failed_insert_is_repeated_under_its_token_before_the_commit() {
    let bench = Bench::new();
    let down = || WriteError::Retry("down".to_owned());
    bench.world.refuse([down(), down()]);
    assert_eq!(bench.feed(0, vec![events(0, 1)]).await, LaneEnd::Finished);
    assert_eq!(bench.tokens(), ["1:t.events:3:0-1"; 3]);
    assert_eq!(bench.world.offsets(), [0, 1]);
}

#[tokio::test(start_paused = true)]
async fn a_refused_block_stops_the_partition_uncommitted() {
    let bench = Bench::new();
    bench.world.refuse([WriteError::Refused("code 117".to_owned())]);
    let end = bench.feed(0, vec![events(0, 1)]).await;
    assert!(matches!(end, LaneEnd::Refused(why) if why.contains("code 117")));
    assert_eq!(bench.world.offsets(), [0], "its intent, and nothing past it");
}

#[tokio::test(start_paused = true)]
async fn a_partition_that_moved_away_ends_its_lane() {
    let bench = Bench::new();
    bench.world.state().answer = Some(Confirmation::Stale);
    assert_eq!(bench.feed(0, vec![events(0, 1)]).await, LaneEnd::Stale);
}

#[tokio::test(start_paused = true)]
async fn rejects_are_acknowledged_before_the_commit_and_hold_up_nothing_else() {
    let bench = Bench::new();
    bench.world.fail_letters(2);
    let poison = Record { offset: 0, announced: 20, value: Some(b"hunter2".to_vec()), ..events(0, 0) };
    let mixed =
        packed(1, &[Event { request_body: "{\"token\":\"hunter2\"", ..Event::default() }, Event::default()]);
    assert_eq!(bench.feed(0, vec![poison, mixed]).await, LaneEnd::Finished);
    let letters = bench.world.state().letters.clone();
    let seen: Vec<_> = letters.iter().map(|l| (l.partition, l.offset, l.index, l.reason, l.events)).collect();
    assert_eq!(seen, [(3, 0, None, "malformed_record", 20), (3, 1, Some(0), "unmaskable", 1)]);
    assert!(!format!("{letters:?}").contains("hunter2"));
    assert_eq!(bench.world.rows(), 1);
    assert_eq!(bench.world.offsets(), [0, 2]);
}

/// Lets a lane store the first of these records and be killed after the insert, before any confirmation.
async fn interrupted(bench: &Bench, records: Vec<Record>) {
    let running = bench.start(0);
    records.into_iter().for_each(|record| running.give(record));
    running.inputs.send(Input::Drained).unwrap();
    eventually("the rows are stored", || bench.world.rows() > 0).await;
    running.task.abort();
    assert!(running.task.await.unwrap_err().is_cancelled());
}

#[tokio::test(start_paused = true)]
async fn an_unfinished_batch_is_formed_again_with_its_borders() {
    for has_metadata in [true, false] {
        let mut bench = Bench::new();
        bench.world.has_metadata = has_metadata;
        interrupted(&bench, vec![events(0, 2), events(1, 3)]).await;
        assert_eq!(bench.world.offsets(), [0]);
        let running = bench.start_from(bench.world.origin(0, 3));
        (0..3).for_each(|offset| running.give(events(offset, 2 + u8::try_from(offset).unwrap())));
        assert_eq!(running.end().await, LaneEnd::Finished);
        assert_eq!(bench.tokens(), ["1:t.events:3:0-2", "1:t.events:3:0-2", "1:t.events:3:2-3"]);
        assert_eq!(bench.world.rows(), 9);
        assert_eq!(bench.world.state().counted.iter().map(|(_, rows)| rows).sum::<usize>(), 9);
        assert_eq!(bench.world.offsets(), [0, 0, 2, 3]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_log_made_anew_under_an_unfinished_batch_is_refused_before_anything_is_sent() {
    let bench = Bench::new();
    interrupted(&bench, vec![events(0, 2)]).await;
    let running = bench.start_from(bench.world.origin(0, 1));
    running.give(packed(
        0,
        &[Event { id: [8; 16], ..Event::default() }, Event { id: [6; 16], ..Event::default() }],
    ));
    let end = running.end().await;
    assert!(matches!(&end, LaneEnd::Refused(why) if why.contains("STREAM_EPOCH")), "{end:?}");
    assert_eq!(bench.tokens().len(), 1);
    assert_eq!(bench.world.state().incidents[0].kind, Kind::TopicRecreated);
}

#[tokio::test(start_paused = true)]
async fn another_record_before_the_start_is_another_log() {
    let bench = Bench::new();
    assert_eq!(bench.feed(0, vec![events(0, 2)]).await, LaneEnd::Finished);
    for (id, refused) in [(0, false), (7, true)] {
        let running = bench.start_from(bench.world.origin(0, 2));
        let first = Event { id: [id; 16], ..Event::default() };
        running.give(packed(0, &[first, Event { id: [1; 16], ..Event::default() }]));
        let end = running.end().await;
        assert_eq!(matches!(end, LaneEnd::Refused(_)), refused, "{end:?}");
    }
    assert_eq!(bench.world.rows(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_commit_without_an_answer_drops_the_batch() {
    let bench = Bench::new();
    bench.world.fault_in(1, Fault::FailAfter);
    assert_eq!(bench.feed(0, vec![events(0, 1)]).await, LaneEnd::Unsettled);
    assert!(bench.tokens().is_empty(), "nothing is inserted without a certain intent");
}

#[tokio::test(start_paused = true)]
async fn an_idle_lane_confirms_by_itself_and_only_then() {
    let bench = Bench::new();
    let running = bench.start(0);
    running.give(events(0, 1));
    running.inputs.send(Input::Drained).unwrap();
    eventually("the batch is confirmed", || bench.world.offsets() == [0, 1]).await;
    assert_eq!(bench.world.state().committed, Some((1, Mark::Settled)));
    running.give(events(1, 1));
    running.inputs.send(Input::Drained).unwrap();
    eventually("the next is confirmed", || bench.world.offsets() == [0, 1, 1, 2]).await;
    assert_eq!(running.end().await, LaneEnd::Finished);
}

#[tokio::test(start_paused = true)]
async fn missing_offsets_are_an_incident_and_the_rest_goes_on() {
    let bench = Bench::new();
    assert_eq!(bench.feed(0, vec![events(0, 1), events(4, 1)]).await, LaneEnd::Finished);
    let incidents = bench.world.state().incidents.clone();
    assert_eq!((incidents[0].kind, incidents[0].lost), (Kind::OffsetsMissing, 3));
    assert_eq!(bench.world.rows(), 2);
}

#[tokio::test(start_paused = true)]
async fn forgotten_offsets_resume_at_the_last_batch_of_the_table() {
    let bench = Bench::new();
    assert_eq!(bench.feed(0, vec![events(0, 1), events(1, 1)]).await, LaneEnd::Finished);
    bench.world.state().committed = None;
    let running = bench.start_from(bench.world.origin(0, 2));
    assert_eq!(running.end().await, LaneEnd::Resume(0));
    assert_eq!(bench.world.state().incidents[0].kind, Kind::OffsetsExpired);
    let from_there = Origin { committed: Some(0), ..bench.world.origin(0, 2) };
    let running = bench.start_from(from_there);
    (0..2).for_each(|offset| running.give(events(offset, 1)));
    assert_eq!(running.end().await, LaneEnd::Finished);
    assert_eq!(bench.world.rows(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_repeat_is_stored_once_and_moves_the_position() {
    let bench = Bench::new();
    let posted = |id| Event { id: [id; 16], path: "/a", repeatable: true, ..Event::default() };
    let first = vec![packed(5, &[posted(1), posted(2)]), packed(6, &[posted(2), posted(3), posted(3)])];
    assert_eq!(bench.feed(5, first).await, LaneEnd::Finished);
    let again = vec![packed(7, &[posted(3), posted(4)]), packed(8, &[posted(1)])];
    assert_eq!(bench.feed(7, again).await, LaneEnd::Finished);
    let state = bench.world.state();
    let places: Vec<_> = state.rows.iter().map(|row| (row.offset, row.index, row.id[0])).collect();
    assert_eq!(places.len(), 4);
    assert_eq!(BTreeSet::from_iter(places), BTreeSet::from([(5, 0, 1), (5, 1, 2), (6, 1, 3), (7, 1, 4)]));
    assert_eq!(state.commits.last().map(|commit| commit.offset), Some(9));
}

#[tokio::test(start_paused = true)]
async fn finishing_stores_what_was_begun() {
    let bench = Bench::new();
    let running = bench.start(0);
    running.give(events(0, 1));
    eventually("the record is taken", || running.queued.load(Ordering::Relaxed) == 0).await;
    running.finish.trigger();
    assert_eq!(running.task.await.unwrap(), LaneEnd::Finished);
    assert_eq!(bench.world.offsets(), [0, 1]);
}

#[tokio::test(start_paused = true)]
async fn no_secret_reaches_a_row() {
    let bench = Bench::new();
    let event =
        Event { path: "/a/42?token=hunter2", request_body: "{\"pwd\":\"hunter2\"}", ..Event::default() };
    assert_eq!(bench.feed(0, vec![packed(0, &[event])]).await, LaneEnd::Finished);
    let rows = bench.world.state().bytes.concat();
    let text = String::from_utf8_lossy(&rows);
    assert!(!text.contains("hunter2") && text.contains("/a/:id"), "{text}");
}
