//! The spelling of an API key: `bat_` and 64 lower-case hex digits (32 random bytes). Only its
//! SHA-256, as hex, is ever stored or published.

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

#[cfg(test)]
mod tests {
    use super::*;

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
