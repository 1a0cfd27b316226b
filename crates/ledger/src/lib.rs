//! The books of BatAudit: what the log, the dead letters, ClickHouse and its rollups hold, and whether
//! they agree. Every acknowledged event must be stored, dead-lettered, a repeat of one that is stored, or
//! still waiting in the log; and every rollup must count what the rows are.
//!
//! [`log`], [`letters`] and [`table`] read, [`tally`] and [`rollups`] compare, [`verify`](mod@verify) joins
//! them; none of these writes. [`rollups::mend`] counts rollups anew that fall short of their rows. The
//! command line prints what comes out, sentinel measures it, and mends. Nothing here ever holds more of an
//! event than its ids and times, apart from [`letters`] and [`replay`].

pub mod confirmed;
mod counts;
pub mod letters;
pub mod log;
pub mod place;
pub mod progress;
pub mod replay;
pub mod rollups;
pub mod table;
pub mod tally;
pub mod verify;

pub use confirmed::Confirmed;
pub use place::{Place, SourcePlace};
pub use verify::{Report, Scope, Sources, verify};

/// Why the books could not be read.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// Kafka's answer, or the lack of one.
    #[error("Kafka: {0}")]
    Kafka(#[from] rdkafka::error::KafkaError),
    /// Kafka went silent in the middle of a topic.
    #[error("Kafka delivered nothing of partition {partition} of {topic} for {seconds} s")]
    Silent {
        /// The topic.
        topic: String,
        /// The partition.
        partition: i32,
        /// How long.
        seconds: u64,
    },
    /// No such topic.
    #[error("topic {0} does not exist; run `bataudit migrate`, or check BATAUDIT_KAFKA_TOPIC_PREFIX")]
    NoTopic(String),
    /// ClickHouse's answer, or the lack of one.
    #[error(transparent)]
    Store(#[from] bataudit_store::StoreError),
    /// A thread that read died, which is a defect.
    #[error("the reader stopped unexpectedly")]
    Reader,
}
