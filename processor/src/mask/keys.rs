//! The set of sensitive keys, asked once for every key of every JSON document.

use super::RuleError;

/// The longest folded key.
const LONGEST: usize = 48;

/// Keys by the length of their folded form: lower case, without `-` and `_`.
#[derive(Debug, Clone)]
pub(super) struct KeySet {
    by_length: Vec<Vec<Vec<u8>>>,
}

impl KeySet {
    pub(super) fn compile(keys: &[String]) -> Result<Self, RuleError> {
        let mut by_length = vec![Vec::new(); LONGEST + 1];
        for (index, key) in keys.iter().enumerate() {
            let mut buffer = [0; LONGEST];
            let folded = fold(key.as_bytes(), &mut buffer).filter(|folded| !folded.is_empty());
            let folded = folded.filter(|folded| folded.iter().all(u8::is_ascii_alphanumeric));
            let folded = folded.ok_or(RuleError::Key { index: index + 1, longest: LONGEST })?;
            by_length[folded.len()].push(folded.to_vec());
        }
        Ok(Self { by_length })
    }

    /// Whether this key, in any spelling, is sensitive.
    pub(super) fn contains(&self, key: &[u8]) -> bool {
        let mut buffer = [0; LONGEST];
        let Some(folded) = fold(key, &mut buffer) else { return false };
        self.by_length[folded.len()].iter().any(|known| known == folded)
    }
}

/// The folded form of a key, or nothing when it is longer than any known one.
fn fold<'b>(key: &[u8], buffer: &'b mut [u8; LONGEST]) -> Option<&'b [u8]> {
    let mut length = 0;
    for byte in key.iter().filter(|byte| !matches!(byte, b'-' | b'_')) {
        *buffer.get_mut(length)? = byte.to_ascii_lowercase();
        length += 1;
    }
    Some(&buffer[..length])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings() {
        let keys = KeySet::compile(&["api_key".to_owned()]).unwrap();
        for spelling in ["apikey", "API-Key", "ApiKey", "_api__key"] {
            assert!(keys.contains(spelling.as_bytes()), "{spelling}");
        }
        for other in ["api_keys", "", "api.key", "ap\u{131}key"] {
            assert!(!keys.contains(other.as_bytes()), "{other}");
        }
        assert!(!keys.contains("a".repeat(1000).as_bytes()));
    }

    #[test]
    fn a_key_that_cannot_match_is_refused() {
        for wrong in ["", "--", "caf\u{e9}", &"a".repeat(LONGEST + 1)] {
            let keys = ["ok".to_owned(), wrong.to_owned()];
            assert!(matches!(KeySet::compile(&keys), Err(RuleError::Key { index: 2, .. })), "{wrong}");
        }
    }
}
