//! Figures of a screen, from the rollups.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use bataudit_control::clock::now_ms;
use bataudit_control::monitors::{self, Status};
use bataudit_control::projects;
use clickhouse::Row;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::asked::{Asked, WallboardQuery};
use crate::app::App;
use crate::audit::range::{DAY_MS, HOUR_MS, MINUTE_MS, Range, Tier, cover, floor};
use crate::audit::statement::figures::{About, Source, stats_timeline};
use crate::audit::statement::insights::error_routes;
use crate::audit::statement::wallboard::by_project;
use crate::audit::stats::whole_hours;
use crate::auth::Screen;
use crate::error::ApiResult;
use crate::input::Params;
use crate::time::rfc3339;

/// Routes in an answer.
const ROUTES: u64 = 10;
/// Length of a bucket of the volume.
const BUCKET_SECONDS: u32 = 300;
/// What the volume reaches back.
const VOLUME_MS: i64 = 2 * HOUR_MS;

/// The last 24 hours.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub(crate) struct WallboardSummary {
    #[schema(example = 86_400)]
    events_today: u64,
    #[schema(example = 12)]
    errors_4xx: u64,
    #[schema(example = 3)]
    errors_5xx: u64,
    /// Over events that have a response time.
    #[schema(example = 45.3)]
    avg_response_ms: f64,
    #[schema(example = 7)]
    active_services: u64,
}

#[derive(Debug, Clone, Default, Row, Deserialize)]
struct ProjectRow {
    project: String,
    requests: u64,
    client_errors: u64,
    server_errors: u64,
    timed_events: u64,
    response_ms: u64,
    services: u64,
}

impl ProjectRow {
    fn add(mut self, other: &Self) -> Self {
        self.requests += other.requests;
        self.client_errors += other.client_errors;
        self.server_errors += other.server_errors;
        self.timed_events += other.timed_events;
        self.response_ms += other.response_ms;
        self.services += other.services;
        self
    }

    #[expect(clippy::cast_precision_loss, reason = "an average need not be exact beyond 53 bits")]
    fn average(&self) -> f64 {
        if self.timed_events == 0 { 0.0 } else { self.response_ms as f64 / self.timed_events as f64 }
    }
}

/// The figures of each project over the last 24 hours.
async fn of_projects(app: &App, asked: &Asked) -> ApiResult<Vec<ProjectRow>> {
    let now = now_ms();
    let range = Range { start: now - DAY_MS, end: now };
    let segments = cover(range, now, Tier::Hour);
    let about = About { scope: &asked.scope, source: Source::Rollups(&segments), filter: &asked.filter };
    app.events.all(&by_project(about)).await
}

pub(super) async fn summary(app: &App, asked: &Asked) -> ApiResult<WallboardSummary> {
    let rows = of_projects(app, asked).await?;
    let sum = rows.iter().fold(ProjectRow::default(), ProjectRow::add);
    Ok(WallboardSummary {
        events_today: sum.requests,
        errors_4xx: sum.client_errors,
        errors_5xx: sum.server_errors,
        avg_response_ms: sum.average(),
        active_services: sum.services,
    })
}

/// Events, errors and services of the last 24 hours.
#[utoipa::path(
    get, path = "/v1/wallboard/summary", operation_id = "wallboard_summary", tag = "wallboard",
    params(WallboardQuery), responses((status = 200, body = WallboardSummary, description = "The figures."))
)]
pub(crate) async fn wallboard_summary(
    State(app): State<App>,
    screen: Screen,
    params: Params,
) -> ApiResult<Json<WallboardSummary>> {
    Ok(Json(summary(&app, &Asked::take(&screen, params)?).await?))
}

/// Events within five minutes.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct VolumeBucket {
    /// Its start.
    #[schema(example = "2026-01-31T08:05:00.000Z")]
    bucket: String,
    #[schema(example = 42)]
    count: u64,
}

/// Five minutes each, the oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Volume {
    data: Vec<VolumeBucket>,
}

#[derive(Debug, Row, Deserialize)]
struct BucketRow {
    bucket_s: i64,
    requests: u64,
    #[expect(dead_code, reason = "columns of the statement")]
    client_errors: u64,
    #[expect(dead_code, reason = "columns of the statement")]
    server_errors: u64,
}

/// Events of the last two hours by five minutes, those without any included.
#[utoipa::path(
    get, path = "/v1/wallboard/volume", operation_id = "wallboard_volume", tag = "wallboard",
    params(WallboardQuery), responses((status = 200, body = Volume, description = "The buckets."))
)]
pub(crate) async fn wallboard_volume(
    State(app): State<App>,
    screen: Screen,
    params: Params,
) -> ApiResult<Json<Volume>> {
    let asked = Asked::take(&screen, params)?;
    let (now, step) = (now_ms(), i64::from(BUCKET_SECONDS) * 1000);
    let range = Range { start: floor(now - VOLUME_MS, step), end: now };
    let segments = cover(range, now, Tier::Minute);
    let about = About { scope: &asked.scope, source: Source::Rollups(&segments), filter: &asked.filter };
    let rows: Vec<BucketRow> = app.events.all(&stats_timeline(about, BUCKET_SECONDS)).await?;
    let counts: BTreeMap<i64, u64> = rows.iter().map(|row| (row.bucket_s * 1000, row.requests)).collect();
    let starts = (0..).map(|n| range.start + n * step).take_while(|start| *start <= now);
    let buckets = starts.map(|start| VolumeBucket {
        bucket: rfc3339(start),
        count: counts.get(&start).copied().unwrap_or_default(),
    });
    Ok(Json(Volume { data: buckets.collect() }))
}

/// A route with errors.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WallboardErrorRoute {
    #[schema(example = "/api/orders/:id")]
    path: String,
    #[schema(example = "POST")]
    method: String,
    #[schema(example = 5)]
    error_count: u64,
    /// Percent of the route's events.
    #[schema(example = 12.5)]
    error_rate: f64,
}

/// Routes, those with most errors first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WallboardErrorRoutes {
    data: Vec<WallboardErrorRoute>,
}

#[derive(Debug, Row, Deserialize)]
struct ErrorRow {
    path: String,
    verb: String,
    errors: u64,
    requests: u64,
}

/// The ten routes with most errors in this hour and the one before.
#[utoipa::path(
    get, path = "/v1/wallboard/error-routes", operation_id = "wallboard_error_routes", tag = "wallboard",
    params(WallboardQuery), responses((status = 200, body = WallboardErrorRoutes, description = "The routes."))
)]
pub(crate) async fn wallboard_error_routes(
    State(app): State<App>,
    screen: Screen,
    params: Params,
) -> ApiResult<Json<WallboardErrorRoutes>> {
    let asked = Asked::take(&screen, params)?;
    let now = now_ms();
    let hours = whole_hours(Range { start: now - HOUR_MS + MINUTE_MS, end: now });
    let about = About { scope: &asked.scope, source: Source::Rollups(&hours), filter: &asked.filter };
    let rows: Vec<ErrorRow> = app.events.all(&error_routes(about, ROUTES)).await?;
    Ok(Json(WallboardErrorRoutes { data: rows.into_iter().map(WallboardErrorRoute::from).collect() }))
}

impl From<ErrorRow> for WallboardErrorRoute {
    #[expect(clippy::cast_precision_loss, reason = "a rate need not be exact beyond 53 bits")]
    fn from(row: ErrorRow) -> Self {
        let error_rate = row.errors as f64 * 100.0 / row.requests.max(1) as f64;
        Self { path: row.path, method: row.verb, error_count: row.errors, error_rate }
    }
}

/// A project on a screen.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct GridCell {
    project_id: String,
    #[schema(example = "Shop")]
    project_name: String,
    events_today: u64,
    errors_4xx: u64,
    errors_5xx: u64,
    avg_response_ms: f64,
    /// Monitors that are down now.
    #[schema(example = 0)]
    down_monitors: usize,
}

/// Projects: those with monitors that are down first, then those with most errors of the server.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Grid {
    data: Vec<GridCell>,
}

/// Each project the screen shows, over the last 24 hours.
#[utoipa::path(
    get, path = "/v1/wallboard/grid", operation_id = "wallboard_grid", tag = "wallboard", params(WallboardQuery),
    responses((status = 200, body = Grid, description = "The projects."))
)]
pub(crate) async fn wallboard_grid(
    State(app): State<App>,
    screen: Screen,
    params: Params,
) -> ApiResult<Json<Grid>> {
    let asked = Asked::take(&screen, params)?;
    let rows = of_projects(&app, &asked).await?;
    let rows: BTreeMap<&str, &ProjectRow> = rows.iter().map(|row| (row.project.as_str(), row)).collect();
    let mut down: BTreeMap<String, usize> = BTreeMap::new();
    for monitor in monitors::list(&app.control, asked.scope.projects()).await? {
        if monitor.status == Status::Down {
            *down.entry(monitor.project_id).or_default() += 1;
        }
    }
    let shown = projects::all(&app.control).await?.into_iter();
    let shown = shown.filter(|project| asked.scope.holds(&project.id));
    let mut data: Vec<GridCell> = shown
        .map(|project| {
            let figures = rows.get(project.id.as_str()).map(|row| (*row).clone()).unwrap_or_default();
            GridCell {
                events_today: figures.requests,
                errors_4xx: figures.client_errors,
                errors_5xx: figures.server_errors,
                avg_response_ms: figures.average(),
                down_monitors: down.get(&project.id).copied().unwrap_or_default(),
                project_id: project.id,
                project_name: project.name,
            }
        })
        .collect();
    data.sort_by_key(|cell| std::cmp::Reverse((cell.down_monitors, cell.errors_5xx)));
    Ok(Json(Grid { data }))
}
