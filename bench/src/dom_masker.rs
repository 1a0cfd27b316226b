//! The masker everybody writes first: parse into a tree, walk it, write it out. What ours is measured
//! against, and must agree with on the bodies of the benches.

use std::collections::HashSet;

use serde_json::Value;

const MASK: &str = "********";
/// The keys that the original masks.
const KEYS: [&str; 11] = [
    "password",
    "passwd",
    "senha",
    "secret",
    "pwd",
    "api_key",
    "token",
    "refresh_token",
    "access_token",
    "secret_key",
    "authorization",
];

/// Masks by building a tree.
#[derive(Debug)]
pub struct DomMasker {
    keys: HashSet<String>,
}

impl DomMasker {
    /// A masker for the keys of the original, in any letter case, with or without `-` and `_`.
    #[must_use]
    pub fn built_in() -> Self {
        Self { keys: KEYS.iter().map(|key| plain(key)).collect() }
    }

    /// The same JSON without its secrets.
    ///
    /// # Errors
    /// When the text is not JSON.
    pub fn mask(&self, text: &str) -> Result<String, serde_json::Error> {
        let mut value: Value = serde_json::from_str(text)?;
        self.walk(&mut value);
        serde_json::to_string(&value)
    }

    fn walk(&self, value: &mut Value) {
        match value {
            Value::Object(fields) => {
                for (key, value) in fields {
                    if self.keys.contains(&plain(key)) {
                        *value = Value::from(MASK);
                    } else {
                        self.walk(value);
                    }
                }
            }
            Value::Array(values) => values.iter_mut().for_each(|value| self.walk(value)),
            Value::String(text) => {
                if let Some(masked) = card(text) {
                    *text = masked;
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}

fn plain(key: &str) -> String {
    key.chars().filter(|c| !matches!(c, '-' | '_')).map(|c| c.to_ascii_lowercase()).collect()
}

/// A text that is a card number with separators.
fn card(text: &str) -> Option<String> {
    if !text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b' ' | b'-')) {
        return None;
    }
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(10)).collect();
    let doubled = digits.iter().rev().enumerate().map(|(index, digit)| match index % 2 {
        0 => *digit,
        _ => digit * 2 / 10 + digit * 2 % 10,
    });
    let valid = (13..=19).contains(&digits.len()) && doubled.sum::<u32>() % 10 == 0;
    let last = digits.len().saturating_sub(4);
    valid.then(|| digits[last..].iter().fold("*".repeat(12), |text, digit| format!("{text}{digit}")))
}

#[cfg(test)]
mod tests {
    use bataudit_processor::mask::Masker;

    use super::*;
    use crate::sample::Samples;

    #[test]
    fn both_maskers_agree_on_the_bodies_of_the_benches() {
        let (dom, ours) = (DomMasker::built_in(), Masker::built_in());
        let mut samples = Samples::of(7);
        for _ in 0..500 {
            let body = samples.body();
            let masked = ours.json(&body).unwrap().unwrap_or_else(|| body.clone());
            let value: Value = serde_json::from_str(&masked).unwrap();
            assert_eq!(serde_json::from_str::<Value>(&dom.mask(&body).unwrap()).unwrap(), value, "{body}");
        }
    }
}
