//! `GET /v1/pipeline/reconciliations`: what sentinel found when it compared the log with what is stored, range after
//! range.

use axum::Json;
use axum::extract::State;
use bataudit_control::reconciliations::{self, Reconciliation as Stored};
use serde::Serialize;
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::auth::Caller;
use crate::error::{ApiError, ApiResult};
use crate::input::Params;
use crate::time::rfc3339;

/// Comparisons in an answer unless asked otherwise.
const USUAL: u64 = 50;

/// A comparison of the books over events received in a range of time.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Reconciliation {
    #[schema(example = "2026-01-31T07:50:00.000Z")]
    from: String,
    #[schema(example = "2026-01-31T07:55:00.000Z")]
    to: String,
    /// When it was made.
    #[schema(example = "2026-01-31T07:57:00.000Z")]
    checked_at: String,
    /// Whether everything that was accepted is accounted for, and the rollups count it.
    agrees: bool,
    /// Events in the log.
    accepted: i64,
    /// Rows.
    stored: i64,
    /// Events among the dead letters.
    dead_lettered: i64,
    /// Events whose first copy is stored elsewhere.
    repeats: i64,
    /// Events the processors had not come to; with any, the range is compared again.
    waiting: i64,
    /// Events missing or too many.
    differing: i64,
    /// Hours and days of rollups that did not count what the rows are; `null` where they were not compared.
    #[schema(required)]
    rollups_differing: Option<i64>,
    /// Whether Kafka had already deleted records of the range, so that they could not be compared.
    is_cut: bool,
    /// What differs: `found` counts by kind (`missing`, `doubled`, `repeat_stored`, `unexpected`, `gap`), `places` the
    /// first of them as partition-offset-index, `rollups` those that differ, `mended` those that were counted anew.
    #[schema(value_type = Object)]
    findings: Value,
}

impl From<Stored> for Reconciliation {
    fn from(stored: Stored) -> Self {
        Self {
            from: rfc3339(stored.from_ms),
            to: rfc3339(stored.to_ms),
            checked_at: rfc3339(stored.checked_at),
            agrees: stored.differing == 0 && stored.rollups_differing.unwrap_or_default() == 0,
            accepted: stored.accepted,
            stored: stored.stored,
            dead_lettered: stored.dead_lettered,
            repeats: stored.repeats,
            waiting: stored.waiting,
            differing: stored.differing,
            rollups_differing: stored.rollups_differing,
            is_cut: stored.is_cut != 0,
            findings: serde_json::from_str(&stored.findings).unwrap_or_default(),
        }
    }
}

/// Comparisons, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReconciliationList {
    data: Vec<Reconciliation>,
}

/// Which comparisons.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "names the parameters for the API's document")]
pub(crate) struct ReconciliationQuery {
    /// `differing` for those that did not agree; `all` unless given.
    #[param(nullable = false)]
    state: Option<String>,
    /// Only those of ranges that began before this time: `from` of the last one, for the next page.
    #[param(nullable = false, example = "2026-01-31T07:50:00Z")]
    before: Option<String>,
    /// 1 to 500; 50 unless given.
    #[param(nullable = false, minimum = 1, maximum = 500)]
    limit: Option<u64>,
}

/// The comparisons of the last 90 days.
#[utoipa::path(
    get, path = "/v1/pipeline/reconciliations", operation_id = "list_reconciliations", tag = "pipeline",
    params(ReconciliationQuery),
    responses((status = 200, body = ReconciliationList, description = "The comparisons."))
)]
pub(crate) async fn list_reconciliations(
    State(app): State<App>,
    _: Caller,
    mut params: Params,
) -> ApiResult<Json<ReconciliationList>> {
    let only_differing = match params.text("state")?.as_deref() {
        None | Some("all") => false,
        Some("differing") => true,
        Some(_) => return Err(ApiError::parameter("state", "must be differing or all")),
    };
    let before = params.time("before")?.unwrap_or(i64::MAX);
    let limit = params.number("limit", 1..=500)?.unwrap_or(USUAL);
    params.finish()?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let found = reconciliations::page(&app.control, before, only_differing, limit).await?;
    Ok(Json(ReconciliationList { data: found.into_iter().map(Reconciliation::from).collect() }))
}
