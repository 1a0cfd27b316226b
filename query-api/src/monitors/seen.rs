//! What was seen of a monitor: its checks, how long it was up and down, and a check made at once.

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use bataudit_control::clock::now_ms;
use bataudit_control::monitors::{Span, checks, spans, trials};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;
use utoipa::{IntoParams, ToSchema};

use super::find;
use super::shapes::{MonitorCheck, MonitorHistory};
use crate::app::App;
use crate::auth::Caller;
use crate::error::{ApiError, ApiResult};
use crate::input::Params;
use crate::time::rfc3339;

/// Checks in an answer unless asked otherwise.
const USUAL: u64 = 50;
const DAY_MS: i64 = 86_400_000;
/// As long as spans are kept.
const MOST_MS: i64 = 400 * DAY_MS;
/// How much longer than the check itself a test waits for sentinel.
const PATIENCE: Duration = Duration::from_secs(3);
/// How often a test looks whether it was made.
const LOOK: Duration = Duration::from_millis(100);

/// How many checks.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "names the parameters for the API's document")]
pub(crate) struct HistoryQuery {
    /// 1 to 200; 50 unless given.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// The last checks of a monitor. They are kept for seven days.
#[utoipa::path(
    get, path = "/v1/monitors/{id}/history", operation_id = "list_monitor_checks", tag = "monitors",
    params(("id" = String, Path, description = "The monitor's id."), HistoryQuery),
    responses((status = 200, body = MonitorHistory, description = "The checks, the newest first."))
)]
pub(crate) async fn list_monitor_checks(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    mut params: Params,
) -> ApiResult<Json<MonitorHistory>> {
    let limit = params.number("limit", 1..=200)?.unwrap_or(USUAL);
    params.finish()?;
    find(&app, &caller, &id).await?;
    let found = checks::list(&app.control, &id, i64::try_from(limit).unwrap_or(50)).await?;
    Ok(Json(MonitorHistory { data: found.into_iter().map(MonitorCheck::from).collect() }))
}

/// How long an address was up and down. Time in which nobody looked is neither.
#[derive(Debug, Default, PartialEq, Serialize, ToSchema)]
pub(crate) struct Uptime {
    #[schema(example = 86_000.0)]
    up_seconds: f64,
    #[schema(example = 400.0)]
    down_seconds: f64,
    /// Paused, or no sentinel was running.
    #[schema(example = 0.0)]
    unknown_seconds: f64,
    /// Share of the time in which somebody looked; null when nobody did.
    #[schema(required, example = 99.537)]
    uptime_percent: Option<f64>,
    /// When it was down, the newest first.
    outages: Vec<Outage>,
}

/// A time in which an address was down.
#[derive(Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct Outage {
    #[schema(example = "2026-01-31T08:00:00.000Z")]
    from: String,
    /// The check that saw it up again, or the last one so far.
    to: String,
    #[schema(example = 400.0)]
    seconds: f64,
}

/// Over which time.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "names the parameters for the API's document")]
pub(crate) struct UptimeQuery {
    /// RFC 3339 with offset; a day before the end unless given, 400 days at most.
    start_date: Option<String>,
    /// RFC 3339 with offset; now unless given.
    end_date: Option<String>,
}

/// How long the address was up and down, added up from its checks, by default over the last 24 hours.
#[utoipa::path(
    get, path = "/v1/monitors/{id}/uptime", operation_id = "monitor_uptime", tag = "monitors",
    params(("id" = String, Path, description = "The monitor's id."), UptimeQuery),
    responses((status = 200, body = Uptime, description = "The sums, and each outage."))
)]
pub(crate) async fn monitor_uptime(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    mut params: Params,
) -> ApiResult<Json<Uptime>> {
    let end = params.time("end_date")?.unwrap_or_else(now_ms).min(now_ms());
    let start = params.time("start_date")?.unwrap_or(end - DAY_MS);
    params.finish()?;
    if !(0..=MOST_MS).contains(&(end - start)) {
        return Err(ApiError::parameter("start_date", "must be before end_date, by 400 days at most"));
    }
    find(&app, &caller, &id).await?;
    Ok(Json(sum(&spans::between(&app.control, &id, start, end).await?, start, end)))
}

/// Adds spans up within a range. They do not overlap.
#[expect(clippy::cast_precision_loss, reason = "400 days in milliseconds are far below 53 bits")]
fn sum(spans: &[Span], start: i64, end: i64) -> Uptime {
    let (mut up, mut down, mut outages) = (0, 0, Vec::new());
    for span in spans {
        let (from, to) = (span.from_ms.max(start), span.to_ms.min(end));
        let length = (to - from).max(0);
        if span.status == "up" {
            up += length;
        } else {
            down += length;
            outages.push(Outage { from: rfc3339(from), to: rfc3339(to), seconds: length as f64 / 1000.0 });
        }
    }
    outages.reverse();
    let (known, seconds) = (up + down, |ms: i64| ms as f64 / 1000.0);
    Uptime {
        up_seconds: seconds(up),
        down_seconds: seconds(down),
        unknown_seconds: seconds((end - start - known).max(0)),
        uptime_percent: (known > 0).then(|| (up as f64 / known as f64 * 100_000.0).round() / 1000.0),
        outages,
    }
}

/// What sentinel saw, as it says it.
#[derive(Debug, Deserialize)]
struct Answer {
    status: String,
    status_code: Option<i64>,
    response_ms: i64,
    error: Option<String>,
    checked_at: i64,
}

/// Looks at the address once, now, and tells what was seen. It counts for nothing and is in no history. A paused monitor
/// can be tested too.
#[utoipa::path(
    post, path = "/v1/monitors/{id}/test", operation_id = "test_monitor", tag = "monitors",
    params(("id" = String, Path, description = "The monitor's id.")),
    responses((status = 200, body = MonitorCheck, description = "What was seen."))
)]
pub(crate) async fn test_monitor(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> ApiResult<Json<MonitorCheck>> {
    let monitor = find(&app, &caller, &id).await?;
    let trial = trials::ask(&app.control, &id).await?;
    let longest = Duration::from_secs(monitor.target.timeout_seconds.unsigned_abs()) + PATIENCE;
    let (end, mut ticks) = (Instant::now() + longest, tokio::time::interval(LOOK));
    while Instant::now() < end {
        ticks.tick().await;
        if let Some(text) = trials::result(&app.control, &trial).await? {
            let seen: Answer = serde_json::from_str(&text).map_err(|_| ApiError::Internal)?;
            return Ok(Json(MonitorCheck {
                id: String::new(),
                monitor_id: id,
                status: seen.status,
                status_code: seen.status_code,
                response_ms: seen.response_ms,
                error: seen.error,
                checked_at: rfc3339(seen.checked_at),
            }));
        }
    }
    let error = "nobody looked yet: sentinel, which looks, is busy or not running".to_owned();
    Ok(Json(MonitorCheck {
        id: String::new(),
        monitor_id: id,
        status: "unknown".to_owned(),
        status_code: None,
        response_ms: 0,
        error: Some(error),
        checked_at: rfc3339(now_ms()),
    }))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn span(from_ms: i64, to_ms: i64, status: &str) -> Span {
        Span { from_ms, to_ms, status: status.to_owned() }
    }

    #[test]
    fn time_in_which_nobody_looked_is_neither_up_nor_down() {
        let spans = [span(0, 6_000, "up"), span(6_000, 8_000, "down"), span(20_000, 22_000, "up")];
        let sums = sum(&spans, 2_000, 30_000);
        assert_eq!((sums.up_seconds, sums.down_seconds, sums.unknown_seconds), (6.0, 2.0, 20.0));
        assert_eq!(sums.uptime_percent, Some(75.0));
        assert_eq!((sums.outages.len(), sums.outages[0].seconds), (1, 2.0));
        assert_eq!(sum(&[], 0, 1_000).uptime_percent, None, "nothing is known");
    }

    proptest! {
        #[test]
        fn the_sums_are_the_range(steps in proptest::collection::vec((0i64..1000, 0i64..1000, any::<bool>()), 0..20),
                                  start in 0i64..5_000, length in 0i64..10_000) {
            let (mut at, mut spans) = (0, Vec::new());
            for (gap, length, is_up) in steps {
                let from = at + gap;
                at = from + length;
                spans.push(span(from, at, if is_up { "up" } else { "down" }));
            }
            let end = start + length;
            let touching: Vec<_> =
                spans.into_iter().filter(|span| span.to_ms >= start && span.from_ms <= end).collect();
            let sums = sum(&touching, start, end);
            let whole = sums.up_seconds + sums.down_seconds + sums.unknown_seconds;
            prop_assert!((whole * 1000.0 - f64::from(u32::try_from(length).unwrap())).abs() < 0.01, "{whole}");
        }
    }
}
