//! What an entry is as an event. Pure, and the same for ever for the same entry: a repeat must be one.

use std::net::IpAddr;

use bataudit_control::outbox::Waiting;
use bataudit_event::id::AUDIT_PROJECT;
use bataudit_event::{Event, record};
use serde_json::{Map, Value, json};

use crate::events_topic::Outgoing;

/// The type of these events. `system.*` is nothing an application can send.
const EVENT_TYPE: &str = "system.audit";
/// The service that reports them.
const SERVICE: &str = "bataudit";
/// Longer details are left out, in bytes: what was done counts, and one entry must not keep back the rest.
const MOST_DETAILS: usize = 256 * 1024;

/// The record an entry becomes.
#[must_use]
pub fn outgoing(waiting: &Waiting) -> Outgoing {
    Outgoing { id: waiting.id, value: record_of(waiting) }
}

/// The value of the record an entry becomes.
#[must_use]
pub fn record_of(waiting: &Waiting) -> Vec<u8> {
    let entry = &waiting.entry;
    let details = details(waiting);
    let roles = if entry.user_role.is_empty() { String::new() } else { json!([entry.user_role]).to_string() };
    let request_id = match entry.request_id.as_str() {
        "" => format!("bat-{}", waiting.id),
        sent => sent.to_owned(),
    };
    let event = Event {
        id: waiting.id.into_bytes(),
        project_id: AUDIT_PROJECT.into_bytes(),
        event_type: EVENT_TYPE,
        timestamp: waiting.created_at,
        // When it was written down is when it was taken: a repeat has the same time.
        received_at: waiting.created_at,
        method: &entry.verb,
        path: &entry.object,
        status_code: entry.status,
        identifier: if entry.user_id.is_empty() { "anonymous" } else { &entry.user_id },
        user_email: &entry.user_email,
        user_name: &entry.user_name,
        user_roles: &roles,
        ip: if entry.address.parse::<IpAddr>().is_ok() { &entry.address } else { "" },
        user_agent: &entry.user_agent,
        request_id: &request_id,
        session_id: &entry.credential,
        request_body: &details,
        source: "backend",
        service_name: SERVICE,
        environment: "production",
        repeatable: true,
        ..Event::default()
    };
    let mut value = Vec::new();
    record::encode(std::iter::once(&event), &mut value);
    value
}

/// The details as JSON, with the project it concerned; nothing when there is nothing to say.
fn details(waiting: &Waiting) -> String {
    let mut fields = match &waiting.entry.details {
        Value::Object(fields) => fields.clone(),
        Value::Null => Map::new(),
        other => Map::from_iter([("details".to_owned(), other.clone())]),
    };
    if let Some(project) = &waiting.entry.project_id {
        fields.insert("project_id".to_owned(), json!(project));
    }
    if fields.is_empty() {
        return String::new();
    }
    let text = Value::Object(fields).to_string();
    if text.len() <= MOST_DETAILS { text } else { json!({"omitted_bytes": text.len()}).to_string() }
}

#[cfg(test)]
mod tests {
    use bataudit_control::outbox::Entry;
    use uuid::Uuid;

    use super::*;

    fn waiting(entry: Entry) -> Waiting {
        Waiting { id: Uuid::from_u128(7), created_at: 1_700_000_000_123, entry }
    }

    fn full() -> Entry {
        Entry {
            verb: "CREATE".to_owned(),
            object: "/projects/1".to_owned(),
            status: 200,
            project_id: Some("1".to_owned()),
            details: json!({"name": "Shop"}),
            user_id: "u".to_owned(),
            user_role: "admin".to_owned(),
            address: "192.0.2.1".to_owned(),
            request_id: "my-request".to_owned(),
            ..Entry::default()
        }
    }

    #[test]
    fn an_entry_is_the_same_event_every_time() {
        let waiting = waiting(full());
        let value = record_of(&waiting);
        assert_eq!(value, record_of(&waiting.clone()));
        let events = record::decode(&value).unwrap();
        let [event] = events.as_slice() else { panic!("one event") };
        assert_eq!((event.id, event.project_id), (waiting.id.into_bytes(), AUDIT_PROJECT.into_bytes()));
        assert_eq!((event.method, event.path, event.status_code), ("CREATE", "/projects/1", 200));
        assert_eq!((event.identifier, event.user_roles, event.ip), ("u", r#"["admin"]"#, "192.0.2.1"));
        assert_eq!(event.request_body, r#"{"name":"Shop","project_id":"1"}"#);
        assert_eq!((event.timestamp, event.received_at), (1_700_000_000_123, 1_700_000_000_123));
        assert!(event.repeatable && event.event_type == "system.audit");
    }

    #[test]
    fn what_is_not_known_is_empty() {
        let value = record_of(&waiting(Entry { address: "unknown".to_owned(), ..Entry::default() }));
        let events = record::decode(&value).unwrap();
        assert_eq!((events[0].identifier, events[0].ip), ("anonymous", ""));
        assert_eq!((events[0].user_roles, events[0].request_body), ("", ""));
        assert_eq!(events[0].request_id, format!("bat-{}", Uuid::from_u128(7)));
    }

    #[test]
    fn details_are_bounded() {
        let long = Entry { details: json!({"sql": "x".repeat(MOST_DETAILS)}), ..full() };
        let value = record_of(&waiting(long));
        assert!(value.len() < 1000);
        assert!(record::decode(&value).unwrap()[0].request_body.starts_with(r#"{"omitted_bytes":"#));
    }
}
