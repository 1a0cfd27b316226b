//! The line of one partition, with everything outside it in memory.

use bataudit_event::{Event, record};
use bataudit_service::Health;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use super::*;
use crate::commit::Confirmation;
use crate::doubles::{FailingWriter, MemoryCommits, MemoryDeadLetters, MemoryRows, MemoryWriter};
use crate::mask::Rules;
use crate::row::RowPlace;
use crate::write::WriteError;

/// A lane under test: its ends, and the doubles around it.
struct Bench {
    writer: Arc<FailingWriter>,
    dead_letters: Arc<MemoryDeadLetters>,
    commits: Arc<MemoryCommits>,
    rows: MemoryRows,
    limits: Limits,
    memory_bytes: u32,
}

impl Bench {
    fn new() -> Self {
        Self {
            writer: Arc::new(FailingWriter::after([])),
            dead_letters: Arc::new(MemoryDeadLetters::default()),
            commits: Arc::new(MemoryCommits::answering(Confirmation::Confirmed)),
            rows: MemoryRows::default(),
            limits: Limits { interval: Duration::from_secs(1), rows: 100, bytes: 1 << 20 },
            memory_bytes: 1 << 20,
        }
    }

    fn table(&self) -> &MemoryWriter {
        &self.writer.table
    }

    fn shared(&self) -> Shared {
        Shared {
            topic: "t.events".to_owned(),
            stream_epoch: "1".to_owned(),
            masker: Arc::new(Masker::compile(&Rules::built_in()).unwrap()),
            limits: self.limits,
            budget: InsertBudget::new(4, 8, tokio::time::Instant::now().into_std()),
            memory: Arc::new(Semaphore::new(self.memory_bytes as usize)),
            memory_bytes: self.memory_bytes,
            inserts: Semaphore::new(2),
            writer: self.writer.clone(),
            dead_letters: self.dead_letters.clone(),
            commits: self.commits.clone(),
            stored: Arc::new(MemoryRows(self.rows.0.clone())),
            health: Health::new().part("clickhouse"),
        }
    }

    fn start(&self, start: i64) -> Running {
        let (inputs, receiver) = unbounded_channel();
        let (queued, finish) = (Arc::new(AtomicUsize::new(0)), Shutdown::new());
        let seat = Seat {
            partition: 3,
            assignment: 7,
            start,
            inputs: receiver,
            queued: queued.clone(),
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
}

struct Running {
    inputs: UnboundedSender<Input>,
    queued: Arc<AtomicUsize>,
    finish: Shutdown,
    task: JoinHandle<LaneEnd>,
}

impl Running {
    fn give(&self, record: Record) {
        self.queued.fetch_add(record.size(), Ordering::Relaxed);
        self.inputs.send(Input::Record(record)).unwrap();
    }

    /// Lets the lane read everything, and waits for its end.
    async fn end(self) -> LaneEnd {
        drop(self.inputs);
        self.task.await.unwrap()
    }
}

fn packed(offset: i64, events: &[Event<'_>]) -> Record {
    let mut value = Vec::new();
    record::encode(events.iter(), &mut value);
    let announced = events.len() as u64;
    Record { offset, format: Some(record::FORMAT.to_vec()), announced, value: Some(value) }
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
    assert_eq!(bench.feed(5, vec![events(5, 2), events(6, 1), events(9, 4)]).await, LaneEnd::Finished);
    assert_eq!(bench.writer.tokens(), ["1:t.events:3:5-10"]);
    assert_eq!(bench.table().rows(), 7);
    assert_eq!(bench.commits.offsets(), [10]);
}

#[tokio::test(start_paused = true)]
async fn a_drained_partition_is_stored_at_once() {
    let bench = Bench::new();
    let running = bench.start(0);
    let began = tokio::time::Instant::now();
    running.give(events(0, 1));
    running.inputs.send(Input::Drained).unwrap();
    eventually("the row is stored", || bench.table().rows() == 1).await;
    assert!(began.elapsed() < bench.limits.interval / 10, "{:?}", began.elapsed());
    assert_eq!(running.end().await, LaneEnd::Finished);
}

#[tokio::test(start_paused = true)]
async fn a_busy_partition_is_stored_after_the_interval() {
    let bench = Bench::new();
    let running = bench.start(0);
    let began = tokio::time::Instant::now();
    running.give(events(0, 1));
    eventually("the row is stored", || bench.table().rows() == 1).await;
    assert!(began.elapsed() >= bench.limits.interval, "{:?}", began.elapsed());
    assert_eq!(running.end().await, LaneEnd::Finished);
}

#[tokio::test(start_paused = true)]
async fn many_batches_follow_one_another() {
    let bench = Bench::new();
    let records = (0..50).map(|offset| events(offset, 30)).collect();
    assert_eq!(bench.feed(0, records).await, LaneEnd::Finished);
    assert_eq!(bench.table().rows(), 1500);
    let tokens: Vec<_> = bench.table().blocks().into_iter().map(|block| block.token).collect();
    let mut next = 0;
    for token in &tokens {
        let (start, end) = token.rsplit(':').next().unwrap().split_once('-').unwrap();
        assert_eq!(start.parse(), Ok(next), "{tokens:?}");
        next = end.parse().unwrap();
    }
    assert_eq!(next, 50);
    assert!(bench.commits.offsets().is_sorted());
    assert_eq!(bench.commits.offsets().last(), Some(&50));
}

#[tokio::test(start_paused = true)]
async fn memory_bounds_what_is_in_batches() {
    let mut bench = Bench::new();
    bench.memory_bytes = u32::try_from(events(0, 30).size()).unwrap() + 1;
    let running = bench.start(0);
    let sizes: usize = (0..3).map(|offset| events(offset, 30).size()).sum();
    (0..3).for_each(|offset| running.give(events(offset, 30)));
    eventually("the first is taken", || running.queued.load(Ordering::Relaxed) < sizes).await;
    assert!(running.queued.load(Ordering::Relaxed) > 0, "the second waits for memory");
    eventually("all are stored", || bench.table().rows() == 90).await;
    assert_eq!(running.end().await, LaneEnd::Finished);
}

#[tokio::test(start_paused = true)]
async fn a_failed_insert_is_repeated_under_its_token_before_the_commit() {
    let mut bench = Bench::new();
    let down = || WriteError::Retry("down".to_owned());
    bench.writer = Arc::new(FailingWriter::after([down(), down()]));
    assert_eq!(bench.feed(0, vec![events(0, 1)]).await, LaneEnd::Finished);
    assert_eq!(bench.writer.tokens(), ["1:t.events:3:0-1"; 3]);
    assert_eq!(bench.commits.offsets(), [1]);
}

#[tokio::test(start_paused = true)]
async fn a_refused_block_stops_the_partition_uncommitted() {
    let mut bench = Bench::new();
    bench.writer = Arc::new(FailingWriter::after([WriteError::Refused("code 117".to_owned())]));
    let end = bench.feed(0, vec![events(0, 1)]).await;
    assert!(matches!(end, LaneEnd::Refused(why) if why.contains("code 117")));
    assert!(bench.commits.offsets().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_partition_that_moved_away_ends_its_lane() {
    let mut bench = Bench::new();
    bench.commits = Arc::new(MemoryCommits::answering(Confirmation::Stale));
    assert_eq!(bench.feed(0, vec![events(0, 1)]).await, LaneEnd::Stale);
}

#[tokio::test(start_paused = true)]
async fn rejects_are_acknowledged_before_the_commit_and_hold_up_nothing_else() {
    let mut bench = Bench::new();
    bench.dead_letters = Arc::new(MemoryDeadLetters::failing(2));
    let poison = Record { offset: 0, announced: 20, value: Some(b"hunter2".to_vec()), ..events(0, 0) };
    let mixed =
        packed(1, &[Event { request_body: "{\"token\":\"hunter2\"", ..Event::default() }, Event::default()]);
    assert_eq!(bench.feed(0, vec![poison, mixed]).await, LaneEnd::Finished);
    let letters = bench.dead_letters.letters();
    let seen: Vec<_> = letters.iter().map(|l| (l.partition, l.offset, l.index, l.reason, l.events)).collect();
    assert_eq!(seen, [(3, 0, None, "malformed_record", 20), (3, 1, Some(0), "unmaskable", 1)]);
    assert!(!format!("{letters:?}").contains("hunter2"));
    assert_eq!(bench.table().rows(), 1);
    assert_eq!(bench.commits.offsets(), [2]);
}

#[tokio::test(start_paused = true)]
async fn what_the_table_holds_is_not_stored_again() {
    let mut bench = Bench::new();
    let place = |offset, index| RowPlace { offset, index };
    bench.rows = MemoryRows(Known::new([
        (place(0, 0), [0; 16]),
        (place(0, 1), [1; 16]),
        // The place agrees, the id does not: another event.
        (place(1, 0), [9; 16]),
    ]));
    assert_eq!(bench.feed(0, vec![events(0, 2), events(1, 1)]).await, LaneEnd::Finished);
    assert_eq!(bench.table().rows(), 1);
    assert_eq!(bench.commits.offsets(), [2]);
}

#[tokio::test(start_paused = true)]
async fn a_batch_of_known_rows_is_only_committed() {
    let mut bench = Bench::new();
    bench.rows = MemoryRows(Known::new([(RowPlace { offset: 0, index: 0 }, [0; 16])]));
    assert_eq!(bench.feed(0, vec![events(0, 1)]).await, LaneEnd::Finished);
    assert!(bench.writer.tokens().is_empty());
    assert_eq!(bench.commits.offsets(), [1]);
}

#[tokio::test(start_paused = true)]
async fn finishing_stores_what_was_begun() {
    let bench = Bench::new();
    let running = bench.start(0);
    running.give(events(0, 1));
    eventually("the record is taken", || running.queued.load(Ordering::Relaxed) == 0).await;
    running.finish.trigger();
    assert_eq!(running.task.await.unwrap(), LaneEnd::Finished);
    assert_eq!(bench.commits.offsets(), [1]);
}

#[tokio::test(start_paused = true)]
async fn no_secret_reaches_a_row() {
    let bench = Bench::new();
    let event =
        Event { path: "/a/42?token=hunter2", request_body: "{\"pwd\":\"hunter2\"}", ..Event::default() };
    assert_eq!(bench.feed(0, vec![packed(0, &[event])]).await, LaneEnd::Finished);
    let rows = bench.table().blocks().remove(0).bytes;
    let text = String::from_utf8_lossy(&rows);
    assert!(!text.contains("hunter2") && text.contains("/a/:id"), "{text}");
}
