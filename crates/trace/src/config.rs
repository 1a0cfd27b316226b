//! What is read from the environment: where spans go, and how many requests are followed.

use std::time::Duration;

use bataudit_service::{Env, Field};
use reqwest::Url;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

/// The collector.
pub const ENDPOINT: Field = Field::optional(
    "BATAUDIT_TRACE_ENDPOINT",
    "OTLP/HTTP address of a collector that takes traces, such as http://127.0.0.1:4318; without a path, /v1/traces is \
     added. Unset, nothing is traced.",
);
/// Headers for the collector.
pub const HEADERS: Field = Field::optional(
    "BATAUDIT_TRACE_HEADERS",
    "Headers that the collector wants, such as authorization=Bearer …; name=value, separated by commas.",
);
/// Share of requests.
pub const RATIO: Field = Field::new(
    "BATAUDIT_TRACE_RATIO",
    "0.01",
    "Share of requests without a traceparent of their own that are traced, 0 to 1. A request with one is traced when \
     its traceparent says so.",
);
/// Room for spans.
pub const QUEUE_SPANS: Field = Field::new(
    "BATAUDIT_TRACE_QUEUE_SPANS",
    "4096",
    "Most spans of each service that wait for the collector; further ones are dropped and counted.",
);
/// Time for the collector.
pub const TIMEOUT_MS: Field = Field::new(
    "BATAUDIT_TRACE_TIMEOUT_MS",
    "3000",
    "How long the collector may take for some spans before they are dropped, in milliseconds.",
);

/// The variables read here.
pub const FIELDS: &[&Field] = &[&ENDPOINT, &HEADERS, &RATIO, &QUEUE_SPANS, &TIMEOUT_MS];

/// How requests are traced.
#[derive(Debug, Clone, Default)]
pub struct Config(pub(crate) Option<Target>);

/// Where spans go, and how many.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(crate) endpoint: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) ratio: f64,
    pub(crate) queue: usize,
    pub(crate) timeout: Duration,
}

impl Config {
    /// Reads the configuration; problems are left in `env`, also while tracing is off.
    pub fn from_env(env: &mut Env) -> Self {
        let endpoint = endpoint(env);
        let headers = headers(env);
        let (ratio, queue) = (env.parse::<f64>(&RATIO), env.parse(&QUEUE_SPANS));
        let timeout = env.millis(&TIMEOUT_MS);
        env.check((0.0..=1.0).contains(&ratio), &RATIO, "must be 0 to 1");
        env.check((64..=1_000_000).contains(&queue), &QUEUE_SPANS, "must be 64 to 1000000");
        let sane = Duration::from_millis(100)..=Duration::from_secs(60);
        env.check(sane.contains(&timeout), &TIMEOUT_MS, "must be 100 to 60000");
        Self(endpoint.map(|endpoint| Target { endpoint, headers, ratio, queue, timeout }))
    }
}

fn endpoint(env: &mut Env) -> Option<Url> {
    let text = env.optional(&ENDPOINT)?;
    let url = text.parse::<Url>().ok();
    let Some(mut url) = url.filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host()) else {
        env.problem(&ENDPOINT, "must be an address such as http://127.0.0.1:4318");
        return None;
    };
    if !url.username().is_empty() || url.password().is_some() {
        // It would stand in every error about this address.
        env.problem(&ENDPOINT, format_args!("must hold no password; put it into {}", HEADERS.name));
    }
    if url.path() == "/" {
        url.set_path("/v1/traces");
    }
    Some(url)
}

fn headers(env: &mut Env) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let Some(secret) = env.secret(&HEADERS) else { return headers };
    for pair in secret.expose().split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
        let parsed = pair.split_once('=').and_then(|(name, value)| {
            let mut value = HeaderValue::from_str(value.trim()).ok()?;
            value.set_sensitive(true);
            Some((HeaderName::try_from(name.trim()).ok()?, value))
        });
        match parsed {
            Some((name, value)) => drop(headers.insert(name, value)),
            None => env.problem(&HEADERS, "must be name=value, separated by commas"),
        }
    }
    headers
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Config, String> {
        let mut env = Env::from_pairs(pairs.iter().copied());
        let config = Config::from_env(&mut env);
        env.finish().map(|()| config).map_err(|problems| problems.to_string())
    }

    fn address(endpoint: &str) -> String {
        read(&[(ENDPOINT.name, endpoint)]).unwrap().0.unwrap().endpoint.to_string()
    }

    #[test]
    fn without_an_endpoint_it_is_off() {
        assert!(read(&[]).unwrap().0.is_none());
    }

    #[test]
    fn an_address_without_a_path_gets_the_usual_one() {
        assert_eq!(address("http://127.0.0.1:4318"), "http://127.0.0.1:4318/v1/traces");
        assert_eq!(address("https://c.example/otlp/v1/traces"), "https://c.example/otlp/v1/traces");
    }

    #[test]
    fn headers_are_read_and_never_shown() {
        let config =
            read(&[(ENDPOINT.name, "http://c"), (HEADERS.name, "x-key=hunter2, x-more=a=b")]).unwrap();
        assert!(!format!("{config:?}").contains("hunter2"), "{config:?}");
        let headers = config.0.unwrap().headers;
        assert_eq!(["x-key", "x-more"].map(|name| headers[name].to_str().unwrap()), ["hunter2", "a=b"]);
    }

    #[test]
    fn every_problem_is_told_and_no_secret() {
        let problems = read(&[
            (ENDPOINT.name, "https://me:hunter2@c"),
            (HEADERS.name, "hunter2"),
            (RATIO.name, "NaN"),
            (QUEUE_SPANS.name, "1"),
            (TIMEOUT_MS.name, "1"),
        ])
        .unwrap_err();
        for field in FIELDS {
            assert!(problems.contains(field.name), "{} in {problems}", field.name);
        }
        assert!(!problems.contains("hunter2"), "{problems}");
        assert!(read(&[(ENDPOINT.name, "collector:4317")]).unwrap_err().contains(ENDPOINT.name));
    }
}
