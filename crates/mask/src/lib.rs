//! Masking: an event goes in, the same event without its secrets comes out, or an [`Unmaskable`] that
//! says which field could not be read. Never a field that was not looked at: what cannot be masked is
//! not stored.
//!
//! [`RuleSet`]s are checked once, and compiled with the built-in rules into a [`Masker`]. Each text is
//! walked once, without building a tree; what is not secret stays byte for byte as it was sent. Knows
//! events and rules, nothing of Kafka, rows or databases.
//!
//! Per field: JSON fields are walked structurally (`json`), the path has its query string taken apart
//! (`query`), and all text, also that inside JSON, is searched for assignments (`assign`), credentials
//! (`credential`, `token`), card numbers (`card`) and for what hides one of these behind an encoding
//! (`encoded`). docs/MASKING.md says what is found and what is not.

mod assign;
mod card;
mod credential;
mod encoded;
mod escape;
mod event;
mod hits;
mod json;
mod keys;
mod paths;
mod patterns;
mod query;
mod redact;
#[cfg(any(test, feature = "reference"))]
pub mod reference;
mod rules;
mod scan;
#[cfg(test)]
mod tests;
mod text;
mod token;
mod work;

pub use event::{Scratch, Unmaskable, field, is_json_field, set_field};
pub use json::JsonError;
pub use redact::{Redaction, Salt};
pub use rules::{FILE_VERSIONS, PROJECT_VERSIONS, Problems, Project, RuleFile, RuleSet, Version};
pub use work::Work;

use keys::KeySet;
use paths::Paths;
use patterns::Patterns;

/// Stands for a secret of any type and length.
pub const MASK: &str = "********";
/// Stands for a card number, before its last four digits.
pub const CARD_MASK: &str = "************";

/// How many levels of JSON inside JSON strings are looked into. Each level doubles the backslashes of
/// the one below, so real data stays far under it; what is deeper is masked whole.
const MAX_NESTING: u8 = 8;

/// Compiled rules. Needs nothing else to mask with.
#[derive(Debug, Clone)]
pub struct Masker {
    keys: KeySet,
    paths: Paths,
    patterns: Patterns,
    salt: Salt,
    version: Version,
}

impl Masker {
    /// The rules that are always on, and nothing else.
    #[must_use]
    pub fn built_in() -> Self {
        Self::new(None, None)
    }

    /// The built-in rules with those of the installation's file and those of a project. Where several
    /// speak of one value, the strongest redaction holds: no rule weakens another.
    #[must_use]
    pub fn new(file: Option<&RuleFile>, project: Option<&Project>) -> Self {
        let sets = file.map(|file| &file.rules).into_iter().chain(project.map(|project| &project.rules));
        let mut masker = Self {
            keys: KeySet::built_in(),
            paths: Paths::default(),
            patterns: Patterns::default(),
            salt: project.map(|project| project.salt.clone()).unwrap_or_default(),
            version: Version::of(file, project),
        };
        for set in sets {
            set.add_to(&mut masker.keys, &mut masker.paths, &mut masker.patterns);
        }
        masker
    }

    /// Which rules these are: stored with every row they masked.
    #[must_use]
    pub fn version(&self) -> u32 {
        self.version.number()
    }

    /// Masks a JSON text into `out`, which is emptied first. Says whether there was anything to mask;
    /// where not, `out` stays empty and `text` is what counts.
    ///
    /// # Errors
    /// When the text is not JSON, or nested too deep to be walked.
    pub fn json_into(&self, text: &str, work: &mut Work, out: &mut String) -> Result<bool, JsonError> {
        self.field_into(text, self.paths.anywhere(), work, out)
    }

    /// Masks a JSON text; `None` when there was nothing to mask.
    ///
    /// # Errors
    /// When the text is not JSON, or nested too deep to be walked.
    pub fn json(&self, text: &str) -> Result<Option<String>, JsonError> {
        let mut out = String::new();
        Ok(self.json_into(text, &mut Work::default(), &mut out)?.then_some(out))
    }

    /// Masks plain text; `None` when there was nothing to mask.
    #[must_use]
    pub fn text(&self, text: &str) -> Option<String> {
        let mut out = String::new();
        text::loose(self, text, paths::Active::NONE, 0, &mut Work::default(), &mut out).then_some(out)
    }

    /// Masks the path of a request, with its query string; `None` when there was nothing to mask.
    #[must_use]
    pub fn path(&self, path: &str) -> Option<String> {
        let mut out = String::new();
        query::mask(self, path, &mut Work::default(), &mut out).then_some(out)
    }

    fn field_into(
        &self,
        text: &str,
        active: paths::Active,
        work: &mut Work,
        out: &mut String,
    ) -> Result<bool, JsonError> {
        out.clear();
        let masked = json::mask(self, text, active, 0, work, out);
        if !matches!(masked, Ok(true)) {
            out.clear();
        }
        masked
    }
}

/// A text under the built-in rules, for the tests of each detector.
#[cfg(test)]
fn masked_text(text: &str) -> String {
    Masker::built_in().text(text).unwrap_or_else(|| text.to_owned())
}
