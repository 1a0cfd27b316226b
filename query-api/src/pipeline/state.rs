//! `GET /v1/pipeline`: how fresh the data is, what takes no events, and for who looks after the installation what waits
//! in Kafka. Asks only the control store, so that it answers when ClickHouse does not.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use bataudit_control::clock::now_ms;
use bataudit_control::keys;
use bataudit_control::pipeline::{self, Look, Partition as Seen};
use bataudit_control::projects::{self, Project};
use bataudit_control::reconciliations::{self, By};
use bataudit_event::access::KeyScope;
use serde::Serialize;
use utoipa::ToSchema;

use super::PipelineQuery;
use super::books::Reconciliation;
use crate::app::App;
use crate::audit::range::{DAY_MS, HOUR_MS, floor};
use crate::auth::{Caller, Scope};
use crate::error::ApiResult;
use crate::input::Params;
use crate::time::rfc3339;

/// Sentinel looks every 5 s; what is older than this says more of sentinel than of the line.
const BELIEVED_MS: i64 = 60_000;
/// From here on events wait longer than the line takes when all is well.
const LATE_MS: i64 = 30_000;

/// How the line is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LineState {
    /// What was accepted is stored within seconds.
    Current,
    /// Events have been waiting for more than 30 s.
    Late,
    /// Kafka does not answer: the gateways most likely refuse events with 503 (BAT-003), and nothing is stored.
    KafkaDown,
    /// Sentinel has not looked for a minute, or never: nothing is known.
    Unknown,
}

/// How the line is doing, as sentinel last saw it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Pipeline {
    state: LineState,
    /// When this was answered.
    #[schema(example = "2026-01-31T08:00:05.000Z")]
    as_of: String,
    /// When Kafka was last asked and answered; `null` when it never was.
    #[schema(required, example = "2026-01-31T08:00:03.000Z")]
    observed_at: Option<String>,
    /// Data fresh as of: what was accepted before this is stored, dead-lettered or a repeat. `null` when nobody knows.
    #[schema(required, example = "2026-01-31T08:00:03.000Z")]
    fresh_as_of: Option<String>,
    /// How long the oldest event that is not stored had waited at `observed_at`, in seconds; 0 when none waits.
    #[schema(required, example = 0.0)]
    lag_seconds: Option<f64>,
    books: Books,
    /// Of the caller's projects those that take no events, and why.
    paused: Vec<PausedProject>,
    /// Only for the instance roles owner, admin and auditor; else `null`.
    #[schema(required)]
    instance: Option<Instance>,
}

/// What the comparison of the books says of the caller's projects.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Books {
    /// Events received before this were compared, those of before 90 days left out; `null` when none were.
    #[schema(required, example = "2026-01-31T07:55:00.000Z")]
    compared_until: Option<String>,
    /// Events of the last 24 compared hours that are missing or too many: 0 unless something was lost.
    differing: u64,
}

/// A project that takes no events.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PausedProject {
    project_id: String,
    #[schema(example = "My API")]
    name: String,
    why: PauseReason,
    /// Since when, where that is known.
    #[schema(required)]
    since: Option<String>,
}

/// Why a project takes no events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PauseReason {
    /// It is archived: its keys are answered 401.
    Archived,
    /// No key that is valid writes to it, neither its own nor one of the instance.
    NoKey,
}

/// What concerns every project.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Instance {
    /// Records in Kafka that are not stored; each holds one event or more.
    waiting_records: i64,
    /// When the oldest of them was written.
    #[schema(required)]
    oldest_waiting_at: Option<String>,
    partitions: Vec<Partition>,
    /// Since when Kafka does not answer.
    #[schema(required)]
    kafka_silent_since: Option<String>,
    /// What it said instead.
    #[schema(required, example = "Kafka: BrokerTransportFailure")]
    kafka_problem: Option<String>,
    /// The latest comparison of the books.
    #[schema(required)]
    reconciliation: Option<Reconciliation>,
}

/// A partition of the events topic at `observed_at`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Partition {
    partition: i64,
    /// The first offset Kafka still has.
    first_offset: i64,
    /// The offset after the last.
    end_offset: i64,
    /// How far the processors have confirmed; `null` where they never have.
    #[schema(required)]
    committed_offset: Option<i64>,
    /// Records after that.
    waiting_records: i64,
    /// How long the oldest of them had waited, in seconds; 0 when none waits.
    lag_seconds: f64,
}

/// How the line is doing: how fresh the data is, which projects take no events, and what waits.
///
/// Sentinel asks Kafka every 5 s; `observed_at` says when it last did. The state tells of events that the gateways
/// accepted. What a gateway refused (401, 429, 503) is in no book: its clients know, and its metrics do.
#[utoipa::path(
    get, path = "/v1/pipeline", operation_id = "get_pipeline", tag = "pipeline", params(PipelineQuery),
    responses((status = 200, body = Pipeline, description = "How it is doing."))
)]
pub(crate) async fn get_pipeline(
    State(app): State<App>,
    caller: Caller,
    mut params: Params,
) -> ApiResult<Json<Pipeline>> {
    let project_id = params.text("project_id")?;
    params.finish()?;
    let scope = caller.scope(project_id.as_deref())?;
    let now = now_ms();
    let (look, partitions) = (pipeline::look(&app.control).await?, pipeline::partitions(&app.control).await?);
    let last = reconciliations::last(&app.control).await?;
    let compared = last.as_ref().map(reconciliations::Reconciliation::settled_until);
    let lag = look.answered_at.map(|at| lag(&partitions, at));
    Ok(Json(Pipeline {
        state: state(&look, lag, now),
        as_of: rfc3339(now),
        observed_at: look.answered_at.map(rfc3339),
        fresh_as_of: look.answered_at.zip(lag).map(|(at, lag)| rfc3339(at - lag)),
        lag_seconds: lag.map(seconds),
        books: Books {
            compared_until: compared.map(rfc3339),
            differing: differing(&app, &scope, compared.unwrap_or(now)).await?,
        },
        paused: paused(&app, &scope, now).await?,
        instance: caller.sees_the_instance().then(|| instance(look, &partitions, last)),
    }))
}

fn state(look: &Look, lag: Option<i64>, now: i64) -> LineState {
    match (look, lag) {
        (Look { failed_since: Some(_), .. }, _) => LineState::KafkaDown,
        (Look { answered_at: Some(at), .. }, Some(lag)) if now - at <= BELIEVED_MS => {
            if lag > LATE_MS {
                LineState::Late
            } else {
                LineState::Current
            }
        }
        _ => LineState::Unknown,
    }
}

/// How long the oldest record had waited at `at`.
fn lag(partitions: &[Seen], at: i64) -> i64 {
    let oldest = partitions.iter().filter_map(|partition| partition.oldest_waiting_at).min();
    oldest.map_or(0, |oldest| (at - oldest).max(0))
}

fn seconds(millis: i64) -> f64 {
    millis as f64 / 1000.0
}

async fn differing(app: &App, scope: &Scope, until: i64) -> ApiResult<u64> {
    let from = floor(until - DAY_MS, HOUR_MS);
    let found = reconciliations::hours(&app.control, scope.projects(), from, i64::MAX, By::Project).await?;
    Ok(found.iter().map(|project| project.differing.unsigned_abs()).sum())
}

async fn paused(app: &App, scope: &Scope, now: i64) -> ApiResult<Vec<PausedProject>> {
    let published = keys::all_active_for_publish(&app.control, now).await?;
    let of_instance = published.iter().any(|key| key.scope == KeyScope::Instance);
    let with_key: BTreeSet<_> = published.iter().map(|key| key.project_id.as_str()).collect();
    let why = |project: &Project| match project.archived_at {
        Some(at) => Some((PauseReason::Archived, Some(at))),
        None if of_instance || with_key.contains(project.id.as_str()) => None,
        None => Some((PauseReason::NoKey, None)),
    };
    let all = projects::all(&app.control).await?;
    let shown = |project: &Project| scope.holds(&project.id);
    let found = all.into_iter().filter(shown).filter_map(|project| {
        let (why, since) = why(&project)?;
        Some(PausedProject { project_id: project.id, name: project.name, why, since: since.map(rfc3339) })
    });
    Ok(found.collect())
}

fn instance(look: Look, partitions: &[Seen], last: Option<reconciliations::Reconciliation>) -> Instance {
    let at = look.answered_at.unwrap_or_default();
    let oldest = partitions.iter().filter_map(|partition| partition.oldest_waiting_at).min();
    Instance {
        waiting_records: partitions.iter().map(Seen::waiting).sum(),
        oldest_waiting_at: oldest.map(rfc3339),
        partitions: partitions.iter().map(|seen| partition(seen, at)).collect(),
        kafka_silent_since: look.failed_since.map(rfc3339),
        kafka_problem: look.problem,
        reconciliation: last.map(Reconciliation::from),
    }
}

fn partition(seen: &Seen, at: i64) -> Partition {
    Partition {
        partition: seen.partition,
        first_offset: seen.first_offset,
        end_offset: seen.end_offset,
        committed_offset: seen.committed,
        waiting_records: seen.waiting(),
        lag_seconds: seconds(lag(std::slice::from_ref(seen), at)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_looked_at_is_not_called_current() {
        let seen = |answered_at, failed_since| Look { answered_at, failed_since, problem: None };
        let now = 1_000_000;
        assert_eq!(state(&Look::default(), None, now), LineState::Unknown);
        assert_eq!(state(&seen(Some(now - 5_000), None), Some(0), now), LineState::Current);
        assert_eq!(state(&seen(Some(now - 5_000), None), Some(30_001), now), LineState::Late);
        assert_eq!(state(&seen(Some(now - 60_001), None), Some(0), now), LineState::Unknown);
        assert_eq!(state(&seen(Some(now - 5_000), Some(now)), Some(0), now), LineState::KafkaDown);
    }
}
