//! What ingest reads from the environment. Every limit a client can meet is named in the error it
//! gets, by the variable that raises it.

mod limits;

use std::net::SocketAddr;
use std::time::Duration;

use bataudit_kafka::{Connection, Topics};
use bataudit_service::listener::{Terms, TlsFiles};
use bataudit_service::{Env, Field};
use bataudit_trace as trace;

pub use self::limits::{
    BODY_TIMEOUT, IN_FLIGHT, Limits, MAX_BODY, MAX_DECOMPRESSED, MAX_EVENT, MAX_EVENTS, MAX_RATIO,
};

/// Where the HTTP API listens.
pub const ADDRESS: Field =
    Field::new("BATAUDIT_INGEST_ADDRESS", "0.0.0.0:8081", "Address of the ingest API; port 0 takes any.");
/// Certificate of the HTTP API.
pub const TLS_CERTIFICATE: Field = Field::optional(
    "BATAUDIT_INGEST_TLS_CERT_FILE",
    "PEM file with ingest's certificate and those above it; with it and its key, ingest speaks HTTPS only. Read again \
     when it changes.",
);
/// Key of the HTTP API.
pub const TLS_KEY: Field = Field::optional(
    "BATAUDIT_INGEST_TLS_KEY_FILE",
    "PEM file with the key of that certificate, not encrypted.",
);
/// Where `/live`, `/ready` and `/metrics` are served.
pub const ADMIN: Field = Field::new(
    "BATAUDIT_INGEST_ADMIN_ADDRESS",
    "127.0.0.1:9081",
    "Address of ingest's /live, /ready and /metrics.",
);
/// Name shown by `/health`.
pub const ENVIRONMENT: Field =
    Field::new("BATAUDIT_ENVIRONMENT", "production", "Name of this installation, shown by /health.");
/// Whether environments are those of the original.
pub const COMPAT_ENV: Field = Field::new(
    "BATAUDIT_COMPAT_ENV",
    "0",
    "1 stores events whose environment is none of production, staging, development, testing and local (or an alias of \
     these) as development, as the original did; 0 keeps the name in lower case.",
);
/// Most connections.
pub const CONNECTIONS: Field =
    Field::new("BATAUDIT_INGEST_MAX_CONNECTIONS", "10000", "Most client connections at one time.");
/// Time for the request head.
pub const HEADER_TIMEOUT: Field = Field::new(
    "BATAUDIT_INGEST_HEADER_TIMEOUT_MS",
    "30000",
    "Time a client has to send its request headers, and how long an idle connection is kept, in ms.",
);
/// Time for the client to take its answer.
pub const WRITE_TIMEOUT: Field = Field::new(
    "BATAUDIT_INGEST_WRITE_TIMEOUT_MS",
    "30000",
    "How long a client may take nothing of its answer before its connection is cut, in milliseconds.",
);
/// Time for the brokers' acknowledgement.
pub const DEADLINE: Field = Field::new(
    "BATAUDIT_INGEST_PUBLISH_DEADLINE_MS",
    "10000",
    "Longest wait for Kafka's acknowledgement before the client gets 503, in milliseconds.",
);
/// Events per second and key.
pub const RATE: Field = Field::new(
    "BATAUDIT_INGEST_RATE_EVENTS_PER_SECOND",
    "0",
    "Events per second that one API key may send; 0 sets no limit.",
);
/// Events at once and key.
pub const BURST: Field = Field::new(
    "BATAUDIT_INGEST_RATE_BURST_EVENTS",
    "10000",
    "Events that one API key may send at once when a rate is set.",
);
/// Time between unready and the end of accepting.
pub const DRAIN_DELAY: Field = Field::new(
    "BATAUDIT_INGEST_DRAIN_DELAY_MS",
    "0",
    "On stop, how long to keep accepting while /ready already says no, in milliseconds.",
);
/// Time for requests to finish.
pub const DRAIN: Field = Field::new(
    "BATAUDIT_INGEST_DRAIN_MS",
    "8000",
    "On stop, how long running requests may take to finish, in milliseconds.",
);

/// The variables ingest reads itself; the Kafka connection and the topics bring their own.
pub const FIELDS: &[&Field] = &[
    &ADDRESS,
    &TLS_CERTIFICATE,
    &TLS_KEY,
    &ADMIN,
    &ENVIRONMENT,
    &COMPAT_ENV,
    &MAX_BODY,
    &MAX_DECOMPRESSED,
    &MAX_RATIO,
    &MAX_EVENT,
    &MAX_EVENTS,
    &IN_FLIGHT,
    &CONNECTIONS,
    &HEADER_TIMEOUT,
    &WRITE_TIMEOUT,
    &BODY_TIMEOUT,
    &DEADLINE,
    &RATE,
    &BURST,
    &DRAIN_DELAY,
    &DRAIN,
];

/// Everything ingest is told from outside.
#[derive(Debug, Clone)]
pub struct Config {
    /// The brokers.
    pub kafka: Connection,
    /// Topic names.
    pub topics: Topics,
    /// Connections and their times.
    pub http: HttpConfig,
    /// What a request may hold.
    pub limits: Limits,
    /// Name shown by `/health`.
    pub environment: String,
    /// Whether environments that the original did not know become `development`.
    pub original_environments: bool,
    /// Events per second and key.
    pub rate: Option<Rate>,
    /// How records are sent.
    pub publish: PublishConfig,
    /// Which requests are traced, and where to.
    pub trace: trace::Config,
}

/// Connections and their times.
#[derive(Debug, Clone)]
pub struct HttpConfig {
    /// Where to listen.
    pub address: SocketAddr,
    /// Most connections at one time.
    pub max_connections: usize,
    /// Time for a request's headers.
    pub header_timeout: Duration,
    /// How long a client may take nothing of its answer.
    pub write_timeout: Duration,
    /// Time between unready and the end of accepting.
    pub drain_delay: Duration,
    /// Time for running requests to finish.
    pub drain: Duration,
    /// Certificate and key, where ingest itself speaks TLS.
    pub tls: Option<TlsFiles>,
}

/// Events per second and key.
#[derive(Debug, Clone, Copy)]
pub struct Rate {
    /// Sustained events per second.
    pub per_second: u32,
    /// Events at once.
    pub burst: u32,
}

/// How records are sent.
#[derive(Debug, Clone, Copy)]
pub struct PublishConfig {
    /// Longest wait for the acknowledgement.
    pub deadline: Duration,
    /// Most bytes of events that wait to be sent or to be acknowledged.
    pub queue_bytes: usize,
}

impl Config {
    /// Reads the configuration; problems are left in `env`.
    pub fn from_env(env: &mut Env) -> Self {
        let limits = Limits::from_env(env);
        let publish = PublishConfig { deadline: env.millis(&DEADLINE), queue_bytes: limits.in_flight };
        env.check(publish.deadline >= Duration::from_secs(1), &DEADLINE, "must be at least 1000");
        Self {
            kafka: Connection::from_env(env),
            topics: Topics::from_env(env),
            http: HttpConfig::from_env(env),
            limits,
            environment: env.text(&ENVIRONMENT),
            original_environments: flag(env, &COMPAT_ENV),
            rate: Rate::from_env(env, &limits),
            publish,
            trace: trace::Config::from_env(env),
        }
    }
}

/// 1 or 0, as the name promises, or true or false.
fn flag(env: &mut Env, field: &Field) -> bool {
    let text = env.text(field);
    env.check(matches!(text.as_str(), "0" | "1" | "true" | "false"), field, "must be 1 or 0");
    matches!(text.as_str(), "1" | "true")
}

impl HttpConfig {
    fn from_env(env: &mut Env) -> Self {
        let http = Self {
            address: env.address(&ADDRESS),
            max_connections: env.parse(&CONNECTIONS),
            header_timeout: env.millis(&HEADER_TIMEOUT),
            write_timeout: env.millis(&WRITE_TIMEOUT),
            drain_delay: env.millis(&DRAIN_DELAY),
            drain: env.millis(&DRAIN),
            tls: TlsFiles::from_env(env, &TLS_CERTIFICATE, &TLS_KEY),
        };
        env.check((1..=1_000_000).contains(&http.max_connections), &CONNECTIONS, "must be 1 to 1000000");
        env.check(!http.header_timeout.is_zero(), &HEADER_TIMEOUT, "must be above 0");
        env.check(!http.write_timeout.is_zero(), &WRITE_TIMEOUT, "must be above 0");
        http
    }

    /// The same as the terms of a listener.
    #[must_use]
    pub fn terms(&self) -> Terms {
        Terms {
            max_connections: self.max_connections,
            header_timeout: self.header_timeout,
            write_timeout: self.write_timeout,
            drain: self.drain,
            tls: self.tls.clone(),
            answers: crate::server::ANSWERS,
            opened: crate::metrics::connections,
        }
    }
}

impl Rate {
    fn from_env(env: &mut Env, limits: &Limits) -> Option<Self> {
        let rate = Self { per_second: env.parse(&RATE), burst: env.parse(&BURST) };
        if rate.per_second == 0 {
            return None;
        }
        // Otherwise a full batch could never pass.
        let whole_batch = usize::try_from(rate.burst).is_ok_and(|burst| burst >= limits.events);
        env.check(whole_batch, &BURST, format_args!("must be at least {}", MAX_EVENTS.name));
        Some(rate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_valid() {
        let mut env = Env::from_pairs::<&str, &str>([]);
        let config = Config::from_env(&mut env);
        env.finish().unwrap();
        assert_eq!(config.http.address.port(), 8081);
        assert!(config.rate.is_none());
    }

    #[test]
    fn contradictions_are_all_reported() {
        let mut env = Env::from_pairs([
            (MAX_DECOMPRESSED.name, "1"),
            (IN_FLIGHT.name, "5000000000"),
            (MAX_EVENTS.name, "70000"),
            (RATE.name, "5"),
            (BURST.name, "1"),
            (ADDRESS.name, "localhost"),
        ]);
        Config::from_env(&mut env);
        let message = env.finish().unwrap_err().to_string();
        for field in [MAX_DECOMPRESSED, IN_FLIGHT, MAX_EVENTS, BURST, ADDRESS] {
            assert!(message.contains(field.name), "{} in {message}", field.name);
        }
    }
}
