//! How far the line has come, for those who do not know Kafka. In: what the brokers say of the events topic and of the
//! processors' group. Out: rows of the control store, which the pipeline page and the "data fresh as of" of every page
//! are made of, and gauges for alerts.

use std::time::Duration;

use bataudit_control::pipeline::{self, Partition};
use bataudit_control::{Store, clock};
use bataudit_ledger::progress::{self, Standing};
use bataudit_ledger::{LedgerError, Sources};
use bataudit_service::Shutdown;

use crate::metrics;

/// How often the brokers are asked.
const EVERY: Duration = Duration::from_secs(5);
/// How long their answer is waited for: no longer than somebody believes the last one.
const PATIENCE: Duration = Duration::from_secs(60);

/// Looks until the shutdown.
pub(crate) async fn run(store: Store, sources: Sources, shutdown: Shutdown) {
    while !shutdown.is_triggered() {
        tokio::select! {
            () = shutdown.triggered() => break,
            noted = look(&store, &sources) => if let Err(error) = noted {
                tracing::warn!(%error, "Could not note how far the line has come; trying again.");
            }
        }
        tokio::select! {
            () = shutdown.triggered() => {}
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

/// Asks the brokers once, and notes what they say, or that they say nothing.
///
/// # Errors
/// When the control store does not answer.
pub async fn look(store: &Store, sources: &Sources) -> bataudit_control::Result<()> {
    let asked = progress::standings(&sources.kafka, &sources.topics, &sources.stream);
    match tokio::time::timeout(PATIENCE, asked).await {
        Ok(Ok(standings)) => {
            let now = clock::now_ms();
            metrics::progress(&standings, now);
            let partitions: Vec<_> = standings.iter().map(partition).collect();
            pipeline::saw(store, &partitions, now).await
        }
        Ok(Err(error)) => failed(store, &told(&error)).await,
        Err(_) => failed(store, "Kafka did not answer in time").await,
    }
}

async fn failed(store: &Store, problem: &str) -> bataudit_control::Result<()> {
    tracing::debug!(problem, "Could not ask Kafka how far the line has come.");
    pipeline::failed(store, problem, clock::now_ms()).await
}

/// What an operator is told, without addresses.
fn told(error: &LedgerError) -> String {
    match error {
        LedgerError::Kafka(error) => match error.rdkafka_error_code() {
            Some(code) => format!("Kafka: {code}"),
            None => "Kafka does not answer".to_owned(),
        },
        other => other.to_string(),
    }
}

fn partition(standing: &Standing) -> Partition {
    let Standing { partition, first, end, committed, oldest_waiting } = *standing;
    Partition {
        partition: i64::from(partition),
        first_offset: first,
        end_offset: end,
        committed,
        oldest_waiting_at: oldest_waiting,
    }
}
