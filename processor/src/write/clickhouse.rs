//! Blocks into ClickHouse over HTTP.

use std::sync::Arc;
use std::time::Duration;

use bataudit_store::cluster::Node;
use bataudit_store::{Connection, Shards};
use clickhouse::{Compression, error::Error};
use futures::future::BoxFuture;

use super::pins::pinned;
use super::{Block, RowWriter, WriteError, send};
use crate::columns;

/// Blocks of fewer rows are written without the skip indexes, which the next merge builds: it halves
/// the files that are made and synced, which is most of the time a small insert takes.
const SMALL: usize = 1_000;

/// Codes with which ClickHouse refuses what is in a block; every other error may pass.
const REFUSALS: &[u32] =
    &[6, 25, 26, 27, 32, 33, 34, 38, 41, 53, 69, 70, 72, 117, 131, 190, 321, 349, 363, 376, 440, 469, 691];

/// Inserts into the events table of the shard that a block belongs to: a token is known to that table only.
#[derive(Clone)]
pub struct ClickHouseWriter {
    shards: Arc<Shards>,
    statement: String,
    timeout: Duration,
}

impl ClickHouseWriter {
    /// A writer to the events table of this connection's database. An insert that takes longer than
    /// `timeout` counts as failed and is repeated.
    #[must_use]
    pub fn new(connection: &Connection, timeout: Duration) -> Self {
        Self::over(Arc::new(Shards::single(connection)), timeout)
    }

    /// A writer to the events tables of these shards.
    #[must_use]
    pub fn over(shards: Arc<Shards>, timeout: Duration) -> Self {
        let statement = format!("INSERT INTO events ({}) FORMAT Native", columns::names());
        Self { shards, statement, timeout }
    }

    async fn insert(&self, node: &Node, block: &Block) -> Result<(), Error> {
        // Uncompressed: the rows mostly travel within one machine or one data centre.
        let client = pinned(node.client.clone()).with_compression(Compression::None);
        let insert = client
            .insert_formatted_with(self.statement.clone())
            .with_setting("insert_deduplication_token", &block.token)
            .with_setting("materialize_skip_indexes_on_insert", if block.rows < SMALL { "0" } else { "1" });
        send(block, insert).await
    }
}

impl RowWriter for ClickHouseWriter {
    fn write<'a>(&'a self, block: &'a Block) -> BoxFuture<'a, Result<(), WriteError>> {
        Box::pin(async move {
            let shard = self.shards.of(block.partition);
            let inserted = tokio::time::timeout(self.timeout, self.insert(shard.node(), block)).await;
            let written = match inserted {
                Ok(result) => result.map_err(|error| classify(&error)),
                Err(_) => {
                    Err(WriteError::Retry(format!("ClickHouse did not answer within {:?}", self.timeout)))
                }
            };
            if matches!(written, Err(WriteError::Retry(_))) {
                shard.failed();
            }
            written
        })
    }
}

pub(super) fn classify(error: &Error) -> WriteError {
    let Error::BadResponse(answer) = error else {
        // Nothing of these quotes the rows; they were sent, not read.
        return WriteError::Retry(format!("no answer from ClickHouse: {error}"));
    };
    let code = answer.split_once("Code: ").map_or("", |(_, rest)| rest);
    let code: String = code.chars().take_while(char::is_ascii_digit).collect();
    let described = format!("code {code} {}", name_of(answer));
    match code.parse() {
        Ok(code) if REFUSALS.contains(&code) => WriteError::Refused(described),
        _ => WriteError::Retry(format!("ClickHouse answered with {described}")),
    }
}

/// The name of the code, such as `(TOO_MANY_PARTS)`: the last word in brackets that is all capitals.
fn name_of(answer: &str) -> &str {
    let is_name =
        |word: &&str| word.len() > 3 && word.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    answer
        .rsplit('(')
        .filter_map(|part| part.split_once(')'))
        .map(|(word, _)| word)
        .find(is_name)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_and_the_rest() {
        let answer = |text: &str| classify(&Error::BadResponse(text.to_owned()));
        let refused = answer(
            "Code: 117. DB::Exception: Cannot parse 'hunter2' (X): (INCORRECT_DATA) (version 26.7.2.1)",
        );
        assert_eq!(refused, WriteError::Refused("code 117 INCORRECT_DATA".to_owned()));
        let later = answer("Code: 252. DB::Exception: Too many parts. (TOO_MANY_PARTS) (version 26.7.2.1)");
        assert!(matches!(later, WriteError::Retry(text) if text.contains("TOO_MANY_PARTS")));
        assert!(matches!(answer("502 Bad Gateway"), WriteError::Retry(_)));
        assert!(matches!(classify(&Error::TimedOut), WriteError::Retry(_)));
    }
}
