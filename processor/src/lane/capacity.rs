//! What lanes may hold and do at one time: memory for records, and inserts. Each shard of ClickHouse has its own, so one
//! that is away fills its own part and uses up nothing of another.

use std::sync::Arc;

use bataudit_store::Shards;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// What the lanes of one shard share.
#[derive(Debug, Clone)]
pub struct Capacity {
    memory: Arc<Semaphore>,
    memory_bytes: u32,
    pub(super) inserts: Arc<Semaphore>,
    /// One permit: a batch with given borders cannot be cut where memory ends, so one at a time.
    pub(super) exact: Arc<Semaphore>,
}

impl Capacity {
    fn new(memory_bytes: u32, inserts: usize) -> Self {
        Self {
            memory: Arc::new(Semaphore::new(memory_bytes as usize)),
            memory_bytes,
            inserts: Arc::new(Semaphore::new(inserts)),
            exact: Arc::new(Semaphore::new(1)),
        }
    }

    /// Waits for the memory of a record of `size` bytes, apart from the `held` bytes of its batch, which will not be free
    /// before. A record that is larger than all the memory there is gets all of it.
    pub(super) async fn reserve(&self, size: usize, held: usize) -> Option<OwnedSemaphorePermit> {
        let wanted = u32::try_from(size).unwrap_or(u32::MAX).max(1);
        let spare = self.memory_bytes.saturating_sub(u32::try_from(held).unwrap_or(u32::MAX));
        // Never closed.
        self.memory.clone().acquire_many_owned(wanted.min(spare)).await.ok()
    }
}

/// The capacity of each shard.
#[derive(Debug)]
pub struct Capacities(Vec<Capacity>);

impl Capacities {
    /// For so many shards: `memory_bytes` of records divided among them, and `inserts` at the same time into each.
    #[must_use]
    pub fn new(shards: usize, memory_bytes: u32, inserts: usize) -> Self {
        let shards = shards.max(1);
        let part = memory_bytes / u32::try_from(shards).unwrap_or(u32::MAX);
        Self((0..shards).map(|_| Capacity::new(part, inserts)).collect())
    }

    /// That of a Kafka partition's shard.
    pub(super) fn of(&self, partition: i32) -> &Capacity {
        &self.0[Shards::place(partition, self.0.len())]
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    #[test]
    fn a_shard_that_holds_everything_it_may_leaves_the_others_theirs() {
        let capacities = Capacities::new(2, 100, 1);
        let all = capacities.of(0).reserve(60, 0).now_or_never().flatten().unwrap();
        assert_eq!(all.num_permits(), 50, "half of the memory is all there is for one of two");
        assert!(capacities.of(2).reserve(1, 0).now_or_never().is_none(), "of the same shard");
        assert!(capacities.of(1).reserve(50, 0).now_or_never().flatten().is_some());
        let _insert = capacities.of(0).inserts.try_acquire().unwrap();
        assert!(capacities.of(2).inserts.try_acquire().is_err());
        assert!(capacities.of(3).inserts.try_acquire().is_ok());
    }

    #[test]
    fn what_a_batch_holds_itself_is_not_waited_for() {
        let capacities = Capacities::new(1, 100, 1);
        let capacity = capacities.of(0);
        let _held = capacity.reserve(80, 0).now_or_never().flatten().unwrap();
        assert!(capacity.reserve(40, 0).now_or_never().is_none());
        assert!(capacity.reserve(40, 80).now_or_never().flatten().is_some());
    }
}
