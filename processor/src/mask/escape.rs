//! JSON strings and the texts they stand for: from one to the other and back.

use super::MASK;

/// The text a JSON string stands for. `raw` was validated. A surrogate without its other half, which
/// JSON allows and UTF-8 does not, becomes U+FFFD.
pub(super) fn unescape(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((plain, escape)) = rest.split_once('\\') {
        out.push_str(plain);
        let (character, length) = unescape_one(escape);
        out.push(character);
        rest = escape.get(length..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// The character of one escape, and its length without the backslash before it.
fn unescape_one(escape: &str) -> (char, usize) {
    let character = match escape.as_bytes().first() {
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'u') => return unescape_unicode(escape),
        Some(other) => char::from(*other),
        None => char::REPLACEMENT_CHARACTER,
    };
    (character, 1)
}

fn unescape_unicode(escape: &str) -> (char, usize) {
    let unit = |at: usize| escape.get(at..at + 4).and_then(|hex| u16::from_str_radix(hex, 16).ok());
    let Some(first) = unit(1) else { return (char::REPLACEMENT_CHARACTER, 1) };
    let second = (escape.get(5..7) == Some("\\u")).then(|| unit(7)).flatten();
    let pair = [first, second.unwrap_or_default()];
    match char::decode_utf16(pair).next() {
        Some(Ok(character)) => (character, if character.len_utf16() == 2 { 11 } else { 5 }),
        _ => (char::REPLACEMENT_CHARACTER, 5),
    }
}

/// A text as a JSON string, quotes included.
pub(super) fn quote(text: &str) -> String {
    // Serialising a string cannot fail.
    serde_json::to_string(text).unwrap_or_else(|_| format!("\"{MASK}\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes() {
        assert_eq!(
            unescape(r#"a\u0070\n\"\\\/ \ud83d\ude00 \ud83d \ud83d\u0041"#),
            "ap\n\"\\/ \u{1f600} \u{fffd} \u{fffd}A"
        );
    }
}
