//! JSON strings and the texts they stand for: from one to the other and back.

/// Writes the text a JSON string stands for. `raw` was validated. A surrogate without its other half,
/// which JSON allows and UTF-8 does not, becomes U+FFFD.
pub(crate) fn unescape(raw: &str, out: &mut String) {
    let mut rest = raw;
    while let Some((plain, escape)) = rest.split_once('\\') {
        out.push_str(plain);
        let (character, length) = unescape_one(escape);
        out.push(character);
        rest = escape.get(length..).unwrap_or_default();
    }
    out.push_str(rest);
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

/// Writes a text as a JSON string, quotes included.
pub(crate) fn quote(text: &str, out: &mut String) {
    out.push('"');
    let mut copied = 0;
    for (at, byte) in text.bytes().enumerate() {
        let escape = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            b'\r' => "\\r",
            b'\t' => "\\t",
            0x08 => "\\b",
            0x0c => "\\f",
            0x00..=0x1f => "\\u00",
            _ => continue,
        };
        out.push_str(&text[copied..at]);
        out.push_str(escape);
        if escape.len() == 4 {
            let hex = |half: u8| char::from(b"0123456789abcdef"[usize::from(half)]);
            out.extend([hex(byte >> 4), hex(byte & 15)]);
        }
        copied = at + 1;
    }
    out.push_str(&text[copied..]);
    out.push('"');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn escapes() {
        let mut out = String::new();
        unescape(r#"a\u0070\n\"\\\/ \ud83d\ude00 \ud83d \ud83d\u0041"#, &mut out);
        assert_eq!(out, "ap\n\"\\/ \u{1f600} \u{fffd} \u{fffd}A");
    }

    proptest! {
        #[test]
        fn quoting_is_what_serde_does(text in "[\\x00-\\x7fé\u{1f600}]{0,40}") {
            let mut quoted = String::new();
            quote(&text, &mut quoted);
            prop_assert_eq!(&quoted, &serde_json::to_string(&text).unwrap());
            let mut back = String::new();
            unescape(&quoted[1..quoted.len() - 1], &mut back);
            prop_assert_eq!(back, text);
        }
    }
}
