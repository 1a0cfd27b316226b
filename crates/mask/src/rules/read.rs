//! Reading a document field by field, collecting what is wrong with it.

use serde_json::{Map, Value};

use super::Problems;
use crate::Redaction;

/// The most problems that are told at once.
const MOST: usize = 20;

/// Collects problems.
#[derive(Debug, Default)]
pub(super) struct Reader {
    problems: Vec<String>,
}

impl Reader {
    pub(super) fn problem(&mut self, problem: String) {
        self.problems.push(problem);
    }

    /// An object with no other fields than these.
    pub(super) fn object<'v>(
        &mut self,
        value: &'v Value,
        at: &str,
        known: &[&str],
    ) -> Option<&'v Map<String, Value>> {
        let Value::Object(fields) = value else {
            self.problem(format!("{at} must be an object"));
            return None;
        };
        for name in fields.keys().filter(|name| !known.contains(&name.as_str())) {
            let shown: String = name.chars().filter(|c| !c.is_control()).take(64).collect();
            self.problem(format!("{at} has the unknown field {shown}; known are {}", known.join(", ")));
        }
        Some(fields)
    }

    /// A redaction by its name; masking where none is given.
    pub(super) fn redaction(&mut self, value: Option<&Value>, at: &str) -> Option<Redaction> {
        let Some(value) = value else { return Some(Redaction::Mask) };
        let found = Redaction::NAMES.iter().find(|(name, _)| value.as_str() == Some(name));
        if found.is_none() {
            self.problem(format!("{at}.redaction must be mask, remove or hash"));
        }
        found.map(|(_, redaction)| *redaction)
    }

    /// What was read, when nothing was wrong with it.
    pub(super) fn finish<T>(mut self, read: T) -> Result<T, Problems> {
        if self.problems.is_empty() {
            return Ok(read);
        }
        let more = self.problems.len().saturating_sub(MOST);
        self.problems.truncate(MOST);
        if more > 0 {
            self.problems.push(format!("and {more} more"));
        }
        Err(Problems(self.problems))
    }
}
