//! Plain text: error messages, user agents, strings inside JSON. Which detectors look at it, and in
//! which order.

use crate::hits::Hits;
use crate::paths::Active;
use crate::scan::Shape;
use crate::work::Work;
use crate::{MASK, MAX_NESTING, Masker, assign, card, credential, encoded, json, token};

/// Masks text that may itself be JSON, as a string inside JSON often is. Appends to `out`, and says
/// whether there was anything to mask; where not, `out` is as it was.
pub(crate) fn loose(
    masker: &Masker,
    text: &str,
    active: Active,
    nesting: u8,
    work: &mut Work,
    out: &mut String,
) -> bool {
    match structured(masker, text, active, nesting, work, out) {
        Some(masked) => masked,
        None => shaped(masker, text, Shape::of(text.as_bytes()), nesting, work, out),
    }
}

/// The same for a text that may be JSON; `None` when it is none.
pub(crate) fn structured(
    masker: &Masker,
    text: &str,
    active: Active,
    nesting: u8,
    work: &mut Work,
    out: &mut String,
) -> Option<bool> {
    if !looks_like_json(text) {
        return None;
    }
    if nesting >= MAX_NESTING {
        out.push_str(MASK);
        return Some(true);
    }
    let start = out.len();
    let masked = json::mask(masker, text, active, nesting + 1, work, out);
    if masked.is_err() {
        out.truncate(start);
    }
    masked.ok()
}

/// The same for a text that is no JSON.
pub(crate) fn shaped(
    masker: &Masker,
    text: &str,
    shape: Shape,
    nesting: u8,
    work: &mut Work,
    out: &mut String,
) -> bool {
    if shape.is_plain() && masker.patterns.is_empty() {
        return false;
    }
    let mut hits = work.hits();
    find(masker, text, shape, nesting, work, &mut hits);
    let masked = hits.apply(text, out);
    work.done_with_hits(hits);
    masked
}

/// Whether a text may hold JSON with something in it.
pub(crate) fn looks_like_json(text: &str) -> bool {
    matches!(text.trim_ascii_start().as_bytes().first(), Some(b'{' | b'[' | b'"'))
}

/// Finds everything that is secret in a text.
pub(crate) fn find(masker: &Masker, text: &str, shape: Shape, nesting: u8, work: &mut Work, hits: &mut Hits) {
    if shape.sign {
        assign::find(text, &masker.keys, &masker.salt, hits);
    }
    if shape.angle {
        assign::find_elements(text, &masker.keys, &masker.salt, hits);
    }
    find_shapes(text.as_bytes(), shape, hits);
    if shape.digits >= card::SHORTEST {
        card::find(text.as_bytes(), hits);
    }
    if !masker.patterns.is_empty() {
        masker.patterns.find(text, &masker.salt, work, hits);
    }
    encoded::find(masker, text, shape, nesting, work, hits);
}

/// Finds what is told to be a credential by its own shape, whatever the text is about.
pub(crate) fn find_shapes(bytes: &[u8], shape: Shape, hits: &mut Hits) {
    if shape.length < 13 {
        return;
    }
    credential::find_schemes(bytes, hits);
    token::find(bytes, hits);
    if shape.length > 30 {
        credential::find_private_keys(bytes, hits);
    }
}
