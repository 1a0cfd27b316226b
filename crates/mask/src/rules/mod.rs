//! What to mask beyond what is always masked: rules as an operator or a project writes them, read and
//! checked as a whole. Everything that is wrong is said at once, and nothing of a rule set with a
//! problem is used.
//!
//! One language in three places: the file of the installation, the API, and the access topic.
//!
//! ```json
//! {"rules": [
//!   {"key": "customer_ref", "redaction": "hash"},
//!   {"path": "/request_body/items/*/serial", "redaction": "remove"},
//!   {"pattern": "INV-[0-9]{6}"}
//! ]}
//! ```

mod read;
mod version;

use std::collections::HashSet;
use std::fmt;

use regex::Regex;
use serde_json::Value;

use crate::event::JSON_FIELDS;
use crate::keys::{self, KeySet};
use crate::paths::{self, Path, Paths};
use crate::patterns::{self, Patterns};
use crate::{Redaction, Salt};

use read::Reader;
pub use version::{FILE_VERSIONS, PROJECT_VERSIONS, Version};

/// The most rules of a set.
const MOST_RULES: usize = 200;
/// The most patterns of a set: each is one more pass over a text.
const MOST_PATTERNS: usize = 20;

/// Everything that is wrong with a rule set. Shows no value but the author's own.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Problems(pub Vec<String>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("; "))
    }
}

/// Where a rule finds what it masks.
#[derive(Debug, Clone)]
enum Find {
    Key(Box<[u8]>),
    Path(Path),
    Pattern(Regex),
}

#[derive(Debug, Clone)]
struct Rule {
    find: Find,
    redaction: Redaction,
}

/// A checked rule set.
#[derive(Debug, Clone, Default)]
pub struct RuleSet {
    rules: Vec<Rule>,
}

/// The rules of an installation, from its file.
#[derive(Debug, Clone)]
pub struct RuleFile {
    /// The rules.
    pub rules: RuleSet,
    /// The version the file says it is.
    pub version: u32,
}

/// The rules of a project.
#[derive(Debug, Clone)]
pub struct Project {
    /// The rules.
    pub rules: RuleSet,
    /// What its hashes are salted with.
    pub salt: Salt,
    /// Counts the changes of these rules.
    pub version: u32,
}

impl RuleFile {
    /// Reads the file of an installation: rules and a version, which is to be raised by hand with each
    /// change. It has no salt, and so may not hash.
    ///
    /// # Errors
    /// When anything is wrong with it.
    pub fn parse(json: &str) -> Result<Self, Problems> {
        let value = parse(json)?;
        let mut read = Reader::default();
        let fields = read.object(&value, "the file", &["version", "rules"]);
        let version = fields.and_then(|fields| fields.get("version")).and_then(Value::as_u64);
        let version =
            version.and_then(|version| u32::try_from(version).ok()).filter(|v| FILE_VERSIONS.contains(v));
        if version.is_none() {
            read.problem(format!(
                "version must be a whole number from {} to {}: raise it with every change",
                FILE_VERSIONS.start(),
                FILE_VERSIONS.end()
            ));
        }
        let rules = RuleSet::read(fields.and_then(|fields| fields.get("rules")), &mut read);
        for (index, rule) in rules.iter().enumerate() {
            if rule.as_ref().is_some_and(|rule| rule.redaction == Redaction::Hash) {
                read.problem(format!(
                    "rules[{index}].redaction may be hash in a project's rules only: the file has no salt"
                ));
            }
        }
        let rules = read.finish(RuleSet { rules: rules.into_iter().flatten().collect() })?;
        Ok(Self { rules, version: version.unwrap_or_default() })
    }
}

impl RuleSet {
    /// Reads a list of rules, as the `rules` of a document.
    ///
    /// # Errors
    /// When anything is wrong with any of them.
    pub fn from_value(rules: &Value) -> Result<Self, Problems> {
        let mut read = Reader::default();
        let rules = Self::read(Some(rules), &mut read);
        read.finish(Self { rules: rules.into_iter().flatten().collect() })
    }

    /// The same from JSON text.
    ///
    /// # Errors
    /// When it is not JSON, or anything is wrong with any rule.
    pub fn parse(json: &str) -> Result<Self, Problems> {
        Self::from_value(&parse(json)?)
    }

    /// How many rules there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rules.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    fn read(rules: Option<&Value>, read: &mut Reader) -> Vec<Option<Rule>> {
        let Some(Value::Array(rules)) = rules else {
            read.problem("rules must be a list".to_owned());
            return Vec::new();
        };
        if rules.len() > MOST_RULES {
            read.problem(format!("rules must be {MOST_RULES} at most"));
            return Vec::new();
        }
        let mut seen = HashSet::new();
        let rules: Vec<_> = rules
            .iter()
            .enumerate()
            .map(|(index, rule)| one(rule, &format!("rules[{index}]"), &mut seen, read))
            .collect();
        let count = |of: fn(&Find) -> bool| rules.iter().flatten().filter(|rule| of(&rule.find)).count();
        if count(|find| matches!(find, Find::Path(_))) > paths::MOST {
            read.problem(format!("rules may have {} paths at most", paths::MOST));
        }
        if count(|find| matches!(find, Find::Pattern(_))) > MOST_PATTERNS {
            read.problem(format!("rules may have {MOST_PATTERNS} patterns at most"));
        }
        rules
    }

    /// Adds these rules to what a masker looks for.
    pub(crate) fn add_to(&self, keys: &mut KeySet, paths: &mut Paths, patterns: &mut Patterns) {
        for Rule { find, redaction } in &self.rules {
            match find {
                Find::Key(folded) => keys.add(folded.clone(), *redaction),
                Find::Path(path) => paths.add(path.clone(), *redaction),
                Find::Pattern(pattern) => patterns.add(pattern.clone(), *redaction),
            }
        }
    }
}

fn parse(json: &str) -> Result<Value, Problems> {
    serde_json::from_str(json).map_err(|error| {
        Problems(vec![format!("is not valid JSON at line {} column {}", error.line(), error.column())])
    })
}

/// Reads one rule; `None` when there is a problem with it, which `read` holds then.
fn one(
    rule: &Value,
    at: &str,
    seen: &mut HashSet<(&'static str, Vec<u8>)>,
    read: &mut Reader,
) -> Option<Rule> {
    let fields = read.object(rule, at, &["key", "path", "pattern", "redaction"])?;
    let redaction = read.redaction(fields.get("redaction"), at);
    let given = ["key", "path", "pattern"].map(|name| fields.get(name).map(|value| (name, value)));
    let mut given = given.into_iter().flatten();
    let (Some((name, value)), None) = (given.next(), given.next()) else {
        read.problem(format!("{at} must have exactly one of key, path and pattern"));
        return None;
    };
    let Some(text) = value.as_str() else {
        read.problem(format!("{at}.{name} must be a text"));
        return None;
    };
    let compiled = match name {
        "key" => key(text),
        "path" => Path::parse(text, &JSON_FIELDS).map(Find::Path),
        _ => patterns::compile(text).map(Find::Pattern),
    };
    let find = compiled.map_err(|why| read.problem(format!("{at}.{name} {why}"))).ok()?;
    let identity = if let Find::Key(folded) = &find { folded.to_vec() } else { text.as_bytes().to_vec() };
    if !seen.insert((name, identity)) {
        read.problem(format!("{at}.{name} says what an earlier rule says"));
        return None;
    }
    Some(Rule { find, redaction: redaction? })
}

fn key(text: &str) -> Result<Find, String> {
    let wrong = || {
        format!(
            "must have 1 to {} letters or digits, besides '-', '_' and spaces; a key inside another is a path",
            keys::LONGEST
        )
    };
    keys::folded(text).map(Find::Key).ok_or_else(wrong)
}

#[cfg(test)]
mod tests;
