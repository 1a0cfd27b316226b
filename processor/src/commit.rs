//! Telling Kafka what is stored and what is under way. Lanes ask through [`Commits`]; the source, the only one who
//! may commit, carries the requests out one by one on its own thread.

use std::sync::mpsc;

use futures::future::BoxFuture;
use tokio::sync::oneshot;

use crate::intent::Mark;

/// How far a partition is stored, under one assignment of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Commit {
    /// The partition.
    pub partition: i32,
    /// The assignment under which it was read.
    pub assignment: u64,
    /// Everything before it is stored or dead-lettered.
    pub offset: i64,
    /// What is under way from there on.
    pub mark: Mark,
}

/// What became of a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confirmation {
    /// The broker holds it.
    Confirmed,
    /// The broker did not say, and holds something else: the batch must be dropped, and what is
    /// committed be read anew.
    Unknown,
    /// The partition is no longer ours: its rows are the next owner's business.
    Stale,
}

/// Commits.
pub trait Commits: Send + Sync {
    /// Commits one offset of one partition, with its mark.
    fn commit(&self, commit: Commit) -> BoxFuture<'_, Confirmation>;
}

/// A commit to make, and whom to tell.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) commit: Commit,
    pub(crate) reply: oneshot::Sender<Confirmation>,
}

/// Hands commits to the source thread.
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
    fn commit(&self, commit: Commit) -> BoxFuture<'_, Confirmation> {
        Box::pin(async move {
            let (reply, replied) = oneshot::channel();
            // When the source is gone, so is the assignment.
            if self.requests.send(Request { commit, reply }).is_err() {
                return Confirmation::Stale;
            }
            replied.await.unwrap_or(Confirmation::Stale)
        })
    }
}
