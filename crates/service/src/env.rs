//! Configuration from the environment. A binary declares its variables as [`Field`] constants and
//! reads them through one [`Env`], which collects every problem instead of stopping at the first.
//!
//! ```
//! use bataudit_service::{Env, Field};
//! const EVENTS: Field = Field::new("BATAUDIT_INGEST_MAX_BATCH_EVENTS", "5000", "Most events in one request.");
//! let mut env = Env::from_pairs([("BATAUDIT_INGEST_MAX_BATCH_EVENTS", "50x")]);
//! let _events: usize = env.parse(&EVENTS);
//! assert!(env.finish().unwrap_err().to_string().contains("BATAUDIT_INGEST_MAX_BATCH_EVENTS"));
//! ```

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

/// One environment variable a binary reads. `.env.example` is tested against these.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// Name, with the unit as its suffix where it has one (`_MS`, `_BYTES`).
    pub name: &'static str,
    /// Value taken when the variable is unset or empty; `None` where it may be absent.
    pub default: Option<&'static str>,
    /// What it does, in one sentence.
    pub doc: &'static str,
    /// Whether it must be set when nothing else supplies it.
    pub required: bool,
}

impl Field {
    /// A variable with a default.
    #[must_use]
    pub const fn new(name: &'static str, default: &'static str, doc: &'static str) -> Self {
        Self { name, default: Some(default), doc, required: false }
    }

    /// A variable that may stay unset.
    #[must_use]
    pub const fn optional(name: &'static str, doc: &'static str) -> Self {
        Self { name, default: None, doc, required: false }
    }

    /// A variable without a safe default: the process refuses to start when it is missing.
    #[must_use]
    pub const fn required(name: &'static str, doc: &'static str) -> Self {
        Self { name, default: None, doc, required: true }
    }
}

/// A value that is never printed: not by `Debug`, not in an error.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret.
    #[must_use]
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// The secret itself, for the one place that sends it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// All problems found in the configuration, one line each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigErrors(Vec<String>);

impl ConfigErrors {
    /// The problems, each a sentence that begins with a variable's name and holds no secret.
    #[must_use]
    pub fn problems(&self) -> &[String] {
        &self.0
    }
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the configuration has {} problem(s):", self.0.len())?;
        self.0.iter().try_for_each(|problem| write!(f, "\n  - {problem}"))
    }
}

impl std::error::Error for ConfigErrors {}

/// The environment of a process, and what was found wrong in it so far.
#[derive(Debug, Clone, Default)]
pub struct Env {
    vars: BTreeMap<String, String>,
    problems: Vec<String>,
}

impl Env {
    /// Reads the environment of this process. Variables that are not UTF-8 count as unset.
    #[must_use]
    pub fn from_process() -> Self {
        let vars = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        Self { vars, problems: Vec::new() }
    }

    /// An environment made of these pairs only: for tests and for embedding.
    pub fn from_pairs<K: Into<String>, V: Into<String>>(pairs: impl IntoIterator<Item = (K, V)>) -> Self {
        let vars = pairs.into_iter().map(|(k, v)| (k.into(), v.into())).collect();
        Self { vars, problems: Vec::new() }
    }

    /// The same environment with one variable set, whatever it was before.
    #[must_use]
    pub fn with(mut self, field: &Field, value: impl Into<String>) -> Self {
        self.vars.insert(field.name.to_owned(), value.into());
        self
    }

    /// The value as text; empty counts as unset. A missing required variable is a problem.
    pub fn text(&mut self, field: &Field) -> String {
        self.optional(field).unwrap_or_default()
    }

    /// The value as text, or `None` when it is unset and has no default.
    pub fn optional(&mut self, field: &Field) -> Option<String> {
        let set = self.vars.get(field.name).map(|value| value.trim().to_owned());
        let set = set.filter(|value| !value.is_empty());
        if set.is_none() && field.required {
            self.problem(field, format_args!("is not set. {}", field.doc));
        }
        set.or_else(|| field.default.map(str::to_owned))
    }

    /// The value as a secret, or `None` when it is unset.
    pub fn secret(&mut self, field: &Field) -> Option<Secret> {
        self.optional(field).map(Secret::new)
    }

    /// The value parsed as `T`. A value that does not parse is a problem, and `T::default()` stands
    /// in until [`finish`](Self::finish) reports it.
    pub fn parse<T: FromStr + Default>(&mut self, field: &Field) -> T {
        let Some(value) = self.optional(field) else { return T::default() };
        value.parse().unwrap_or_else(|_| {
            self.problem(field, format_args!("must be {}", expectation::<T>()));
            T::default()
        })
    }

    /// An address with a port to listen on.
    pub fn address(&mut self, field: &Field) -> SocketAddr {
        let value = self.text(field);
        value.parse().unwrap_or_else(|_| {
            self.problem(field, "must be an address with a port, such as 127.0.0.1:9081");
            SocketAddr::from(([127, 0, 0, 1], 0))
        })
    }

    /// A file that must be readable now, so that a mistyped path is found before anything starts.
    pub fn file(&mut self, field: &Field) -> Option<PathBuf> {
        let path = PathBuf::from(self.optional(field)?);
        if let Err(error) = std::fs::File::open(&path) {
            self.problem(field, format_args!("names {}, which cannot be read: {error}", path.display()));
        }
        Some(path)
    }

    /// A duration given in milliseconds.
    pub fn millis(&mut self, field: &Field) -> Duration {
        Duration::from_millis(self.parse(field))
    }

    /// A comma-separated list; empty items are dropped.
    pub fn list(&mut self, field: &Field) -> Vec<String> {
        let value = self.text(field);
        value.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
    }

    /// Records a problem of one variable; `what` completes "NAME …" and never holds a secret.
    pub fn problem(&mut self, field: &Field, what: impl fmt::Display) {
        let problem = format!("{} {what}", field.name);
        // Several services of one process read the same variable, and each finds it wrong.
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }

    /// Records a problem when `ok` is false.
    pub fn check(&mut self, ok: bool, field: &Field, what: impl fmt::Display) {
        if !ok {
            self.problem(field, what);
        }
    }

    /// All problems so far as one error, or nothing when there were none.
    ///
    /// # Errors
    /// When any variable was missing or malformed.
    pub fn finish(self) -> Result<(), ConfigErrors> {
        if self.problems.is_empty() { Ok(()) } else { Err(ConfigErrors(self.problems)) }
    }
}

fn expectation<T>() -> &'static str {
    let name = std::any::type_name::<T>();
    match name {
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number of 0 or more, within range",
        "i32" | "i64" => "a whole number",
        "f64" => "a number",
        "bool" => "true or false",
        _ => "a valid value; see .env.example",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PORT: Field = Field::new("PORT", "8081", "Port.");
    const TOKEN: Field = Field::required("TOKEN", "Set it to a long random text.");
    const TAGS: Field = Field::optional("TAGS", "Tags.");

    #[test]
    fn reports_all_problems_at_once() {
        let mut env = Env::from_pairs([("PORT", "99999")]);
        let _: u16 = env.parse(&PORT);
        env.text(&TOKEN);
        let message = env.finish().unwrap_err().to_string();
        assert!(message.contains("2 problem(s)"), "{message}");
        assert!(message.contains("PORT must be a whole number"), "{message}");
        assert!(message.contains("TOKEN is not set. Set it to a long random text."), "{message}");
    }

    #[test]
    fn empty_counts_as_unset() {
        let mut env = Env::from_pairs([("PORT", "  "), ("TAGS", "a, ,b")]);
        assert_eq!(env.parse::<u16>(&PORT), 8081);
        assert_eq!(env.list(&TAGS), ["a", "b"]);
        assert!(env.finish().is_ok());
    }

    #[test]
    fn secrets_do_not_print() {
        let secret = Env::from_pairs([("TOKEN", "hunter2")]).secret(&TOKEN).unwrap();
        assert_eq!(format!("{secret:?}"), "***");
        assert_eq!(secret.expose(), "hunter2");
    }
}
