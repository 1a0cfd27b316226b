//! What a secret becomes.

use std::fmt;

use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::MASK;
use crate::escape::{quote, unescape};

/// What a rule makes of a value, the weakest first: where several rules speak of one value, the
/// strongest holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Redaction {
    /// `hash:` and 32 hex digits of an HMAC-SHA-256 under the project's salt: equal values stay equal,
    /// within the project.
    Hash,
    /// [`MASK`].
    Mask,
    /// JSON `null`; nothing, in text.
    Remove,
}

impl Redaction {
    /// Every redaction with its name in rules.
    pub const NAMES: [(&'static str, Self); 3] =
        [("mask", Self::Mask), ("remove", Self::Remove), ("hash", Self::Hash)];
}

/// What a project's hashes are salted with. A secret: who has it can try values.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Salt(Vec<u8>);

impl Salt {
    /// A salt of these bytes.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Salt(..)")
    }
}

/// First part of every hash.
const HASH_PREFIX: &str = "hash:";
/// Bytes of the HMAC that are kept.
const HASH_BYTES: usize = 16;

/// Writes the hash of a value.
pub(crate) fn hash_into(salt: &Salt, value: &str, out: &mut String) {
    // An HMAC takes a key of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&salt.0) else { return out.push_str(MASK) };
    mac.update(value.as_bytes());
    let digest = mac.finalize().into_bytes();
    out.push_str(HASH_PREFIX);
    for byte in &digest[..HASH_BYTES] {
        let hex = |half: u8| char::from(b"0123456789abcdef"[usize::from(half)]);
        out.extend([hex(byte >> 4), hex(byte & 15)]);
    }
}

/// Whether a text is what a redaction left.
pub(crate) fn is_redacted(text: &str) -> bool {
    let hash = text.strip_prefix(HASH_PREFIX);
    text == MASK
        || hash.is_some_and(|hash| {
            hash.len() == 2 * HASH_BYTES
                && hash.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
        })
}

/// Writes what stands for a whole JSON value, as JSON. Says whether that differs from the value.
pub(crate) fn value_into(redaction: Redaction, salt: &Salt, raw: &str, out: &mut String) -> bool {
    let text = raw.strip_prefix('"').and_then(|raw| raw.strip_suffix('"'));
    match redaction {
        Redaction::Remove if raw == "null" => false,
        Redaction::Remove => {
            out.push_str("null");
            true
        }
        Redaction::Mask if text == Some(MASK) => false,
        Redaction::Mask => {
            quote(MASK, out);
            true
        }
        Redaction::Hash if raw == "null" || text.is_some_and(is_redacted) => false,
        Redaction::Hash => {
            let mut plain = String::new();
            let value = text.map_or(raw, |text| {
                unescape(text, &mut plain);
                &plain
            });
            let mut hash = String::new();
            hash_into(salt, value, &mut hash);
            quote(&hash, out);
            true
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(redaction: Redaction, raw: &str) -> Option<String> {
        let mut out = String::new();
        value_into(redaction, &Salt::new(b"salt".to_vec()), raw, &mut out).then_some(out)
    }

    #[test]
    fn equal_values_hash_alike_and_only_once() {
        let hash = value(Redaction::Hash, r#""a@b.c""#).unwrap();
        assert_eq!(hash, value(Redaction::Hash, r#""\u0061@b.c""#).unwrap());
        assert_eq!(value(Redaction::Hash, &hash), None);
        let mut other = String::new();
        hash_into(&Salt::new(b"pepper".to_vec()), "a@b.c", &mut other);
        assert_ne!(hash, format!("\"{other}\""));
        assert!(is_redacted(&other));
    }

    #[test]
    fn redacting_twice_changes_nothing() {
        for redaction in [Redaction::Mask, Redaction::Remove, Redaction::Hash] {
            let once = value(redaction, r#"{"a":[1]}"#).unwrap();
            assert_eq!(value(redaction, &once), None, "{redaction:?}");
        }
    }

    #[test]
    fn salts_do_not_print() {
        assert!(!format!("{:?}", Salt::new(b"hunter2".to_vec())).contains("hunter2"));
    }
}
