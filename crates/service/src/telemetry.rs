//! Logs and metrics of a process. Logs go to standard error as JSON lines or as text; metrics are
//! rendered by the [admin listener](crate::admin).

use std::io::IsTerminal as _;

use metrics::gauge;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;

use crate::env::{Env, Field};
use crate::exemplar;
use crate::metric::Metric;

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

/// What every process exports beside what its service measures.
const OF_EVERY_PROCESS: &[Metric] = &[
    Metric::gauge("bataudit_build_info", "1, with the version that runs.")
        .by(&[("version", &[env!("CARGO_PKG_VERSION")])])
        .from_zero(),
    Metric::gauge(
        "bataudit_tls_certificate_expiry_timestamp_seconds",
        "When the certificate that new connections get ends, in unix seconds; where the service itself speaks TLS.",
    ),
];

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
    /// Installs the process-wide recorder, which exports what these services declare. In a process that
    /// has one already (tests), the result renders nothing.
    #[must_use]
    pub fn install(services: &[&[Metric]]) -> Self {
        let metrics = || services.iter().copied().chain([OF_EVERY_PROCESS]).flatten();
        let mut builder = Ok(PrometheusBuilder::new());
        for (name, buckets) in metrics().filter_map(Metric::buckets) {
            let exactly = Matcher::Full(name.to_owned());
            builder = builder.and_then(|builder| builder.set_buckets_for_metric(exactly, buckets));
        }
        let handle = builder.ok().and_then(|builder| builder.install_recorder().ok());
        if handle.is_some() {
            metrics().for_each(Metric::declare);
            metrics()
                .filter_map(Metric::buckets)
                .for_each(|(name, buckets)| exemplar::declare(name, buckets));
            gauge!("bataudit_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
        }
        Self { handle }
    }

    /// The Prometheus text exposition of all metrics.
    #[must_use]
    pub fn render(&self) -> String {
        self.handle.as_ref().map(PrometheusHandle::render).unwrap_or_default()
    }

    /// The same in the OpenMetrics format, with exemplars.
    #[must_use]
    pub fn render_open(&self) -> String {
        exemplar::open_metrics(&self.render())
    }

    /// Folds old histogram samples together; without it a quiet scraper lets them pile up.
    pub fn upkeep(&self) {
        if let Some(handle) = &self.handle {
            handle.run_upkeep();
        }
    }
}

/// `bataudit_tls_certificate_expiry_timestamp_seconds`.
pub(crate) fn certificate_ends(at: i64) {
    gauge!("bataudit_tls_certificate_expiry_timestamp_seconds").set(at as f64);
}
