//! Whether every partition of the events topic has a reader. In: what the brokers say of the processors' group. Out: a
//! gauge, and where a partition has none for long, a rebalance.
//!
//! A member with a name of its own that dies between the two halves of a cooperative rebalance and comes back within
//! its session is given what it held in between, and nothing tells the group that the other half is still to come: a
//! partition that was taken from one and not yet given to another then has no reader until the next member joins or
//! leaves. So one does: a member without a name, for as long as a rebalance takes.

mod assignment;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use bataudit_kafka::{Connection, Stream, Topics};
use bataudit_service::Shutdown;
use rdkafka::consumer::{BaseConsumer, Consumer as _, ConsumerContext};
use rdkafka::error::KafkaError;
use rdkafka::{ClientConfig, ClientContext};

use crate::metrics;

/// How often the brokers are asked.
const EVERY: Duration = Duration::from_secs(5);
/// How long a partition may be without a reader while the group says that it is settled.
const PATIENCE: Duration = Duration::from_secs(15);
/// The longest pause between two rebalances, where one did not help.
const LONGEST_PATIENCE: Duration = Duration::from_secs(600);
/// How long the brokers may take to answer.
const ASK: Duration = Duration::from_secs(10);
/// How long the member that joins waits for its rebalance.
const JOIN: Duration = Duration::from_secs(30);

/// What the brokers say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Look {
    /// Nobody reads, or the group is just dividing the partitions.
    Unsettled,
    /// The group is settled, and these partitions have no reader.
    Settled(BTreeSet<i32>),
}

/// The group and the topic it reads.
#[derive(Debug, Clone)]
pub struct Readers {
    kafka: Connection,
    topic: String,
    group: String,
}

/// What librdkafka says beside its answers is told by these too.
struct Quiet;

impl ClientContext for Quiet {
    fn error(&self, _: KafkaError, _: &str) {}
}

impl ConsumerContext for Quiet {}

impl Readers {
    /// The processors' group on the events topic.
    #[must_use]
    pub fn new(kafka: &Connection, topics: &Topics, stream: &Stream) -> Self {
        Self { kafka: kafka.clone(), topic: topics.events.clone(), group: stream.group.clone() }
    }

    /// Asks the brokers. Blocking.
    ///
    /// # Errors
    /// When they do not answer, or do not tell of groups.
    pub fn look(&self) -> Result<Look, KafkaError> {
        let client: BaseConsumer<Quiet> =
            self.kafka.consumer("bataudit-sentinel").create_with_context(Quiet)?;
        let metadata = client.fetch_metadata(Some(&self.topic), ASK)?;
        let partitions = metadata.topics().iter().flat_map(|topic| topic.partitions());
        let mut orphans: BTreeSet<i32> = partitions.map(|partition| partition.id()).collect();
        let groups = client.fetch_group_list(Some(&self.group), ASK)?;
        let settled = groups.groups().iter().find(|group| {
            group.name() == self.group && group.state() == "Stable" && !group.members().is_empty()
        });
        let Some(group) = settled else { return Ok(Look::Unsettled) };
        for member in group.members() {
            let held = assignment::partitions(member.assignment().unwrap_or_default(), &self.topic);
            // What cannot be read may hold anything.
            let Some(held) = held else { return Ok(Look::Unsettled) };
            orphans.retain(|partition| !held.contains(partition));
        }
        Ok(Look::Settled(orphans))
    }

    /// Joins the group until it has divided the partitions anew, and leaves it. Reads nothing. Blocking.
    ///
    /// # Errors
    /// When the client is refused.
    pub fn rebalance(&self) -> Result<(), KafkaError> {
        let member: BaseConsumer<Quiet> = self.member().create_with_context(Quiet)?;
        member.subscribe(&[&self.topic])?;
        let end = Instant::now() + JOIN;
        while Instant::now() < end {
            // What it is given it lets lie: nothing is committed, and the next owner reads it.
            drop(member.poll(Duration::from_millis(100)));
            let given = member.assignment()?.count() > 0;
            if given || self.look().is_ok_and(|look| look == Look::Settled(BTreeSet::new())) {
                break;
            }
        }
        member.unsubscribe();
        Ok(())
    }

    fn member(&self) -> ClientConfig {
        let mut client = self.kafka.consumer("bataudit-sentinel-passer-by");
        client
            .set("group.id", &self.group)
            .set("group.protocol", "classic")
            .set("partition.assignment.strategy", "cooperative-sticky")
            .set("session.timeout.ms", "10000")
            .set("enable.auto.commit", "false")
            .set("enable.auto.offset.store", "false")
            .set("auto.offset.reset", "latest")
            .set("queued.max.messages.kbytes", "64")
            .set("allow.auto.create.topics", "false");
        client
    }
}

/// Watches until the shutdown, where there is something to watch.
pub(crate) async fn run(readers: Option<Readers>, shutdown: Shutdown) {
    let Some(readers) = readers else { return };
    let mut since: Option<(Instant, BTreeSet<i32>)> = None;
    let mut patience = PATIENCE;
    while !shutdown.is_triggered() {
        tokio::select! {
            () = shutdown.triggered() => break,
            () = tokio::time::sleep(EVERY) => {}
        }
        // While the group divides the partitions, nothing is known, and what was known may still hold.
        let Some(Look::Settled(orphans)) = look(&readers).await else { continue };
        metrics::partitions_without_reader(orphans.len());
        since = match since {
            _ if orphans.is_empty() => {
                patience = PATIENCE;
                None
            }
            Some((since, before)) if before == orphans => Some((since, before)),
            _ => Some((Instant::now(), orphans)),
        };
        let Some((at, orphans)) = since.as_ref().filter(|(at, _)| at.elapsed() >= patience) else { continue };
        tracing::warn!(
            partitions = ?orphans,
            seconds = at.elapsed().as_secs(),
            "Partitions of the events topic have no reader although the processors are settled; divides them anew."
        );
        rebalance(&readers).await;
        (since, patience) = (None, (patience * 2).min(LONGEST_PATIENCE));
    }
}

async fn look(readers: &Readers) -> Option<Look> {
    let readers = readers.clone();
    let looked = tokio::task::spawn_blocking(move || readers.look()).await.ok()?;
    // An outage is told by the other rooms.
    looked.inspect_err(|error| tracing::debug!(%error, "Could not ask who reads the partitions.")).ok()
}

async fn rebalance(readers: &Readers) {
    let readers = readers.clone();
    let done = tokio::task::spawn_blocking(move || readers.rebalance()).await;
    if let Ok(Err(error)) = done {
        tracing::warn!(%error, "Could not join the processors' group.");
    }
}
