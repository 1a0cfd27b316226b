//! Credentials that are told by their own shape: JSON Web Tokens, bearer and basic credentials, and
//! passwords in addresses.

use memchr::memchr_iter;
use memchr::memmem;

use super::text::{Hits, Replacement};

/// Finds the credentials in a text.
pub(super) fn find(text: &str, hits: &mut Hits) {
    let bytes = text.as_bytes();
    find_tokens(bytes, hits);
    find_schemes(bytes, hits);
    find_addresses(bytes, hits);
}

/// `eyJ….….…`: three parts of base64url, the first of which is the start of a JSON object.
fn find_tokens(bytes: &[u8], hits: &mut Hits) {
    let mut found = 0;
    for start in memmem::find_iter(bytes, b"eyJ") {
        if start < found || start > 0 && is_base64url(bytes[start - 1]) {
            continue;
        }
        let part = |from: usize| bytes[from..].iter().take_while(|byte| is_base64url(**byte)).count();
        let header = part(start);
        let payload_at = start + header + 1;
        if header < 8 || bytes.get(payload_at - 1) != Some(&b'.') {
            continue;
        }
        let payload = part(payload_at);
        let signature_at = payload_at + payload + 1;
        if payload > 0 && bytes.get(signature_at - 1) == Some(&b'.') {
            found = signature_at + part(signature_at);
            hits.push(start..found, Replacement::Whole);
        }
    }
}

/// `Bearer …` and `Basic …`, unless a word of prose follows.
fn find_schemes(bytes: &[u8], hits: &mut Hits) {
    for space in memchr_iter(b' ', bytes) {
        let after = &bytes[space + 1..];
        let value = &after[..after.iter().take_while(|byte| is_credential(**byte)).count()];
        let value = value.strip_suffix(b".").unwrap_or(value);
        let is_secret = if ends_with_word(&bytes[..space], b"bearer") {
            is_bearer(value)
        } else if ends_with_word(&bytes[..space], b"basic") {
            is_user_and_password(value)
        } else {
            false
        };
        if is_secret {
            hits.push(space + 1..space + 1 + value.len(), Replacement::Whole);
        }
    }
}

/// The password in `scheme://user:password@host`.
fn find_addresses(bytes: &[u8], hits: &mut Hits) {
    for scheme in memmem::find_iter(bytes, b"://") {
        let start = scheme + 3;
        let ends = |byte: &u8| byte.is_ascii_whitespace() || b"/?#\"'<>".contains(byte);
        let length = bytes[start..].iter().take_while(|byte| !ends(byte)).count();
        let authority = &bytes[start..start + length];
        let Some(at) = memchr::memrchr(b'@', authority) else { continue };
        let Some(colon) = memchr::memchr(b':', &authority[..at]) else { continue };
        let password = start + colon + 1..start + at;
        if !password.is_empty() && bytes[password.clone()] != *super::MASK.as_bytes() {
            hits.push(password, Replacement::Whole);
        }
    }
}

fn is_base64url(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

/// The characters of RFC 6750's token68.
fn is_credential(byte: u8) -> bool {
    is_base64url(byte) || matches!(byte, b'.' | b'~' | b'+' | b'/' | b'=')
}

fn ends_with_word(text: &[u8], word: &[u8]) -> bool {
    let Some(start) = text.len().checked_sub(word.len()) else { return false };
    let whole = start == 0 || !text[start - 1].is_ascii_alphanumeric();
    whole && text[start..].eq_ignore_ascii_case(word)
}

/// Long, or with something no plain word has.
fn is_bearer(value: &[u8]) -> bool {
    value.len() >= 20 || value.len() >= 6 && value.iter().any(|byte| !byte.is_ascii_alphabetic())
}

/// Whether base64 of a text with a colon in it: "basic authentication" is none.
fn is_user_and_password(value: &[u8]) -> bool {
    let digits = value.iter().take_while(|byte| **byte != b'=').map(|byte| match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    });
    let (mut bits, mut count, mut found) = (0_u32, 0, false);
    for digit in digits {
        let Some(digit) = digit else { return false };
        bits = bits << 6 | u32::from(digit);
        count += 6;
        if count >= 8 {
            count -= 8;
            found |= (bits >> count) & 0xff == u32::from(b':');
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use crate::mask::masked_text as mask;

    #[test]
    fn credentials_by_shape() {
        let jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-_123";
        assert_eq!(mask(&format!("got {jwt}.")), "got ********.");
        assert_eq!(mask("sent bearer abc123def"), "sent bearer ********");
        assert_eq!(mask("header Basic dXNlcjpwYXNzd29yZA== refused"), "header Basic ******** refused");
        assert_eq!(mask("at postgres://bat:hunter2@db:5432/x"), "at postgres://bat:********@db:5432/x");
    }

    #[test]
    fn prose_stays() {
        for text in [
            "basic authentication is off",
            "a bearer token. Bearer tokens expire",
            "see https://example.com:8080/a@b",
            "eyJust.a.word",
        ] {
            assert_eq!(mask(text), text);
        }
    }
}
