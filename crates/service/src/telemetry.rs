//! Logs and metrics of a process. Logs go to standard error as JSON lines or as text; metrics are
//! rendered by the [admin listener](crate::admin).

use std::io::IsTerminal as _;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;

use crate::env::{Env, Field};

/// Which log lines are written, in `tracing`'s filter syntax.
pub const LOG: Field = Field::new(
    "BATAUDIT_LOG",
    "info,rdkafka=warn,librdkafka=warn,hyper=warn,h2=warn,sqlx=warn",
    "Log filter: a level, or directives such as info,bataudit_processor=debug.",
);
/// Shape of a log line.
pub const LOG_FORMAT: Field =
    Field::new("BATAUDIT_LOG_FORMAT", "text", "Log lines as text (for people) or json (for machines).");

/// The variables read here.
pub const FIELDS: &[&Field] = &[&LOG, &LOG_FORMAT];

/// Where a timer's buckets lie, in seconds: from a fast produce to a slow insert.
const SECONDS: &[f64] =
    &[0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0];

/// How the logs of this process are written.
#[derive(Debug, Clone)]
pub struct LogConfig {
    /// Filter directives.
    pub filter: String,
    /// JSON lines instead of text.
    pub json: bool,
}

impl LogConfig {
    /// Reads the log variables.
    pub fn from_env(env: &mut Env) -> Self {
        let filter = env.text(&LOG);
        let valid = EnvFilter::try_new(&filter).is_ok();
        env.check(valid, &LOG, "is not a log filter. Use a level such as info, or directives.");
        let format = env.text(&LOG_FORMAT);
        env.check(matches!(format.as_str(), "text" | "json"), &LOG_FORMAT, "must be text or json");
        Self { filter, json: format == "json" }
    }

    /// Starts logging to standard error. Later calls change nothing, so tests may repeat it.
    pub fn start(&self) {
        let filter = EnvFilter::try_new(&self.filter).unwrap_or_default();
        // Colours are for eyes: in a file they hide words from grep.
        let lines = tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_ansi(std::io::stderr().is_terminal())
            .with_writer(std::io::stderr);
        // The only failure is that a subscriber is set already.
        let started = if self.json { lines.json().try_init() } else { lines.try_init() };
        drop(started);
    }
}

/// The metrics of this process.
#[derive(Debug, Clone)]
pub struct Metrics {
    handle: Option<PrometheusHandle>,
}

impl Metrics {
    /// Installs the process-wide recorder. In a process that has one already (tests), the result
    /// renders nothing.
    #[must_use]
    pub fn install() -> Self {
        let builder =
            PrometheusBuilder::new().set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), SECONDS);
        Self { handle: builder.ok().and_then(|builder| builder.install_recorder().ok()) }
    }

    /// The Prometheus text exposition of all metrics.
    #[must_use]
    pub fn render(&self) -> String {
        self.handle.as_ref().map(PrometheusHandle::render).unwrap_or_default()
    }

    /// Folds old histogram samples together; without it a quiet scraper lets them pile up.
    pub fn upkeep(&self) {
        if let Some(handle) = &self.handle {
            handle.run_upkeep();
        }
    }
}
