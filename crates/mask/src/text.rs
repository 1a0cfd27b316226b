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
    if looks_like_json(text) {
        if nesting >= MAX_NESTING {
            out.push_str(MASK);
            return true;
        }
        let start = out.len();
        match json::mask(masker, text, active, nesting + 1, work, out) {
            Ok(masked) => return masked,
            Err(_) => out.truncate(start),
        }
    }
    let shape = Shape::of(text.as_bytes());
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
    if shape.card {
        card::find(text.as_bytes(), hits);
    }
    if !masker.patterns.is_empty() {
        masker.patterns.find(text, &masker.salt, work, hits);
    }
    encoded::find(masker, text, shape, nesting, work, hits);
}

/// Finds what is told to be a credential by its own shape, whatever the text is about.
pub(crate) fn find_shapes(bytes: &[u8], shape: Shape, hits: &mut Hits) {
    if shape.scheme {
        credential::find_schemes(bytes, hits);
    }
    if shape.token {
        token::find(bytes, hits);
    }
    if shape.private_key {
        credential::find_private_keys(bytes, hits);
    }
}
