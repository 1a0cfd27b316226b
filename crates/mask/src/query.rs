//! The path of a request: its query string (and fragment) is taken apart into parameters, everything
//! else is text.

use std::ops::Range;

use crate::encoded::LEVELS;
use crate::hits::Hits;
use crate::paths::Active;
use crate::redact::is_redacted;
use crate::scan::Shape;
use crate::work::Work;
use crate::{MAX_NESTING, Masker, text};

/// What parts parameters from each other and from the path.
const SEPARATORS: &[u8] = b"?#&;";

/// Masks `path`; says whether there was anything to mask.
pub(crate) fn mask(masker: &Masker, path: &str, work: &mut Work, out: &mut String) -> bool {
    let query = memchr::memchr2(b'?', b'#', path.as_bytes()).unwrap_or(path.len());
    let mut hits = work.hits();
    find_component(masker, path, 0..query, 0, work, &mut hits);
    for parameter in parts(path, query..path.len()) {
        find_parameter(masker, path, parameter, 0, work, &mut hits);
    }
    let masked = hits.apply(path, out);
    work.done_with_hits(hits);
    masked
}

/// Finds what is secret in the percent-encoded parameters of a part of a text that may be a query string.
pub(crate) fn find_parameters(
    masker: &Masker,
    text: &str,
    part: Range<usize>,
    nesting: u8,
    work: &mut Work,
    hits: &mut Hits,
) {
    for parameter in parts(text, part) {
        if memchr::memchr(b'%', &text.as_bytes()[parameter.clone()]).is_some() {
            find_parameter(masker, text, parameter, nesting, work, hits);
        }
    }
}

fn parts(text: &str, range: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let mut start = range.start;
    let bytes = &text.as_bytes()[..range.end];
    std::iter::from_fn(move || {
        let rest = bytes.get(start..).filter(|_| start <= range.end)?;
        let length = rest.iter().position(|byte| SEPARATORS.contains(byte)).unwrap_or(rest.len());
        let part = start..start + length;
        start = part.end + 1;
        Some(part)
    })
}

fn find_parameter(
    masker: &Masker,
    text: &str,
    range: Range<usize>,
    nesting: u8,
    work: &mut Work,
    hits: &mut Hits,
) {
    let Some(sign) = memchr::memchr(b'=', &text.as_bytes()[range.clone()]) else {
        return find_component(masker, text, range, nesting, work, hits);
    };
    let (name, value) = (range.start..range.start + sign, range.start + sign + 1..range.end);
    let mut decoded = work.text();
    let plain =
        if decode(&text[name.clone()], &mut decoded) { decoded.as_str() } else { &text[name.clone()] };
    let redaction = masker.keys.find(plain.trim().as_bytes());
    work.done(decoded);
    match redaction {
        Some(redaction) => {
            let secret = &text[value.clone()];
            if !secret.is_empty() && !is_redacted(secret) {
                redacted(masker, redaction, secret, value, work, hits);
            }
        }
        None => {
            find_component(masker, text, name, nesting, work, hits);
            find_component(masker, text, value, nesting, work, hits);
        }
    }
}

fn redacted(
    masker: &Masker,
    redaction: crate::Redaction,
    secret: &str,
    range: Range<usize>,
    work: &mut Work,
    hits: &mut Hits,
) {
    match redaction {
        crate::Redaction::Mask => hits.whole(range),
        crate::Redaction::Remove => hits.text(range, ""),
        crate::Redaction::Hash => {
            let (mut decoded, mut hash) = (work.text(), work.text());
            let plain = if decode(secret, &mut decoded) { decoded.as_str() } else { secret };
            crate::redact::hash_into(&masker.salt, plain, &mut hash);
            hits.text(range, &hash);
            work.done(decoded);
            work.done(hash);
        }
    }
}

/// Finds what is secret in one component, which may be percent-encoded.
fn find_component(
    masker: &Masker,
    text: &str,
    range: Range<usize>,
    nesting: u8,
    work: &mut Work,
    hits: &mut Hits,
) {
    let component = &text[range.clone()];
    let shape = Shape::of(component.as_bytes());
    let may_be_json = text::looks_like_json(component);
    if shape.is_plain() && !may_be_json && masker.patterns.is_empty() && !component.contains('+') {
        return;
    }
    let (mut decoded, mut masked) = (work.text(), work.text());
    let encoded = decode(component, &mut decoded);
    let plain = if encoded { decoded.as_str() } else { component };
    let nesting = (nesting + LEVELS).min(MAX_NESTING);
    if text::loose(masker, plain, Active::NONE, nesting, work, &mut masked) {
        if encoded {
            let mut again = work.text();
            encode(&masked, &mut again);
            hits.text(range, &again);
            work.done(again);
        } else {
            hits.text(range, &masked);
        }
    }
    work.done(decoded);
    work.done(masked);
}

/// Writes the decoded text; says whether there was anything to decode.
fn decode(text: &str, out: &mut String) -> bool {
    if memchr::memchr2(b'%', b'+', text.as_bytes()).is_none() {
        return false;
    }
    let bytes = text.as_bytes();
    let (mut plain, mut at) = (std::mem::take(out).into_bytes(), 0);
    while let Some(&byte) = bytes.get(at) {
        let hex = |offset: usize| bytes.get(at + offset).and_then(|digit| char::from(*digit).to_digit(16));
        match (byte, hex(1), hex(2)) {
            (b'%', Some(high), Some(low)) => {
                plain.push((high * 16 + low) as u8);
                at += 2;
            }
            (b'+', ..) => plain.push(b' '),
            _ => plain.push(byte),
        }
        at += 1;
    }
    *out = match String::from_utf8(plain) {
        Ok(text) => text,
        Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
    };
    true
}

fn encode(text: &str, out: &mut String) {
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'*' | b'/' => {
                out.push(char::from(byte));
            }
            _ => {
                let digit = |value: u8| char::from(b"0123456789ABCDEF"[usize::from(value)]);
                out.extend(['%', digit(byte >> 4), digit(byte & 15)]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::Masker;

    fn mask(path: &str) -> String {
        Masker::built_in().path(path).unwrap_or_else(|| path.to_owned())
    }

    #[test]
    fn parameters_lose_their_value() {
        for (path, masked) in [
            ("/a?token=x&page=2", "/a?token=********&page=2"),
            ("/a?page=2;API-Key=x#access_token=y", "/a?page=2;API-Key=********#access_token=********"),
            ("/a?token=a,b(c)", "/a?token=********"),
            ("/a?%70assword=x", "/a?%70assword=********"),
            ("/a?user[password]=x&user%5Bpwd%5D=y", "/a?user[password]=********&user%5Bpwd%5D=********"),
            ("/a?card=4111+1111%201111-1111", "/a?card=************1111"),
            ("/cards/4111111111111111/x", "/cards/************1111/x"),
            ("/a?filter=%7B%22password%22%3A%22x%22%7D", "/a?filter=%7B%22password%22%3A%22********%22%7D"),
            ("/a;token=x/b", "/a;token=********"),
            ("/a?next=%2Fb%3Ftoken%3Dx", "/a?next=/b%3Ftoken%3D********"),
        ] {
            assert_eq!(mask(path), masked);
            assert_eq!(mask(masked), masked, "masking twice");
        }
    }

    #[test]
    fn other_paths_stay() {
        for path in [
            "/api/users/42",
            "/a?tokens=5&x=%zz&&=&q=a+b",
            "/a?",
            "",
            "/\u{e9}?\u{5bc6}=\u{7801}",
            "/a?token=",
        ] {
            assert_eq!(mask(path), path);
        }
    }
}
