//! The books, compared all the time: whether everything that was accepted is stored, dead-lettered, a repeat
//! or waiting, and whether the rollups count it. In: the sources of the ledger. Out: rows of the control
//! store, and gauges that an alert can watch.
//!
//! All reading and comparing is the ledger's. How far it came lies in the control store.

mod range;

use std::ops::Range;
use std::time::Duration;

use bataudit_control::reconciliations::{self, Reconciliation};
use bataudit_control::{Store, clock};
use bataudit_ledger::{LedgerError, Report, Scope, Sources, verify};
use bataudit_service::Shutdown;
use serde_json::json;

use crate::metrics;

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
pub async fn run(store: Store, sources: Sources, every: Duration, shutdown: Shutdown) {
    let mut pause = LOOK;
    while !(shutdown.is_triggered() || every.is_zero()) {
        tokio::select! {
            () = shutdown.triggered() => break,
            () = tokio::time::sleep(pause) => {}
        }
        let step = tokio::select! {
            () = shutdown.triggered() => break,
            step = step(&store, &sources, every) => step,
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
    if let Some(range) = range::next(last.as_ref(), now, every) {
        let rollups = range::with_rollups(&range);
        let scope = Scope { received: range.clone(), project: None, rollups };
        let report = verify(sources, &scope).await?;
        tell(&report);
        reconciliations::put(store, &row(range, now, rollups, &report)).await?;
        reconciliations::remove_before(store, now - KEPT).await?;
    }
    let sums = reconciliations::sums(store, now - TOLD).await?;
    if let Some(last) = reconciliations::last(store).await? {
        metrics::books(&sums, &last);
    }
    Ok(())
}

/// Says what differs, and how to look closer.
fn tell(report: &Report) {
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

fn row(range: Range<i64>, now: i64, rollups: bool, report: &Report) -> Reconciliation {
    let count = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let differing = json!({
        "found": report.found,
        "places": report.findings,
        "rollups": report.rollups,
    });
    let total = &report.total;
    Reconciliation {
        from_ms: range.start,
        to_ms: range.end,
        checked_at: now,
        accepted: count(total.accepted),
        stored: count(total.stored),
        dead_lettered: count(total.dead_lettered),
        repeats: count(total.repeats),
        waiting: count(total.waiting),
        differing: count(report.differing()),
        rollups_differing: rollups.then_some(count(report.rollups.len() as u64)),
        is_cut: i64::from(report.partitions.iter().any(|partition| partition.is_cut)),
        findings: differing.to_string(),
    }
}
