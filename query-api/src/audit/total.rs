//! How many events match: from the rollups where they can tell, else counted.

use clickhouse::Row;
use serde::Deserialize;

use super::filter::Filter;
use super::range::{HOUR_MS, MINUTE_MS, RETENTION_MS, Range, Tier, ceil, floor, split};
use super::statement::figures::{self, About, STATS_FIELDS, Source};
use super::statement::{Statement, events as of_events};
use super::store::Events;
use crate::auth::Scope;
use crate::error::ApiResult;

#[derive(Debug, Row, Deserialize)]
struct CountRow {
    events: u64,
}

/// The number of matching events.
///
/// Rollups hold whole minutes without system events: the raw table adds both ends of the range and
/// the system events. Beyond the retention the rollups know of events that are gone.
pub(crate) async fn total(
    events: &Events,
    scope: &Scope,
    range: Range,
    filter: &Filter,
    now: i64,
) -> ApiResult<u64> {
    let (first, last) = (ceil(range.start, MINUTE_MS), floor(range.end + 1, MINUTE_MS));
    let wide = last - first >= HOUR_MS && range.start >= now - RETENTION_MS - MINUTE_MS;
    let (rest, class) = filter.split_class();
    if !wide || !rest.is_within(STATS_FIELDS) {
        return count(events, of_events::count(scope, range, filter)).await;
    }
    let mut segments = Vec::new();
    split(first, last, Tier::Day, Tier::Minute, &mut segments);
    let rolled = About { scope, source: Source::Rollups(&segments), filter: &rest };
    let middle = Range { start: first, end: last - 1 };
    let (head, tail) = (Range { end: first - 1, ..range }, Range { start: last, ..range });
    let (middle, system, head, tail) = futures::try_join!(
        count(events, figures::count_rollup(rolled, class)),
        count(events, of_events::count_system(scope, middle, filter)),
        count_if_any(events, scope, head, filter),
        count_if_any(events, scope, tail, filter),
    )?;
    Ok(middle + system + head + tail)
}

async fn count_if_any(events: &Events, scope: &Scope, range: Range, filter: &Filter) -> ApiResult<u64> {
    if range.is_empty() { Ok(0) } else { count(events, of_events::count(scope, range, filter)).await }
}

/// The number a statement counts.
pub(crate) async fn count(events: &Events, statement: Statement) -> ApiResult<u64> {
    Ok(events.first::<CountRow>(&statement).await?.map_or(0, |row| row.events))
}
