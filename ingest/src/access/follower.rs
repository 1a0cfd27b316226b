//! Follows the access topic: what is read becomes the table that requests look things up in.

use bataudit_kafka::Connection;
use bataudit_kafka::follow::{self, FollowerError, Table};
use bataudit_service::{Readiness, Shutdown};

use super::{Access, Entries};
use crate::metrics;

/// The name of the client at the brokers.
const CLIENT: &str = "bataudit-ingest-access";

/// The running follower.
#[derive(Debug)]
pub struct Follower(follow::Follower);

impl Follower {
    /// Starts following `topic` into `access` until the shutdown. `ready` is set when the topic was
    /// read to its end.
    ///
    /// # Errors
    /// When the client's settings are refused or no thread can be made.
    pub fn start(
        connection: &Connection,
        topic: &str,
        access: Access,
        ready: Readiness,
        shutdown: Shutdown,
    ) -> Result<Self, FollowerError> {
        let table = Following { access, entries: Entries::default() };
        follow::Follower::start(connection, CLIENT, topic, table, ready, shutdown).map(Self)
    }

    /// Waits for the thread to end, which it does soon after the shutdown.
    pub fn join(self) {
        self.0.join();
    }
}

struct Following {
    access: Access,
    entries: Entries,
}

impl Table for Following {
    fn restart(&mut self) {
        self.entries = Entries::default();
    }

    fn apply(&mut self, key: &[u8], value: Option<&[u8]>) -> bool {
        self.entries.apply(key, value)
    }

    fn publish(&mut self) {
        let table = self.entries.table();
        let (keys, projects) = table.counts();
        metrics::access_entries(keys, projects);
        self.access.replace(table);
        tracing::debug!(keys, projects, "Access entries are up to date.");
    }

    fn lag(&self, records: i64) {
        metrics::access_lag(records);
    }

    fn unreachable(&self) {
        metrics::access_unreachable();
    }
}
