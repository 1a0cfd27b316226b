//! Ids: of events (UUIDv7 or the client's own) and of projects that nobody created by hand.

use uuid::Uuid;

/// Namespace of project ids derived from a slug. Fixed for ever: another value would give every
/// auto-created project a second id.
const PROJECT_NAMESPACE: Uuid = Uuid::from_u128(0x8f1f_0d6e_53c5_5b0c_9a44_1d4f_6d2f_b0a7);

/// The project of what people do in BatAudit itself. The control store's schema creates it; no key of
/// applications writes to it.
pub const AUDIT_PROJECT: Uuid = Uuid::from_u128(0x98cc_fe62_8699_46be_8f45_4c3a_99d1_e1b2);

/// Reads a client's event id in any spelling the original took: hyphenated, plain hex, `urn:uuid:`
/// or braced, in any letter case. All spellings of one UUID are one id.
#[must_use]
pub fn parse_event_id(text: &str) -> Option<Uuid> {
    Uuid::try_parse(text).ok()
}

/// The partition, of `partitions`, in which all copies of a repeatable event lie.
#[must_use]
pub fn partition_of(id: &[u8; 16], partitions: i32) -> i32 {
    let partitions = u128::from(partitions.max(1).unsigned_abs());
    i32::try_from(u128::from_be_bytes(*id) % partitions).unwrap_or_default()
}

/// The id of the project that a slug stands for when no project has claimed the slug. Every gateway
/// derives the same one without asking anybody.
#[must_use]
pub fn project_id_of_slug(slug: &str) -> Uuid {
    Uuid::new_v5(&PROJECT_NAMESPACE, slug.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_spellings_are_one_id() {
        let plain = parse_event_id("6f9619ff8b86d011b42d00c04fc964ff").unwrap();
        for spelling in [
            "6F9619FF-8B86-D011-B42D-00C04FC964FF",
            "urn:uuid:6f9619ff-8b86-d011-b42d-00c04fc964ff",
            "{6f9619ff-8b86-d011-b42d-00c04fc964ff}",
        ] {
            assert_eq!(parse_event_id(spelling), Some(plain), "{spelling}");
        }
        assert_eq!(parse_event_id("6f9619ff"), None);
    }

    #[test]
    fn an_id_has_one_partition() {
        assert_eq!(partition_of(&6_u128.to_be_bytes(), 4), 2);
        assert_eq!(partition_of(&[255; 16], 0), 0);
    }

    #[test]
    fn project_ids_never_change() {
        assert_eq!(project_id_of_slug("my-api").to_string(), project_id_of_slug("my-api").to_string());
        assert_ne!(project_id_of_slug("my-api"), project_id_of_slug("my-app"));
    }
}
