//! Retention: once a night, what is older than its project keeps is removed, but for what is under a legal hold. In:
//! the control store's settings and holds. Out: rows that are gone, and the note that they are.
//!
//! Events go a day at a time, for all projects whose day is over together. How far a pass came lies in the control
//! store, so that whoever takes over goes on with the same one.

mod plan;

use std::time::Duration;

use bataudit_control::holds::{self, Hold};
use bataudit_control::{Store, clock, marks, projects, retention};
use bataudit_event::id::AUDIT_PROJECT;
use bataudit_service::Shutdown;
use bataudit_store::{Connection, StoreError};
use chrono::DateTime;

use self::plan::{Kept, Plan};
use crate::metrics;
use crate::removal::condition::Condition;
use crate::removal::{Removal, Remover, Table, Turn};

/// How often it is asked whether a pass is due.
const LOOK: Duration = Duration::from_secs(60);
const DAY_MS: i64 = 24 * 60 * 60 * 1000;
const HOUR_MS: i64 = 60 * 60 * 1000;
/// What was stored this recently is left to the next pass: rows that are still being inserted would go uncounted.
const FRESH_MS: i64 = 10 * 60 * 1000;
/// Days of events one pass removes; more are left to the next hour.
const MOST_DAYS: usize = 60;
/// Days after which the engine itself drops counts by the minute and by the hour.
const MINUTES_TTL: i64 = 38;
const HOURS_TTL: i64 = 365;
/// The day of the last whole pass.
const DONE: &str = "retention_day";
/// Unix milliseconds: what a pass under way leaves alone is stored after that.
const UNDER_WAY: &str = "retention_bound";

/// What the installation keeps, and when passes are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// Days of raw events.
    pub raw_days: u32,
    /// Days of counts by the hour.
    pub hourly_days: u32,
    /// The hour of the day, UTC, from which a pass is due.
    pub hour: u8,
}

/// Why a pass ended early.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The control store did not answer.
    #[error("control store: {0}")]
    Control(#[from] bataudit_control::Error),
    /// ClickHouse did not do it.
    #[error("{0}; sentinel's ClickHouse user needs the rights of bataudit_keeper")]
    Store(#[from] StoreError),
}

/// Makes a pass a day until the shutdown.
pub(crate) async fn run(store: Store, clickhouse: Connection, terms: Terms, turn: Turn, shutdown: Shutdown) {
    let (remover, mut told) = (Remover::new(&clickhouse, &turn), String::new());
    while !shutdown.is_triggered() {
        let now = clock::now_ms();
        let step = tokio::select! {
            () = shutdown.triggered() => break,
            step = step(&store, &remover, terms, now) => step,
        };
        if let Err(error) = step {
            metrics::retention_failed();
            // The same reason every minute would hide others.
            if told != error.to_string() {
                told = error.to_string();
                tracing::error!(%error, "Could not remove what is older than it is kept; trying again.");
            }
        }
        tokio::select! {
            () = shutdown.triggered() => {}
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

/// Says in the control store what the installation keeps, for those who show it.
///
/// # Errors
/// When the control store does not answer.
pub async fn tell(store: &Store, terms: Terms) -> Result<(), Error> {
    let (raw, hourly) = (i64::from(terms.raw_days), i64::from(terms.hourly_days));
    let told = retention::of_installation(store).await?;
    if told.is_none_or(|told| (told.raw_days, told.hourly_days) != (Some(raw), Some(hourly))) {
        retention::set_of_installation(store, raw, hourly).await?;
    }
    Ok(())
}

async fn step(store: &Store, remover: &Remover, terms: Terms, now: i64) -> Result<(), Error> {
    tell(store, terms).await?;
    let (today, hour) = (now.div_euclid(DAY_MS), now.rem_euclid(DAY_MS) / HOUR_MS);
    let is_due =
        marks::get(store, DONE).await?.is_none_or(|done| done < today) && hour >= i64::from(terms.hour);
    if is_due {
        let removed = one(store, remover, terms, now).await?;
        tracing::info!(removed, "Removed what is older than it is kept.");
    }
    Ok(())
}

/// Makes one pass; how many events went.
///
/// # Errors
/// When a store does not do its part; the next pass goes on.
pub async fn pass(store: &Store, clickhouse: &Connection, terms: Terms, now: i64) -> Result<u64, Error> {
    one(store, &Remover::new(clickhouse, &Turn::default()), terms, now).await
}

async fn one(store: &Store, remover: &Remover, terms: Terms, now: i64) -> Result<u64, Error> {
    let today = now.div_euclid(DAY_MS);
    let bound = match marks::get(store, UNDER_WAY).await? {
        Some(bound) if bound > 0 => bound,
        _ => now - FRESH_MS,
    };
    marks::set(store, UNDER_WAY, bound).await?;
    let plan = read_plan(store, terms).await?;
    let pass = Pass { remover: remover.clone(), plan, today, bound };
    let (removed, is_whole) = pass.events(store).await?;
    pass.rollups(store).await?;
    // A bound is used for one pass: what arrived since is counted by the next.
    marks::set(store, UNDER_WAY, 0).await?;
    if is_whole {
        marks::set(store, DONE, today).await?;
    }
    metrics::retention_removed(removed);
    Ok(removed)
}

async fn read_plan(store: &Store, terms: Terms) -> Result<Plan, Error> {
    let installation = Kept { raw: terms.raw_days.into(), hourly: terms.hourly_days.into(), daily: None };
    let of_audit = Kept { raw: retention::AUDIT_DAYS, hourly: retention::AUDIT_DAYS, daily: None };
    let audit = (AUDIT_PROJECT.to_string(), of_audit);
    Ok(Plan { installation, projects: retention::all(store).await?.into_iter().collect(), audit })
}

struct Pass {
    remover: Remover,
    plan: Plan,
    today: i64,
    bound: i64,
}

impl Pass {
    /// Removes events, day after day; how many, and whether nothing is left to do.
    async fn events(&self, store: &Store) -> Result<(u64, bool), Error> {
        let before = self.plan.first_kept_day(self.today) * DAY_MS;
        let old = Condition::of_time("timestamp < ?", before)
            .and(Condition::of_time("stored_at <= ?", self.bound))
            .and(Condition::held(&holds::in_force(store).await?).not());
        let due = self.plan.due(self.today, self.remover.days(&old).await?);
        let mut removed = 0;
        for (day, projects) in due.iter().take(MOST_DAYS) {
            // Asked again for each day: what somebody holds while a pass is under way is held.
            let holds = holds::in_force(store).await?;
            removed += self.day(*day, projects, &holds).await?;
        }
        Ok((removed, due.len() <= MOST_DAYS))
    }

    async fn day(&self, day: u16, projects: &[String], holds: &[Hold]) -> Result<u64, Error> {
        let start = i64::from(day) * DAY_MS;
        let rows = Condition::of_projects(projects.iter().map(String::as_str))
            .and(Condition::of_time("timestamp >= ?", start))
            .and(Condition::of_time("timestamp < ?", start + DAY_MS))
            .and(Condition::of_time("stored_at <= ?", self.bound))
            .and(Condition::held(holds).not());
        let job = format!("retention-{}-{day}", self.bound);
        let date = DateTime::from_timestamp_millis(start).unwrap_or_default();
        let partition = date.format("'%Y-%m-%d'").to_string();
        let removal = Removal {
            job: &job,
            reason: "retention",
            table: Table::Events,
            partition: Some(&partition),
            rows,
        };
        Ok(self.remover.remove(&removal).await?)
    }

    /// Removes counts of projects that keep them for less time than the tables do.
    async fn rollups(&self, store: &Store) -> Result<(), Error> {
        for project in projects::all(store).await? {
            let kept = self.plan.kept(&project.id);
            if kept.raw < MINUTES_TTL {
                self.counts(&project.id, &["stats_minute"], kept.raw).await?;
            }
            if kept.hourly < HOURS_TTL {
                self.counts(&project.id, &["stats_hour", "endpoint_hour"], kept.hourly).await?;
            }
            if let Some(daily) = kept.daily {
                let tables = ["stats_day", "endpoint_day", "user_day", "error_day", "key_day"];
                self.counts(&project.id, &tables, daily).await?;
            }
        }
        Ok(())
    }

    async fn counts(&self, project: &str, tables: &[&'static str], days: i64) -> Result<(), Error> {
        let rows = Condition::of_projects([project])
            .and(Condition::of_time("toDateTime(bucket, 'UTC') < ?", (self.today - days) * DAY_MS));
        for table in tables {
            let job = format!("retention-{}-{project}", self.bound);
            let table = Table::Rollup(table);
            let removal =
                Removal { job: &job, reason: "retention", table, partition: None, rows: rows.clone() };
            self.remover.remove(&removal).await?;
        }
        Ok(())
    }
}
