//! The books, compared all the time: whether everything that was accepted is stored, dead-lettered, a repeat
//! or waiting, and whether the rollups count it; rollups that fall short are counted anew. In: the sources of
//! the ledger. Out: rows of the control store, and gauges that an alert can watch.
//!
//! All reading, comparing and mending is the ledger's. How far it came lies in the control store.

mod finding;
mod range;

use std::time::Duration;

use bataudit_control::reconciliations;
use bataudit_control::{Store, clock};
use bataudit_ledger::rollups::{self, Disagreement};
use bataudit_ledger::{Confirmed, LedgerError, Report, Scope, Sources, verify};
use bataudit_service::Shutdown;

use crate::metrics;
use crate::removal::Turn;

/// How often it is asked whether a range is due.
const LOOK: Duration = Duration::from_secs(1);
/// The gauges tell what differed in this time: long enough to be seen, whoever was asleep.
const TOLD: i64 = 24 * 60 * 60 * 1000;
/// How long comparisons are kept.
const KEPT: i64 = 90 * TOLD;

/// Why a range was not compared.
#[derive(Debug, thiserror::Error)]
enum Error {
    #[error("control store: {0}")]
    Control(#[from] bataudit_control::Error),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// Compares range after range until the shutdown; never when `every` is zero.
///
/// `turn` is taken for each comparison: rows that are being removed are noted before they are gone.
pub async fn run(store: Store, sources: Sources, every: Duration, turn: Turn, shutdown: Shutdown) {
    let mut pause = LOOK;
    while !(shutdown.is_triggered() || every.is_zero()) {
        tokio::select! {
            () = shutdown.triggered() => break,
            () = tokio::time::sleep(pause) => {}
        }
        let step = tokio::select! {
            () = shutdown.triggered() => break,
            step = async {
                let _turn = turn.lock().await;
                step(&store, &sources, every).await
            } => step,
        };
        pause = match step {
            Ok(()) => LOOK,
            Err(error) => {
                tracing::warn!(%error, "Could not compare the books; trying again.");
                every.max(LOOK)
            }
        };
    }
}

/// Compares the next range, if one is due.
async fn step(store: &Store, sources: &Sources, every: Duration) -> Result<(), Error> {
    let (last, now) = (reconciliations::last(store).await?, clock::now_ms());
    if let Some(received) = range::next(last.as_ref(), now, every) {
        let earlier = reconciliations::last_of_rollups(store).await?;
        let earlier = earlier.as_ref().and_then(|earlier| finding::earliest_rollup(&earlier.findings));
        let rollups = range::of_rollups(&received, earlier);
        let scope = Scope { received, project: None, rollups };
        let mut report = verify(sources, &scope).await?;
        let mended = mend(sources, &mut report, now).await?;
        tell(&report, &mended);
        let found = finding::row(&scope, now, &report, &mended);
        reconciliations::put(store, &found, &finding::hours(&report)).await?;
        reconciliations::remove_before(store, now - KEPT).await?;
    }
    let differing = reconciliations::differing(store, now - TOLD).await?;
    if let Some(last) = reconciliations::last(store).await? {
        metrics::books(differing, &last);
    }
    if let Some(last) = reconciliations::last_of_rollups(store).await? {
        metrics::rollups(last.rollups_differing.unwrap_or_default());
    }
    Ok(())
}

/// Counts anew what falls short, and takes it out of the report.
async fn mend(sources: &Sources, report: &mut Report, now: i64) -> Result<Vec<Disagreement>, Error> {
    let offsets = report.partitions.iter().map(|line| (line.partition, line.committed)).collect();
    let confirmed = Confirmed { epoch: sources.stream.epoch.clone(), offsets };
    let mended = rollups::mend::mend(&sources.store, &report.rollups, &confirmed, now).await;
    let mended = mended.map_err(LedgerError::from)?;
    report.rollups.retain(|wrong| !mended.contains(wrong));
    metrics::mended(mended.len());
    Ok(mended)
}

/// Says what differs, and how to look closer.
fn tell(report: &Report, mended: &[Disagreement]) {
    if !mended.is_empty() {
        let cells = mended.len();
        tracing::warn!(cells, "Hours or days of rollups fell short of their rows, and were counted anew.");
    }
    if report.agrees() {
        return;
    }
    let (from, to) = (report.from, report.to);
    tracing::error!(
        from,
        to,
        events = report.differing(),
        rollups = report.rollups.len(),
        "The books do not agree for events received in this time (unix milliseconds): run `bataudit verify-counts` for it."
    );
}
