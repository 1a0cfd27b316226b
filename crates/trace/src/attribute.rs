//! What may stand in a span, and nothing else: numbers, ids, and texts that are part of the program. There is no way to
//! put a text in that came from outside, so no payload, key or address of a person can get there.

use std::ops::Range;

use opentelemetry::{KeyValue, Value};
use uuid::Uuid;

/// Something a span says about its step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attribute {
    /// Method of a request.
    Method(&'static str),
    /// Template of a route, such as `/v1/audit`; never a path.
    Route(&'static str),
    /// Status of an answer.
    Status(u16),
    /// Stable name of a failure.
    Failure(&'static str),
    /// Project of the events.
    Project(Uuid),
    /// How many events.
    Events(usize),
    /// Kafka partition.
    Partition(i32),
    /// Offset of a record.
    Offset(i64),
    /// Offsets of a batch; the end is not in it.
    Offsets(Range<i64>),
    /// Rows of a batch.
    Rows(usize),
    /// Events of a batch that can never be stored.
    Rejects(usize),
    /// Bytes of a block.
    Bytes(usize),
    /// How many tries failed before.
    Failed(u32),
}

/// The name of every attribute there is.
pub const ALLOWED: &[&str] = &[
    "http.request.method",
    "http.route",
    "http.response.status_code",
    "error.type",
    "bataudit.project.id",
    "bataudit.events",
    "messaging.destination.partition.id",
    "messaging.kafka.offset",
    "bataudit.batch.start",
    "bataudit.batch.end",
    "bataudit.rows",
    "bataudit.rejects",
    "bataudit.bytes",
    "bataudit.failed_tries",
];

impl Attribute {
    /// Its pairs, as OpenTelemetry names them where it has a name.
    pub(crate) fn pairs(self) -> impl Iterator<Item = KeyValue> {
        let (first, second) = match self {
            Self::Method(method) => (text("http.request.method", method), None),
            Self::Route(route) => (text("http.route", route), None),
            Self::Status(status) => (number("http.response.status_code", status), None),
            Self::Failure(name) => (text("error.type", name), None),
            Self::Project(id) => (KeyValue::new("bataudit.project.id", id.to_string()), None),
            Self::Events(events) => (count("bataudit.events", events), None),
            // OpenTelemetry has it as a text.
            Self::Partition(partition) => {
                (KeyValue::new("messaging.destination.partition.id", partition.to_string()), None)
            }
            Self::Offset(offset) => (number("messaging.kafka.offset", offset), None),
            Self::Offsets(Range { start, end }) => {
                (number("bataudit.batch.start", start), Some(number("bataudit.batch.end", end)))
            }
            Self::Rows(rows) => (count("bataudit.rows", rows), None),
            Self::Rejects(rejects) => (count("bataudit.rejects", rejects), None),
            Self::Bytes(bytes) => (count("bataudit.bytes", bytes), None),
            Self::Failed(tries) => (number("bataudit.failed_tries", tries), None),
        };
        std::iter::once(first).chain(second)
    }
}

fn text(name: &'static str, value: &'static str) -> KeyValue {
    KeyValue::new(name, value)
}

fn number(name: &'static str, value: impl Into<i64>) -> KeyValue {
    KeyValue::new(name, Value::I64(value.into()))
}

fn count(name: &'static str, value: usize) -> KeyValue {
    number(name, i64::try_from(value).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_on_the_list_and_every_listed_name_is_used() {
        let all = [
            Attribute::Method("POST"),
            Attribute::Route("/v1/audit"),
            Attribute::Status(202),
            Attribute::Failure("overloaded"),
            Attribute::Project(Uuid::nil()),
            Attribute::Events(1),
            Attribute::Partition(0),
            Attribute::Offset(0),
            Attribute::Offsets(0..1),
            Attribute::Rows(1),
            Attribute::Rejects(0),
            Attribute::Bytes(1),
            Attribute::Failed(0),
        ];
        let names: Vec<_> =
            all.into_iter().flat_map(Attribute::pairs).map(|pair| pair.key.to_string()).collect();
        assert_eq!(names, ALLOWED);
    }
}
