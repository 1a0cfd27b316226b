//! What a program says about itself when it is asked with `--version`: its version, the commit it was built from, and the
//! schemas and formats it works with, so that an operator sees which programs fit which stores.

use std::fmt::{self, Display, Formatter};

/// The commit, which scripts/release and the image build set. A build for development has none: otherwise every commit
/// would compile everything anew.
const COMMIT: Option<&str> = option_env!("BATAUDIT_BUILD_COMMIT");

/// A program.
#[derive(Debug, Clone)]
pub struct About {
    /// The name of the executable.
    pub program: &'static str,
    /// Its version.
    pub version: &'static str,
    /// What it takes in place of running, besides `--version`.
    pub commands: &'static [&'static str],
    /// Schemas and formats by name, such as `("records", "cbor.1")`.
    pub works_with: Vec<(&'static str, String)>,
}

impl About {
    /// What follows the name: the version, and a line for everything else.
    #[must_use]
    pub fn details(&self) -> String {
        let commit =
            COMMIT.filter(|commit| !commit.is_empty()).unwrap_or("unknown (a build for development)");
        let works_with = self.works_with.iter().map(|(name, version)| format!("\n{name}: {version}"));
        format!("{}\ncommit: {commit}{}", self.version, works_with.collect::<String>())
    }

    /// What its words ask for.
    pub(crate) fn asked(&self, mut words: impl Iterator<Item = String>) -> Asked {
        match (words.next().as_deref(), words.next()) {
            (None, _) => Asked::Run,
            (Some("--version" | "-V"), None) => Asked::Version(format!("{self}\n")),
            _ => Asked::Nothing(self.usage()),
        }
    }

    fn usage(&self) -> String {
        let commands: String = self.commands.iter().map(|command| format!(" | {command}")).collect();
        let program = self.program;
        format!(
            "usage: {program} [--version{commands}]; settings come from the environment: see .env.example"
        )
    }
}

impl Display for About {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.program, self.details())
    }
}

/// What a program was asked to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Asked {
    /// Its work.
    Run,
    /// To say this.
    Version(String),
    /// Nothing that it knows; this says what it does.
    Nothing(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(words: &[&str]) -> Asked {
        let works_with = vec![("records", "cbor.1".to_owned())];
        let about = About { program: "bataudit-x", version: "1.2.3", commands: &["openapi"], works_with };
        about.asked(words.iter().map(|word| (*word).to_owned()))
    }

    #[test]
    fn tells_its_version() {
        for word in ["--version", "-V"] {
            let Asked::Version(text) = asked(&[word]) else { panic!("{word} is not known") };
            assert!(text.starts_with("bataudit-x 1.2.3\ncommit: "), "{text}");
            assert!(text.ends_with("\nrecords: cbor.1\n"), "{text}");
        }
    }

    #[test]
    fn runs_without_words_and_refuses_unknown_ones() {
        assert_eq!(asked(&[]), Asked::Run);
        for words in [&["--verison"][..], &["--version", "now"], &[""]] {
            let Asked::Nothing(usage) = asked(words) else { panic!("{words:?} is taken") };
            assert!(usage.starts_with("usage: bataudit-x [--version | openapi]"), "{usage}");
        }
    }
}
