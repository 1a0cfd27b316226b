//! `GET /v1/pipeline/hours`: what became of the events that were received in each hour, as the books have it.

use axum::Json;
use axum::extract::State;
use bataudit_control::clock::now_ms;
use bataudit_control::reconciliations::{self, By, Hour as Stored};
use clickhouse::Row;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::PipelineQuery;
use crate::app::App;
use crate::audit::range::{DAY_MS, HOUR_MS, Range, floor};
use crate::audit::statement::pipeline as statement;
use crate::auth::{Caller, Scope};
use crate::error::{ApiError, ApiResult};
use crate::input::Params;
use crate::time::rfc3339;

/// The longest range: the books are kept for 90 days.
const MAX_MS: i64 = 92 * DAY_MS;

/// The time range; RFC 3339 with offset. Hours are told whole.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "names the parameters for the API's document")]
pub(crate) struct HoursQuery {
    /// First moment; 24 hours before the end unless given.
    #[param(nullable = false, example = "2026-01-30T08:00:00Z")]
    start_date: Option<String>,
    /// Last moment; now unless given. At most 92 days after the first.
    #[param(nullable = false, example = "2026-01-31T08:00:00Z")]
    end_date: Option<String>,
}

/// What became of events: `accepted` is the sum of the others.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(crate) struct Counts {
    /// Acknowledged by a gateway.
    accepted: i64,
    /// Stored, and still there when they were compared.
    stored: i64,
    /// Among the dead letters.
    dead_lettered: i64,
    /// Repeats of an event that is stored.
    repeated: i64,
    /// Stored, and removed on purpose before they were compared.
    removed: i64,
    /// Above 0 events are missing, below 0 there are rows too many.
    differing: i64,
}

impl From<&Stored> for Counts {
    fn from(stored: &Stored) -> Self {
        Self {
            accepted: stored.accepted,
            stored: stored.stored,
            dead_lettered: stored.dead_lettered,
            repeated: stored.repeats,
            removed: stored.removed,
            differing: stored.differing,
        }
    }
}

/// What was masked of the events that are stored now; `null` while the store does not answer. What was stored
/// before this was counted is told as not masked.
#[derive(Debug, Clone, Copy, Default, Serialize, ToSchema)]
pub(crate) struct Masked {
    /// Events in which something was masked.
    #[schema(required)]
    masked: Option<u64>,
    /// Fields in which something was masked.
    #[schema(required)]
    masked_fields: Option<u64>,
}

#[derive(Debug, Row, Deserialize)]
struct MaskedRow {
    project: String,
    hour_ms: i64,
    events: u64,
    fields: u64,
}

/// An hour.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Hour {
    /// Its start, by when the gateway received the events.
    #[schema(example = "2026-01-31T07:00:00.000Z")]
    hour: String,
    #[serde(flatten)]
    counts: Counts,
    #[serde(flatten)]
    masked: Masked,
}

/// A project over the whole range.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProjectCounts {
    project_id: String,
    #[serde(flatten)]
    counts: Counts,
    #[serde(flatten)]
    masked: Masked,
}

/// What became of the events of each hour.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PipelineHours {
    /// Start of the first hour of the range.
    #[schema(example = "2026-01-30T08:00:00.000Z")]
    from: String,
    /// End of the last one.
    #[schema(example = "2026-01-31T08:00:00.000Z")]
    to: String,
    /// Later events were not compared yet, and are in no figure here; `null` when none were.
    #[schema(required, example = "2026-01-31T07:55:00.000Z")]
    compared_until: Option<String>,
    /// Oldest first; hours without events are left out.
    data: Vec<Hour>,
    /// The same events by project.
    projects: Vec<ProjectCounts>,
}

/// What became of the events of the caller's projects, hour by hour.
///
/// It is told from the books: some minutes after an hour every event that a gateway acknowledged in it is stored,
/// dead-lettered, a repeat or removed, or it is missing. Kept for 90 days.
#[utoipa::path(
    get, path = "/v1/pipeline/hours", operation_id = "pipeline_hours", tag = "pipeline",
    params(PipelineQuery, HoursQuery),
    responses((status = 200, body = PipelineHours, description = "The hours."))
)]
pub(crate) async fn pipeline_hours(
    State(app): State<App>,
    caller: Caller,
    mut params: Params,
) -> ApiResult<Json<PipelineHours>> {
    let now = now_ms();
    let project_id = params.text("project_id")?;
    let Range { start, end } = Range::take(&mut params, now, DAY_MS)?;
    params.finish()?;
    if end.saturating_sub(start) > MAX_MS {
        return Err(ApiError::parameter("start_date", "must be at most 92 days before end_date"));
    }
    let scope = caller.scope(project_id.as_deref())?;
    let (from, to) = (floor(start, HOUR_MS), floor(end.min(now), HOUR_MS) + HOUR_MS);
    let of = async |by| reconciliations::hours(&app.control, scope.projects(), from, to, by).await;
    let (hours, projects) = (of(By::Hour).await?, of(By::Project).await?);
    let last = reconciliations::last(&app.control).await?;
    let [by_hour, by_project] = masked(&app, &scope, from, to).await;
    Ok(Json(PipelineHours {
        from: rfc3339(from),
        to: rfc3339(to),
        compared_until: last.map(|last| rfc3339(last.settled_until())),
        data: hours
            .iter()
            .map(|hour| Hour {
                hour: rfc3339(hour.hour),
                counts: hour.into(),
                masked: of_key(by_hour.as_deref(), |row| row.hour_ms == hour.hour),
            })
            .collect(),
        projects: projects
            .iter()
            .map(|sum| ProjectCounts {
                project_id: sum.project_id.clone(),
                counts: sum.into(),
                masked: of_key(by_project.as_deref(), |row| row.project == sum.project_id),
            })
            .collect(),
    }))
}

/// By hour, by project. The books are in the control store, and are told also while ClickHouse is down.
async fn masked(app: &App, scope: &Scope, from: i64, to: i64) -> [Option<Vec<MaskedRow>>; 2] {
    let [by_hour, by_project] = statement::masked(scope, from, to);
    let (by_hour, by_project) = tokio::join!(app.events.all(&by_hour), app.events.all(&by_project));
    [by_hour.ok(), by_project.ok()]
}

fn of_key(rows: Option<&[MaskedRow]>, is_it: impl Fn(&MaskedRow) -> bool) -> Masked {
    let Some(rows) = rows else { return Masked::default() };
    let found = rows.iter().find(|row| is_it(row));
    Masked {
        masked: Some(found.map_or(0, |row| row.events)),
        masked_fields: Some(found.map_or(0, |row| row.fields)),
    }
}
