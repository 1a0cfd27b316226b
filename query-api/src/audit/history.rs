//! `GET /v1/audit/stats/history` and `/usage`: what the rollups remember longer than events are kept.

use axum::Json;
use axum::extract::State;
use bataudit_control::clock::now_ms;
use clickhouse::Row;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::filter::Filter;
use super::range::{DAY_MS, Range, RangeQuery, Segment, Tier, floor};
use super::statement::figures::{self as statement, About, STATS_FIELDS, Source};
use crate::app::App;
use crate::auth::Caller;
use crate::error::{ApiError, ApiResult};
use crate::input::Params;
use crate::time::rfc3339;

/// The range unless asked otherwise.
const DEFAULT_MS: i64 = 90 * DAY_MS;
/// Ranges up to this long are told by the hour.
const BY_HOUR_MS: i64 = 7 * DAY_MS;
/// The longest range by the hour.
const MAX_HOURS_MS: i64 = 92 * DAY_MS;
/// The longest range by the day.
const MAX_DAYS_MS: i64 = 10 * 366 * DAY_MS;

/// How long a period is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Period {
    Hour,
    Day,
}

impl std::str::FromStr for Period {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "hour" => Ok(Self::Hour),
            "day" => Ok(Self::Day),
            _ => Err(()),
        }
    }
}

impl Period {
    const fn tier(self) -> Tier {
        match self {
            Self::Hour => Tier::Hour,
            Self::Day => Tier::Day,
        }
    }
}

/// How finely to tell it.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "names the parameters for the API's document")]
pub(crate) struct PeriodQuery {
    /// Length of a period: hours for ranges up to 7 days, else days. Hours reach back a year, days for
    /// ever.
    #[param(inline)]
    period: Option<Period>,
}

/// The course of time, oldest first; periods without events are left out.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct History {
    data: Vec<HistoryItem>,
    /// Start of the first period of the range.
    #[schema(example = "2026-01-01T00:00:00.000Z")]
    from: String,
    /// End of the last one.
    #[schema(example = "2026-02-01T00:00:00.000Z")]
    to: String,
}

/// One period.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HistoryItem {
    #[schema(example = "2026-01-31T00:00:00.000Z")]
    period_start: String,
    period_type: Period,
    event_count: u64,
    errors_4xx: u64,
    errors_5xx: u64,
    /// Milliseconds, over events that have a response time.
    avg_ms: f64,
    /// Milliseconds; exact below 1,024, never above 30,000.
    p95_ms: f64,
}

#[derive(Debug, Row, Deserialize)]
struct HistoryRow {
    bucket_s: i64,
    requests: u64,
    client_errors: u64,
    server_errors: u64,
    timed_events: u64,
    response_ms: u64,
    p95_ms: f64,
}

/// Volume, errors and response times by hour or day, by default over the last 90 days.
///
/// It is told from what was counted when events were stored, so it outlives them. It may be filtered by
/// `service_name`, `environment` and `source`; the periods both ends lie in are counted whole.
#[utoipa::path(
    get, path = "/v1/audit/stats/history", operation_id = "history", tag = "events",
    params(Filter, RangeQuery, PeriodQuery),
    responses((status = 200, body = History, description = "The course of time."))
)]
pub(crate) async fn history(
    State(app): State<App>,
    caller: Caller,
    mut params: Params,
) -> ApiResult<Json<History>> {
    let now = now_ms();
    let filter = Filter::take(&mut params)?;
    let range = Range::take(&mut params, now, DEFAULT_MS)?;
    let asked = params.choice::<Period>("period", "must be hour or day")?;
    params.finish()?;
    if !filter.is_within(STATS_FIELDS) {
        let message = "history can be filtered by project_id, service_name, environment and source only";
        return Err(ApiError::Malformed(message.to_owned()));
    }
    let (period, segment) = periods(range, now, asked)?;
    let scope = caller.scope(filter.project_id.as_deref())?;
    let segments = [segment];
    let about = About { scope: &scope, source: Source::Rollups(&segments), filter: &filter };
    let rows: Vec<HistoryRow> = app.events.all(&statement::history(about)).await?;
    let data = rows.into_iter().map(|row| item(&row, period)).collect();
    Ok(Json(History { data, from: rfc3339(segment.start), to: rfc3339(segment.end) }))
}

/// The length of a period, and the whole periods around the range.
fn periods(range: Range, now: i64, asked: Option<Period>) -> ApiResult<(Period, Segment)> {
    let end = range.end.min(now.max(range.start));
    let length = end - range.start;
    let period = asked.unwrap_or(if length <= BY_HOUR_MS { Period::Hour } else { Period::Day });
    let (longest, words) = match period {
        Period::Hour => (MAX_HOURS_MS, "must be within 92 days of end_date when the period is hour"),
        Period::Day => (MAX_DAYS_MS, "must be within ten years of end_date"),
    };
    if length > longest {
        return Err(ApiError::parameter("start_date", words));
    }
    let (tier, step) = (period.tier(), period.tier().millis());
    Ok((period, Segment { tier, start: floor(range.start, step), end: floor(end, step) + step }))
}

#[expect(clippy::cast_precision_loss, reason = "an average need not be exact beyond 53 bits")]
fn item(row: &HistoryRow, period: Period) -> HistoryItem {
    HistoryItem {
        period_start: rfc3339(row.bucket_s * 1000),
        period_type: period,
        event_count: row.requests,
        errors_4xx: row.client_errors,
        errors_5xx: row.server_errors,
        avg_ms: if row.timed_events == 0 { 0.0 } else { row.response_ms as f64 / row.timed_events as f64 },
        p95_ms: row.p95_ms,
    }
}

/// One project, or all the caller may see.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "names the parameters for the API's document")]
pub(crate) struct ProjectQuery {
    /// One project; without it, all the caller may see.
    project_id: Option<String>,
}

/// How much is stored.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Usage {
    /// Events.
    raw_events: u64,
    /// Hours of services that have figures.
    hourly_summaries: u64,
    /// Days of services that have figures.
    daily_summaries: u64,
}

#[derive(Debug, Row, Deserialize)]
struct UsageRow {
    raw_events: u64,
    hourly: u64,
    daily: u64,
}

/// How many events and figures are stored.
#[utoipa::path(
    get, path = "/v1/audit/stats/usage", operation_id = "usage", tag = "events", params(ProjectQuery),
    responses((status = 200, body = Usage, description = "What is stored."))
)]
pub(crate) async fn usage(
    State(app): State<App>,
    caller: Caller,
    mut params: Params,
) -> ApiResult<Json<Usage>> {
    let project_id = params.text("project_id")?;
    params.finish()?;
    let scope = caller.scope(project_id.as_deref())?;
    let row: Option<UsageRow> =
        app.events.first(&statement::usage(&scope, Range::retention(now_ms()))).await?;
    let row = row.ok_or(ApiError::Internal)?;
    Ok(Json(Usage { raw_events: row.raw_events, hourly_summaries: row.hourly, daily_summaries: row.daily }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_769_835_600_000; // 2026-01-31T05:00:00Z

    #[test]
    fn periods_are_whole_and_fit_the_range() {
        let back = |days: i64, asked| periods(Range { start: NOW - days * DAY_MS, end: NOW + 1 }, NOW, asked);
        let (period, segment) = back(90, None).unwrap();
        assert_eq!(
            (period, segment.tier, (segment.end - segment.start) / DAY_MS),
            (Period::Day, Tier::Day, 91)
        );
        assert_eq!(back(7, None).unwrap().0, Period::Hour);
        assert_eq!(back(90, Some(Period::Hour)).unwrap().0, Period::Hour);
        assert!(back(93, Some(Period::Hour)).is_err() && back(4_000, None).is_err());
        let ahead = Range { start: NOW + DAY_MS, end: NOW + 2 * DAY_MS };
        assert!(periods(ahead, NOW, None).is_ok(), "a range that has not begun is empty, not wrong");
    }
}
