//! The most frequent values of several fields at once: one pass over the events that match, in bounded memory.

use super::super::filter::{Field, Filter};
use super::super::range::Range;
use super::{Params, Statement};
use crate::auth::Scope;

/// Values that are counted at once: with no more there are, the counts are exact.
const COUNTED: u64 = 2_000;

/// What values are counted of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counted {
    /// A field that is compared as text.
    Text(Field),
    /// The code of the status.
    StatusCode,
    /// Its class, such as `5xx`.
    StatusClass,
}

impl Counted {
    /// Its name, as a parameter.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Text(field) => field.name(),
            Self::StatusCode => "status_code",
            Self::StatusClass => "status_class",
        }
    }

    /// The filter without what it says of this.
    pub(crate) fn unfiltered(self, filter: &Filter) -> Filter {
        match self {
            Self::Text(field) => filter.without(field),
            Self::StatusCode => filter.without_status(false),
            Self::StatusClass => filter.without_status(true),
        }
    }

    /// Its value, and that of events that have none.
    const fn expression(self) -> (&'static str, &'static str) {
        match self {
            Self::Text(field) => (field.name(), "''"),
            Self::StatusCode => ("status_code", "0"),
            Self::StatusClass => ("toUInt8(intDiv(status_code, 100))", "0"),
        }
    }
}

/// For each of these a list of value, count, and by how much the count may be too high; and how many events match.
pub(crate) fn tops(
    scope: &Scope,
    range: Range,
    filter: &Filter,
    counted: &[Counted],
    most: u64,
) -> Statement {
    let mut params = Params::default();
    let mut conditions = params.events(scope, range);
    conditions.extend(params.filter(filter));
    let top = |counted: &Counted| {
        let (value, none) = counted.expression();
        format!(
            "arrayMap(t -> tuple(CAST(t.1, 'String'), t.2, t.3), approx_top_kIf({most}, {COUNTED})({value}, \
             {value} != {none}))"
        )
    };
    let tops: Vec<_> = counted.iter().map(top).collect();
    let sql = format!(
        "SELECT CAST([{}], 'Array(Array(Tuple(String, UInt64, UInt64)))') AS tops, count() AS matching \
         FROM events WHERE {}",
        tops.join(", "),
        conditions.join(" AND ")
    );
    Statement { name: "tops", sql, params }
}
