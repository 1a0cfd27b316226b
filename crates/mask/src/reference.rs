//! The slow masker that the fast one is compared with, and the entry of the fuzzer. It builds a tree,
//! folds keys letter by letter, tries every run of digits as a card, and finds tokens by regular
//! expressions; only the grammar of assignments and of encodings is the fast one's own. Built-in rules
//! only. Not for production: the feature `reference` turns it on.

#![expect(clippy::panic, reason = "a check fails by panicking, as the fuzzer and the tests want it")]

use std::sync::LazyLock;

use regex::Regex;
use serde_json::{Map, Value, json};

use crate::hits::Hits;
use crate::scan::Shape;
use crate::work::Work;
use crate::{MASK, MAX_NESTING, Masker, assign, card, credential, encoded, keys, token};

/// Masks a tree.
#[must_use]
pub fn value(masker: &Masker, value: Value) -> Value {
    nested(masker, value, 0)
}

/// Checks everything that must hold of any bytes, and panics where it does not: the entry of the
/// fuzzer. As JSON: what is valid stays valid, and reads as the slow masker's. As text, path and JSON:
/// nothing becomes much longer, and masking again in the end changes nothing more. (A mask may stand next to
/// what then looks like the rest of a value, so it is not always the second time already; each time takes some of it.)
///
/// # Panics
/// When the fast masker is wrong.
pub fn check(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let masker = Masker::built_in();
    for mask in [Masker::text, Masker::path] {
        settles(text, |text| mask(&masker, text));
    }
    let valid = serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok();
    let Ok(once) = masker.json(text).map(|masked| masked.unwrap_or_else(|| text.to_owned())) else {
        assert!(!valid, "refused {text:?}");
        return;
    };
    settles(text, |text| masker.json(text).unwrap_or_else(|error| panic!("{text:?}: {error}")));
    // Lone surrogates, numbers beyond a double and deep nesting are beyond a tree.
    let Ok(tree) = serde_json::from_str::<Value>(text) else { return };
    if !is_exact(&tree) {
        return;
    }
    let fast = serde_json::from_str::<Value>(&once);
    let fast = fast.unwrap_or_else(|error| panic!("{text:?} became {once:?}: {error}"));
    assert_eq!(normal(fast), normal(value(&masker, tree)), "{text:?} became {once:?}");
}

/// Bytes of the shortest part of a text that a mask before it may take: `token=a`, with what ends it.
const KEY_AND_VALUE: usize = 8;

/// Masks until nothing changes any more.
fn settles(text: &str, mask: impl Fn(&str) -> Option<String>) {
    let mut masked = text.to_owned();
    // What stands next to a mask takes at least a key and its value.
    for _ in 0..4 + text.len() / KEY_AND_VALUE {
        let Some(again) = mask(&masked) else { return };
        assert!(again.len() <= 4 * text.len() + 16, "{text:?} grew to {again:?}");
        masked = again;
    }
    panic!("{text:?} goes on changing: {masked:?}");
}

/// Whether a tree holds its numbers as they were written.
fn is_exact(tree: &Value) -> bool {
    match tree {
        Value::Number(number) => {
            number.as_f64().is_none_or(|n| number.is_i64() || number.is_u64() || n.abs() < 1e12)
        }
        Value::Array(items) => items.iter().all(is_exact),
        Value::Object(map) => map.values().all(is_exact),
        Value::String(text) => serde_json::from_str::<Value>(text).map_or(true, |inner| is_exact(&inner)),
        Value::Null | Value::Bool(_) => true,
    }
}

/// Strings that hold JSON, compared by what they hold rather than by their spaces, and fractions by
/// the digits that reading them keeps.
#[must_use]
pub fn normal(value: Value) -> Value {
    match value {
        Value::String(string) if looks_like_json(&string) => serde_json::from_str::<Value>(&string)
            .map_or(json!(string), |inner| json!(["json", normal(inner)])),
        Value::Array(items) => items.into_iter().map(normal).collect(),
        Value::Object(map) => map.into_iter().map(|(key, value)| (key, normal(value))).collect(),
        Value::Number(number) if number.is_f64() => {
            json!(format!("{:.12e}", number.as_f64().unwrap_or_default()))
        }
        other => other,
    }
}

fn nested(masker: &Masker, value: Value, nesting: u8) -> Value {
    match value {
        Value::Object(map) => {
            let entries = map.into_iter().map(|(key, value)| {
                let value = if is_sensitive(&key) { json!(MASK) } else { nested(masker, value, nesting) };
                (string(masker, key, nesting), value)
            });
            Value::Object(entries.collect::<Map<_, _>>())
        }
        Value::Array(items) => items.into_iter().map(|item| nested(masker, item, nesting)).collect(),
        Value::String(text) => Value::String(string(masker, text, nesting)),
        Value::Number(number) => {
            let digits = number.to_string();
            let digits = digits.trim_start_matches('-');
            let whole = digits.split('.').next().unwrap_or_default();
            if is_card(whole) { json!(card_mask(whole)) } else { Value::Number(number) }
        }
        other => other,
    }
}

fn string(masker: &Masker, string: String, nesting: u8) -> String {
    if looks_like_json(&string) {
        if nesting >= MAX_NESTING {
            return MASK.to_owned();
        }
        if let Ok(inner) = serde_json::from_str::<Value>(&string) {
            let before = inner.to_string();
            let after = nested(masker, inner, nesting + 1).to_string();
            return if before == after { string } else { after };
        }
    }
    text(masker, &string, nesting)
}

fn looks_like_json(text: &str) -> bool {
    text.trim_matches([' ', '\n', '\r', '\t', '\u{c}']).starts_with(['{', '[', '"'])
}

/// Whether a key is sensitive.
#[must_use]
pub fn is_sensitive(key: &str) -> bool {
    let fold = |text: &str| -> String {
        text.chars().filter(|c| !"-_ ]\"'.[:/".contains(*c)).map(|c| c.to_ascii_lowercase()).collect()
    };
    let known = |folded: &str| keys::BUILT_IN.iter().any(|known| fold(known) == folded);
    let whole = fold(key);
    let last = key.trim_end_matches(|c| "-_ ]\"'.[:/".contains(c)).rsplit(['.', '[', ':', '/']).map(fold);
    let endings = keys::ENDINGS.iter().map(|ending| String::from_utf8_lossy(ending).into_owned());
    known(&whole)
        || last.take(1).any(|last| known(&last))
        || endings.into_iter().any(|end| whole.ends_with(&end))
}

fn text(masker: &Masker, text: &str, nesting: u8) -> String {
    let (mut hits, mut work) = (Hits::default(), Work::default());
    assign::find(text, &masker.keys, &masker.salt, &mut hits);
    assign::find_elements(text, &masker.keys, &masker.salt, &mut hits);
    credential::find_schemes(text.as_bytes(), &mut hits);
    credential::find_private_keys(text.as_bytes(), &mut hits);
    find_tokens(text, &mut hits);
    find_cards(text, &mut hits);
    encoded::find(masker, text, Shape::ANY, nesting, &mut work, &mut hits);
    let mut out = String::new();
    if hits.apply(text, &mut out) { out } else { text.to_owned() }
}

static TOKENS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    let kinds = token::KINDS.iter().map(|(prefix, of, least)| {
        let class = match of {
            token::Of::Upper => "[A-Z0-9]",
            token::Of::Hex => "[0-9a-f]",
            token::Of::Alnum => "[A-Za-z0-9]",
            token::Of::Word => "[A-Za-z0-9_-]",
            token::Of::Dotted => "[A-Za-z0-9_.=+/~-]",
        };
        format!("{}{class}{{{least},}}", regex::escape(&String::from_utf8_lossy(prefix)))
    });
    kinds.filter_map(|kind| Regex::new(&kind).ok()).collect()
});

/// Tokens by their prefix, one kind after the other.
fn find_tokens(text: &str, hits: &mut Hits) {
    let free = |at: usize| !text[..at].ends_with(|c: char| c.is_ascii_alphanumeric());
    for (kind, (prefix, _, least)) in TOKENS.iter().zip(token::KINDS) {
        for found in kind.find_iter(text).filter(|found| free(found.start())) {
            let token = found.as_str().trim_end_matches('.');
            if token.len() >= prefix.len() + least {
                hits.whole(found.start()..found.start() + token.len());
            }
        }
    }
    token::find_special(text.as_bytes(), hits);
}

/// Cards: every group of digits as the first of one, the longest first.
fn find_cards(text: &str, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let starts = |at: usize| bytes[at].is_ascii_digit() && (at == 0 || !bytes[at - 1].is_ascii_digit());
    let ends = |at: usize| !bytes.get(at).is_some_and(u8::is_ascii_digit);
    let mut from = 0;
    while from < bytes.len() {
        if !starts(from) {
            from += 1;
            continue;
        }
        let most = (from + 40).min(bytes.len());
        let end = (from + 13..=most).rev().find(|end| {
            ends(*end)
                && bytes[end - 1].is_ascii_digit()
                && groups(&text.as_bytes()[from..*end]).is_some_and(|digits| is_card(&digits))
        });
        match end {
            Some(end) if !card::is_uuid_part(bytes, &(from..end)) => {
                let digits = groups(&bytes[from..end]).unwrap_or_default();
                let last: [u8; 4] = digits.as_bytes().last_chunk().copied().unwrap_or_default();
                hits.card(from..end, last);
                from = end;
            }
            _ => from += 1,
        }
    }
}

/// The digits of groups that are parted as a card's may be.
fn groups(bytes: &[u8]) -> Option<String> {
    let mut digits = String::new();
    let mut group = 0;
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'0'..=b'9' => {
                digits.push(char::from(*byte));
                group += 1;
            }
            b' ' | b'-' if bytes[at - 1].is_ascii_digit() => group = 0,
            b'.' if group == 4 => group = 0,
            _ => return None,
        }
    }
    Some(digits)
}

fn is_card(digits: &str) -> bool {
    if !(13..=19).contains(&digits.len()) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let doubled = [0, 2, 4, 6, 8, 1, 3, 5, 7, 9];
    let sum: usize = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(at, digit)| {
            let digit = usize::from(digit - b'0');
            if at % 2 == 1 { doubled[digit] } else { digit }
        })
        .sum();
    sum.is_multiple_of(10) && card::has_issuer(digits.as_bytes())
}

fn card_mask(digits: &str) -> String {
    format!("{}{}", crate::CARD_MASK, &digits[digits.len() - 4..])
}
