//! `bataudit` as an operator calls it, in the environment of a stack.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::Value;

use crate::process::{self, Launch, Process};
use crate::{binaries, stack::Stack};

/// How long a command may take.
const DEADLINE: Duration = Duration::from_secs(90);

/// A terminal at a stack.
#[derive(Debug, Clone)]
pub struct Operator {
    env: BTreeMap<String, String>,
    artifacts: PathBuf,
}

/// How a command ended.
#[derive(Debug, Clone)]
pub struct Ended {
    /// Whether its exit code was 0.
    pub success: bool,
    /// What it wrote, to both outputs.
    pub written: String,
}

impl Operator {
    /// At this stack.
    #[must_use]
    pub fn at(stack: &Stack) -> Self {
        let mut env = stack.starter().env.clone();
        env.insert("BATAUDIT_LOG".to_owned(), "error,librdkafka=off,rdkafka=off".to_owned());
        Self { env, artifacts: stack.artifacts.clone() }
    }

    /// The same terminal, with another value of a variable.
    #[must_use]
    pub fn with(mut self, variable: &str, value: &str) -> Self {
        self.env.insert(variable.to_owned(), value.to_owned());
        self
    }

    /// Runs `bataudit` with these words.
    pub async fn run(&self, words: &[&str]) -> Ended {
        let (success, written) = process::run(self.launch(words), DEADLINE).await;
        Ended { success, written }
    }

    /// Starts `bataudit` with these words, and waits for nothing.
    #[must_use]
    pub fn begin(&self, words: &[&str]) -> Process {
        Process::start(self.launch(words))
    }

    fn launch(&self, words: &[&str]) -> Launch {
        Launch {
            name: format!("bataudit {}", words.join(" ")),
            binary: binaries::path("bataudit"),
            arguments: words.iter().map(Into::into).collect(),
            env: self.env.clone(),
            log: self.artifacts.join(format!("operator-{:08x}.log", rand::random::<u32>())),
        }
    }

    /// What `verify-counts` says, with these further words.
    pub async fn verify(&self, words: &[&str]) -> (bool, Value) {
        let ended = self.run(&[&["verify-counts", "--json"], words].concat()).await;
        (ended.success, ended.json())
    }
}

impl Ended {
    /// The JSON it wrote.
    ///
    /// # Panics
    /// When it wrote none.
    #[must_use]
    pub fn json(&self) -> Value {
        let start = self.written.find('{').unwrap_or_else(|| panic!("no JSON: {}", self.written));
        let mut values = serde_json::Deserializer::from_str(&self.written[start..]).into_iter();
        let value = values.next().and_then(Result::ok);
        value.unwrap_or_else(|| panic!("no JSON: {}", self.written))
    }
}
