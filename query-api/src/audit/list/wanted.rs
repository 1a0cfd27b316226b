//! Which page of events a request wants: its filter, its range, its order, and where it begins.

use std::str::FromStr;

use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::super::cursor::Cursor;
use super::super::filter::Filter;
use super::super::range::{RETENTION_MS, Range};
use super::super::row::SummaryRow;
use super::super::statement::events::{Slice, SortBy};
use crate::error::{ApiError, ApiResult};
use crate::input::Params;

/// Items of a page at most.
const MAX_LIMIT: u64 = 1000;
/// Items of a page unless asked otherwise.
const DEFAULT_LIMIT: u64 = 10;
/// How far a search for words is counted: whoever gets this many narrows it.
const COUNTED: u64 = 300;
/// How deep `page` may go: beyond it every page costs as much as all before it.
const MAX_DEPTH: u64 = 100_000;

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

/// What a request asks for.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) filter: Filter,
    pub(super) range: Range,
    pub(super) by: SortBy,
    pub(super) ascending: bool,
    pub(super) page: u64,
    pub(super) limit: u64,
    pub(super) cursor: Option<Cursor>,
}

impl Wanted {
    pub(super) fn take(mut params: Params, now: i64) -> ApiResult<Self> {
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

    pub(super) fn slice(&self) -> Slice {
        let (after, offset) = match self.cursor {
            Some(cursor) => (Some((cursor.timestamp, cursor.id)), 0),
            None => (None, (self.page - 1) * self.limit),
        };
        // One more than asked for tells whether there is a next page.
        let mut limit = self.limit + 1;
        if self.counts_by_reading() {
            limit = limit.max(COUNTED.saturating_sub(offset));
        }
        Slice { by: self.by, ascending: self.ascending, after, offset, limit }
    }

    /// All that the page can be from: the range, from the cursor on.
    pub(super) fn whole(&self) -> Range {
        match (self.cursor, self.ascending) {
            (None, _) => self.range,
            (Some(cursor), false) => Range { end: self.range.end.min(cursor.timestamp), ..self.range },
            (Some(cursor), true) => Range { start: self.range.start.max(cursor.timestamp), ..self.range },
        }
    }

    /// The beginning of that, this wide; all of it where only that tells what comes first, or where little would be left.
    pub(super) fn window(&self, width: i64) -> Range {
        let whole = self.whole();
        if width >= (whole.end - whole.start) / 2 {
            return whole;
        }
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

    /// The width of a window that holds so many events of `total`, as if they lay evenly and with a half to spare: all there
    /// is, when there are not more.
    pub(super) fn reach(&self, sought: usize, total: u64) -> i64 {
        let sought = u64::try_from(sought).unwrap_or(u64::MAX);
        if total <= sought {
            return i64::MAX;
        }
        let whole = self.whole();
        let width = i128::from(whole.end - whole.start) * i128::from(sought) * 3 / 2 / i128::from(total);
        i64::try_from(width).unwrap_or(i64::MAX)
    }

    /// What of a window no window before it held, of which `read` was the last.
    pub(super) fn unread(&self, window: Range, read: Option<Range>) -> Range {
        match (read, self.ascending) {
            (None, _) => window,
            (Some(read), false) => Range { end: read.start - 1, ..window },
            (Some(read), true) => Range { start: read.end + 1, ..window },
        }
    }

    /// Whether matching events are counted no further than they are read. A search for words reads the texts of every event
    /// that may match: to count what was not found would be to search again.
    pub(super) fn counts_by_reading(&self) -> bool {
        !self.filter.words.is_empty() && self.cursor.is_none()
    }

    /// How many events match, when these are the last of them.
    pub(super) fn total_if_last(&self, rows: &[SummaryRow]) -> Option<u64> {
        let (found, slice) = (u64::try_from(rows.len()).ok()?, self.slice());
        (found < slice.limit && (found > 0 || slice.offset == 0)).then_some(slice.offset + found)
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

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::super::super::window::FIRST_MS;
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
    fn what_is_known_to_be_rare_is_read_at_once() {
        let wanted = wanted("start_date=2026-01-01T00:00:00Z&end_date=2026-01-11T00:00:00Z").unwrap();
        assert_eq!(wanted.window(wanted.reach(101, 101)), wanted.range, "one page of them");
        assert_eq!(wanted.window(wanted.reach(101, 0)), wanted.range, "none");
        let day = 24 * FIRST_MS;
        assert_eq!(wanted.reach(100, 1_000) / day, 1, "a tenth of ten days, and a half more");
        assert!(wanted.reach(100, u64::MAX) < FIRST_MS, "never less than the next window would be");
    }

    #[test]
    fn windows_leave_out_what_was_read() {
        for query in ["", "sort_order=asc"] {
            let wanted = wanted(query).unwrap();
            let windows = [1, 24, 24 * 24].map(|hours| wanted.window(hours * FIRST_MS));
            let (mut read, mut covered) = (None, 0);
            for window in windows {
                let unread = wanted.unread(window, read);
                covered += unread.end - unread.start + 1;
                assert!(read.is_none_or(|read: Range| read.and(unread).is_empty()), "{unread:?}");
                read = Some(window);
            }
            assert_eq!(covered, wanted.range.end - wanted.range.start + 1, "each moment once");
        }
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
