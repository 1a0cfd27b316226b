//! How BatAudit's processes meet ClickHouse: where it is, how to authenticate, and the schema.
//!
//! What the rows mean is not known here: the processor writes them, the query API reads them.

pub mod cluster;
pub mod connection;
pub mod schema;
#[cfg(feature = "scratch")]
pub mod scratch;
mod tls;
pub mod twin;

pub use cluster::Shards;
pub use connection::{Connection, StoreError};
