//! A letter as it is kept in the control store. Pure.

use bataudit_control::dead_letters::DeadLetter;
use bataudit_ledger::letters::{self, Letter, Posted};
use uuid::Uuid;

/// Longer ones are not shown from here: `bataudit dead-letters show` has them whole.
const MAX_SHOWN_BYTES: usize = 32 * 1024;

/// By what it is known: the life of the events topic, and the place of what it stands for.
pub(super) fn id(letter: &Letter) -> String {
    format!("{}:{}", letter.epoch.as_deref().unwrap_or_default(), letter.place)
}

/// Its row.
pub(super) fn row(posted: &Posted) -> DeadLetter {
    let letter = &posted.letter;
    let event = letter.shown();
    let project = event.as_ref().map(|event| Uuid::from_bytes(event.project_id));
    let shown = event.as_ref().map(|event| letters::masked(event).to_string());
    DeadLetter {
        id: id(letter),
        project_id: project.filter(|project| !project.is_nil()).map(|project| project.to_string()),
        l_partition: i64::from(posted.partition),
        l_offset: posted.offset,
        written_at: letter.written_at,
        reason: letter.reason.clone(),
        detail: letter.detail.clone(),
        events: i64::try_from(letter.events).unwrap_or(i64::MAX),
        event_id: event.as_ref().map(|event| Uuid::from_bytes(event.id).to_string()),
        service_name: event.as_ref().map(|event| storable(event.service_name)),
        // PostgreSQL stores no NUL; in JSON it is escaped, which it takes.
        shown: shown.filter(|shown| shown.len() <= MAX_SHOWN_BYTES),
        sha256: letter.sha256.clone(),
        ..DeadLetter::default()
    }
}

/// What could not be stored may hold anything, and PostgreSQL stores no NUL.
fn storable(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

#[cfg(test)]
mod tests {
    use bataudit_event::{Event, record};
    use bataudit_ledger::SourcePlace;

    use super::*;

    fn posted(redacted: Vec<u8>, index: Option<u16>) -> Posted {
        let letter = Letter {
            place: SourcePlace { partition: 3, offset: 1207, index },
            topic: "events".to_owned(),
            epoch: Some("1".to_owned()),
            written_at: 5,
            reason: "unmaskable".to_owned(),
            detail: "request_body is no JSON".to_owned(),
            events: 1,
            redacted,
            sha256: None,
        };
        Posted { partition: 0, offset: 9, letter }
    }

    fn record_of(event: &Event<'_>) -> Vec<u8> {
        let mut value = Vec::new();
        record::encode([event].into_iter(), &mut value);
        value
    }

    #[test]
    fn a_letter_is_known_by_its_place_and_shows_what_was_masked() {
        let event = Event {
            id: [1; 16],
            project_id: [7; 16],
            service_name: "sh\0op",
            request_body: "\"********\"",
            ..Event::default()
        };
        let row = row(&posted(record_of(&event), Some(0)));
        assert_eq!((row.id.as_str(), row.l_offset), ("1:3-1207-0", 9));
        assert_eq!(row.project_id, Some(Uuid::from_bytes([7; 16]).to_string()));
        assert_eq!(row.service_name.as_deref(), Some("sh\u{fffd}op"));
        assert!(row.shown.is_some_and(|shown| shown.contains("********")));
    }

    #[test]
    fn what_cannot_be_read_is_nobodys_and_what_is_too_large_is_not_shown() {
        let unreadable = row(&posted(Vec::new(), None));
        assert_eq!(
            (unreadable.id.as_str(), unreadable.project_id, unreadable.shown),
            ("1:3-1207", None, None)
        );
        let body = format!("\"{}\"", "x".repeat(MAX_SHOWN_BYTES));
        let large = Event { project_id: [7; 16], request_body: &body, ..Event::default() };
        assert_eq!(row(&posted(record_of(&large), Some(0))).shown, None);
    }
}
