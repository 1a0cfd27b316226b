//! Masking: an event goes in, the same event without its secrets comes out, or an [`Unmaskable`] that
//! says which field could not be read. Never a field that was not looked at: what cannot be masked is
//! not stored.
//!
//! [`Rules`] are compiled once into a [`Masker`]. Each text is walked once, without building a tree;
//! what is not secret stays byte for byte as it was sent. Knows events and rules, nothing of Kafka,
//! batches or rows.
//!
//! Per field: JSON fields are walked structurally (`json`), the path has its query string taken apart
//! (`query`), and all text, also that inside JSON, is searched for assignments, credentials and card
//! numbers (`text`).

mod card;
mod credential;
mod escape;
mod event;
mod json;
mod keys;
mod query;
mod rules;
mod text;

#[cfg(test)]
mod tests;

pub use event::{Scratch, Unmaskable};
pub use json::JsonError;
pub use rules::{RuleError, Rules};

use keys::KeySet;

/// Stands for a secret of any type and length.
pub const MASK: &str = "********";
/// Stands for a card number, before its last four digits.
pub const CARD_MASK: &str = "************";

/// How many levels of JSON inside JSON strings are looked into. Each level doubles the backslashes of
/// the one below, so real data stays far under it; what is deeper is masked whole.
const MAX_NESTING: u8 = 8;

/// Compiled rules. Cheap to share, needs nothing else to mask with.
#[derive(Debug, Clone)]
pub struct Masker {
    keys: KeySet,
    version: u32,
}

impl Masker {
    /// Compiles rules.
    ///
    /// # Errors
    /// When a rule cannot be used. A process must not start with rules it does not understand.
    pub fn compile(rules: &Rules) -> Result<Self, RuleError> {
        Ok(Self { keys: KeySet::compile(&rules.keys)?, version: rules.version })
    }

    /// Version of the rules, stored with every row they masked.
    #[must_use]
    pub fn version(&self) -> u32 {
        self.version
    }

    /// Masks a JSON text; `None` when there was nothing to mask.
    ///
    /// # Errors
    /// When the text is not JSON, or nested too deep to be walked.
    pub fn json(&self, text: &str) -> Result<Option<String>, JsonError> {
        json::mask(self, text, 0)
    }

    /// Masks plain text; `None` when there was nothing to mask.
    #[must_use]
    pub fn text(&self, text: &str) -> Option<String> {
        self.loose(text, 0)
    }

    /// Masks the path of a request, with its query string; `None` when there was nothing to mask.
    #[must_use]
    pub fn path(&self, path: &str) -> Option<String> {
        query::mask(self, path)
    }

    /// Text that may itself be JSON, as a string inside JSON often is.
    fn loose(&self, text: &str, nesting: u8) -> Option<String> {
        if looks_like_json(text) {
            if nesting >= MAX_NESTING {
                return Some(MASK.to_owned());
            }
            if let Ok(masked) = json::mask(self, text, nesting + 1) {
                return masked;
            }
        }
        text::mask(text, &self.keys)
    }
}

fn looks_like_json(text: &str) -> bool {
    matches!(text.trim_ascii_start().as_bytes().first(), Some(b'{' | b'[' | b'"'))
}

/// A text under the built-in rules, for the tests of each detector.
#[cfg(test)]
fn masked_text(text: &str) -> String {
    let masker = Masker::compile(&Rules::built_in()).unwrap();
    masker.text(text).unwrap_or_else(|| text.to_owned())
}
