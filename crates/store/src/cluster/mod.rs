//! ClickHouse on several servers: which there are, and which of them a Kafka partition's rows go to.
//!
//! In: a connection that names a cluster. Out: its shards, each with its servers. A connection without a cluster is one
//! shard of one server, so whoever writes knows only shards. Who reads needs none of this: see `place`.

mod host;
pub(crate) mod place;

use std::sync::atomic::{AtomicUsize, Ordering};

use clickhouse::{Client, Row};
use serde::Deserialize;

use crate::connection::{Connection, StoreError};
use host::at_host;

/// What the database of the tables themselves is called, behind the usual name.
const LOCAL: &str = "_local";

/// The table that lists the tables of all servers.
pub(crate) const SIZES: &str = "table_sizes";

/// How statements on Distributed tables are carried out.
pub(crate) const SETTINGS: &[(&str, &str)] = &[
    // An answer means that the rows are stored, not that they wait on this server's disk.
    ("distributed_foreground_insert", "1"),
    // Rows of another shard are rows: an answer without them would be a wrong one.
    ("skip_unavailable_shards", "0"),
    // A table within IN or JOIN means all shards as well.
    ("distributed_product_mode", "global"),
    ("parallel_distributed_insert_select", "0"),
    // Everybody reads from the server of a shard that is written to, as long as it answers.
    ("load_balancing", "in_order"),
    ("prefer_localhost_replica", "0"),
];

/// One server, as far as its own tables go.
#[derive(Debug, Clone)]
pub struct Node {
    /// The way to its own tables.
    pub connection: Connection,
    /// A client of them.
    pub client: Client,
}

/// Servers that hold the same rows.
#[derive(Debug)]
pub struct Shard {
    number: u32,
    nodes: Vec<Node>,
    chosen: AtomicUsize,
}

/// All of them, in the order of their numbers.
#[derive(Debug)]
pub struct Shards(Vec<Shard>);

/// Where it stands how large the tables are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sizes {
    /// A table with the columns `database`, `name`, `total_rows`, `total_bytes` and `total_bytes_uncompressed`.
    pub table: &'static str,
    /// The database that ours are listed under.
    pub database: String,
}

#[derive(Row, Deserialize)]
struct Listed {
    shard: u32,
    host: String,
}

impl Connection {
    /// The name of the database that holds the tables themselves: of a cluster's servers another than the one that
    /// everybody names.
    #[must_use]
    pub fn local_database(&self) -> String {
        let behind = if self.cluster.is_some() { LOCAL } else { "" };
        format!("{}{behind}", self.database)
    }

    /// Where it stands how large the tables are, those of all shards.
    #[must_use]
    pub fn sizes(&self) -> Sizes {
        let table = if self.cluster.is_some() { SIZES } else { "system.tables" };
        Sizes { table, database: self.local_database() }
    }

    /// This connection to one server's own tables.
    fn local(&self, url: String) -> Node {
        let connection = self.at(url, self.local_database());
        Node { client: connection.client(), connection }
    }
}

impl Shards {
    /// Asks which there are. Without a cluster nobody is asked.
    ///
    /// # Errors
    /// When ClickHouse does not answer, or knows no such cluster.
    pub async fn find(connection: &Connection) -> Result<Self, StoreError> {
        let Some(cluster) = &connection.cluster else {
            return Ok(Self::single(connection));
        };
        let asked = "SELECT shard_num AS shard, host_name AS host FROM system.clusters WHERE cluster = ? \
                     ORDER BY shard_num, replica_num";
        let asked = connection.server().query(asked).bind(cluster).fetch_all::<Listed>();
        let listed = connection.bounded(asked).await?;
        if listed.is_empty() {
            return Err(StoreError::NoCluster(cluster.clone()));
        }
        Ok(Self::of_servers(connection, listed))
    }

    /// The one server of a connection.
    #[must_use]
    pub fn single(connection: &Connection) -> Self {
        let node = Node { connection: connection.clone(), client: connection.client() };
        Self(vec![Shard { number: 1, nodes: vec![node], chosen: AtomicUsize::new(0) }])
    }

    fn of_servers(connection: &Connection, listed: Vec<Listed>) -> Self {
        let mut shards: Vec<Shard> = Vec::new();
        for Listed { shard, host } in listed {
            let node = connection.local(at_host(&connection.url, &host));
            match shards.last_mut().filter(|last| last.number == shard) {
                Some(last) => last.nodes.push(node),
                None => {
                    shards.push(Shard { number: shard, nodes: vec![node], chosen: AtomicUsize::new(0) });
                }
            }
        }
        Self(shards)
    }

    /// The shard of a Kafka partition. A Distributed table that spreads by `k_partition` chooses the same one while all
    /// shards weigh the same.
    #[must_use]
    pub fn of(&self, partition: i32) -> &Shard {
        &self.0[Self::place(partition, self.0.len())]
    }

    /// Which of so many shards, counted from 0, is that of a Kafka partition.
    #[must_use]
    pub fn place(partition: i32, shards: usize) -> usize {
        partition.unsigned_abs() as usize % shards.max(1)
    }

    /// How many there are; at least one.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Each of them.
    pub fn iter(&self) -> std::slice::Iter<'_, Shard> {
        self.0.iter()
    }

    /// All servers.
    pub fn nodes(&self) -> impl Iterator<Item = &Node> {
        self.0.iter().flat_map(|shard| &shard.nodes)
    }

    /// Whether any rows are held by several servers.
    #[must_use]
    pub fn are_replicated(&self) -> bool {
        self.0.iter().any(Shard::is_replicated)
    }

    /// The servers that answer, at least one of each shard.
    ///
    /// # Errors
    /// When of some shard none does.
    pub async fn answering(&self) -> Result<Vec<&Node>, StoreError> {
        let mut answering = Vec::new();
        for shard in &self.0 {
            let (mut some, mut refused) = (false, None);
            for node in &shard.nodes {
                match node.connection.ping().await {
                    Ok(()) => {
                        some = true;
                        answering.push(node);
                    }
                    Err(error) => {
                        tracing::warn!(server = node.host(), shard = shard.number, %error, "A ClickHouse server does not answer.");
                        refused = Some(error);
                    }
                }
            }
            if let Some(error) = refused.filter(|_| !some) {
                return Err(error);
            }
        }
        Ok(answering)
    }
}

impl Shard {
    /// Its number, as ClickHouse counts: from 1.
    #[must_use]
    pub fn number(&self) -> u32 {
        self.number
    }

    /// The server to talk to.
    #[must_use]
    pub fn node(&self) -> &Node {
        &self.nodes[self.chosen.load(Ordering::Relaxed) % self.nodes.len()]
    }

    /// The server did not do what it was asked to: the next one is asked from now on. A batch may be sent to another
    /// server of its shard at any time, since they share what tokens they have seen.
    pub fn failed(&self) {
        self.chosen.fetch_add(1, Ordering::Relaxed);
    }

    /// Whether several servers hold its rows.
    #[must_use]
    pub fn is_replicated(&self) -> bool {
        self.nodes.len() > 1
    }

    /// Waits until the server to talk to has everything of `table` that any server of its shard has accepted. What it
    /// lacks would otherwise look like a loss, and be stored a second time.
    ///
    /// # Errors
    /// When it does not get there in time.
    pub async fn caught_up(&self, table: &str) -> Result<&Node, StoreError> {
        let node = self.node();
        if self.is_replicated() {
            let sync = format!("SYSTEM SYNC REPLICA {table} LIGHTWEIGHT");
            let synced = node.connection.bounded(node.client.query_raw(&sync).execute()).await;
            synced.inspect_err(|_| self.failed())?;
        }
        Ok(node)
    }
}

impl Node {
    /// Its name, for errors and logs: no user, no password.
    #[must_use]
    pub fn host(&self) -> &str {
        host::of(&self.connection.url)
    }
}

#[cfg(test)]
mod tests {
    use bataudit_service::env::Env;

    use super::*;
    use crate::connection::{CLUSTER, URL};

    fn connection() -> Connection {
        let mut env = Env::from_pairs([(CLUSTER.name, "c"), (URL.name, "http://any:8123/")]);
        Connection::from_env(&mut env)
    }

    fn listed(servers: &[(u32, &str)]) -> Vec<Listed> {
        servers.iter().map(|(shard, host)| Listed { shard: *shard, host: (*host).to_owned() }).collect()
    }

    #[test]
    fn partitions_are_spread_over_shards_in_order() {
        let shards = Shards::of_servers(&connection(), listed(&[(1, "a1"), (1, "a2"), (2, "b1")]));
        let host = |partition| shards.of(partition).node().host();
        assert_eq!((host(0), host(1), host(2)), ("a1:8123", "b1:8123", "a1:8123"));
        assert!(shards.of(0).is_replicated() && !shards.of(1).is_replicated());
        shards.of(2).failed();
        assert_eq!((host(0), host(1)), ("a2:8123", "b1:8123"));
        assert_eq!(shards.of(0).node().connection.database, "bataudit_local");
        assert_eq!(shards.of(0).node().connection.cluster, None);
        assert_eq!(shards.nodes().count(), 3);
    }

    #[test]
    fn one_server_is_a_shard_with_its_usual_database() {
        let mut env = Env::default();
        let connection = Connection::from_env(&mut env);
        let shards = Shards::single(&connection);
        assert_eq!(shards.of(7).node().connection.database, "bataudit");
        assert!(!shards.are_replicated());
    }
}
