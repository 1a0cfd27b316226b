//! The entry of the fuzzer (`fuzz/`): what any holder of a key can send, and what must hold of it
//! whatever it is. Not called by the gateway.

use crate::decode::{self, DecodeError, Malformed, RawEvent};
use crate::validate;

/// Enough to reach every limit, and few enough to be quick.
const MOST_EVENTS: usize = 100;
const MOST_BYTES: usize = 1 << 16;

/// Decodes and validates a body in every layout, and panics where a promise is broken.
///
/// # Panics
/// When a position lies outside the body, or an accepted event breaks a limit of its fields.
pub fn body(body: &[u8]) {
    let Ok(text) = checked(body, decode::text(body)) else { return };
    if let Ok(event) = checked(body, decode::single(text)) {
        check(&event);
    }
    if let Ok(events) = checked(body, decode::array(text, MOST_EVENTS)) {
        assert!(events.len() <= MOST_EVENTS, "more events than are accepted");
        events.iter().for_each(check);
    }
    for line in checked(body, decode::lines(text, MOST_EVENTS)).unwrap_or_default() {
        match line {
            Ok(event) => check(&event),
            Err(malformed) => check_position(body, &malformed),
        }
    }
}

fn checked<T>(body: &[u8], decoded: Result<T, DecodeError>) -> Result<T, DecodeError> {
    if let Err(DecodeError::Malformed(malformed)) = &decoded {
        check_position(body, malformed);
    }
    decoded
}

fn check_position(body: &[u8], malformed: &Malformed) {
    assert!(malformed.byte <= body.len(), "a position beyond the body");
}

fn check(raw: &RawEvent<'_>) {
    match validate::validate(raw, MOST_BYTES) {
        Ok(event) => {
            assert!(
                !event.path.trim().is_empty() && !event.identifier.trim().is_empty(),
                "blank, but required"
            );
            let texts = [&event.path, &event.user_name, &event.session_id, &event.error_message];
            assert!(texts.iter().all(|text| !text.contains('\0')), "a NUL was accepted");
            assert!(raw.bytes <= MOST_BYTES, "larger than is accepted");
        }
        Err(failures) => {
            assert!(!failures.is_empty(), "refused without a reason");
            assert!(
                failures.iter().all(|failure| !failure.reason.message().is_empty()),
                "a reason without a word"
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn holds_of_arbitrary_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            super::body(&bytes);
        }

        #[test]
        fn holds_of_events(path in ".{0,300}", name in ".{0,120}") {
            let event = serde_json::json!({
                "path": path, "identifier": "u", "service_name": "s", "user_name": name,
            });
            super::body(event.to_string().as_bytes());
            super::body(format!("[{event},{event}]\n{event}").as_bytes());
        }
    }
}
