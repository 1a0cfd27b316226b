//! Writing a block: bytes and a token go in, and come to stand in the table once, however often the
//! write is repeated with the same token. Knows nothing of where the rows came from.

mod clickhouse;
pub mod pins;
mod repair;
mod retry;

use ::clickhouse::error::Error;
use ::clickhouse::insert_formatted::InsertFormatted;
use bytes::Bytes;
use futures::future::BoxFuture;

pub use self::clickhouse::ClickHouseWriter;
pub use repair::{ClickHouseRepair, Missing, Repair};
pub use retry::write_until_stored;

use crate::columns::{Columns, Stamp};

/// The rows of one insert.
#[derive(Debug, Clone)]
pub struct Block {
    /// Names the block: the same token never stands for other rows.
    pub token: String,
    /// The Kafka partition its rows came from, which says where they go.
    pub partition: i32,
    /// How many rows it has.
    pub rows: usize,
    /// Tells its rows from others at the same places; see [`Columns::ids`].
    pub ids: u128,
    /// The block in pieces, one after the other. Cheap to clone.
    pub pieces: Vec<Bytes>,
}

impl Block {
    /// The block of these rows.
    #[must_use]
    pub fn new(token: String, columns: Columns, stamp: &Stamp<'_>) -> Self {
        let (rows, ids) = (columns.rows(), columns.ids());
        Self { token, partition: stamp.partition, rows, ids, pieces: columns.into_block(stamp) }
    }

    /// How many bytes it has.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.pieces.iter().map(Bytes::len).sum()
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

/// Sends a block through an insert that has not begun.
async fn send(block: &Block, mut insert: InsertFormatted) -> Result<(), Error> {
    for piece in &block.pieces {
        insert.send(piece.clone()).await?;
    }
    insert.end().await
}

/// Writes blocks.
pub trait RowWriter: Send + Sync {
    /// Writes one block; `Ok` means that it is stored, with everything derived from it.
    fn write<'a>(&'a self, block: &'a Block) -> BoxFuture<'a, Result<(), WriteError>>;
}
