//! Secrets in plain text that stand under a sensitive name.
//!
//! An assignment (`password=hunter2`, `token: abc123`, `"secret": "x y"`) loses its value. After `=`
//! the value is always taken. After `:` prose may follow, so an unquoted word is taken only when
//! nothing follows it or when it does not look like a plain word: `password: must be longer` stays,
//! `password: hunter2` does not. An element (`<password>x</password>`) loses its text.

use std::ops::Range;

use memchr::{memchr2_iter, memmem, memrchr};

use crate::MASK;
use crate::credential::find_address;
use crate::hits::Hits;
use crate::keys::KeySet;
use crate::redact::{Redaction, Salt, hash_into, is_redacted};

/// Finds assignments, and passwords in addresses, which have a `:` too.
pub(crate) fn find(text: &str, keys: &KeySet, salt: &Salt, hits: &mut Hits) {
    let bytes = text.as_bytes();
    for at in memchr2_iter(b'=', b':', bytes) {
        if bytes[at] == b':' && bytes[at + 1..].starts_with(b"//") {
            find_address(bytes, at + 3, hits);
            continue;
        }
        let key = key_before(bytes, at);
        if key.is_empty() {
            continue;
        }
        let Some(redaction) = keys.find(key) else { continue };
        if let Some(value) = value_after(bytes, at, is_header(key)) {
            add(text, value, redaction, salt, hits);
        }
    }
}

/// Finds elements of XML whose name is sensitive.
pub(crate) fn find_elements(text: &str, keys: &KeySet, salt: &Salt, hits: &mut Hits) {
    let bytes = text.as_bytes();
    for close in memmem::find_iter(bytes, b"</") {
        let name = &bytes[close + 2..];
        let name = &name[..name.iter().take_while(|byte| is_word(**byte) || **byte == b':').count()];
        let local = memrchr(b':', name).map_or(name, |colon| &name[colon + 1..]);
        let Some(redaction) = keys.find(local) else { continue };
        let inside = &bytes[..close];
        let start = match inside.strip_suffix(b"]]>") {
            Some(inside) => memmem::rfind(inside, b"<![CDATA[").map(|open| open + 9),
            None => memrchr(b'>', inside).map(|open| open + 1),
        };
        let end = if inside.ends_with(b"]]>") { close - 3 } else { close };
        if let Some(start) = start {
            add(text, start..end, redaction, salt, hits);
        }
    }
}

fn add(text: &str, value: Range<usize>, redaction: Redaction, salt: &Salt, hits: &mut Hits) {
    let Some(secret) = text.get(value.clone()).filter(|secret| !secret.is_empty() && !is_redacted(secret))
    else {
        return;
    };
    match redaction {
        Redaction::Mask => hits.whole(value),
        Redaction::Remove => hits.text(value, ""),
        Redaction::Hash => {
            let mut hash = String::new();
            hash_into(salt, secret, &mut hash);
            hits.text(value, &hash);
        }
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_') || byte >= 0x80
}

/// The word before an assignment sign, less the quotes and brackets around it.
fn key_before(bytes: &[u8], sign: usize) -> &[u8] {
    let around = |byte: &u8| matches!(byte, b' ' | b'\t' | b'"' | b'\'' | b'`' | b'\\' | b']');
    let before = &bytes[..sign];
    let end = before.len() - before.iter().rev().take(8).take_while(|byte| around(byte)).count();
    let length = before[..end].iter().rev().take_while(|byte| is_word(**byte)).count();
    &before[end - length..end]
}

/// Whether the value of a name goes to the end of its line, as that of a header with several parts.
fn is_header(key: &[u8]) -> bool {
    let headers: [&[u8]; 4] = [b"cookie", b"set-cookie", b"authorization", b"proxy-authorization"];
    headers.iter().any(|header| key.eq_ignore_ascii_case(header))
}

/// The value after an assignment sign, or nothing when the sign is none.
fn value_after(bytes: &[u8], sign: usize, header: bool) -> Option<Range<usize>> {
    let assigns = bytes[sign] == b'=';
    let compares = sign > 0 && matches!(bytes[sign - 1], b'=' | b'!' | b'<' | b'>');
    let mut at = sign + 1;
    match bytes.get(at) {
        Some(b'=') => return None,
        // `=>` of Ruby and PHP.
        Some(b'>') if assigns => at += 1,
        _ if assigns && compares => return None,
        _ => {}
    }
    at += bytes[at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    // Quotes may themselves be escaped, in JSON that was cut short.
    at += bytes[at..].iter().take_while(|byte| **byte == b'\\').count();
    match bytes.get(at) {
        Some(quote @ (b'"' | b'\'' | b'`')) => return Some(quoted(bytes, at + 1, *quote)),
        Some(b'{' | b'[') => return Some(at..bracketed(bytes, at)),
        _ => {}
    }
    let mut value = word(bytes, at);
    if is_scheme(&bytes[value.clone()]) && bytes.get(value.end) == Some(&b' ') {
        value.end = word(bytes, value.end + 1).end;
    } else if !assigns && bytes.get(value.end) == Some(&b' ') && is_plain_word(&bytes[value.clone()]) {
        return None;
    }
    if header && !assigns && !value.is_empty() {
        let line = bytes[value.end..].iter().take_while(|byte| !matches!(byte, b'\r' | b'\n')).count();
        value.end += line;
    }
    Some(value)
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

/// Where an object or array that begins at `start` ends; the end of the text where it was cut off.
fn bracketed(bytes: &[u8], start: usize) -> usize {
    let mut depth = 0_usize;
    for (at, byte) in bytes.iter().enumerate().skip(start) {
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return at + 1;
        }
    }
    bytes.len()
}

fn word(bytes: &[u8], start: usize) -> Range<usize> {
    let start = start.min(bytes.len());
    let ends = |byte: &u8| byte.is_ascii_whitespace() || b"&;,\"'<>(){}[]|\\".contains(byte);
    let length = bytes[start..].iter().take_while(|byte| !ends(byte)).count();
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
    letters && word != MASK.as_bytes() && word.iter().skip(1).all(|byte| !byte.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use crate::masked_text as mask;

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
            (r#"bad body {"password":{"a":["x"]},"n":1"#, r#"bad body {"password":********,"n":1"#),
            (r#"bad body {"password":{"a":["x"#, r#"bad body {"password":********"#),
            (r#"{:password=>"x"}"#, r#"{:password=>"********"}"#),
            ("form[password]=x", "form[password]=********"),
            ("Authorization: Bearer abc", "Authorization: ********"),
            ("authorization=Token abc", "authorization=********"),
            ("Cookie: a=b; sid=c\r\nHost: x", "Cookie: ********\r\nHost: x"),
            (r#"password="a\"b c" tail"#, r#"password="********" tail"#),
            (r#"password="never closed"#, r#"password="********"#),
            ("AccountKey=abc+/=;EndpointSuffix=x", "AccountKey=********;EndpointSuffix=x"),
            ("Server=db;Password=x;User=y", "Server=db;Password=********;User=y"),
            ("STRIPE_SECRET_KEY=abc DB_PASSWORD=x", "STRIPE_SECRET_KEY=******** DB_PASSWORD=********"),
        ] {
            assert_eq!(mask(text), masked);
            assert_eq!(mask(masked), masked, "masking twice");
        }
    }

    #[test]
    fn elements_lose_their_text() {
        for (text, masked) in [
            ("<a><password>x y</password></a>", "<a><password>********</password></a>"),
            ("<w:Password Type=\"t\">x</w:Password>", "<w:Password Type=\"t\">********</w:Password>"),
            ("<token><![CDATA[x>y]]></token>", "<token><![CDATA[********]]></token>"),
            ("<name>x</name>", "<name>x</name>"),
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
            "12:30:45 id=7",
        ] {
            assert_eq!(mask(text), text);
        }
    }
}
