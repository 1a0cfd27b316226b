//! From stamped events to the broker's acknowledgement. In: a [`Submission`]. Out: one
//! acknowledgement for all of it, or a [`PublishError`]. It decides nothing about events: where they
//! lie and how they are packed is all.
//!
//! `pack` encodes the events of a submission as parts, each for one partition. They wait in the `queue`, a
//! `line` for each partition, and leave it as records, those of several submissions together. The
//! `producer` sends records, and settles the submissions in them (`pending`) when they have landed.

mod kafka;
mod line;
mod memory;
mod pack;
mod partitions;
mod pending;
mod producer;
mod queue;
mod traced;
mod watch;

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use bataudit_event::Event;
use bataudit_trace::Span;

pub use kafka::{KafkaPublisher, StartError};
pub use memory::{FailingPublisher, MemoryPublisher};

/// The events of one request.
#[derive(Debug, Default)]
pub struct Submission<'a> {
    /// Its events; at least one. Repeatable ones lie in the partition their id decides, so that the
    /// repeated one meets the first.
    pub events: Vec<Event<'a>>,
    /// Among how many partitions ids are spread; all there are when this is not known.
    pub id_partitions: Option<i32>,
    /// The span of its request, where that is traced.
    pub span: Option<&'a Span>,
}

/// Resolves when the broker has all records of a submission, or when that has failed.
pub type Acknowledgement = Pin<Box<dyn Future<Output = Result<(), PublishError>> + Send>>;

/// Why a submission was not acknowledged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PublishError {
    /// The queue to the broker is full; nothing was sent.
    #[error("the queue to the broker is full")]
    Overloaded,
    /// The broker cannot be reached; nothing was sent.
    #[error("the broker cannot be reached")]
    Unavailable,
    /// Sent, or a part of it, but not acknowledged in time: it may be stored or not.
    #[error("the broker did not acknowledge in time")]
    OutcomeUnknown,
    /// The broker takes no record this large.
    #[error("the broker refuses a record of this size")]
    RecordTooLarge,
}

impl PublishError {
    /// Stable name, for metrics and error bodies.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::Overloaded => "overloaded",
            Self::Unavailable => "unavailable",
            Self::OutcomeUnknown => "publish_timeout",
            Self::RecordTooLarge => "record_too_large",
        }
    }
}

/// What is known of the broker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BrokerStatus {
    /// Whether it answered when last asked.
    pub is_reachable: bool,
    /// How long the last answer took.
    pub round_trip: Duration,
}

/// Where events go.
pub trait Publisher: Send + Sync {
    /// Takes the whole submission before it returns, so that the request's body may be dropped
    /// while the acknowledgement is awaited. Never waits longer than its deadline.
    fn publish(&self, submission: &Submission<'_>) -> Acknowledgement;

    /// What is known of the broker.
    fn status(&self) -> BrokerStatus;
}
