//! What a lane is given, and how it ends: everything it shares with the others, its seat, its end.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize};

use bataudit_service::{Readiness, Shutdown};
use bataudit_trace::Tracer;
use tokio::sync::mpsc::UnboundedReceiver;

use super::capacity::Capacities;
use crate::batch::{InsertBudget, Limits};
use crate::commit::Commits;
use crate::dead_letter::DeadLetters;
use crate::incident::Incidents;
use crate::record::Input;
use crate::recover::{Origin, StoredRows};
use crate::repeat::StoredIds;
use crate::rules::Rules;
use crate::write::{Repair, RowWriter};

/// What all lanes of a processor share.
pub struct Shared {
    /// The events topic, as part of every token.
    pub topic: String,
    /// Tells the offsets of this topic from those of one of the same name before it.
    pub stream_epoch: String,
    /// What is masked.
    pub rules: Rules,
    /// When a batch is due.
    pub limits: Limits,
    /// Early inserts.
    pub budget: InsertBudget,
    /// What may be held and inserted at one time.
    pub capacities: Capacities,
    /// Where rows go.
    pub writer: Arc<dyn RowWriter>,
    /// Where rows go that ClickHouse swallowed.
    pub repair: Arc<dyn Repair>,
    /// Where rejects go.
    pub dead_letters: Arc<dyn DeadLetters>,
    /// Where positions go.
    pub commits: Arc<dyn Commits>,
    /// What is in the table.
    pub stored: Arc<dyn StoredRows>,
    /// What the table knows of ids.
    pub ids: Arc<dyn StoredIds>,
    /// Bytes a partition may use to remember ids.
    pub repeat_bytes: usize,
    /// Where incidents go.
    pub incidents: Arc<dyn Incidents>,
    /// Whether ClickHouse works.
    pub health: Readiness,
    /// What begins spans.
    pub tracer: Tracer,
}

/// One partition under one assignment, as the source gives it to a lane.
#[derive(Debug)]
pub struct Seat {
    /// The partition.
    pub partition: i32,
    /// The assignment.
    pub assignment: u64,
    /// What Kafka says of it; records come from its [`first`](Origin::first) on.
    pub origin: Origin,
    /// The records.
    pub inputs: UnboundedReceiver<Input>,
    /// Bytes of records that are in `inputs`; the lane counts down what it takes.
    pub queued: Arc<AtomicUsize>,
    /// Whether the lane holds anything that is not confirmed: then the source listens for its commits.
    pub busy: Arc<AtomicBool>,
    /// Says that no more batches are to be begun.
    pub finish: Shutdown,
}

/// How a lane ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LaneEnd {
    /// It was told to finish, and everything it had begun is stored and confirmed.
    Finished,
    /// The partition went to another member.
    Stale,
    /// What a commit became is not known: what is committed must be read, and the lane begun anew.
    Unsettled,
    /// It must be begun anew from this offset.
    Resume(i64),
    /// The partition must not go on, or it would skip or mix up something: a person must act.
    Refused(String),
}
