//! `GET /v1/audit`: a page of events.

mod reading;
mod wanted;

use axum::Json;
use axum::extract::State;
use bataudit_control::clock::now_ms;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use self::reading::Reading;
use self::wanted::{PageQuery, Wanted};
use super::cursor::Cursor;
use super::filter::Filter;
use super::range::RangeQuery;
use super::row::{EventSummary, SummaryRow};
use super::statement::events::SortBy;
use super::total::{Total, is_rolled_up, total};
use crate::app::App;
use crate::auth::Caller;
use crate::error::ApiResult;
use crate::input::Params;

/// A page of events.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EventPage {
    data: Vec<EventSummary>,
    pagination: Pagination,
}

/// Where this page stands.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Pagination {
    page: u64,
    total_page: u64,
    limit: u64,
    /// Matching events. With a cursor: as the first page counted them.
    total_items: u64,
    /// Whether there are no more than `totalItems`. What can only be counted event by event is counted for two seconds
    /// at most, and with `q` up to 300.
    total_is_exact: bool,
    /// For the next page; null on the last one, or when not sorted by timestamp.
    #[serde(rename = "next_cursor")]
    #[schema(required)]
    next_cursor: Option<String>,
}

/// Events, the newest first unless asked otherwise.
#[utoipa::path(
    get, path = "/v1/audit", operation_id = "list_events", tag = "events",
    params(Filter, RangeQuery, PageQuery),
    responses((status = 200, body = EventPage, description = "A page of events."))
)]
pub(crate) async fn list_events(
    State(app): State<App>,
    caller: Caller,
    params: Params,
) -> ApiResult<Json<EventPage>> {
    let now = now_ms();
    let wanted = Wanted::take(params, now)?;
    let scope = caller.scope(wanted.filter.project_id.as_deref())?;
    let counted = total(&app.events, &scope, wanted.range, &wanted.filter, now);
    let mut reading = Reading::new(&app.events, &scope, &wanted);
    let (rows, total) = match wanted.cursor {
        Some(cursor) => {
            let total = Total { events: cursor.total, is_exact: cursor.is_exact };
            (reading.finish().await?, total)
        }
        None if is_rolled_up(&wanted.filter) => {
            let ((), total) = futures::try_join!(reading.step(), counted)?;
            reading.expect(total.events);
            (reading.finish().await?, total)
        }
        None => read_and_count(reading, counted, &wanted).await?,
    };
    Ok(Json(assemble(rows, total, &wanted)))
}

/// The rows of a first page, and what a filter matches that no rollup knows. To find the last of few events everything is
/// read: then they are counted by that.
async fn read_and_count(
    mut reading: Reading<'_>,
    counted: impl Future<Output = ApiResult<Total>>,
    wanted: &Wanted,
) -> ApiResult<(Vec<SummaryRow>, Total)> {
    while !(reading.is_complete() || reading.seems_full() && !wanted.counts_by_reading()) {
        reading.step().await?;
    }
    let found = |rows: &[SummaryRow]| wanted.slice().offset + rows.len() as u64;
    if !reading.is_complete() {
        let (rows, total) = futures::try_join!(reading.finish(), counted)?;
        let total = total.at_least(found(&rows));
        return Ok((rows, total));
    }
    let rows = reading.finish().await?;
    let total = match wanted.total_if_last(&rows) {
        Some(events) => Total { events, is_exact: true },
        None if wanted.counts_by_reading() => Total { events: found(&rows), is_exact: false },
        None => counted.await?.at_least(found(&rows)),
    };
    Ok((rows, total))
}

fn assemble(mut rows: Vec<SummaryRow>, total: Total, wanted: &Wanted) -> EventPage {
    let limit = usize::try_from(wanted.limit).unwrap_or(usize::MAX);
    let more = rows.len() > limit;
    rows.truncate(limit);
    let last = rows.last().filter(|_| more && wanted.by == SortBy::Timestamp).map(SummaryRow::position);
    let next_cursor = last.map(|(timestamp, id): (i64, Uuid)| {
        let page = u32::try_from(wanted.page).unwrap_or(u32::MAX);
        Cursor { timestamp, id, page, total: total.events, is_exact: total.is_exact }.encode()
    });
    let pagination = Pagination {
        page: wanted.page,
        total_page: total.events.div_ceil(wanted.limit),
        limit: wanted.limit,
        total_items: total.events,
        total_is_exact: total.is_exact,
        next_cursor,
    };
    EventPage { data: rows.into_iter().map(EventSummary::from).collect(), pagination }
}
