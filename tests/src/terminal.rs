//! `bataudit` as somebody calls it from their own machine: an environment and a home of its own, and both outputs apart.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::binaries;

/// A terminal with a home folder of its own.
#[derive(Debug)]
pub struct Terminal {
    /// The home folder.
    pub home: TempDir,
    /// Its environment, beside HOME.
    pub env: BTreeMap<String, String>,
}

/// How a command ended.
#[derive(Debug, Clone)]
pub struct Said {
    /// Whether its exit code was 0.
    pub success: bool,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Terminal {
    /// A terminal with this environment.
    ///
    /// # Panics
    /// When there is no place for its home.
    #[must_use]
    pub fn new(env: BTreeMap<String, String>) -> Self {
        Self { home: tempfile::tempdir().expect("a folder"), env }
    }

    /// The same with a variable set.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.env.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Runs `bataudit` with these words.
    ///
    /// # Panics
    /// When it cannot be run.
    pub async fn run(&self, words: &[&str]) -> Said {
        self.run_with(words, "").await
    }

    /// Runs `bataudit` with these words and this on standard input.
    ///
    /// # Panics
    /// When it cannot be run.
    pub async fn run_with(&self, words: &[&str], input: &str) -> Said {
        let mut command = Command::new(binaries::path("bataudit"));
        command.args(words).env_clear().env("HOME", self.home.path()).envs(&self.env);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let input = input.to_owned();
        let run = move || {
            let mut child = command.spawn()?;
            // A command that asks for nothing may be gone by now.
            drop(child.stdin.take().map(|mut stdin| stdin.write_all(input.as_bytes())));
            child.wait_with_output()
        };
        let ended = tokio::task::spawn_blocking(run).await.expect("the thread").expect("bataudit runs");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
        Said { success: ended.status.success(), out: text(ended.stdout), err: text(ended.stderr) }
    }
}

impl Said {
    /// It, when the command succeeded.
    ///
    /// # Panics
    /// When it did not.
    #[must_use]
    pub fn good(self) -> Self {
        assert!(self.success, "{self:?}");
        self
    }

    /// Its error, when the command failed.
    ///
    /// # Panics
    /// When it did not.
    #[must_use]
    pub fn refused(self) -> String {
        assert!(!self.success, "{self:?}");
        self.err
    }

    /// Standard output as JSON lines.
    ///
    /// # Panics
    /// When it is none.
    #[must_use]
    pub fn lines(&self) -> Vec<Value> {
        let read = |line| serde_json::from_str(line).unwrap_or_else(|_| panic!("not JSON: {line}"));
        self.out.lines().map(read).collect()
    }
}
