//! How BatAudit's processes meet Kafka: where the brokers are, how to authenticate, what the topics
//! are called and how they are made. What travels through them is `bataudit_event`'s.

pub mod connection;
pub mod topics;

pub use connection::Connection;
pub use topics::Topics;
