//! What the gateway knows of keys and projects: read from the compacted access topic, never from a
//! database. In: records of the topic. Out: an immutable [`Table`], swapped whole. It knows nothing
//! of HTTP.

mod follower;
mod table;

use std::sync::Arc;

use arc_swap::ArcSwapOption;

pub use bataudit_kafka::follow::FollowerError;
pub use follower::Follower;
pub use table::{Entries, KeyHash, KnownKey, Table};

/// The newest table, shared between the follower and the requests. Clones share one table.
#[derive(Debug, Clone, Default)]
pub struct Access {
    current: Arc<ArcSwapOption<Table>>,
}

impl Access {
    /// The newest table; `None` until the access topic was read to its end for the first time.
    #[must_use]
    pub fn table(&self) -> Option<Arc<Table>> {
        self.current.load_full()
    }

    /// Replaces the table. Requests that hold the old one finish with it.
    pub fn replace(&self, table: Table) {
        self.current.store(Some(Arc::new(table)));
    }
}
