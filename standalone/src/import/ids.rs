//! Ids: the original's are texts that are nearly always UUIDs; here all are. In: its id. Out: ours, the same every time.

use bataudit_event::id::parse_event_id;
use uuid::Uuid;

/// Namespace of ids made of texts that are no UUIDs. Fixed for ever: another value would import everything twice.
const NAMESPACE: Uuid = Uuid::from_u128(0x5b0c_2f7e_91d4_5a38_b6e7_0f4a_8c1d_2e95);

/// The id as a UUID: itself in any spelling, or one derived from the text.
pub(super) fn uuid(text: &str) -> Uuid {
    parse_event_id(text).unwrap_or_else(|| derived(text))
}

/// A UUID derived from the text, whatever it spells.
pub(super) fn derived(text: &str) -> Uuid {
    Uuid::new_v5(&NAMESPACE, text.as_bytes())
}

/// The id as the control store keeps it.
pub(super) fn text(id: &str) -> String {
    uuid(id).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uuids_stay_and_texts_always_become_the_same() {
        assert_eq!(text("6F9619FF-8B86-D011-B42D-00C04FC964FF"), "6f9619ff-8b86-d011-b42d-00c04fc964ff");
        assert_eq!(text("project-1"), text("project-1"));
        assert_ne!(text("project-1"), text("project-2"));
        assert_eq!(text("project-1"), "9556c554-d233-5b81-ad44-911a5c6cab35");
    }
}
