//! Credentials that are told by what stands around them: bearer and basic credentials, passwords in
//! addresses, private keys in PEM.

use std::sync::LazyLock;

use memchr::{memchr, memchr_iter, memmem, memrchr};

use crate::MASK;
use crate::hits::Hits;

/// `Bearer …` and `Basic …`, unless a word of prose follows.
pub(crate) fn find_schemes(bytes: &[u8], hits: &mut Hits) {
    for space in memchr_iter(b' ', bytes) {
        let before = &bytes[..space];
        let scheme = match before.last() {
            Some(b'r' | b'R') if ends_with_word(before, b"bearer") => is_bearer,
            Some(b'c' | b'C') if ends_with_word(before, b"basic") => is_user_and_password,
            _ => continue,
        };
        let start = space + bytes[space..].iter().take_while(|byte| **byte == b' ').count();
        let after = &bytes[start..];
        let value = &after[..after.iter().take_while(|byte| is_credential(**byte)).count()];
        let value = value.strip_suffix(b".").unwrap_or(value);
        if scheme(value) {
            hits.whole(start..start + value.len());
        }
    }
}

/// The password in `scheme://user:password@host`, where `start` is behind the slashes.
pub(crate) fn find_address(bytes: &[u8], start: usize, hits: &mut Hits) {
    let ends = |byte: &u8| byte.is_ascii_whitespace() || b"/?#\"'<>`".contains(byte);
    let length = bytes[start..].iter().take_while(|byte| !ends(byte)).count();
    let authority = &bytes[start..start + length];
    let Some(at) = memrchr(b'@', authority) else { return };
    let Some(colon) = memchr(b':', &authority[..at]) else { return };
    let password = start + colon + 1..start + at;
    if !password.is_empty() && bytes[password.clone()] != *MASK.as_bytes() {
        hits.whole(password);
    }
}

static BEGIN: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new("-----BEGIN "));

/// Private keys: from the dashes before `BEGIN` to those after `END`, or to the end of the text where
/// it was cut off.
pub(crate) fn find_private_keys(bytes: &[u8], hits: &mut Hits) {
    let mut at = 0;
    while let Some(begin) = BEGIN.find(&bytes[at..]).map(|begin| at + begin) {
        let label = begin + b"-----BEGIN ".len();
        let Some(dashes) = memmem::find(&bytes[label..], b"-----").map(|dashes| label + dashes) else {
            return;
        };
        at = dashes + 5;
        // A label is short: anything else is not one, and may be the label of a later key.
        if dashes - label > 40 || !bytes[label..dashes].ends_with(b"PRIVATE KEY") {
            at = label;
            continue;
        }
        let end = memmem::find(&bytes[at..], b"-----END ").map(|end| at + end + 9);
        let end = end.and_then(|end| memmem::find(&bytes[end..], b"-----").map(|dashes| end + dashes + 5));
        at = end.unwrap_or(bytes.len());
        hits.whole(begin..at);
    }
}

/// The characters of RFC 6750's token68.
fn is_credential(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.~+/=".contains(&byte)
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
    use crate::masked_text as mask;

    #[test]
    fn credentials_by_what_stands_around_them() {
        assert_eq!(mask("sent bearer abc123def"), "sent bearer ********");
        assert_eq!(mask("sent bearer  abc123def."), "sent bearer  ********.");
        assert_eq!(mask("header Basic dXNlcjpwYXNzd29yZA== refused"), "header Basic ******** refused");
        assert_eq!(mask("basic OjHW"), "basic ********");
        assert_eq!(mask("at postgres://bat:hunter2@db:5432/x"), "at postgres://bat:********@db:5432/x");
        assert_eq!(mask("redis://:hunter2@db"), "redis://:********@db");
    }

    #[test]
    fn private_keys_whole_or_cut_off() {
        let key = "-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc=\n-----END RSA PRIVATE KEY-----";
        assert_eq!(mask(&format!("a\n{key}\nb\n{key}")), "a\n********\nb\n********");
        assert_eq!(mask(&key[..50]), "********");
        let certificate = "-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----";
        assert_eq!(mask(&format!("{certificate}\n{key}")), format!("{certificate}\n********"));
        assert_eq!(mask("-----BEGIN and never a key behind it"), "-----BEGIN and never a key behind it");
    }

    #[test]
    fn prose_stays() {
        for text in [
            "basic authentication is off",
            "a bearer token. Bearer tokens expire",
            "see https://example.com:8080/a@b",
            "forbearer abc123def",
        ] {
            assert_eq!(mask(text), text);
        }
    }
}
