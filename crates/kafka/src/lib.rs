//! How BatAudit's processes meet Kafka: where the brokers are, how to authenticate, what the topics
//! are called and how they are made, and how a compacted topic is followed. What travels through them is
//! `bataudit_event`'s.

pub mod connection;
pub mod follow;
pub mod log;
pub mod refusal;
pub mod stream;
pub mod survey;
pub mod topics;

pub use connection::Connection;
pub use stream::Stream;
pub use topics::Topics;
