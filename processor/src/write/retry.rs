//! Repeating a write until it is stored. The bytes and the token stay the same, so a write whose
//! answer was lost does no harm when it is repeated.

use std::time::{Duration, Instant};

use bataudit_service::Readiness;

use super::{Block, RowWriter, WriteError};
use crate::metrics;

const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Writes a block as often as it takes. `health` is told while it does not work.
///
/// # Errors
/// When the server refuses the block for what is in it: repeating that would never end.
pub async fn write_until_stored(
    writer: &dyn RowWriter,
    block: &Block,
    health: &Readiness,
) -> Result<(), WriteError> {
    let mut pause = FIRST_PAUSE;
    loop {
        let started = Instant::now();
        let result = writer.write(block).await;
        metrics::insert(started.elapsed(), &result);
        match result {
            Ok(()) => {
                health.ready();
                return Ok(());
            }
            Err(WriteError::Retry(error)) => {
                health.not_ready(error.clone());
                tracing::warn!(
                    token = block.token,
                    rows = block.rows,
                    error,
                    "The insert failed and is repeated."
                );
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
            Err(refused) => return Err(refused),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doubles::FailingWriter;
    use bataudit_service::Health;

    fn block() -> Block {
        Block { token: "t".to_owned(), rows: 1, bytes: "x".into() }
    }

    #[tokio::test(start_paused = true)]
    async fn repeats_the_same_block_until_it_is_stored() {
        let writer = FailingWriter::after([
            WriteError::Retry("down".to_owned()),
            WriteError::Retry("down".to_owned()),
        ]);
        write_until_stored(&writer, &block(), &Health::new().part("clickhouse")).await.unwrap();
        assert_eq!(writer.tokens(), ["t", "t", "t"]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_refusal_is_final() {
        let writer = FailingWriter::after([WriteError::Refused("code 117".to_owned())]);
        let health = Health::new();
        let refused = write_until_stored(&writer, &block(), &health.part("clickhouse")).await;
        assert_eq!(refused, Err(WriteError::Refused("code 117".to_owned())));
        assert_eq!(writer.tokens(), ["t"]);
    }
}
