//! Secrets in plain text: error messages, user agents, strings inside JSON.
//!
//! An assignment (`password=hunter2`, `token: abc123`, `"secret": "x y"`) loses its value. After `=`
//! the value is always taken. After `:` prose may follow, so an unquoted word is taken only when
//! nothing follows it or when it does not look like a plain word: `password: must be longer` stays,
//! `password: hunter2` does not.

use std::ops::Range;

use memchr::memchr2_iter;

use super::keys::KeySet;
use super::{MASK, card, credential};

/// Masks `text`; `None` when there was nothing to mask.
pub(super) fn mask(text: &str, keys: &KeySet) -> Option<String> {
    let mut hits = Hits::default();
    find_assignments(text, keys, &mut hits);
    credential::find(text, &mut hits);
    card::find(text, &mut hits);
    hits.apply(text)
}

/// What takes the place of a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Replacement {
    /// [`MASK`].
    Whole,
    /// A card's mask with its last digits.
    Card(String),
}

/// The secrets found in a text.
#[derive(Debug, Default)]
pub(super) struct Hits {
    found: Vec<(Range<usize>, Replacement)>,
}

impl Hits {
    pub(super) fn push(&mut self, range: Range<usize>, replacement: Replacement) {
        self.found.push((range, replacement));
    }

    /// The text with every hit replaced; hits that overlap become one.
    fn apply(mut self, text: &str) -> Option<String> {
        if self.found.is_empty() {
            return None;
        }
        self.found.sort_by_key(|(range, _)| range.start);
        let mut merged: Vec<(Range<usize>, Replacement)> = Vec::with_capacity(self.found.len());
        for (range, replacement) in self.found {
            match merged.last_mut() {
                Some((last, mask)) if range.start < last.end => {
                    last.end = last.end.max(range.end);
                    *mask = Replacement::Whole;
                }
                _ => merged.push((range, replacement)),
            }
        }
        let (mut out, mut copied) = (String::with_capacity(text.len()), 0);
        for (range, replacement) in merged {
            out.push_str(&text[copied..range.start]);
            out.push_str(match &replacement {
                Replacement::Whole => MASK,
                Replacement::Card(mask) => mask,
            });
            copied = range.end;
        }
        out.push_str(&text[copied..]);
        Some(out)
    }
}

fn find_assignments(text: &str, keys: &KeySet, hits: &mut Hits) {
    let bytes = text.as_bytes();
    for at in memchr2_iter(b'=', b':', bytes) {
        if keys.contains(key_before(bytes, at)) {
            let value = value_after(bytes, at).filter(|value| !value.is_empty());
            if let Some(value) = value.filter(|value| text.get(value.clone()) != Some(MASK)) {
                hits.push(value, Replacement::Whole);
            }
        }
    }
}

/// The word before an assignment sign, less the quotes and brackets around it.
fn key_before(bytes: &[u8], sign: usize) -> &[u8] {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let around = |byte: &u8| matches!(byte, b' ' | b'"' | b'\'' | b'`' | b'\\' | b']');
    let before = &bytes[..sign];
    let end = before.len() - before.iter().rev().take(8).take_while(|byte| around(byte)).count();
    let length = before[..end].iter().rev().take_while(|byte| is_word(byte)).count();
    &before[end - length..end]
}

/// The value after an assignment sign, or nothing when the sign is none.
fn value_after(bytes: &[u8], sign: usize) -> Option<Range<usize>> {
    let assigns = bytes[sign] == b'=';
    let compares = sign > 0 && matches!(bytes[sign - 1], b'=' | b'!' | b'<' | b'>');
    let mut at = sign + 1;
    match bytes.get(at) {
        Some(b'=') => return None,
        // `=>` of Ruby and PHP.
        Some(b'>') if assigns => at += 1,
        Some(b'/') if !assigns && bytes.get(at + 1) == Some(&b'/') => return None,
        _ if assigns && compares => return None,
        _ => {}
    }
    at += bytes[at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    // Quotes may themselves be escaped, in JSON that was cut short.
    at += bytes[at..].iter().take_while(|byte| **byte == b'\\').count();
    if let Some(quote @ (b'"' | b'\'' | b'`')) = bytes.get(at) {
        return Some(quoted(bytes, at + 1, *quote));
    }
    let mut value = word(bytes, at);
    if is_scheme(&bytes[value.clone()]) && bytes.get(value.end) == Some(&b' ') {
        value.end = word(bytes, value.end + 1).end;
        return Some(value);
    }
    let prose = !assigns && bytes.get(value.end) == Some(&b' ') && is_plain_word(&bytes[value.clone()]);
    (!prose).then_some(value)
}

/// From `start` to the closing quote, or to the end where it was cut off.
fn quoted(bytes: &[u8], start: usize, quote: u8) -> Range<usize> {
    let mut at = start;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' if bytes.get(at + 1) == Some(&quote) && closes(bytes, at + 2) => break,
            b'\\' => at += 1,
            byte if *byte == quote => break,
            _ => {}
        }
        at += 1;
    }
    start..at.min(bytes.len())
}

/// Whether what follows an escaped quote shows that it closed the value: in JSON inside a string every
/// quote is escaped.
fn closes(bytes: &[u8], at: usize) -> bool {
    matches!(bytes.get(at), None | Some(b',' | b'}' | b']'))
}

fn word(bytes: &[u8], start: usize) -> Range<usize> {
    let ends = |byte: &u8| byte.is_ascii_whitespace() || b"&;,\"'<>(){}[]|\\".contains(byte);
    let length = bytes[start.min(bytes.len())..].iter().take_while(|byte| !ends(byte)).count();
    start..start + length
}

fn is_scheme(word: &[u8]) -> bool {
    ["bearer", "basic", "digest", "token", "negotiate"]
        .iter()
        .any(|scheme| word.eq_ignore_ascii_case(scheme.as_bytes()))
}

/// A word of prose: letters only, not mixed in case.
fn is_plain_word(word: &[u8]) -> bool {
    let letters = word.iter().all(|byte| byte.is_ascii_alphabetic() || *byte >= 0x80);
    letters && word.iter().skip(1).all(|byte| !byte.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use crate::mask::masked_text as mask;

    #[test]
    fn assignments_lose_their_value() {
        for (text, masked) in [
            ("login failed: password=hunter2", "login failed: password=********"),
            ("PWD = abc def", "PWD = ******** def"),
            ("user=bob&api-key=k1&x=2", "user=bob&api-key=********&x=2"),
            ("password: hunter2, user: bob", "password: ********, user: bob"),
            ("token: abc123 expired", "token: ******** expired"),
            ("secret: 'a b c' x", "secret: '********' x"),
            (r#"bad body {"password":"x y","n":1"#, r#"bad body {"password":"********","n":1"#),
            (r#"bad body {\"password\":\"x y\",\"n\":1"#, r#"bad body {\"password\":\"********\",\"n\":1"#),
            (r#"{:password=>"x"}"#, r#"{:password=>"********"}"#),
            ("form[password]=x", "form[password]=********"),
            ("Authorization: Bearer abc", "Authorization: ********"),
            ("authorization=Token abc", "authorization=********"),
            (r#"password="a\"b c" tail"#, r#"password="********" tail"#),
            (r#"password="never closed"#, r#"password="********"#),
        ] {
            assert_eq!(mask(text), masked);
            assert_eq!(mask(masked), masked, "masking twice");
        }
    }

    #[test]
    fn prose_stays() {
        for text in [
            "password: must be at least 8 characters",
            "Invalid token: unexpected end of input",
            "password == null",
            "tokens_used=5",
            "token://host",
            "the secret: ",
            "password=",
            "caf\u{e9}: \u{5bc6}\u{7801}",
        ] {
            assert_eq!(mask(text), text);
        }
    }
}
