//! Dead letters, for those who do not reach Kafka: copied from their topic into the control store, each once; and
//! published once more where people want it (`again`). In: the dead-letter topic, and replays people asked for. Out:
//! rows of the control store, and records of the events topic.

mod again;
mod copied;

use std::collections::BTreeMap;
use std::time::Duration;

use bataudit_control::{Store, dead_letters};
use bataudit_ledger::{LedgerError, Sources, letters};
use bataudit_service::Shutdown;

/// How often the topic and the replays are looked at.
const EVERY: Duration = Duration::from_secs(5);
/// After a failure.
const LATER: Duration = Duration::from_secs(30);
/// Letters of a partition that are copied at a time.
const AT_A_TIME: usize = 200;

/// Why a round failed; the next one tries again.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The control store did not answer.
    #[error("control store: {0}")]
    Control(#[from] bataudit_control::Error),
    /// Kafka did not answer.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// Copies and replays until the shutdown.
pub(crate) async fn run(store: Store, sources: Sources, shutdown: Shutdown) {
    while !shutdown.is_triggered() {
        let done = tokio::select! {
            () = shutdown.triggered() => break,
            done = round(&store, &sources) => done,
        };
        let pause = match done {
            Ok(()) => EVERY,
            Err(error) => {
                tracing::warn!(%error, "Could not copy or replay dead letters; trying again.");
                LATER
            }
        };
        tokio::select! {
            () = shutdown.triggered() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Copies the letters that are new, and carries out the replays that wait.
///
/// # Errors
/// When Kafka or the control store does not answer; nothing is lost or doubled then.
pub async fn round(store: &Store, sources: &Sources) -> Result<(), Error> {
    copy(store, sources).await?;
    again::replay(store, sources).await
}

async fn copy(store: &Store, sources: &Sources) -> Result<(), Error> {
    loop {
        let next: BTreeMap<i32, i64> = dead_letters::copied(store).await?.into_iter().collect();
        let topic = &sources.topics.dead_letters;
        let page = letters::after(&sources.kafka, topic, next.clone(), AT_A_TIME).await?;
        if page.next != next {
            let rows: Vec<_> = page.letters.iter().map(copied::row).collect();
            let reached: Vec<_> = page.next.into_iter().collect();
            dead_letters::take(store, &rows, &reached).await?;
        }
        if page.is_last {
            let first: Vec<_> = page.first.into_iter().collect();
            dead_letters::forget(store, &first).await?;
            return Ok(());
        }
    }
}
