//! What a screen shows beside figures: the last events and alerts, monitors, projects.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use bataudit_control::clock::now_ms;
use bataudit_control::monitors::{self, checks};
use bataudit_control::projects;
use serde::Serialize;
use utoipa::ToSchema;

use super::asked::{Asked, WallboardProject, WallboardQuery};
use crate::app::App;
use crate::audit::filter::{Field, Filter, Values};
use crate::audit::range::{DAY_MS, MINUTE_MS, Range};
use crate::audit::row::SummaryRow;
use crate::audit::statement::events::{Slice, SortBy, page};
use crate::auth::{Scope, Screen};
use crate::error::ApiResult;
use crate::input::Params;
use crate::time::rfc3339;

/// Events, and alerts, in an answer.
const SHOWN: u64 = 20;
/// What alerts reach back.
const ALERTS_MS: i64 = 30 * MINUTE_MS;

/// An event on a screen: nobody's name or e-mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct FeedItem {
    #[schema(example = "GET")]
    method: String,
    #[schema(example = "/api/users")]
    path: String,
    #[schema(example = 200)]
    status_code: u16,
    #[schema(example = 45)]
    response_ms: u64,
    #[schema(example = "my-api")]
    service_name: String,
    #[schema(example = "2026-01-31T08:00:00.000Z")]
    timestamp: String,
}

impl From<SummaryRow> for FeedItem {
    fn from(row: SummaryRow) -> Self {
        Self {
            method: row.method,
            // A query may hold what is nobody's business on a wall.
            path: row.path.split('?').next().unwrap_or_default().to_owned(),
            status_code: row.status_code,
            response_ms: row.response_time,
            service_name: row.service_name,
            timestamp: rfc3339(row.timestamp_ms),
        }
    }
}

/// Events, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Feed {
    data: Vec<FeedItem>,
}

/// The newest matching events of the last `back` milliseconds.
async fn newest(app: &App, scope: &Scope, filter: &Filter, back: i64) -> ApiResult<Vec<SummaryRow>> {
    let now = now_ms();
    let range = Range { start: now - back, ..Range::retention(now) };
    let slice = Slice { by: SortBy::Timestamp, ascending: false, after: None, offset: 0, limit: SHOWN };
    app.events.all(&page(scope, range, filter, &slice)).await
}

pub(super) async fn feed(app: &App, asked: &Asked) -> ApiResult<Feed> {
    let filter = asked.filter.clone().of_applications();
    let rows = newest(app, &asked.scope, &filter, DAY_MS).await?;
    Ok(Feed { data: rows.into_iter().map(FeedItem::from).collect() })
}

/// The last 20 events of the last 24 hours.
#[utoipa::path(
    get, path = "/v1/wallboard/feed", operation_id = "wallboard_feed", tag = "wallboard", params(WallboardQuery),
    responses((status = 200, body = Feed, description = "The events."))
)]
pub(crate) async fn wallboard_feed(
    State(app): State<App>,
    screen: Screen,
    params: Params,
) -> ApiResult<Json<Feed>> {
    Ok(Json(feed(&app, &Asked::take(&screen, params)?).await?))
}

/// An alert on a screen.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WallboardAlert {
    #[schema(example = "error_rate")]
    rule_type: String,
    #[schema(example = "my-api")]
    service_name: String,
    #[schema(example = "production")]
    environment: String,
    #[schema(example = "2026-01-31T08:00:00.000Z")]
    timestamp: String,
}

/// Alerts, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WallboardAlerts {
    data: Vec<WallboardAlert>,
}

/// The last 20 alerts of the last 30 minutes.
#[utoipa::path(
    get, path = "/v1/wallboard/alerts", operation_id = "wallboard_alerts", tag = "wallboard",
    params(WallboardQuery), responses((status = 200, body = WallboardAlerts, description = "The alerts."))
)]
pub(crate) async fn wallboard_alerts(
    State(app): State<App>,
    screen: Screen,
    params: Params,
) -> ApiResult<Json<WallboardAlerts>> {
    let asked = Asked::take(&screen, params)?;
    let alerts = Values::Texts(Field::EventType, vec!["system.alert".to_owned()]);
    let rows = newest(&app, &asked.scope, &asked.filter.with(alerts), ALERTS_MS).await?;
    let shown = rows.into_iter().map(|row| WallboardAlert {
        rule_type: row.path,
        service_name: row.service_name,
        environment: row.environment,
        timestamp: rfc3339(row.timestamp_ms),
    });
    Ok(Json(WallboardAlerts { data: shown.collect() }))
}

/// A monitored address on a screen.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WallboardMonitor {
    #[schema(example = "shop")]
    name: String,
    /// Without its query.
    #[schema(example = "https://shop.example.com/health")]
    url: String,
    /// `up`, `down` or `unknown`.
    #[schema(example = "up")]
    last_status: &'static str,
    /// Of the last check.
    #[schema(required, example = 45)]
    response_ms: Option<i64>,
    #[schema(required)]
    last_checked: Option<String>,
}

/// Monitors: those that are down first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WallboardHealth {
    data: Vec<WallboardMonitor>,
}

/// The monitors of what the screen shows, those that are down first, then by name.
#[utoipa::path(
    get, path = "/v1/wallboard/health", operation_id = "wallboard_health", tag = "wallboard",
    params(WallboardProject), responses((status = 200, body = WallboardHealth, description = "The monitors."))
)]
pub(crate) async fn wallboard_health(
    State(app): State<App>,
    screen: Screen,
    params: Params,
) -> ApiResult<Json<WallboardHealth>> {
    let scope = Asked::scope(&screen, params)?;
    let last = checks::last_of_each(&app.control).await?;
    let last: BTreeMap<&str, i64> =
        last.iter().map(|check| (check.monitor_id.as_str(), check.response_ms)).collect();
    let found = monitors::list(&app.control, scope.projects()).await?.into_iter();
    let mut data: Vec<WallboardMonitor> = found
        .filter(|monitor| monitor.target.enabled)
        .map(|monitor| WallboardMonitor {
            url: monitor.target.url.split(['?', '#']).next().unwrap_or_default().to_owned(),
            last_status: monitor.status.as_str(),
            response_ms: last.get(monitor.id.as_str()).copied(),
            last_checked: monitor.checked_at.map(rfc3339),
            name: monitor.target.name,
        })
        .collect();
    data.sort_by_key(|monitor| monitor.last_status != "down");
    Ok(Json(WallboardHealth { data }))
}

/// A project that the screen shows.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WallboardProjectItem {
    id: String,
    #[schema(example = "Shop")]
    name: String,
}

/// Projects.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WallboardProjects {
    data: Vec<WallboardProjectItem>,
}

/// The projects the screen shows.
#[utoipa::path(
    get, path = "/v1/wallboard/projects", operation_id = "wallboard_projects", tag = "wallboard",
    responses((status = 200, body = WallboardProjects, description = "The projects."))
)]
pub(crate) async fn wallboard_projects(
    State(app): State<App>,
    screen: Screen,
    params: Params,
) -> ApiResult<Json<WallboardProjects>> {
    params.finish()?;
    let scope = screen.scope(None)?;
    let found = projects::all(&app.control).await?.into_iter().filter(|project| scope.holds(&project.id));
    let data = found.map(|project| WallboardProjectItem { id: project.id, name: project.name }).collect();
    Ok(Json(WallboardProjects { data }))
}
