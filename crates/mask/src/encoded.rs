//! Secrets behind an encoding: percent-encoded parts of a text, and a text that is base64 of another.
//! Each is decoded and looked at as text; each level counts as several of JSON, which bounds the work.

use base64::Engine as _;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::{alphabet, engine};
use memchr::memchr;

use crate::hits::Hits;
use crate::paths::Active;
use crate::scan::Shape;
use crate::work::Work;
use crate::{MAX_NESTING, Masker, query, text};

/// How many levels of nesting a decoded text counts for.
pub(crate) const LEVELS: u8 = 3;
/// The shortest base64 that is looked into: that of `pwd=1234567890`.
const SHORTEST_BASE64: usize = 20;
/// The longest: an event has fewer bytes.
const LONGEST_BASE64: usize = 1 << 20;

const CONFIG: GeneralPurposeConfig =
    engine::general_purpose::PAD.with_decode_padding_mode(DecodePaddingMode::Indifferent);
static STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, CONFIG);
static URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, CONFIG);

/// Finds what is secret once decoded.
pub(crate) fn find(masker: &Masker, text: &str, shape: Shape, nesting: u8, work: &mut Work, hits: &mut Hits) {
    if nesting + LEVELS > MAX_NESTING {
        return;
    }
    if shape.percent {
        find_percent(masker, text, nesting, work, hits);
    }
    if shape.base64 && is_secret_base64(masker, text, nesting, work) {
        hits.whole(0..text.len());
    }
}

/// Words with a percent sign are taken apart like the query string of an address.
fn find_percent(masker: &Masker, text: &str, nesting: u8, work: &mut Work, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let ends = |byte: &u8| byte.is_ascii_whitespace() || b"\"'<>`".contains(byte);
    let mut at = 0;
    while let Some(percent) = memchr(b'%', &bytes[at..]).map(|percent| at + percent) {
        let start = percent - bytes[at..percent].iter().rev().take_while(|byte| !ends(byte)).count();
        let end = percent + bytes[percent..].iter().take_while(|byte| !ends(byte)).count();
        query::find_parameters(masker, text, start..end, nesting, work, hits);
        at = end;
    }
}

/// Whether a text can be base64 of another by its length and by the first of every four characters,
/// which has the upper bits of a byte.
pub(crate) fn may_be_base64(text: &[u8]) -> bool {
    let begins_ascii = |at: usize| matches!(text.get(at), Some(b'A'..=b'Z' | b'a'..=b'f'));
    (SHORTEST_BASE64..=LONGEST_BASE64).contains(&text.len()) && [0, 4, 8].into_iter().all(begins_ascii)
}

/// Whether a text as a whole is base64 of a text with a secret in it.
fn is_secret_base64(masker: &Masker, text: &str, nesting: u8, work: &mut Work) -> bool {
    if !may_be_base64(text.as_bytes()) {
        return false;
    }
    // Random bytes are rarely nine printable characters in a row.
    let mut head = [0; 12];
    let printable = |byte: &u8| matches!(byte, b' '..=b'~' | b'\n' | b'\r' | b'\t');
    let Some(begin) = text.as_bytes().first_chunk::<12>() else { return false };
    let Ok(count) = engine_of(begin).decode_slice(begin, &mut head) else { return false };
    if count != 9 || !head[..9].iter().all(printable) {
        return false;
    }
    let engine = engine_of(text.as_bytes());
    let mut bytes = work.text().into_bytes();
    let decoded = engine.decode_vec(text, &mut bytes).is_ok();
    let Ok(plain) = String::from_utf8(bytes) else { return false };
    let mut masked = work.text();
    let found = decoded && text::loose(masker, &plain, Active::NONE, nesting + LEVELS, work, &mut masked);
    work.done(masked);
    work.done(plain);
    found
}

fn engine_of(text: &[u8]) -> &'static GeneralPurpose {
    if memchr::memchr2(b'-', b'_', text).is_some() { &URL_SAFE } else { &STANDARD }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{MASK, masked_text as mask};

    #[test]
    fn percent_signs_hide_nothing() {
        for (text, masked) in [
            ("GET /a?%70assword=hunter2 failed", "GET /a?%70assword=******** failed"),
            ("GET /a?n=1&password%3Dhunter2", "GET /a?n=1&password%3D********"),
            ("b=%7B%22token%22%3A%22x%22%7D&n=5%25", "b=%7B%22token%22%3A%22********%22%7D&n=5%25"),
            ("a=1&token=x&%70assword=y%20z", "a=1&token=********&%70assword=********"),
            ("at%20https%3A%2F%2Fu%3Ahunter2%40host%2F", "at%20https%3A//u%3A********%40host/"),
            ("q=%2570assword%253Dhunter2", "q=%2570assword%253D********"),
            ("100% sure, 5%20", "100% sure, 5%20"),
        ] {
            let once = mask(text);
            assert!(!once.contains("hunter2"), "{once}");
            if !text.contains("%25") {
                assert_eq!(once, masked);
            }
            assert_eq!(mask(&once), once, "masking twice");
        }
    }

    #[test]
    fn base64_hides_nothing() {
        for plain in [r#"{"password":"hunter2"}"#, "password=hunter2 and more", "4111111111111111 of Ada"] {
            for engine in [&STANDARD, &URL_SAFE] {
                let encoded = engine.encode(plain);
                assert_eq!(mask(&encoded), MASK);
                assert_eq!(mask(encoded.trim_end_matches('=')), MASK);
                let twice = engine.encode(&encoded);
                assert_eq!(mask(&twice), MASK);
            }
        }
        let harmless = STANDARD.encode(r#"{"name":"hunter2, and others"}"#);
        assert_eq!(mask(&harmless), harmless);
    }
}
