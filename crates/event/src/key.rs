//! The spelling of an API key: `bat_` and 64 lower-case hex digits (32 random bytes). Only its
//! SHA-256, as hex, is ever stored or published; events carry the first 8 bytes of that.

/// What every key starts with.
pub const PREFIX: &str = "bat_";
/// Hex digits after the prefix.
pub const HEX_DIGITS: usize = 64;

/// Whether a text is spelled like a key. A text that is not need not be hashed to be refused.
#[must_use]
pub fn is_well_formed(text: &str) -> bool {
    text.strip_prefix(PREFIX).is_some_and(|digits| {
        digits.len() == HEX_DIGITS && digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    })
}

/// What stands for a key in events: the first 8 bytes of its SHA-256, as a big-endian number. Enough to tell
/// the keys of an installation apart, and of no use to whoever wants the key.
#[must_use]
pub fn short_hash(sha256: &[u8; 32]) -> u64 {
    sha256.first_chunk().map_or(0, |first| u64::from_be_bytes(*first))
}

/// The same, from the hex that is stored of a key; `None` when that is no hex.
#[must_use]
pub fn short_hash_of_hex(sha256: &str) -> Option<u64> {
    let first = sha256.get(..16).filter(|first| first.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
    u64::from_str_radix(first, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_and_bytes_give_the_same_short_hash() {
        let mut hash = [0xff; 32];
        hash[..8].copy_from_slice(&[0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef]);
        assert_eq!(short_hash(&hash), 0x0123_4567_89ab_cdef);
        let text: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(short_hash_of_hex(&text), Some(short_hash(&hash)));
        for wrong in ["", "0123", "+123456789abcdef", "0123456789abcdeg"] {
            assert_eq!(short_hash_of_hex(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn spelling() {
        let digits = "0123456789abcdef".repeat(4);
        assert!(is_well_formed(&format!("bat_{digits}")));
        for wrong in
            [digits.clone(), format!("bat_{}", &digits[1..]), format!("bat_{}", digits.to_uppercase())]
        {
            assert!(!is_well_formed(&wrong), "{wrong}");
        }
    }
}
