//! Statements that count matching events: one by one, or with what was counted at insert for the middle of a range.

use super::super::filter::{Condition, Filter, StatusClass, Values};
use super::super::range::{RETENTION_MS, Range};
use super::figures::{About, Family, class_column};
use super::{BESIDE, Params, Statement};
use crate::auth::Scope;

/// A range, and what of it was counted at insert: the whole buckets from `first` to before `last`, unix milliseconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Parted {
    pub(crate) range: Range,
    pub(crate) first: i64,
    pub(crate) last: i64,
}

impl Parted {
    /// The whole buckets.
    pub(crate) fn middle(&self) -> Range {
        Range { start: self.first, end: self.last - 1 }
    }
}

/// The number of matching events, from the raw table. Of a range that holds nearly all there is, what lies outside is taken
/// off the whole: then the times of those within are not read, which take longer than what most filters compare.
pub(crate) fn count(scope: &Scope, range: Range, filter: &Filter) -> Statement {
    let mut params = Params::default();
    let sql = if range.end - range.start < RETENTION_MS {
        params.counted(scope, range, None, filter)
    } else {
        let mut conditions = vec![params.projects(scope)];
        conditions.extend(params.filter(filter));
        let conditions = conditions.join(" AND ");
        let (start, end) = (params.time(range.start), params.time(range.end));
        format!(
            "SELECT toUInt64(greatest(sum(part), 0)) AS events FROM (SELECT toInt64(count()) AS part FROM events WHERE {conditions} \
             UNION ALL SELECT -toInt64(count()) FROM events WHERE {conditions} \
               AND (timestamp < {start} OR timestamp > {end}))"
        )
    };
    Statement { name: "count", sql: sql + BESIDE, params }
}

/// The number of matching events, of whole days by what was counted at insert: `counts` in 0010_projections.sql. The days
/// are asked for as that spells them, and without any time, else it would not be used.
pub(crate) fn by_days(scope: &Scope, parted: Parted, filter: &Filter) -> Statement {
    let mut params = Params::default();
    let mut conditions = params.days(scope, parted.middle());
    conditions.extend(params.filter(filter));
    let days = format!("SELECT count() AS events FROM events WHERE {}", conditions.join(" AND "));
    let ends = params.ends(scope, parted, filter);
    let sql = format!("SELECT sum(events) AS events FROM ({days} UNION ALL {ends}){BESIDE}");
    Statement { name: "count_by_days", sql, params }
}

/// The number of events that match `filter`, with the whole buckets from the rollups. Those are asked by `about`, whose
/// filter has the status class split off, and leave out BatAudit's own events.
pub(crate) fn by_rollups(
    about: About<'_>,
    family: Family,
    class: Option<StatusClass>,
    parted: Parted,
    filter: &Filter,
) -> Statement {
    let mut params = Params::default();
    let rolled = about.number(&mut params, family, class);
    let beside = params.beside_rollups(about.scope, parted, filter);
    let sql = format!("SELECT sum(events) AS events FROM ({rolled} UNION ALL {beside})");
    Statement { name: "count_by_rollups", sql, params }
}

/// The same where `asked` is of the beginnings of routes, and how many rows of the rollups are of routes that do not tell:
/// with any of those the number is none.
pub(crate) fn by_routes(
    about: About<'_>,
    class: Option<StatusClass>,
    parted: Parted,
    (asked, filter): (&[Condition], &Filter),
) -> Statement {
    let mut params = Params::default();
    let column = class_column(class);
    let rows = about.rows(&mut params, Family::Endpoint, "route", &[column]);
    let (told, untold) = params.of_routes(asked);
    let beside = params.beside_rollups(about.scope, parted, filter);
    let sql = format!(
        "SELECT sum(events) AS events, sum(rows) AS untold FROM (\
           SELECT sumIf({column}, {told}) AS events, countIf({untold}) AS rows FROM ({rows}) \
           UNION ALL SELECT events, 0 FROM ({beside}))"
    );
    Statement { name: "count_by_routes", sql, params }
}

impl Params {
    /// What the rollups of the whole buckets leave out, in two rows: BatAudit's own events, and both ends of the range.
    fn beside_rollups(&mut self, scope: &Scope, parted: Parted, filter: &Filter) -> String {
        let system = self.counted(scope, parted.middle(), None, &filter.clone().with(Values::System));
        let ends = self.ends(scope, parted, filter);
        format!("{system} UNION ALL {ends}")
    }

    /// The number of matching events as a query, and of `only` those that this condition lets through.
    fn counted(&mut self, scope: &Scope, range: Range, only: Option<String>, filter: &Filter) -> String {
        let mut conditions = self.events(scope, range);
        conditions.extend(only);
        conditions.extend(self.filter(filter));
        format!("SELECT count() AS events FROM events WHERE {}", conditions.join(" AND "))
    }

    /// The same, but for the whole buckets.
    fn ends(&mut self, scope: &Scope, parted: Parted, filter: &Filter) -> String {
        let (first, last) = (self.time(parted.first), self.time(parted.last));
        let only = format!("(timestamp < {first} OR timestamp >= {last})");
        self.counted(scope, parted.range, Some(only), filter)
    }
}
