//! `GET /v1/audit/orphans`: requests that a browser reported and no backend of the project did.

use axum::Json;
use axum::extract::State;
use bataudit_control::clock::now_ms;
use clickhouse::Row;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::cursor::Cursor;
use super::filter::Filter;
use super::range::{DAY_MS, Range, RangeQuery};
use super::row::{EventSummary, SummaryRow};
use super::statement::events::some;
use super::statement::orphans::{self as statement, Orphans};
use crate::app::App;
use crate::auth::Caller;
use crate::error::ApiResult;
use crate::input::Params;

/// How long a backend may take to report, unless asked otherwise.
const GRACE_SECONDS: u64 = 60;
/// The longest grace.
const MAX_GRACE_SECONDS: u64 = 86_400;
/// Items of a page unless asked otherwise, as in the original.
const DEFAULT_LIMIT: u64 = 100;
/// Items of a page at most.
const MAX_LIMIT: u64 = 1000;

/// What counts as an orphan, and how to page.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "names the parameters for the API's document")]
pub(crate) struct OrphansQuery {
    /// How long ago a browser's event must have been stored: its backend may still report.
    #[param(minimum = 0, maximum = 86400, default = 60)]
    grace_seconds: Option<u64>,
    /// Items of a page.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: Option<u64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Orphans, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OrphanPage {
    data: Vec<EventSummary>,
    /// All there are in the range. With a cursor: as the first page counted them.
    total: u64,
    /// For the next page; null on the last one.
    #[schema(required)]
    next_cursor: Option<String>,
}

#[derive(Debug, Row, Deserialize)]
struct PlaceRow {
    id_text: String,
    timestamp_ms: i64,
    orphans: u64,
}

/// Browser events whose request no backend of the same project reported, by default of the last 24
/// hours. Filters are about the browser's event; the clocks of both may be an hour apart.
#[utoipa::path(
    get, path = "/v1/audit/orphans", operation_id = "orphans", tag = "events",
    params(Filter, RangeQuery, OrphansQuery),
    responses((status = 200, body = OrphanPage, description = "A page of orphans."))
)]
pub(crate) async fn orphans(
    State(app): State<App>,
    caller: Caller,
    mut params: Params,
) -> ApiResult<Json<OrphanPage>> {
    let now = now_ms();
    let filter = Filter::take(&mut params)?;
    let range = Range::take(&mut params, now, DAY_MS)?;
    let grace = params.number("grace_seconds", 0..=MAX_GRACE_SECONDS)?.unwrap_or(GRACE_SECONDS);
    let limit = params.number("limit", 1..=MAX_LIMIT)?.unwrap_or(DEFAULT_LIMIT);
    let cursor = params.choice::<Cursor>("cursor", "must be the next_cursor of an earlier page")?;
    params.finish()?;
    let scope = caller.scope(filter.project_id.as_deref())?;
    let settled_before = now - i64::try_from(grace).unwrap_or(i64::MAX).saturating_mul(1000);
    let orphans = Orphans { scope: &scope, range, filter: &filter, settled_before };
    let after = cursor.map(|cursor| (cursor.timestamp, cursor.id));
    // One more than asked for tells whether there is a next page.
    let places: Vec<PlaceRow> = app.events.all(&statement::places(&orphans, after, limit + 1)).await?;
    let (total, number) = match cursor {
        Some(cursor) => (cursor.total, cursor.page.saturating_add(1)),
        None => (places.first().map_or(0, |place| place.orphans), 1),
    };
    let rows = match (places.first(), places.last()) {
        (Some(newest), Some(oldest)) => {
            let range = Range { start: oldest.timestamp_ms, end: newest.timestamp_ms };
            let ids: Vec<_> = places.iter().map(|place| place.id_text.clone()).collect();
            app.events.all::<SummaryRow>(&some(&scope, range, &ids)).await?
        }
        _ => Vec::new(),
    };
    Ok(Json(assemble(rows, total, limit, number)))
}

fn assemble(mut rows: Vec<SummaryRow>, total: u64, limit: u64, page: u32) -> OrphanPage {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next_cursor = rows.last().filter(|_| more).map(|row| {
        let (timestamp, id) = row.position();
        Cursor { timestamp, id, page, total, is_exact: true }.encode()
    });
    OrphanPage { data: rows.into_iter().map(EventSummary::from).collect(), total, next_cursor }
}
