//! What the query API reads from the environment.

pub mod oidc;

use std::net::SocketAddr;
use std::time::Duration;

use bataudit_service::listener::TlsFiles;
use bataudit_service::{Env, Field, Secret};

/// Where the API and the dashboard listen.
pub const ADDRESS: Field =
    Field::new("BATAUDIT_QUERY_API_ADDRESS", "0.0.0.0:8082", "Address of the API and the dashboard.");
/// Certificate of the API.
pub const TLS_CERTIFICATE: Field = Field::optional(
    "BATAUDIT_QUERY_API_TLS_CERT_FILE",
    "PEM file with query-api's certificate and those above it; with it and its key, query-api speaks HTTPS only. Read \
     again when it changes.",
);
/// Key of the API.
pub const TLS_KEY: Field = Field::optional(
    "BATAUDIT_QUERY_API_TLS_KEY_FILE",
    "PEM file with the key of that certificate, not encrypted.",
);
/// Most connections.
pub const CONNECTIONS: Field = Field::new(
    "BATAUDIT_QUERY_API_MAX_CONNECTIONS",
    "2000",
    "Most connections of browsers and programs at one time; a live stream holds one.",
);
/// Where the admin listener is.
pub const ADMIN_ADDRESS: Field = Field::new(
    "BATAUDIT_QUERY_API_ADMIN_ADDRESS",
    "127.0.0.1:9082",
    "Address of /live, /ready and /metrics of query-api.",
);
/// How browsers reach the API.
pub const PUBLIC_URL: Field = Field::new(
    "BATAUDIT_PUBLIC_URL",
    "http://localhost:8082",
    "Address under which browsers reach query-api; with https:// the session cookie is marked Secure and browsers are told to stay with HTTPS.",
);
/// Signs the session tokens.
pub const JWT_SECRET: Field = Field::required(
    "JWT_SECRET",
    "Set it to 32 or more random bytes, the same for every replica: openssl rand -hex 32",
);
/// Verify the session tokens that an earlier secret signed.
pub const JWT_SECRET_PREVIOUS: Field = Field::optional(
    "JWT_SECRET_PREVIOUS",
    "Earlier values of JWT_SECRET, separated by commas: their tokens stay valid, none is signed with them. To change \
     the secret without ending sessions, move it here for a day.",
);
/// How long one query may run.
pub const QUERY_TIMEOUT_MS: Field = Field::new(
    "BATAUDIT_QUERY_API_QUERY_TIMEOUT_MS",
    "10000",
    "How long one ClickHouse query may run before the request is answered with 504.",
);
/// The SQL console's user.
pub const CONSOLE_USER: Field = Field::new(
    "BATAUDIT_CLICKHOUSE_CONSOLE_USER",
    "bataudit_console",
    "ClickHouse user that runs what people write in the SQL console; it may read the views audits and audit_summaries, and \
     nothing else.",
);
/// The SQL console's password.
pub const CONSOLE_PASSWORD: Field = Field::optional(
    "BATAUDIT_CLICKHOUSE_CONSOLE_PASSWORD",
    "Password of that user; unset, the SQL console is closed.",
);
/// Whether a proxy stands in front.
pub const TRUST_FORWARDED: Field = Field::new(
    "BATAUDIT_QUERY_API_TRUST_FORWARDED",
    "false",
    "true when a proxy of yours sets X-Forwarded-For: its last address then counts as the client's.",
);
/// Live streams one user may hold open.
pub const STREAMS_PER_USER: Field = Field::new(
    "BATAUDIT_QUERY_API_STREAMS_PER_USER",
    "8",
    "Live event streams one user may hold open on one replica.",
);
/// Monitors of a project at most.
pub const MONITORS_PER_PROJECT: Field =
    Field::new("BATAUDIT_QUERY_API_MONITORS_PER_PROJECT", "10", "Uptime monitors a project may have.");

/// Name shown by `/health`. Every service has it, so it stands in the list of one only: ingest's.
pub const ENVIRONMENT: Field =
    Field::new("BATAUDIT_ENVIRONMENT", "production", "Name of this installation, shown by /health.");

/// The variables read here.
pub const FIELDS: &[&Field] = &[
    &ADDRESS,
    &TLS_CERTIFICATE,
    &TLS_KEY,
    &CONNECTIONS,
    &ADMIN_ADDRESS,
    &PUBLIC_URL,
    &JWT_SECRET,
    &JWT_SECRET_PREVIOUS,
    &QUERY_TIMEOUT_MS,
    &CONSOLE_USER,
    &CONSOLE_PASSWORD,
    &TRUST_FORWARDED,
    &STREAMS_PER_USER,
    &MONITORS_PER_PROJECT,
];

/// The original's default secret, known to everybody.
const KNOWN_SECRET: &str = "change-me-in-production";
/// A shorter secret could be guessed from one token.
const SECRET_BYTES: usize = 32;

/// How the query API runs.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where the API listens.
    pub address: SocketAddr,
    /// Certificate and key, where query-api itself speaks TLS.
    pub tls: Option<TlsFiles>,
    /// Most connections at one time.
    pub max_connections: usize,
    /// Whether browsers come over https, to us or to a proxy in front.
    pub is_https: bool,
    /// How people sign in at an OpenID provider, where they may.
    pub oidc: Option<oidc::OidcConfig>,
    /// Address under which browsers reach the API, without a slash at its end.
    pub public_url: String,
    /// Signs the session tokens.
    pub jwt_secret: Secret,
    /// Verify tokens of before.
    pub earlier_jwt_secrets: Vec<Secret>,
    /// How long one query may run.
    pub query_timeout: Duration,
    /// ClickHouse user of the SQL console.
    pub console_user: String,
    /// Its password; the console is closed without.
    pub console_password: Option<Secret>,
    /// Whether `X-Forwarded-For` is believed.
    pub trust_forwarded: bool,
    /// Live streams one user may hold open.
    pub streams_per_user: usize,
    /// Uptime monitors a project may have.
    pub monitors_per_project: i64,
    /// The mail server, where there is one.
    pub mail: Option<bataudit_mail::Config>,
    /// Name of this installation.
    pub environment: String,
    /// Which requests are traced, and where to.
    pub trace: bataudit_trace::Config,
}

impl Config {
    /// Reads the variables; problems are collected in `env`.
    pub fn from_env(env: &mut Env) -> Self {
        let address = env.address(&ADDRESS);
        let public_url = env.text(&PUBLIC_URL);
        let is_http = public_url.starts_with("http://") || public_url.starts_with("https://");
        env.check(is_http, &PUBLIC_URL, "must start with http:// or https://");
        let query_timeout = env.millis(&QUERY_TIMEOUT_MS);
        let within = (100..=600_000).contains(&query_timeout.as_millis());
        env.check(within, &QUERY_TIMEOUT_MS, "must be from 100 to 600000");
        let streams_per_user = env.parse(&STREAMS_PER_USER);
        env.check(streams_per_user > 0, &STREAMS_PER_USER, "must be 1 or more");
        let tls = TlsFiles::from_env(env, &TLS_CERTIFICATE, &TLS_KEY);
        let max_connections = env.parse(&CONNECTIONS);
        env.check((1..=1_000_000).contains(&max_connections), &CONNECTIONS, "must be 1 to 1000000");
        Self {
            address,
            is_https: tls.is_some() || public_url.starts_with("https://"),
            tls,
            max_connections,
            oidc: oidc::OidcConfig::from_env(env),
            public_url: public_url.trim_end_matches('/').to_owned(),
            jwt_secret: jwt_secret(env),
            earlier_jwt_secrets: earlier_secrets(env),
            query_timeout,
            console_user: env.text(&CONSOLE_USER),
            console_password: env.secret(&CONSOLE_PASSWORD),
            trust_forwarded: env.parse(&TRUST_FORWARDED),
            streams_per_user,
            monitors_per_project: monitors_per_project(env),
            mail: bataudit_mail::Config::from_env(env),
            environment: env.text(&ENVIRONMENT),
            trace: bataudit_trace::Config::from_env(env),
        }
    }
}

fn monitors_per_project(env: &mut Env) -> i64 {
    let most = env.parse(&MONITORS_PER_PROJECT);
    env.check((0..=10_000).contains(&most), &MONITORS_PER_PROJECT, "must be 0 to 10000");
    most
}

fn jwt_secret(env: &mut Env) -> Secret {
    let Some(secret) = env.secret(&JWT_SECRET) else { return Secret::new("") };
    if let Some(problem) = weakness(secret.expose()) {
        env.problem(&JWT_SECRET, format_args!("{problem}. {}", JWT_SECRET.doc));
    }
    secret
}

fn earlier_secrets(env: &mut Env) -> Vec<Secret> {
    let Some(list) = env.secret(&JWT_SECRET_PREVIOUS) else { return Vec::new() };
    let secrets: Vec<_> = list.expose().split(',').map(str::trim).filter(|text| !text.is_empty()).collect();
    if let Some(problem) = secrets.iter().find_map(|secret| weakness(secret)) {
        env.problem(&JWT_SECRET_PREVIOUS, format_args!("has a secret that {problem}"));
    }
    secrets.into_iter().map(Secret::new).collect()
}

fn weakness(secret: &str) -> Option<&'static str> {
    match secret {
        KNOWN_SECRET => Some("is a published default"),
        _ if secret.len() < SECRET_BYTES => Some("is too short"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_weak_secrets() {
        for weak in ["", KNOWN_SECRET, "0123456789012345678901234567890"] {
            let mut env = Env::from_pairs([("JWT_SECRET", weak)]);
            Config::from_env(&mut env);
            let problem = env.finish().unwrap_err().to_string();
            assert!(problem.contains("JWT_SECRET") && problem.contains("openssl rand"), "{problem}");
            assert!(weak.is_empty() || !problem.contains(weak), "{problem}");
        }
    }

    #[test]
    fn earlier_secrets_must_be_as_good() {
        let new = "0123456789abcdef0123456789abcdef";
        for (list, count) in
            [(format!("{}, {},", new.replace('0', "1"), new.replace('0', "2")), 2), (String::new(), 0)]
        {
            let mut env = Env::from_pairs([("JWT_SECRET", new), ("JWT_SECRET_PREVIOUS", &list)]);
            let config = Config::from_env(&mut env);
            env.finish().unwrap();
            assert_eq!(config.earlier_jwt_secrets.len(), count);
        }
        let mut env = Env::from_pairs([("JWT_SECRET", new), ("JWT_SECRET_PREVIOUS", KNOWN_SECRET)]);
        Config::from_env(&mut env);
        let problem = env.finish().unwrap_err().to_string();
        assert!(problem.contains("JWT_SECRET_PREVIOUS") && !problem.contains(KNOWN_SECRET), "{problem}");
    }

    #[test]
    fn the_defaults_are_complete() {
        let mut env = Env::from_pairs([("JWT_SECRET", "0123456789abcdef0123456789abcdef")]);
        let config = Config::from_env(&mut env);
        env.finish().unwrap();
        assert_eq!(config.address.port(), 8082);
        assert!(!config.is_https && !config.trust_forwarded);
    }
}
