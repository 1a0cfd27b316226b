//! Anomalies: the rules of all projects, evaluated over what ClickHouse holds. In: rules and incidents of the
//! control store, rollups and rows. Out: incidents, and alerts that are events like any other.
//!
//! What a rule means is the anomaly crate's. Each round judges the minutes in which rows arrived since the last
//! one, however old these are, so late events are judged too; a round that is repeated changes nothing. Nothing
//! is judged past the moment up to which the table is complete: while the processors are behind, no service
//! is silent.

mod alert;
mod judge;
mod tell;

use std::time::Duration;

use bataudit_anomaly::read::Reader;
use bataudit_anomaly::{Kind, MINUTE_MS, Rule, evaluate, minute_of};
use bataudit_control::anomaly_rules::{self, AnomalyRule, Wanted};
use bataudit_control::{Store, anomaly_incidents, clock, marks};
use bataudit_ledger::{LedgerError, Sources, progress};
use bataudit_service::Shutdown;
use bataudit_store::StoreError;

use crate::events_topic::EventsTopic;
use crate::metrics;

/// Name of the mark: up to which stored row everything was judged, by ClickHouse's clock.
const MARK: &str = "anomalies";
/// Rows become visible in another order than they are stamped, by as much as an insert may take.
const OVERLAP_MS: i64 = 120_000;
/// Without a mark, what was stored in this time is judged.
const FIRST_MS: i64 = 600_000;
/// Older events are stored and counted, but wake nobody: in minutes.
const OLDEST: i64 = 24 * 60;
/// The longest cooldown, in minutes: how far back an incident may be that goes on.
const LONGEST_COOLDOWN: i64 = 7 * 24 * 60;

/// Why a round failed; the next one tries again.
#[derive(Debug, thiserror::Error)]
enum Error {
    #[error("control store: {0}")]
    Control(#[from] bataudit_control::Error),
    #[error("ClickHouse: {0}")]
    Store(#[from] StoreError),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// Evaluates so often until the shutdown.
pub async fn run(
    store: Store,
    sources: Sources,
    mut events: EventsTopic,
    every: Duration,
    shutdown: Shutdown,
) {
    let watch = Watch { reader: Reader::new(sources.store.clone()), store, sources };
    while !shutdown.is_triggered() {
        let round = tokio::select! {
            () = shutdown.triggered() => break,
            round = watch.round() => round,
        };
        if let Err(error) = round {
            metrics::anomaly_round_failed();
            tracing::warn!(%error, "Could not evaluate the anomaly rules; trying again.");
        }
        if let Err(error) = tell::round(&watch.store, &mut events).await {
            metrics::anomaly_round_failed();
            tracing::warn!(%error, "Could not publish alerts; trying again.");
        }
        tokio::select! {
            () = shutdown.triggered() => {}
            () = tokio::time::sleep(every) => {}
        }
    }
}

struct Watch {
    store: Store,
    sources: Sources,
    reader: Reader,
}

impl Watch {
    async fn round(&self) -> Result<(), Error> {
        anomaly_rules::start(&self.store, &first_rules()).await?;
        let rules: Vec<Rule> =
            anomaly_rules::all_active(&self.store).await?.into_iter().filter_map(usable).collect();
        let now = clock::now_ms();
        let until = minute_of(progress::complete_until(&self.sources, now).await?);
        let mark = marks::get(&self.store, MARK).await?;
        let touched = self.reader.touched(mark.unwrap_or(now - FIRST_MS) - OVERLAP_MS).await?;

        let since = touched.projects.values().copied().min().unwrap_or(until).clamp(until - OLDEST, until);
        // Silence is judged where nothing arrives; the others only where something did.
        let (silences, others): (Vec<Rule>, Vec<Rule>) =
            rules.iter().cloned().partition(|rule| rule.kind == Kind::SilentService);
        let others: Vec<Rule> =
            others.into_iter().filter(|rule| touched.projects.contains_key(&rule.project_id)).collect();
        let mut findings = evaluate(&self.reader, &silences, until..until + 1).await?;
        findings.extend(evaluate(&self.reader, &others, since..until + 1).await?);

        let known = anomaly_incidents::near(&self.store, (since - LONGEST_COOLDOWN) * MINUTE_MS).await?;
        let changes = judge::compare(&rules, &known, findings, until, now);
        anomaly_incidents::apply(&self.store, &changes, now).await?;
        metrics::anomalies(&changes);
        if let Some(stored_at) = touched.stored_at {
            marks::set(&self.store, MARK, stored_at).await?;
        }
        Ok(())
    }
}

/// What every project starts with.
fn first_rules() -> Vec<Wanted<'static>> {
    let rules = Kind::ALL.into_iter().map(|kind| {
        let parameters = kind.defaults();
        Wanted {
            rule_type: kind.name(),
            threshold: parameters.threshold,
            window_seconds: parameters.window_seconds.into(),
            cooldown_seconds: parameters.cooldown_seconds.into(),
            min_events: parameters.min_events.into(),
            service_name: None,
            environment: None,
            active: true,
        }
    });
    rules.collect()
}

/// A stored rule as it is evaluated; `None` for one that a newer version made.
fn usable(stored: AnomalyRule) -> Option<Rule> {
    let kind: Kind = stored.rule_type.parse().ok()?;
    let parameters = bataudit_anomaly::rule::Parameters {
        threshold: stored.threshold,
        window_seconds: stored.window_seconds.try_into().ok()?,
        cooldown_seconds: stored.cooldown_seconds.try_into().ok()?,
        min_events: stored.min_events.try_into().ok()?,
    };
    parameters.problem(kind).is_none().then_some(Rule {
        id: stored.id,
        project_id: stored.project_id,
        kind,
        parameters,
        service_name: stored.service_name,
        environment: stored.environment,
    })
}
