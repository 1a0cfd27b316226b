//! Repeating a write until it is stored. The bytes and the token stay the same, so a write whose
//! answer was lost does no harm when it is repeated.

use std::time::{Duration, Instant};

use bataudit_service::Readiness;

use super::{Block, RowWriter, WriteError};
use crate::metrics;

const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Writes a block as often as it takes, and returns how many writes failed before. `health` is told
/// while it does not work; `trace` is that of its batch, where it has one.
///
/// # Errors
/// When the server refuses the block for what is in it: repeating that would never end.
pub async fn write_until_stored(
    writer: &dyn RowWriter,
    block: &Block,
    health: &Readiness,
    trace: Option<u128>,
) -> Result<u32, WriteError> {
    let mut pause = FIRST_PAUSE;
    let mut failed = 0;
    loop {
        let started = Instant::now();
        let result = writer.write(block).await;
        metrics::insert(started.elapsed(), &result, trace);
        match result {
            Ok(()) => {
                health.ready();
                return Ok(failed);
            }
            Err(WriteError::Retry(error)) => {
                health.not_ready(error.clone());
                tracing::warn!(
                    token = block.token,
                    rows = block.rows,
                    error,
                    "The insert failed and is repeated."
                );
                failed += 1;
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
    use crate::columns::{Columns, Stamp};
    use crate::doubles::World;
    use bataudit_service::Health;

    fn block() -> Block {
        let stamp = Stamp { epoch: "1", partition: 0, batch: 0..1 };
        Block::new("t".to_owned(), Columns::default(), &stamp)
    }

    #[tokio::test(start_paused = true)]
    async fn repeats_the_same_block_until_it_is_stored() {
        let writer = World::default();
        writer.refuse([WriteError::Retry("down".to_owned()), WriteError::Retry("down".to_owned())]);
        let failed = write_until_stored(&writer, &block(), &Health::new().part("clickhouse"), None).await;
        assert_eq!(failed, Ok(2));
        assert_eq!(writer.state().asked, ["t", "t", "t"]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_refusal_is_final() {
        let writer = World::default();
        writer.refuse([WriteError::Refused("code 117".to_owned())]);
        let health = Health::new();
        let refused = write_until_stored(&writer, &block(), &health.part("clickhouse"), None).await;
        assert_eq!(refused, Err(WriteError::Refused("code 117".to_owned())));
        assert_eq!(writer.state().asked, ["t"]);
    }
}
