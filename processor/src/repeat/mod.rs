//! Repeats: a client that got no answer posts the same event again, under the same id. It is stored once.
//!
//! In: the repeatable events of a batch. Out: the batch without those that are in the table already, or
//! come a second time within the batch. All copies of an id lie in one partition, so the decision is the
//! lane's alone, and since it depends on nothing but the log and the rows before, it is the same when a
//! batch is read again after a crash. The table is the judge; the filter only spares
//! asking it about ids that nobody has seen. Knows nothing of Kafka and of how rows are written.

mod clickhouse;
mod filter;
mod sift;

#[cfg(test)]
mod tests;

use std::ops::RangeInclusive;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bataudit_service::Readiness;
use bataudit_store::StoreError;
use futures::future::BoxFuture;
use tokio::task::JoinHandle;

use crate::batch::Content;
use crate::metrics;
use crate::row::RowPlace;

pub use self::clickhouse::ClickHouseIds;
use filter::Filter;

/// Pause before the table is asked again.
const PAUSE: Duration = Duration::from_secs(1);
/// How old the first event may be for the filter to reach back from it.
const LONGEST_BACKLOG_MS: i64 = 3 * 24 * 60 * 60 * 1000;
/// How far back the other shards are looked at for rows of a partition: all that the filter reaches back to, and an hour
/// for clocks that differ.
const LOOKED_BACK_MS: i64 = LONGEST_BACKLOG_MS + filter::MEMORY_MS + 60 * 60 * 1000;

/// What makes two posts one event: the same id in the same project. A project cannot take another's id
/// away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// The project.
    pub project: [u8; 16],
    /// The id within it.
    pub id: [u8; 16],
}

/// A repeatable event of a batch, as a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keyed {
    /// Which event.
    pub key: Key,
    /// Where this copy lies.
    pub place: RowPlace,
    /// When the gateway took this copy, unix milliseconds.
    pub received_at: i64,
    /// Its row within the batch, from 0.
    pub row: usize,
    /// Whether it may have been seen before; the table says whether it was. Of what an operator replays the
    /// filter cannot tell: it knows repeatable events only.
    pub maybe: bool,
    /// Whether an operator replays it: the copy before may lie in any partition.
    pub replayed: bool,
}

/// A copy that the table holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredCopy {
    /// Which event.
    pub key: Key,
    /// Its partition; -1 in an earlier life of the topic, whose places mean something else.
    pub partition: i32,
    /// Its place within the partition.
    pub place: RowPlace,
    /// When the gateway took it, unix milliseconds.
    pub received_at: i64,
}

/// Where the rows of a partition lie, among the shards of ClickHouse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Home {
    /// The partition.
    pub partition: i32,
    /// Copies of its ids that the gateway took at this time or later, unix milliseconds, lie in its own shard only.
    pub alone_since: i64,
}

/// What is asked of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The ids that may have been seen before.
    pub ids: Vec<[u8; 16]>,
    /// When the gateway took the copies that matter, unix milliseconds.
    pub received: RangeInclusive<i64>,
    /// Whether copies may lie in other partitions too.
    pub anywhere: bool,
}

/// What the table knows of ids. A shard that need not be asked is not.
pub trait StoredIds: Send + Sync {
    /// Where the rows of a partition lie today. Good while the partition is ours, as nobody else adds any.
    fn home(&self, partition: i32) -> BoxFuture<'_, Result<Home, StoreError>>;

    /// The copies that were asked for.
    fn find<'a>(
        &'a self,
        home: Home,
        question: &'a Question,
    ) -> BoxFuture<'a, Result<Vec<StoredCopy>, StoreError>>;

    /// Calls `each` with every repeatable row of a partition that the gateway took at `since` or later.
    fn since<'a>(
        &'a self,
        home: Home,
        since: i64,
        each: &'a mut (dyn FnMut(Key, i64) + Send),
    ) -> BoxFuture<'a, Result<(), StoreError>>;
}

/// Finds the repeats of one partition, under one assignment of it.
pub struct Repeats {
    home: Home,
    stored: Arc<dyn StoredIds>,
    filter: Arc<Mutex<Filter>>,
    /// Reads into the filter what the table holds; begun with the first repeatable event.
    filling: Option<JoinHandle<()>>,
}

impl Repeats {
    /// For a partition and where its rows lie; the filter takes `bytes` of memory at most, and none while no event is repeatable.
    #[must_use]
    pub fn new(home: Home, stored: Arc<dyn StoredIds>, bytes: usize) -> Self {
        let filter = Arc::new(Mutex::new(Filter::new(bytes)));
        Self { home, stored, filter, filling: None }
    }

    /// Notes the repeatable events of a record, and which of them may have been seen before.
    pub fn mark(&mut self, content: &mut Content) {
        let Some(first) = content.keyed.first() else { return };
        let clock = now();
        // An old event among new ones, such as a dead letter published anew, must not make the filter read
        // the whole table: whatever it does not reach back to is asked of the table.
        let since = first.received_at.max(clock - LONGEST_BACKLOG_MS) - filter::MEMORY_MS;
        if self.filling.is_none() {
            self.filling =
                Some(tokio::spawn(fill(self.home, self.stored.clone(), self.filter.clone(), since)));
        }
        let mut filter = self.filter.lock().unwrap_or_else(PoisonError::into_inner);
        for keyed in &mut content.keyed {
            keyed.maybe |= filter.insert(&keyed.key, keyed.received_at, clock);
        }
    }
}

/// Takes the repeats out of a batch; asks the table until it answers. The batches before must be settled:
/// in the table, or never to come there.
pub async fn sift(home: Home, stored: &dyn StoredIds, health: &Readiness, content: &mut Content) {
    let partition = home.partition;
    let Some(question) = sift::question(&content.keyed) else { return };
    metrics::repeats_asked(question.ids.len());
    let found = loop {
        match stored.find(home, &question).await {
            Ok(found) => break found,
            Err(error) => {
                health.not_ready(error.to_string());
                tracing::warn!(partition, %error, "Cannot ask ClickHouse which events are repeats; asks again.");
                tokio::time::sleep(PAUSE).await;
            }
        }
    };
    health.ready();
    let repeats = sift::repeats(partition, &content.keyed, &found);
    sift::take_out(content, &repeats);
}

impl Drop for Repeats {
    fn drop(&mut self) {
        if let Some(filling) = &self.filling {
            filling.abort();
        }
    }
}

/// Reads into the filter what the table holds of a partition. Until that is done, the filter answers
/// "maybe" to everything.
async fn fill(home: Home, stored: Arc<dyn StoredIds>, filter: Arc<Mutex<Filter>>, since: i64) {
    let partition = home.partition;
    let locked = || filter.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        let mut ids = 0_usize;
        let mut each = |key: Key, received_at| {
            ids += 1;
            locked().insert(&key, received_at, now());
        };
        match stored.since(home, since, &mut each).await {
            Ok(()) => {
                locked().knows_all_since(since);
                tracing::debug!(partition, ids, "The filter of repeats knows what the table holds.");
                return;
            }
            Err(error) => {
                tracing::warn!(partition, %error, "Cannot read recent ids from ClickHouse; the table is asked instead.");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// The processor's clock, unix milliseconds.
fn now() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(now.as_millis()).unwrap_or(i64::MAX)
}
