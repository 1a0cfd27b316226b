//! Reads a compacted topic of one partition to its end and follows it, on a thread of its own. A broker
//! outage stops nothing: the process goes on with what is known, and the follower catches up when the
//! broker is back. What the records mean is the [`Table`]'s.

mod progress;

use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use bataudit_service::{Readiness, Shutdown};
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::BorrowedMessage;
use rdkafka::{Message, Offset, TopicPartitionList};

use crate::Connection;
use crate::log::BrokerLog;
use progress::{Anchor, Finding, Progress};

/// The topic has one partition, so that entries keep their order.
const PARTITION: i32 = 0;
/// How long a poll waits, which bounds how long a stop takes.
const POLL: Duration = Duration::from_millis(100);
/// How long a change may wait for others before it is published.
const PUBLISH_EVERY: Duration = Duration::from_millis(100);
/// How often the end of the topic is asked for, to measure the lag and to notice a topic that was
/// made anew.
const CHECK_EVERY: Duration = Duration::from_secs(5);
/// How long that question may take. The follower reads nothing meanwhile.
const CHECK_TIMEOUT: Duration = Duration::from_millis(500);

/// What a topic holds, as its reader keeps it.
pub trait Table: Send + 'static {
    /// Forgets what was read, not what was published: the topic is read from its beginning.
    fn restart(&mut self);

    /// Takes one record; `None` as value is a tombstone. Says whether the record was understood.
    fn apply(&mut self, key: &[u8], value: Option<&[u8]>) -> bool;

    /// Publishes what was read, which is all the topic holds, or was at the time.
    fn publish(&mut self);

    /// Is told how many records are not read yet.
    fn lag(&self, records: i64);

    /// Is told that the broker did not answer.
    fn unreachable(&self);
}

/// Why the follower could not start.
#[derive(Debug, thiserror::Error)]
pub enum FollowerError {
    /// The Kafka settings were refused.
    #[error("the Kafka client that follows a topic cannot start: {0}")]
    Client(#[from] KafkaError),
    /// No thread.
    #[error("cannot start a thread: {0}")]
    Thread(#[from] std::io::Error),
}

/// The running follower.
#[derive(Debug)]
pub struct Follower {
    thread: JoinHandle<()>,
}

impl Follower {
    /// Starts following `topic` into `table` until the shutdown, as the client `name`. `ready` is set
    /// when the topic was read to its end.
    ///
    /// # Errors
    /// When the client's settings are refused or no thread can be made.
    pub fn start(
        connection: &Connection,
        name: &'static str,
        topic: &str,
        table: impl Table,
        ready: Readiness,
        shutdown: Shutdown,
    ) -> Result<Self, FollowerError> {
        let mut reader = Reader {
            consumer: consumer(connection, name)?,
            connection: connection.clone(),
            name,
            topic: topic.to_owned(),
            table,
            ready,
            known: false,
            progress: Progress::default(),
            changed: true,
            published: Instant::now(),
            checked: Instant::now(),
        };
        reader.ready.not_ready(format!("reading the topic {topic}"));
        reader.restart()?;
        let thread = std::thread::Builder::new().name("follower".to_owned()).spawn(move || {
            while !shutdown.is_triggered() {
                reader.turn();
            }
        })?;
        Ok(Self { thread })
    }

    /// Waits for the thread to end, which it does soon after the shutdown.
    pub fn join(self) {
        if self.thread.join().is_err() {
            tracing::error!("The follower of a topic ended with a panic.");
        }
    }
}

fn consumer(connection: &Connection, name: &str) -> Result<BaseConsumer<BrokerLog>, KafkaError> {
    connection
        .client(name)
        // The client wants a group even though nothing is committed; the broker never hears of it.
        .set("group.id", name)
        .set("enable.auto.commit", "false")
        .set("enable.partition.eof", "true")
        .set("auto.offset.reset", "error")
        .set("fetch.wait.max.ms", "250")
        .set("fetch.error.backoff.ms", "100")
        .set("queued.max.messages.kbytes", "1024")
        // A topic that was made anew is found quickly.
        .set("topic.metadata.refresh.interval.ms", "5000")
        .create_with_context(BrokerLog)
}

struct Reader<T> {
    consumer: BaseConsumer<BrokerLog>,
    connection: Connection,
    name: &'static str,
    topic: String,
    table: T,
    ready: Readiness,
    /// Whether anything was published yet.
    known: bool,
    progress: Progress,
    /// Whether the table holds what was not published.
    changed: bool,
    published: Instant,
    checked: Instant,
}

impl<T: Table> Reader<T> {
    /// Begins again at the first record, with nothing known. The published table stays until the
    /// end is reached.
    fn restart(&mut self) -> Result<(), KafkaError> {
        self.table.restart();
        self.progress = Progress::default();
        self.changed = true;
        let mut start = TopicPartitionList::new();
        start.add_partition_offset(&self.topic, PARTITION, Offset::Beginning)?;
        self.consumer.assign(&start)
    }

    fn turn(&mut self) {
        // The message borrows the consumer, which `apply` does not touch.
        let polled = self.consumer.poll(POLL).map(|polled| polled.map(|message| Record::from(&message)));
        match polled {
            None => {}
            Some(Ok(record)) => self.apply(&record),
            Some(Err(KafkaError::PartitionEOF(_))) => {
                self.progress.reach_end();
                self.publish();
            }
            Some(Err(error)) => self.fail(&error),
        }
        // A burst of changes makes one new table, but changes that never end do not wait for the end.
        if self.progress.is_complete() && self.published.elapsed() >= PUBLISH_EVERY {
            self.publish();
        }
        if self.checked.elapsed() >= CHECK_EVERY {
            self.check();
            self.checked = Instant::now();
        }
    }

    fn apply(&mut self, record: &Record) {
        self.progress.read(record.offset, record.timestamp);
        self.changed = true;
        if !self.table.apply(&record.key, record.value.as_deref()) {
            let (topic, offset) = (&self.topic, record.offset);
            tracing::warn!(topic, offset, "Skipped a record that this version does not understand.");
        }
    }

    /// What was read is what is known.
    fn publish(&mut self) {
        self.published = Instant::now();
        if !std::mem::take(&mut self.changed) {
            return;
        }
        self.table.publish();
        self.known = true;
        self.ready.ready();
    }

    fn fail(&mut self, error: &KafkaError) {
        use RDKafkaErrorCode as Code;
        let code = error.rdkafka_error_code();
        let gone = matches!(
            code,
            Some(
                Code::AutoOffsetReset
                    | Code::OffsetOutOfRange
                    | Code::UnknownTopicOrPartition
                    | Code::UnknownTopic
                    | Code::UnknownPartition
            )
        );
        tracing::warn!(topic = self.topic, %error, "Reading a topic failed; the process goes on with what is known.");
        self.fault(error);
        if gone {
            self.begin_again();
        }
    }

    /// Asks the broker how the topic looks and begins again when what was read is not what it holds.
    fn check(&mut self) {
        let end = self.consumer.fetch_watermarks(&self.topic, PARTITION, CHECK_TIMEOUT);
        let finding = end.map(|(_, end)| {
            let first = self.progress.anchor().and_then(|anchor| self.first_since(anchor));
            self.progress.check(end, first)
        });
        match finding {
            Ok(Finding::Lag(records)) => self.table.lag(records),
            Ok(Finding::MadeAnew) => {
                tracing::warn!(topic = self.topic, "The topic was made anew; reading it from its beginning.");
                self.begin_again();
            }
            Ok(Finding::Stuck) => {
                tracing::warn!(topic = self.topic, "Reading the topic makes no progress; connecting anew.");
                match consumer(&self.connection, self.name) {
                    Ok(consumer) => self.consumer = consumer,
                    Err(error) => tracing::error!(%error, "Cannot make a Kafka client."),
                }
                self.begin_again();
            }
            Err(error) => {
                self.table.unreachable();
                self.fault(&error);
            }
        }
    }

    /// Where nothing is known yet, nothing can be done without the broker.
    fn fault(&self, error: &KafkaError) {
        if !self.known {
            self.ready.not_ready(format!("cannot read the topic {}: {error}", self.topic));
        }
    }

    /// The first offset of the anchor's time or later; `None` when there is none, or the broker does
    /// not tell.
    fn first_since(&self, anchor: Anchor) -> Option<i64> {
        let mut question = TopicPartitionList::new();
        question.add_partition_offset(&self.topic, PARTITION, Offset::Offset(anchor.timestamp)).ok()?;
        let answer = self.consumer.offsets_for_times(question, CHECK_TIMEOUT).ok()?;
        answer.find_partition(&self.topic, PARTITION)?.offset().to_raw().filter(|offset| *offset >= 0)
    }

    fn begin_again(&mut self) {
        if let Err(error) = self.restart() {
            tracing::error!(topic = self.topic, %error, "Cannot read the topic from its beginning; trying again.");
        }
    }
}

/// A message, detached from the consumer.
struct Record {
    offset: i64,
    timestamp: Option<i64>,
    key: Vec<u8>,
    value: Option<Vec<u8>>,
}

impl From<&BorrowedMessage<'_>> for Record {
    fn from(message: &BorrowedMessage<'_>) -> Self {
        Self {
            offset: message.offset(),
            timestamp: message.timestamp().to_millis(),
            key: message.key().unwrap_or_default().to_vec(),
            value: message.payload().map(<[u8]>::to_vec),
        }
    }
}
