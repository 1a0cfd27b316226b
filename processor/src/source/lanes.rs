//! The lanes that read now, as the source sees them: where to put a record, which are too full, which
//! assignment is the current one. Knows no Kafka.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bataudit_service::{Readiness, Shutdown};
use tokio::runtime::Handle;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;

use crate::commit::Commit;
use crate::lane::{LaneEnd, Seat};
use crate::metrics;
use crate::record::{Input, Record};
use crate::recover::Origin;

/// The least share of a partition in the bytes that may wait for lanes. With very many partitions theirs add up to more.
const LEAST_SHARE: usize = 2 << 20;

/// Pause before a lane whose commit failed begins anew.
const REOPEN_PAUSE: Duration = Duration::from_millis(500);

/// Starts a lane.
pub(crate) type StartLane = Arc<dyn Fn(Seat) -> JoinHandle<LaneEnd> + Send + Sync>;

struct LaneHandle {
    assignment: u64,
    inputs: UnboundedSender<Input>,
    queued: Arc<AtomicUsize>,
    busy: Arc<AtomicBool>,
    finish: Shutdown,
    task: JoinHandle<LaneEnd>,
    /// Was given a record since it was last told that there are no more.
    waiting: bool,
    paused: bool,
}

/// The lanes of the partitions assigned to this processor.
pub(super) struct Lanes {
    start: StartLane,
    health: Readiness,
    lanes: BTreeMap<i32, LaneHandle>,
    /// Partitions that stand still, and why.
    stopped: BTreeMap<i32, String>,
    /// Partitions whose lanes are to begin anew.
    reopening: BTreeMap<i32, Reopening>,
    /// Counts assignments, so that what belongs to an earlier one of the same partition is told apart.
    assignments: Arc<AtomicU64>,
    /// Bytes of records that may wait for lanes. A partition whose lane has more than its share of them is paused, and a
    /// pause throws away what was fetched ahead.
    bytes: usize,
}

/// A lane that is to begin anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reopening {
    due: Instant,
    /// From this offset; otherwise from what is committed.
    pub(super) at: Option<i64>,
}

/// What the source should do with a partition after a record was handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// Read on.
    Read,
    /// Stop fetching it for now.
    Pause,
}

impl Lanes {
    pub(super) fn new(
        start: StartLane,
        health: Readiness,
        assignments: Arc<AtomicU64>,
        bytes: usize,
    ) -> Self {
        health.ready();
        let (lanes, stopped, reopening) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Self { start, health, lanes, stopped, reopening, assignments, bytes }
    }

    /// Starts the lane of a newly assigned partition.
    pub(super) fn open(&mut self, partition: i32, origin: Origin) {
        let assignment = self.assignments.fetch_add(1, Ordering::Relaxed);
        let (inputs, receiver) = unbounded_channel();
        let (queued, finish) = (Arc::new(AtomicUsize::new(0)), Shutdown::new());
        // A lane may confirm at once.
        let busy = Arc::new(AtomicBool::new(true));
        let seat = Seat {
            partition,
            assignment,
            origin,
            inputs: receiver,
            queued: queued.clone(),
            busy: busy.clone(),
            finish: finish.clone(),
        };
        let task = (self.start)(seat);
        let lane =
            LaneHandle { assignment, inputs, queued, busy, finish, task, waiting: false, paused: false };
        self.stopped.remove(&partition);
        self.lanes.insert(partition, lane);
        self.report();
    }

    /// Keeps a partition standing still, and says so until it is assigned anew.
    pub(super) fn stop(&mut self, partition: i32, why: String) {
        tracing::error!(partition, why, "The partition stands still: a person must act. The others go on.");
        self.stopped.insert(partition, why);
        self.report();
    }

    /// Hands a record to its lane.
    pub(super) fn deliver(&mut self, partition: i32, record: Record) -> Next {
        let share = self.share();
        let Some(lane) = self.lanes.get_mut(&partition) else { return Next::Pause };
        let queued = lane.queued.fetch_add(record.size(), Ordering::Relaxed) + record.size();
        lane.waiting = true;
        lane.busy.store(true, Ordering::Relaxed);
        // A lane that has ended takes nothing; `ended` says why.
        let is_full = lane.inputs.send(Input::Record(record)).is_err() || queued > share;
        lane.paused |= is_full;
        if is_full { Next::Pause } else { Next::Read }
    }

    /// Bytes that may wait for each lane.
    fn share(&self) -> usize {
        (self.bytes / self.lanes.len().max(1)).max(LEAST_SHARE)
    }

    /// Tells every lane that got a record that there are no more for now.
    pub(super) fn drained(&mut self) {
        for lane in self.lanes.values_mut().filter(|lane| lane.waiting) {
            lane.waiting = false;
            // A lane that has ended is noticed by `ended`.
            drop(lane.inputs.send(Input::Drained));
        }
    }

    /// Whether any lane waits to hear that there are no more records.
    pub(super) fn is_waiting(&self) -> bool {
        self.lanes.values().any(|lane| lane.waiting)
    }

    /// Whether any lane may ask for a commit soon.
    pub(super) fn are_busy(&self) -> bool {
        self.lanes.values().any(|lane| lane.busy.load(Ordering::Relaxed))
    }

    /// The paused partitions whose lanes have caught up.
    pub(super) fn resumable(&mut self) -> Vec<i32> {
        let share = self.share();
        let caught_up = |lane: &LaneHandle| {
            lane.paused && !lane.inputs.is_closed() && lane.queued.load(Ordering::Relaxed) < share / 2
        };
        let lanes = self.lanes.iter_mut().filter(|(_, lane)| caught_up(lane));
        lanes
            .map(|(partition, lane)| {
                lane.paused = false;
                *partition
            })
            .collect()
    }

    /// Takes out the lanes that ended by themselves, and says which partitions stand still now.
    pub(super) fn ended(&mut self, runtime: &Handle) {
        let ended: Vec<i32> = self
            .lanes
            .iter()
            .filter(|(_, lane)| lane.task.is_finished())
            .map(|(partition, _)| *partition)
            .collect();
        for partition in ended {
            let Some(lane) = self.lanes.remove(&partition) else { continue };
            // The task has ended, so this does not wait.
            match runtime.block_on(lane.task) {
                Ok(LaneEnd::Stale | LaneEnd::Finished) => {}
                Ok(LaneEnd::Unsettled) => self.reopen(partition, None, REOPEN_PAUSE),
                Ok(LaneEnd::Resume(at)) => self.reopen(partition, Some(at), Duration::ZERO),
                Ok(LaneEnd::Refused(why)) => self.stop(partition, why),
                Err(error) => self.stop(partition, format!("its lane stopped unexpectedly: {error}")),
            }
        }
    }

    fn reopen(&mut self, partition: i32, at: Option<i64>, pause: Duration) {
        self.reopening.insert(partition, Reopening { due: Instant::now() + pause, at });
    }

    /// The partitions whose lanes are to begin anew now.
    pub(super) fn due(&mut self) -> BTreeMap<i32, Reopening> {
        if self.reopening.is_empty() {
            return BTreeMap::new();
        }
        let now = Instant::now();
        self.reopening.extract_if(.., |_, reopening| reopening.due <= now).collect()
    }

    /// Tells these lanes to store what they began and then end.
    pub(super) fn finish(&self, partitions: &[i32]) {
        partitions
            .iter()
            .filter_map(|partition| self.lanes.get(partition))
            .for_each(|lane| lane.finish.trigger());
    }

    /// Whether all these lanes have ended.
    pub(super) fn have_ended(&self, partitions: &[i32]) -> bool {
        partitions
            .iter()
            .filter_map(|partition| self.lanes.get(partition))
            .all(|lane| lane.task.is_finished())
    }

    /// Takes these lanes out; what they still do is aborted, and can no longer be confirmed.
    pub(super) fn close(&mut self, partitions: &[i32]) {
        for partition in partitions {
            self.stopped.remove(partition);
            self.reopening.remove(partition);
            metrics::lag(*partition, 0);
            if let Some(lane) = self.lanes.remove(partition) {
                lane.task.abort();
            }
        }
        self.report();
    }

    /// All partitions that have a lane.
    pub(super) fn partitions(&self) -> Vec<i32> {
        self.lanes.keys().copied().collect()
    }

    /// Whether a commit belongs to the current assignment of its partition.
    pub(super) fn is_current(&self, commit: &Commit) -> bool {
        self.lanes.get(&commit.partition).is_some_and(|lane| lane.assignment == commit.assignment)
    }

    fn report(&self) {
        metrics::stopped(self.stopped.len());
        if self.stopped.is_empty() {
            self.health.ready();
        } else {
            let lines = self.stopped.iter().map(|(partition, why)| format!("partition {partition}: {why}"));
            self.health.not_ready(lines.collect::<Vec<_>>().join("; "));
        }
    }
}
