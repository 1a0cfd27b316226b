//! Confirming to Kafka what is stored. Lanes ask through [`Commits`]; the source, the only one who
//! may commit, carries the requests out one by one on its own thread.

use std::sync::mpsc;

use futures::future::BoxFuture;
use tokio::sync::oneshot;

/// How far a partition is stored, under one assignment of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The partition.
    pub partition: i32,
    /// The assignment under which it was read.
    pub assignment: u64,
    /// The next offset to read.
    pub offset: i64,
}

/// What became of a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confirmation {
    /// The broker holds the position.
    Confirmed,
    /// The broker did not say. A later commit settles it; at worst the rows are asked for again.
    Unknown,
    /// The partition is no longer ours: its rows are the next owner's business.
    Stale,
}

/// Confirms positions.
pub trait Commits: Send + Sync {
    /// Commits one position of one partition.
    fn confirm(&self, position: Position) -> BoxFuture<'_, Confirmation>;
}

/// A position to commit, and whom to tell.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) position: Position,
    pub(crate) reply: oneshot::Sender<Confirmation>,
}

/// Hands positions to the source thread.
#[derive(Debug, Clone)]
pub(crate) struct SourceCommits {
    requests: mpsc::Sender<Request>,
}

impl SourceCommits {
    /// The lanes' end and the source's.
    pub(crate) fn channel() -> (Self, mpsc::Receiver<Request>) {
        let (requests, receiver) = mpsc::channel();
        (Self { requests }, receiver)
    }
}

impl Commits for SourceCommits {
    fn confirm(&self, position: Position) -> BoxFuture<'_, Confirmation> {
        Box::pin(async move {
            let (reply, replied) = oneshot::channel();
            // When the source is gone, so is the assignment.
            if self.requests.send(Request { position, reply }).is_err() {
                return Confirmation::Stale;
            }
            replied.await.unwrap_or(Confirmation::Stale)
        })
    }
}
