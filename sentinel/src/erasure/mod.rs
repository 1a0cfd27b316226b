//! Erasures: the events of one person are removed, but for what is under a legal hold, and a certificate says so. In:
//! jobs of the control store, oldest first. Out: rows that are gone, and the certificate.
//!
//! A job may be cut short anywhere: it is done again up to the same time, and what was noted is not noted twice. It waits
//! until the batches of what it removes are confirmed: a processor that dies completes the batch it had under way, and
//! would store anew what went meanwhile.

mod certificate;

use std::time::Duration;

use bataudit_control::erasures::{self, Erasure};
use bataudit_control::{Store, clock, exports, holds};
use bataudit_ledger::{Confirmed, LedgerError, Sources};
use bataudit_service::Shutdown;
use bataudit_store::StoreError;

use self::certificate::TableCounts;
use crate::metrics;
use crate::removal::condition::Condition;
use crate::removal::{Removal, Remover, Table, Turn};

/// How often it is asked for jobs.
const LOOK: Duration = Duration::from_secs(2);
/// After a failure.
const LATER: Duration = Duration::from_secs(60);
/// Until rows that were being inserted when a job began are there to be found.
pub(crate) const SETTLED: Duration = Duration::from_secs(15);

/// Why a job did not end.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The control store did not answer.
    #[error("control store: {0}")]
    Control(#[from] bataudit_control::Error),
    /// ClickHouse did not do it.
    #[error("{0}; sentinel's ClickHouse user needs the rights of bataudit_keeper")]
    Store(#[from] StoreError),
    /// How far the processors are is not known.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// Rows came back, or never went.
    #[error("{0} rows are still there")]
    Left(u64),
    /// The job knows nobody.
    #[error("the job names no field that is known")]
    Nobody,
}

/// What became of the oldest job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// There is none, or it was left for a while.
    Nothing,
    /// It waits for the processors to confirm the batches of what it is to remove.
    Waits {
        /// The job.
        id: String,
    },
    /// It is done.
    Done,
}

/// Does job after job until the shutdown; each is left for `settled` first.
pub async fn run(store: Store, sources: Sources, settled: Duration, turn: Turn, shutdown: Shutdown) {
    let mut told = None;
    while !shutdown.is_triggered() {
        let step = tokio::select! {
            () = shutdown.triggered() => break,
            step = step(&store, &sources, settled, &turn) => step,
        };
        let pause = match step {
            Ok(Step::Waits { id }) => {
                if told.as_ref() != Some(&id) {
                    tracing::info!(
                        erasure = id,
                        "An erasure waits for a processor to confirm what it has stored."
                    );
                    told = Some(id);
                }
                LOOK
            }
            Ok(_) => LOOK,
            Err(error) => {
                metrics::erasure_failed();
                tracing::error!(%error, "Could not erase a person's events; trying again.");
                LATER
            }
        };
        tokio::select! {
            () = shutdown.triggered() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Does the oldest job, if it can be done.
///
/// # Errors
/// When a store or the broker does not do its part; the job is done later.
pub async fn step(store: &Store, sources: &Sources, settled: Duration, turn: &Turn) -> Result<Step, Error> {
    let Some(job) = erasures::next(store).await? else { return Ok(Step::Nothing) };
    let started_at = erasures::start(store, &job.id, clock::now_ms()).await?;
    let settled = i64::try_from(settled.as_millis()).unwrap_or(i64::MAX);
    if clock::now_ms() < started_at.saturating_add(settled) {
        return Ok(Step::Nothing);
    }
    let remover = Remover::new(&sources.store, turn);
    let ends = remover.ends(&of_events(&job, started_at)?).await?;
    // Offsets only grow: what is confirmed now stays so.
    if !(ends.is_empty() || Confirmed::ask(sources).await?.has_all(&ends)) {
        return Ok(Step::Waits { id: job.id });
    }
    let tables = erase(store, &remover, &job, started_at).await?;
    let exports = exports::ids_with(store, &job.project_id).await?;
    let finished_at = clock::now_ms();
    let certificate = certificate::write(&job, (started_at, finished_at), &tables, &exports);
    erasures::finish(store, &job.id, finished_at, &certificate).await?;
    metrics::erased();
    tracing::info!(erasure = job.id, "Erased a person's events.");
    Ok(Step::Done)
}

async fn erase(
    store: &Store,
    remover: &Remover,
    job: &Erasure,
    started_at: i64,
) -> Result<[TableCounts; 2], Error> {
    let (person, of_events) = (person(job)?, of_events(job, started_at)?);
    let held = Condition::held(&holds::in_force(store).await?);
    let held_rows = of_events.clone().and(held.clone());
    // Counts of days that have held events stay with them.
    let held_days = remover.days(&person.clone().and(held.clone())).await?;
    let days: Vec<_> = held_days.iter().map(|(day, _)| format!("toDate({day})")).collect();
    let kept = if days.is_empty() { "0".to_owned() } else { format!("bucket IN ({})", days.join(", ")) };
    let events =
        table(remover, job, Table::Events, (&of_events, &held_rows, of_events.clone().and(held.not())))
            .await?;
    let kept = Condition::plain(kept);
    let of_days = (&person, &person.clone().and(kept.clone()), person.clone().and(kept.not()));
    let user_day = table(remover, job, Table::Rollup("user_day"), of_days).await?;
    match events.after + user_day.after {
        0 => Ok([events, user_day]),
        left => Err(Error::Left(left)),
    }
}

/// Events of the person that were stored before the job began.
fn of_events(job: &Erasure, started_at: i64) -> Result<Condition, Error> {
    Ok(person(job)?.and(Condition::of_time("stored_at <= ?", started_at)))
}

/// Rows of the person.
fn person(job: &Erasure) -> Result<Condition, Error> {
    let field = match job.field.as_str() {
        "identifier" => "identifier = ?",
        "user_email" => "user_email = ?",
        _ => return Err(Error::Nobody),
    };
    let subject = job.subject.as_deref().ok_or(Error::Nobody)?;
    Ok(Condition::of_text("project_id = ?", &job.project_id).and(Condition::of_text(field, subject)))
}

/// Removes from one table: all rows of the person, those held, and those that go.
async fn table(
    remover: &Remover,
    job: &Erasure,
    table: Table,
    (all, held, rows): (&Condition, &Condition, Condition),
) -> Result<TableCounts, Error> {
    let (found, held) = (remover.count(table, all).await?, remover.count(table, held).await?);
    let name = format!("erasure-{}", job.id);
    let removal = Removal { job: &name, reason: "erasure", table, partition: None, rows: rows.clone() };
    remover.remove(&removal).await?;
    // Of all attempts: one that was cut short may have removed them already.
    let removed = remover.noted(&name, table).await?;
    let (before, after) = (found.max(held + removed), remover.count(table, &rows).await?);
    Ok(TableCounts { table: table.name(), before, held, removed, after })
}
