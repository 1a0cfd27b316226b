//! How many events match: from what was counted at insert where that can tell, else counted.

use std::time::Duration;

use clickhouse::Row;
use serde::Deserialize;

use super::filter::{Condition, Field, Filter, StatusClass};
use super::range::{DAY_MS, HOUR_MS, MINUTE_MS, RETENTION_MS, Range, Tier, ceil, floor, split};
use super::statement::Statement;
use super::statement::counts::{self, Parted};
use super::statement::figures::{About, ENDPOINT_FIELDS, Family, STATS_FIELDS, Source};
use super::store::Events;
use crate::auth::Scope;
use crate::error::{ApiError, ApiResult};

/// What the daily counts beside the events can be filtered by, apart from the status: 0010_projections.sql.
const DAY_FIELDS: &[Field] =
    &[Field::ServiceName, Field::Environment, Field::Source, Field::Method, Field::EventType];

/// How long event by event is counted.
const PATIENCE: Duration = Duration::from_secs(2);

/// How many events match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Total {
    pub(crate) events: u64,
    /// Whether there are no more.
    pub(crate) is_exact: bool,
}

impl Total {
    fn exact(events: u64) -> Self {
        Self { events, is_exact: true }
    }

    /// With what was found otherwise.
    pub(crate) fn at_least(self, found: u64) -> Self {
        Self { events: self.events.max(found), ..self }
    }
}

#[derive(Debug, Row, Deserialize)]
struct CountRow {
    events: u64,
}

#[derive(Debug, Default, Row, Deserialize)]
struct ToldRow {
    events: u64,
    untold: u64,
}

/// Where a total comes from.
#[derive(Debug, PartialEq, Eq)]
enum Way {
    /// From a family of rollups, which leave out the system events, in steps of its finest tier.
    Rollups(Family, Filter, Option<StatusClass>),
    /// From the rollups of routes, whose beginnings are asked for.
    Routes(Filter, Vec<Condition>, Option<StatusClass>),
    /// From the counts of whole days.
    Days,
    /// From the events.
    Events,
}

impl Way {
    fn of(filter: &Filter) -> Self {
        let (rest, class) = filter.split_class();
        let is_error = matches!(class, None | Some(StatusClass::ClientError | StatusClass::ServerError));
        if rest.is_within(STATS_FIELDS) {
            Self::Rollups(Family::Stats, rest, class)
        } else if rest.is_within(ENDPOINT_FIELDS) && is_error {
            Self::Rollups(Family::Endpoint, rest, class)
        } else if let (rest, asked) = rest.split_prefixes()
            && rest.is_within(ENDPOINT_FIELDS)
            && is_error
        {
            Self::Routes(rest, asked, class)
        } else if filter.is_within_or_status(DAY_FIELDS) {
            Self::Days
        } else {
            Self::Events
        }
    }

    /// Its finest tier, and the least range whose middle is worth asking for apart.
    fn steps(&self) -> Option<(Tier, i64)> {
        match self {
            Self::Rollups(Family::Stats, ..) => Some((Tier::Minute, HOUR_MS)),
            Self::Rollups(Family::Endpoint, ..) | Self::Routes(..) => Some((Tier::Hour, 6 * HOUR_MS)),
            Self::Days => Some((Tier::Day, DAY_MS)),
            Self::Events => None,
        }
    }
}

/// Whether the total of long ranges need not be counted event by event.
pub(crate) fn is_rolled_up(filter: &Filter) -> bool {
    Way::of(filter) != Way::Events
}

/// The number of matching events.
///
/// What was counted is whole buckets: the raw table adds both ends of the range and, to rollups, the system
/// events. Beyond the retention the rollups know of events that are gone.
pub(crate) async fn total(
    events: &Events,
    scope: &Scope,
    range: Range,
    filter: &Filter,
    now: i64,
) -> ApiResult<Total> {
    let way = Way::of(filter);
    let Some((tier, least)) = way.steps() else {
        return count_one_by_one(events, scope, range, filter).await;
    };
    let (first, last) = (ceil(range.start, tier.millis()), floor(range.end + 1, tier.millis()));
    let is_kept = way == Way::Days || range.start >= now - RETENTION_MS - MINUTE_MS;
    if last - first < least || !is_kept {
        return count_one_by_one(events, scope, range, filter).await;
    }
    let parted = Parted { range, first, last };
    let mut segments = Vec::new();
    split(first, last, Tier::Day, tier, &mut segments);
    let rolled = |filter| About { scope, source: Source::Rollups(&segments), filter };
    let statement = match &way {
        Way::Rollups(family, rest, class) => {
            counts::by_rollups(rolled(rest), *family, *class, parted, filter)
        }
        Way::Routes(rest, asked, class) => {
            let statement = counts::by_routes(rolled(rest), *class, parted, (asked, filter));
            let found = events.first::<ToldRow>(&statement).await?.unwrap_or_default();
            if found.untold == 0 {
                return Ok(Total::exact(found.events));
            }
            return count_one_by_one(events, scope, range, filter).await;
        }
        Way::Days | Way::Events => counts::by_days(scope, parted, filter),
    };
    Ok(Total::exact(count(events, statement).await?))
}

/// Gives up after a while: a page that was found must not be refused because all others could not be counted.
async fn count_one_by_one(events: &Events, scope: &Scope, range: Range, filter: &Filter) -> ApiResult<Total> {
    match events.first_within::<CountRow>(&counts::count(scope, range, filter), PATIENCE).await {
        Ok(row) => Ok(Total::exact(row.map_or(0, |row| row.events))),
        Err(ApiError::QueryTimeout) => Ok(Total { events: 0, is_exact: false }),
        Err(error) => Err(error),
    }
}

/// The number a statement counts.
pub(crate) async fn count(events: &Events, statement: Statement) -> ApiResult<u64> {
    Ok(events.first::<CountRow>(&statement).await?.map_or(0, |row| row.events))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::Params;

    #[test]
    fn totals_are_counted_as_coarsely_as_the_filter_allows() {
        for (query, steps) in [
            ("", Some(Tier::Minute)),
            ("service_name=a&status_class=2xx", Some(Tier::Minute)),
            ("method=GET&route=/a", Some(Tier::Hour)),
            ("route=/a&status_class=5xx", Some(Tier::Hour)),
            ("method=GET&status_class=2xx", Some(Tier::Day)),
            ("status_code!=404&event_type=job", Some(Tier::Day)),
            ("path_prefix=/a&path_prefix!=/a/b&status_class=5xx", Some(Tier::Hour)),
            ("path_prefix=/a&status_class=2xx", None),
            ("route=/a&status_class=2xx", None),
            ("status_code=404&path=/a", None),
            ("status_code=404&q=a", None),
        ] {
            let filter = Filter::take(&mut Params::parse(query).unwrap()).unwrap();
            assert_eq!(Way::of(&filter).steps().map(|(tier, _)| tier), steps, "{query}");
        }
    }
}
