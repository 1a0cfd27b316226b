//! Events that come out of another store instead of a client's request: decoded and validated like any other, and
//! published by the same [`crate::publish`]. In: an event as JSON, and what is known of it already. Out: an event ready
//! to publish, or why it can never be one.
//!
//! Such an event keeps its id and its time, however old. It counts as received when it happened: of two copies, even
//! years apart, the processor then sees that they are one event (ADR 9), and stores the first.

use bataudit_event::Event;
use uuid::Uuid;

use crate::decode;
use crate::stamp::StampedEvent;
use crate::validate::{self, Failure};

/// The most bytes of JSON an event may have here: what a record can hold, whatever clients are allowed.
const MOST_BYTES: usize = 4 << 20;

/// What is known of an event beside what it says.
#[derive(Debug, Clone, Copy)]
pub struct Known<'k> {
    /// Its id.
    pub id: Uuid,
    /// Its project.
    pub project: Uuid,
    /// When it happened, unix milliseconds.
    pub timestamp: i64,
    /// What it is, where it was the other store's own note and no client's event.
    pub own: Option<Own<'k>>,
}

/// A note of the store itself, such as an alert: of a type that clients cannot send.
#[derive(Debug, Clone, Copy)]
pub struct Own<'k> {
    /// A `system.…` type.
    pub event_type: &'k str,
    /// What it is about, which need not be spelled like a service.
    pub service_name: &'k str,
}

/// Why an event cannot be stored. Holds no byte of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Stable name: the field and the rule, such as `ip: ip`.
    pub reason: String,
    /// A sentence.
    pub message: String,
}

/// An event that can be published.
#[derive(Debug)]
pub struct Transferred<'a>(StampedEvent<'a>);

impl Transferred<'_> {
    /// The event as it travels.
    #[must_use]
    pub fn event(&self) -> Event<'_> {
        self.0.event()
    }
}

/// Checks one event, a JSON object with the fields that a client may send. Its own id, project and timestamp are not
/// looked at.
///
/// # Errors
/// When it can never be stored.
pub fn check<'a>(json: &'a str, known: &Known<'a>) -> Result<Transferred<'a>, Refused> {
    let raw = decode::single(json).map_err(|_| Refused {
        reason: "event: malformed".to_owned(),
        message: "The event is not JSON".to_owned(),
    })?;
    let mut valid = validate::validate(&raw, MOST_BYTES).map_err(|failures| refused(&failures))?;
    if let Some(own) = known.own {
        (valid.event_type, valid.service_name) = (own.event_type.into(), own.service_name.into());
    }
    Ok(Transferred(StampedEvent::known(valid, known)))
}

fn refused(failures: &[Failure]) -> Refused {
    let Some(Failure { field, reason }) = failures.first() else {
        return Refused { reason: "event: unknown".to_owned(), message: String::new() };
    };
    let name = field.map_or("event", crate::decode::Field::json_name);
    Refused { reason: format!("{name}: {}", reason.tag()), message: reason.message().into_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: Known<'static> =
        Known { id: Uuid::from_u128(7), project: Uuid::from_u128(9), timestamp: 5, own: None };

    #[test]
    fn an_old_event_keeps_its_time_and_is_one_however_often_it_comes() {
        let json =
            r#"{"path":"/a","identifier":"O'Brien","service_name":"s","event_type":"","environment":"qa"}"#;
        let checked = check(json, &KNOWN).unwrap();
        let event = checked.event();
        assert_eq!((event.timestamp, event.received_at, event.original_timestamp), (5, 5, ""));
        assert_eq!((event.event_type, event.identifier, event.environment), ("http", "O'Brien", "qa"));
        assert!(event.repeatable && !event.replayed);
        assert_eq!(event.request_id, format!("bat-{}", Uuid::from_u128(7)));
    }

    #[test]
    fn a_note_of_the_store_keeps_its_type_and_its_name() {
        let json = r#"{"path":"https://x.y","identifier":"system","service_name":"placeholder"}"#;
        let own = Own { event_type: "system.healthcheck.down", service_name: "Main API" };
        let known = Known { own: Some(own), ..KNOWN };
        let checked = check(json, &known).unwrap();
        let event = checked.event();
        assert_eq!((event.event_type, event.service_name), ("system.healthcheck.down", "Main API"));
    }

    #[test]
    fn what_cannot_be_stored_says_why_and_shows_nothing() {
        let json = r#"{"path":"/a","identifier":"u","service_name":"s","ip":"hunter2"}"#;
        let why = check(json, &KNOWN).unwrap_err();
        assert_eq!((why.reason.as_str(), why.message.contains("hunter2")), ("ip: ip", false));
        let system = r#"{"path":"/a","identifier":"u","service_name":"s","event_type":"system.alert"}"#;
        assert_eq!(check(system, &KNOWN).unwrap_err().reason, "event_type: reserved");
        assert_eq!(check("{", &KNOWN).unwrap_err().reason, "event: malformed");
    }
}
