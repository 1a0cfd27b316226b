//! Patterns of rules: regular expressions that run in time linear in the text, whatever they are.

use regex::{Regex, RegexBuilder};

use crate::hits::Hits;
use crate::redact::{self, Redaction, Salt};
use crate::work::Work;

/// The longest pattern.
pub(crate) const LONGEST: usize = 500;
/// Bytes a compiled pattern may take.
const MAX_COMPILED: usize = 256 * 1024;

/// Compiles a pattern, or says in words why it cannot be one.
pub(crate) fn compile(pattern: &str) -> Result<Regex, String> {
    if pattern.is_empty() || pattern.len() > LONGEST {
        return Err(format!("must have 1 to {LONGEST} bytes"));
    }
    let built = RegexBuilder::new(pattern).size_limit(MAX_COMPILED).dfa_size_limit(2 * MAX_COMPILED).build();
    let regex = built.map_err(|error| match error {
        regex::Error::CompiledTooBig(_) => {
            "is too large once compiled: use fewer or smaller repetitions".to_owned()
        }
        other => {
            // The library draws the place over several lines; its last one says what is wrong.
            let text = other.to_string();
            let why = text.lines().last().unwrap_or_default();
            format!("is not a regular expression: {}", why.strip_prefix("error: ").unwrap_or(why))
        }
    })?;
    if regex.is_match("") {
        return Err("matches the empty text, and so would match everywhere".to_owned());
    }
    Ok(regex)
}

/// The patterns of a masker.
#[derive(Debug, Clone, Default)]
pub(crate) struct Patterns(Vec<(Regex, Redaction)>);

impl Patterns {
    pub(crate) fn add(&mut self, pattern: Regex, redaction: Redaction) {
        self.0.push((pattern, redaction));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Finds what the patterns match in a text.
    pub(crate) fn find(&self, text: &str, salt: &Salt, work: &mut Work, hits: &mut Hits) {
        for (pattern, redaction) in &self.0 {
            for found in pattern.find_iter(text).filter(|found| !found.is_empty()) {
                match redaction {
                    _ if redact::is_redacted(found.as_str()) => {}
                    Redaction::Mask => hits.whole(found.range()),
                    Redaction::Remove => hits.text(found.range(), ""),
                    Redaction::Hash => {
                        let mut hash = work.text();
                        redact::hash_into(salt, found.as_str(), &mut hash);
                        hits.text(found.range(), &hash);
                        work.done(hash);
                    }
                }
            }
        }
    }

    /// What becomes of a number that a pattern matches; the strongest where several do.
    pub(crate) fn of_number(&self, number: &str) -> Option<Redaction> {
        self.0.iter().filter(|(pattern, _)| pattern.is_match(number)).map(|(_, redaction)| *redaction).max()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unusable_patterns_say_why() {
        for (pattern, why) in [
            ("", "must have 1 to 500 bytes"),
            ("[a", "is not a regular expression: unclosed character class"),
            ("(?=a)b", "is not a regular expression: look-around"),
            ("a*", "matches the empty text"),
            ("(a{1000}){1000}", "is too large"),
        ] {
            let error = compile(pattern).unwrap_err();
            assert!(error.starts_with(why), "{pattern}: {error}");
        }
    }
}
