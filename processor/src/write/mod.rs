//! Writing a block: bytes and a token go in, and come to stand in the table once, however often the
//! write is repeated with the same token. Knows nothing of where the rows came from.

mod clickhouse;
pub mod pins;
mod repair;
mod retry;

use bytes::Bytes;
use futures::future::BoxFuture;

pub use self::clickhouse::ClickHouseWriter;
pub use repair::{ClickHouseRepair, Missing, Repair};
pub use retry::write_until_stored;

use crate::row;

/// The rows of one insert.
#[derive(Debug, Clone)]
pub struct Block {
    /// Names the block: the same token never stands for other rows.
    pub token: String,
    /// Where each row begins in `bytes`.
    pub starts: Vec<u32>,
    /// The rows in [`row`] encoding. Cheap to clone.
    pub bytes: Bytes,
}

impl Block {
    /// How many rows it has.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.starts.len()
    }

    /// Tells its rows from others at the same places; see [`row::ids`].
    #[must_use]
    pub fn ids(&self) -> u128 {
        row::ids(&self.bytes, &self.starts)
    }
}

/// Why a block was not written. Holds nothing of the block: what ClickHouse says of a value it cannot
/// read may quote the value, so only its code and the name of the code are kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// It may work later: no answer, or a server that cannot write now.
    #[error("{0}")]
    Retry(String),
    /// The server understood the block and refuses it for what is in it.
    #[error("ClickHouse refuses the block: {0}")]
    Refused(String),
}

/// Writes blocks.
pub trait RowWriter: Send + Sync {
    /// Writes one block; `Ok` means that it is stored, with everything derived from it.
    fn write<'a>(&'a self, block: &'a Block) -> BoxFuture<'a, Result<(), WriteError>>;
}
