//! `GET /v1/audit`: a page of events.

use std::str::FromStr;

use axum::Json;
use axum::extract::State;
use bataudit_control::clock::now_ms;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::cursor::Cursor;
use super::filter::Filter;
use super::range::{RETENTION_MS, Range};
use super::row::{EventSummary, SummaryRow};
use super::statement::events::{self as statement, Slice, SortBy};
use super::store::Events;
use super::total::{Total, is_rolled_up, total};
use super::window::{FIRST_MS, wider};
use crate::app::App;
use crate::auth::{Caller, Scope};
use crate::error::{ApiError, ApiResult};
use crate::input::Params;

/// Items of a page at most.
const MAX_LIMIT: u64 = 1000;
/// Items of a page unless asked otherwise.
const DEFAULT_LIMIT: u64 = 10;
/// How deep `page` may go: beyond it every page costs as much as all before it.
const MAX_DEPTH: u64 = 100_000;

/// The time range; RFC 3339 with offset, both ends included.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "names the parameters for the API's document")]
pub(crate) struct RangeQuery {
    /// First moment. Without it the range ends at `end_date`, or now, and is 30 days long.
    #[param(example = "2026-01-30T08:00:00Z")]
    start_date: Option<String>,
    /// Last moment; now and what comes unless given.
    #[param(example = "2026-01-31T08:00:00Z")]
    end_date: Option<String>,
}

/// How to page and sort.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "names the parameters for the API's document")]
pub(crate) struct PageQuery {
    /// Number of the page, from 1. `page * limit` may not exceed 100,000: further, use `cursor`.
    #[param(minimum = 1, default = 1)]
    page: Option<u64>,
    /// Items of a page.
    #[param(minimum = 1, maximum = 1000, default = 10)]
    limit: Option<u64>,
    /// `next_cursor` of the page before. Pages by cursor neither skip nor repeat events.
    cursor: Option<String>,
    /// What to sort by.
    #[param(inline)]
    sort_by: Option<SortName>,
    /// Direction.
    #[param(inline)]
    sort_order: Option<SortOrder>,
}

/// What to sort by: timestamp unless given. The others have pages, but no cursor.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(dead_code, reason = "names the values for the API's document")]
pub(crate) enum SortName {
    Timestamp,
    StatusCode,
    ResponseTime,
}

/// Direction: desc unless given.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[expect(dead_code, reason = "names the values for the API's document")]
pub(crate) enum SortOrder {
    Asc,
    Desc,
}

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
    /// at most, and with `q` up to 1,000.
    total_is_exact: bool,
    /// For the next page; null on the last one, or when not sorted by timestamp.
    #[serde(rename = "next_cursor")]
    #[schema(required)]
    next_cursor: Option<String>,
}

/// What a request asks for.
#[derive(Debug)]
struct Wanted {
    filter: Filter,
    range: Range,
    by: SortBy,
    ascending: bool,
    page: u64,
    limit: u64,
    cursor: Option<Cursor>,
}

impl Wanted {
    fn take(mut params: Params, now: i64) -> ApiResult<Self> {
        let filter = Filter::take(&mut params)?;
        let range = Range::take(&mut params, now, RETENTION_MS)?;
        let page = params.number("page", 1..=u64::from(u32::MAX))?;
        let limit = params.number("limit", 1..=MAX_LIMIT)?.unwrap_or(DEFAULT_LIMIT);
        let expected = "must be timestamp, status_code or response_time";
        let by = params.choice("sort_by", expected)?.unwrap_or(SortBy::Timestamp);
        let order = params.choice::<Ascending>("sort_order", "must be asc or desc")?;
        let cursor = params.choice::<Cursor>("cursor", "must be the next_cursor of an earlier page")?;
        params.finish()?;
        let wanted = Self {
            filter,
            range,
            by,
            ascending: order.is_some_and(|o| o.0),
            page: page.unwrap_or(1),
            limit,
            cursor,
        };
        if let Some(cursor) = cursor {
            if page.is_some() {
                return Err(ApiError::parameter("page", "cannot be given together with cursor"));
            }
            if by != SortBy::Timestamp {
                return Err(ApiError::parameter("cursor", "needs sort_by=timestamp"));
            }
            return Ok(Self { page: u64::from(cursor.page) + 1, ..wanted });
        }
        if wanted.page.saturating_mul(limit) > MAX_DEPTH {
            let expected = format!("times limit must be at most {MAX_DEPTH}; use cursor to go further");
            return Err(ApiError::parameter("page", expected));
        }
        Ok(wanted)
    }

    fn slice(&self) -> Slice {
        let (after, offset) = match self.cursor {
            Some(cursor) => (Some((cursor.timestamp, cursor.id)), 0),
            None => (None, (self.page - 1) * self.limit),
        };
        // One more than asked for tells whether there is a next page.
        Slice { by: self.by, ascending: self.ascending, after, offset, limit: self.limit + 1 }
    }

    /// All that the page can be from: the range, from the cursor on.
    fn whole(&self) -> Range {
        match (self.cursor, self.ascending) {
            (None, _) => self.range,
            (Some(cursor), false) => Range { end: self.range.end.min(cursor.timestamp), ..self.range },
            (Some(cursor), true) => Range { start: self.range.start.max(cursor.timestamp), ..self.range },
        }
    }

    /// The beginning of that, this wide; all of it where only that tells what comes first.
    fn window(&self, width: i64) -> Range {
        let whole = self.whole();
        match (self.by, self.ascending) {
            (SortBy::Timestamp, false) => {
                Range { start: whole.start.max(whole.end.saturating_sub(width)), ..whole }
            }
            (SortBy::Timestamp, true) => {
                Range { end: whole.end.min(whole.start.saturating_add(width)), ..whole }
            }
            _ => whole,
        }
    }

    /// How many events match, when these are the last of them.
    fn total_if_last(&self, rows: &[SummaryRow]) -> Option<u64> {
        let (found, before) = (u64::try_from(rows.len()).ok()?, self.slice().offset);
        (found <= self.limit && (found > 0 || before == 0)).then_some(before + found)
    }
}

struct Ascending(bool);

impl FromStr for Ascending {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "asc" => Ok(Self(true)),
            "desc" => Ok(Self(false)),
            _ => Err(()),
        }
    }
}

impl FromStr for SortBy {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "timestamp" => Ok(Self::Timestamp),
            "status_code" => Ok(Self::StatusCode),
            "response_time" => Ok(Self::ResponseTime),
            _ => Err(()),
        }
    }
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
    let (rows, total) = match wanted.cursor {
        Some(cursor) => {
            let total = Total { events: cursor.total, is_exact: cursor.is_exact };
            (fetch(&app.events, &scope, &wanted).await?, total)
        }
        None if is_rolled_up(&wanted.filter) => {
            futures::try_join!(fetch(&app.events, &scope, &wanted), counted)?
        }
        None => {
            // To find the last of few events everything was read: then they are counted already.
            let rows = fetch(&app.events, &scope, &wanted).await?;
            let total = match wanted.total_if_last(&rows) {
                Some(events) => Total { events, is_exact: true },
                None => counted.await?.at_least(wanted.slice().offset + rows.len() as u64),
            };
            (rows, total)
        }
    };
    Ok(Json(assemble(rows, total, &wanted)))
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

/// Reads a page from windows that widen until it is full.
async fn fetch(events: &Events, scope: &Scope, wanted: &Wanted) -> ApiResult<Vec<SummaryRow>> {
    let slice = wanted.slice();
    let full = usize::try_from(slice.limit).unwrap_or(usize::MAX);
    let (whole, mut width) = (wanted.whole(), FIRST_MS);
    loop {
        let window = wanted.window(width);
        let statement = statement::page(scope, window, &wanted.filter, &slice);
        let rows: Vec<SummaryRow> = events.all(&statement).await?;
        if rows.len() >= full || window == whole {
            return Ok(rows);
        }
        let skipped = if rows.is_empty() { 0 } else { usize::try_from(slice.offset).unwrap_or(usize::MAX) };
        let enough = full.saturating_add(usize::try_from(slice.offset).unwrap_or(usize::MAX));
        width = wider(width, skipped.saturating_add(rows.len()), enough);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_769_835_600_000;

    fn wanted(query: &str) -> ApiResult<Wanted> {
        Wanted::take(Params::parse(query)?, NOW)
    }

    #[test]
    fn refuses_bad_paging() {
        let cursor = Cursor { timestamp: 1, id: Uuid::nil(), page: 1, total: 9, is_exact: true }.encode();
        for (query, message) in [
            ("limit=1001".to_owned(), "limit must be a whole number from 1 to 1000"),
            ("page=0".to_owned(), "page must be a whole number from 1 to 4294967295"),
            (
                "page=101&limit=1000".to_owned(),
                "page times limit must be at most 100000; use cursor to go further",
            ),
            ("cursor=abc".to_owned(), "cursor must be the next_cursor of an earlier page"),
            (format!("cursor={cursor}&page=2"), "page cannot be given together with cursor"),
            (format!("cursor={cursor}&sort_by=status_code"), "cursor needs sort_by=timestamp"),
            ("sort_by=path".to_owned(), "sort_by must be timestamp, status_code or response_time"),
            ("sort_order=up".to_owned(), "sort_order must be asc or desc"),
        ] {
            assert_eq!(wanted(&query).unwrap_err().to_string(), message);
        }
    }

    #[test]
    fn windows_widen_and_end_with_the_range() {
        for query in ["", "page=2", "sort_order=asc"] {
            let wanted = wanted(query).unwrap();
            let all: Vec<_> = [1, 24, 24 * 24].map(|hours| wanted.window(hours * FIRST_MS)).into();
            assert!(
                all.windows(2).all(|pair| pair[0].and(pair[1]) == pair[0] && pair[0] != pair[1]),
                "{all:?}"
            );
            assert_eq!(wanted.window(24 * 24 * 24 * FIRST_MS), wanted.range);
        }
        let by_status = wanted("sort_by=status_code").unwrap();
        assert_eq!(by_status.window(FIRST_MS), by_status.range);
        let narrow = wanted("start_date=2026-01-31T04:40:00Z&end_date=2026-01-31T05:00:00Z").unwrap();
        assert_eq!(narrow.window(FIRST_MS), narrow.range);
    }

    #[test]
    fn a_page_goes_on_from_its_cursor_only() {
        let cursor =
            Cursor { timestamp: NOW - 5 * FIRST_MS, id: Uuid::nil(), page: 1, total: 9, is_exact: true };
        let older = wanted(&format!("cursor={}", cursor.encode())).unwrap();
        let end = cursor.timestamp;
        assert_eq!(older.window(FIRST_MS), Range { start: end - FIRST_MS, end });
        let newer = wanted(&format!("sort_order=asc&cursor={}", cursor.encode())).unwrap();
        assert_eq!(newer.window(FIRST_MS), Range { start: end, end: end + FIRST_MS });
    }
}
