//! `GET /v1/audit/stats`: the figures of the overview, from the rollups.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use bataudit_control::clock::now_ms;
use clickhouse::Row;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::filter::{Field, Filter};
use super::range::{DAY_MS, MINUTE_MS, RETENTION_MS, Range, RangeQuery, Segment, Tier, cover, floor, split};
use super::statement::figures::{self as statement, About, ENDPOINT_FIELDS, STATS_FIELDS, Source};
use crate::app::App;
use crate::auth::Caller;
use crate::error::{ApiError, ApiResult};
use crate::input::Params;
use crate::time::rfc3339;

/// Lengths of a bucket of the timeline, in seconds.
const INTERVALS: [u32; 7] = [60, 300, 900, 3_600, 21_600, 86_400, 604_800];
/// Buckets of a timeline at most.
const MAX_BUCKETS: i64 = 72;
/// The longest range.
const MAX_RANGE_MS: i64 = 10 * 366 * DAY_MS;

/// Figures over the range. Events of BatAudit itself (`system.*`) are not counted.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Stats {
    total: u64,
    errors_4xx: u64,
    errors_5xx: u64,
    /// Milliseconds, over events that have a response time.
    avg_response_time: f64,
    /// Milliseconds; exact below 1,024, never above 30,000.
    p95_response_time: f64,
    active_services: usize,
    #[schema(required)]
    last_event_at: Option<String>,
    /// By name.
    by_service: Vec<ServiceStats>,
    /// Keys `2xx`, `3xx`, `4xx`, `5xx`; events without a status are in none.
    by_status_class: BTreeMap<&'static str, u64>,
    by_method: BTreeMap<String, u64>,
    /// Every bucket of the range, also those without events.
    timeline: Vec<Bucket>,
    /// Length of a bucket.
    interval_seconds: u32,
}

/// Figures of one service.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ServiceStats {
    service_name: String,
    requests: u64,
    /// Events with a status of 400 or above.
    errors: u64,
    avg_response_time: f64,
    last_event: String,
}

/// A bucket of the timeline.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Bucket {
    /// Start of the bucket.
    #[schema(example = "2026-01-31T08:00:00.000Z")]
    hour: String,
    count: u64,
    errors_4xx: u64,
    errors_5xx: u64,
}

#[derive(Debug, Default, Row, Deserialize)]
struct ServiceRow {
    service: String,
    requests: u64,
    success: u64,
    redirection: u64,
    client_errors: u64,
    server_errors: u64,
    timed_events: u64,
    response_ms: u64,
    p95_ms: f64,
    last_event_ms: i64,
    is_total: u64,
}

impl ServiceRow {
    #[expect(clippy::cast_precision_loss, reason = "an average need not be exact beyond 53 bits")]
    fn average(&self) -> f64 {
        if self.timed_events == 0 { 0.0 } else { self.response_ms as f64 / self.timed_events as f64 }
    }
}

#[derive(Debug, Row, Deserialize)]
struct BucketRow {
    bucket_s: i64,
    requests: u64,
    client_errors: u64,
    server_errors: u64,
}

#[derive(Debug, Row, Deserialize)]
struct MethodRow {
    name: String,
    requests: u64,
}

/// Totals, services and the course of time, by default over the last 24 hours.
///
/// Filtered by `service_name`, `environment` and `source` only, figures reach back for years and the
/// minutes both ends lie in are counted whole. With any other filter they are counted from the events
/// themselves, of the last 30 days.
#[utoipa::path(
    get, path = "/v1/audit/stats", operation_id = "stats", tag = "events", params(Filter, RangeQuery),
    responses((status = 200, body = Stats, description = "The figures."))
)]
pub(crate) async fn stats(
    State(app): State<App>,
    caller: Caller,
    mut params: Params,
) -> ApiResult<Json<Stats>> {
    let now = now_ms();
    let filter = Filter::take(&mut params)?;
    let range = Range::take(&mut params, now, DAY_MS)?;
    params.finish()?;
    if range.end - range.start > MAX_RANGE_MS {
        return Err(ApiError::parameter("start_date", "must be within ten years of end_date"));
    }
    let scope = caller.scope(filter.project_id.as_deref())?;
    let interval = interval(range, now);
    let (whole, steps) = (cover(range, now, Tier::Day), cover(range, now, tier_of(interval)));
    let hours = whole_hours(range);
    let of = |fields, segments| -> ApiResult<About<'_>> {
        let source = source(&filter, fields, segments, range, now)?;
        Ok(About { scope: &scope, source, filter: &filter })
    };
    let by_service = statement::stats_by_service(of(STATS_FIELDS, &whole)?);
    let timeline = statement::stats_timeline(of(STATS_FIELDS, &steps)?, interval);
    let by_method = statement::stats_by_method(of(ENDPOINT_FIELDS, &hours)?);
    let (services, buckets, methods) = futures::try_join!(
        app.events.all::<ServiceRow>(&by_service),
        app.events.all::<BucketRow>(&timeline),
        app.events.all::<MethodRow>(&by_method),
    )?;
    let timeline = fill(&buckets, range, now, interval);
    Ok(Json(assemble(services, methods, timeline, interval)))
}

/// Where figures with this filter come from: the rollups, when those hold all the filter asks for.
pub(super) fn source<'a>(
    filter: &Filter,
    held: &[Field],
    segments: &'a [Segment],
    range: Range,
    now: i64,
) -> ApiResult<Source<'a>> {
    if filter.is_within(held) {
        return Ok(Source::Rollups(segments));
    }
    if range.start < now - RETENTION_MS - MINUTE_MS {
        let expected =
            "must lie within the last 30 days with filters other than service_name, environment and source";
        return Err(ApiError::parameter("start_date", expected));
    }
    Ok(Source::Events(range))
}

/// The whole hours and days around a range: endpoints are not rolled up by the minute.
pub(crate) fn whole_hours(range: Range) -> Vec<Segment> {
    let (mut hours, step) = (Vec::new(), Tier::Hour.millis());
    split(floor(range.start, step), floor(range.end, step) + step, Tier::Day, Tier::Hour, &mut hours);
    hours
}

fn assemble(rows: Vec<ServiceRow>, methods: Vec<MethodRow>, timeline: Vec<Bucket>, interval: u32) -> Stats {
    let (totals, mut services): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.is_total == 1);
    let total = totals.into_iter().next().unwrap_or_default();
    services.sort_by(|a, b| a.service.cmp(&b.service));
    Stats {
        total: total.requests,
        errors_4xx: total.client_errors,
        errors_5xx: total.server_errors,
        avg_response_time: total.average(),
        p95_response_time: if total.requests == 0 { 0.0 } else { total.p95_ms },
        active_services: services.len(),
        last_event_at: (total.requests > 0).then(|| rfc3339(total.last_event_ms)),
        by_status_class: BTreeMap::from([
            ("2xx", total.success),
            ("3xx", total.redirection),
            ("4xx", total.client_errors),
            ("5xx", total.server_errors),
        ]),
        by_service: services.into_iter().map(ServiceStats::from).collect(),
        by_method: methods.into_iter().map(|row| (row.name, row.requests)).collect(),
        timeline,
        interval_seconds: interval,
    }
}

impl From<ServiceRow> for ServiceStats {
    fn from(row: ServiceRow) -> Self {
        Self {
            avg_response_time: row.average(),
            last_event: rfc3339(row.last_event_ms),
            errors: row.client_errors + row.server_errors,
            requests: row.requests,
            service_name: row.service,
        }
    }
}

/// The shortest interval that keeps the timeline readable, and that the rollups still hold.
fn interval(range: Range, now: i64) -> u32 {
    let length = (range.end.min(now) - range.start).max(0);
    let finest = cover(range, now, Tier::Minute).first().map_or(Tier::Minute, |segment| segment.tier);
    let fits = |seconds: &u32| {
        let millis = i64::from(*seconds) * 1000;
        millis >= finest.millis() && length / millis <= MAX_BUCKETS
    };
    INTERVALS.into_iter().find(fits).unwrap_or(INTERVALS[INTERVALS.len() - 1])
}

const fn tier_of(interval_seconds: u32) -> Tier {
    match interval_seconds {
        0..3_600 => Tier::Minute,
        3_600..86_400 => Tier::Hour,
        _ => Tier::Day,
    }
}

/// Every bucket of the range up to now, zero where there were no events.
fn fill(found: &[BucketRow], range: Range, now: i64, interval: u32) -> Vec<Bucket> {
    let step = i64::from(interval) * 1000;
    let found: BTreeMap<i64, &BucketRow> = found.iter().map(|row| (row.bucket_s * 1000, row)).collect();
    // Events of clocks that are ahead open buckets beyond now.
    let last = found.keys().next_back().copied().unwrap_or(i64::MIN).max(floor(range.end.min(now), step));
    let first = floor(range.start, step);
    let starts = (0..).map(|n| first + n * step).take_while(|start| *start <= last);
    let buckets = starts.map(|start| match found.get(&start) {
        Some(row) => Bucket {
            hour: rfc3339(start),
            count: row.requests,
            errors_4xx: row.client_errors,
            errors_5xx: row.server_errors,
        },
        None => Bucket { hour: rfc3339(start), count: 0, errors_4xx: 0, errors_5xx: 0 },
    });
    buckets.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_769_835_600_000;

    #[test]
    fn intervals_keep_the_timeline_readable() {
        let back = |hours: i64| interval(Range { start: NOW - hours * 3_600_000, end: NOW }, NOW);
        let found: Vec<_> = [1, 6, 12, 24, 72, 168, 720, 24 * 800].into_iter().map(back).collect();
        assert_eq!(found, [60, 300, 900, 3_600, 3_600, 21_600, 86_400, 604_800]);
    }

    #[test]
    fn empty_buckets_are_there() {
        let range = Range { start: NOW - DAY_MS, end: NOW };
        let row = BucketRow { bucket_s: NOW / 1000 - 3_600, requests: 7, client_errors: 1, server_errors: 2 };
        let timeline = fill(&[row], range, NOW, 3_600);
        assert_eq!(timeline.len(), 25);
        assert_eq!(timeline.iter().map(|bucket| bucket.count).sum::<u64>(), 7);
        assert_eq!(timeline[23].errors_5xx, 2);
    }
}
