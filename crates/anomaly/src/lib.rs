//! When the events of a service are out of the ordinary. In: rules, and what ClickHouse holds. Out: the
//! spans of time in which a rule held, and from these the incidents a person is told of.
//!
//! Everything is computed from stored events by their own time, and nothing is remembered between two
//! evaluations: a restart changes nothing, late events are judged when they are there, and a dry run over the
//! last week is the same code as tonight's alarm. Sentinel evaluates, query-api tries rules.
//!
//! [`rule`] says what may be asked, [`read`] asks ClickHouse, [`detect`] and [`incident`] decide without any I/O,
//! [`evaluate`](mod@evaluate) joins them; [`curve`](mod@curve) shows what they saw. Times are whole minutes since the
//! epoch unless a name says otherwise.

pub mod curve;
pub mod detect;
pub mod evaluate;
pub mod incident;
pub mod read;
pub mod rule;

pub use curve::{Point, curve};
pub use evaluate::{Finding, evaluate};
pub use incident::{Incident, Key};
pub use rule::{Kind, Rule};

/// A minute in milliseconds.
pub const MINUTE_MS: i64 = 60_000;

/// The minute a time in unix milliseconds lies in.
#[must_use]
pub fn minute_of(millis: i64) -> i64 {
    millis.div_euclid(MINUTE_MS)
}
