//! Where the brokers are and how to talk to them. Every client starts from [`Connection::client`]
//! and adds what its own job needs.

use std::time::Duration;

use bataudit_service::env::{Env, Field, Secret};
use rdkafka::ClientConfig;
use rdkafka::config::RDKafkaLogLevel;

/// Broker addresses.
pub const BROKERS: Field =
    Field::new("BATAUDIT_KAFKA_BROKERS", "127.0.0.1:9092", "Kafka brokers, host:port, separated by commas.");
/// Transport.
pub const SECURITY: Field = Field::new(
    "BATAUDIT_KAFKA_SECURITY_PROTOCOL",
    "plaintext",
    "plaintext, ssl, sasl_plaintext or sasl_ssl. Certificates are always verified.",
);
/// Certificate authority.
pub const CA_FILE: Field = Field::optional(
    "BATAUDIT_KAFKA_SSL_CA_FILE",
    "PEM file of the authority that signed the brokers' certificates; unset takes the system's.",
);
/// SASL mechanism.
pub const SASL_MECHANISM: Field = Field::new(
    "BATAUDIT_KAFKA_SASL_MECHANISM",
    "SCRAM-SHA-512",
    "SCRAM-SHA-512, SCRAM-SHA-256 or PLAIN; used with the sasl_ protocols.",
);
/// SASL user.
pub const SASL_USERNAME: Field =
    Field::optional("BATAUDIT_KAFKA_SASL_USERNAME", "User for the sasl_ protocols.");
/// SASL password.
pub const SASL_PASSWORD: Field =
    Field::optional("BATAUDIT_KAFKA_SASL_PASSWORD", "Password for the sasl_ protocols.");
/// Long polling.
pub const FETCH_WAIT_MS: Field = Field::new(
    "BATAUDIT_KAFKA_FETCH_WAIT_MS",
    "250",
    "How long a broker may hold a fetch that finds nothing, in milliseconds. Kafka answers as soon as something \
     arrives; a broker that does not wants a small value here.",
);

/// The variables read here.
pub const FIELDS: &[&Field] =
    &[&BROKERS, &SECURITY, &CA_FILE, &SASL_MECHANISM, &SASL_USERNAME, &SASL_PASSWORD, &FETCH_WAIT_MS];

/// The default of [`FETCH_WAIT_MS`].
const FETCH_WAIT: Duration = Duration::from_millis(250);

/// Where the brokers are and how to authenticate.
#[derive(Debug, Clone)]
pub struct Connection {
    /// `host:port`, separated by commas.
    pub brokers: String,
    security: String,
    ca_file: Option<String>,
    sasl: Option<Sasl>,
    fetch_wait: Duration,
}

#[derive(Debug, Clone)]
struct Sasl {
    mechanism: String,
    username: String,
    password: Secret,
}

impl Connection {
    /// A connection without encryption or authentication, as to a broker on loopback.
    #[must_use]
    pub fn plaintext(brokers: impl Into<String>) -> Self {
        Self {
            brokers: brokers.into(),
            security: "plaintext".to_owned(),
            ca_file: None,
            sasl: None,
            fetch_wait: FETCH_WAIT,
        }
    }

    /// Reads the connection variables.
    pub fn from_env(env: &mut Env) -> Self {
        let brokers = env.list(&BROKERS).join(",");
        env.check(!brokers.is_empty(), &BROKERS, "must name at least one host:port");
        let security = env.text(&SECURITY).to_lowercase();
        let known = matches!(security.as_str(), "plaintext" | "ssl" | "sasl_plaintext" | "sasl_ssl");
        env.check(known, &SECURITY, "must be plaintext, ssl, sasl_plaintext or sasl_ssl");
        let sasl = security.starts_with("sasl").then(|| Sasl::from_env(env));
        let fetch_wait = env.millis(&FETCH_WAIT_MS);
        let bounded = (1..=5000).contains(&fetch_wait.as_millis());
        env.check(bounded, &FETCH_WAIT_MS, "must be between 1 and 5000");
        Self { brokers, security, ca_file: env.optional(&CA_FILE), sasl, fetch_wait }
    }

    /// A client configuration with addresses, security, bounded waits and quiet logs. `name` shows
    /// up in the broker's logs and quotas.
    #[must_use]
    pub fn client(&self, name: &str) -> ClientConfig {
        let mut client = ClientConfig::new();
        client
            .set("bootstrap.servers", &self.brokers)
            .set("client.id", name)
            .set("security.protocol", &self.security)
            .set("socket.connection.setup.timeout.ms", "5000")
            .set("socket.timeout.ms", "10000")
            .set("socket.keepalive.enable", "true")
            .set("socket.nagle.disable", "true")
            .set("reconnect.backoff.ms", "50")
            .set("reconnect.backoff.max.ms", "1000")
            .set_log_level(RDKafkaLogLevel::Warning);
        if let Some(file) = &self.ca_file {
            client.set("ssl.ca.location", file);
        }
        if let Some(sasl) = &self.sasl {
            client
                .set("sasl.mechanism", &sasl.mechanism)
                .set("sasl.username", &sasl.username)
                .set("sasl.password", sasl.password.expose());
        }
        client
    }

    /// The same for a client that consumes.
    #[must_use]
    pub fn consumer(&self, name: &str) -> ClientConfig {
        let mut client = self.client(name);
        client.set("fetch.wait.max.ms", self.fetch_wait.as_millis().to_string());
        client
    }
}

impl Sasl {
    fn from_env(env: &mut Env) -> Self {
        let mechanism = env.text(&SASL_MECHANISM).to_uppercase();
        let known = matches!(mechanism.as_str(), "SCRAM-SHA-512" | "SCRAM-SHA-256" | "PLAIN");
        env.check(known, &SASL_MECHANISM, "must be SCRAM-SHA-512, SCRAM-SHA-256 or PLAIN");
        let username = env.text(&SASL_USERNAME);
        env.check(!username.is_empty(), &SASL_USERNAME, "must be set with a sasl_ protocol");
        let password = env.secret(&SASL_PASSWORD);
        env.check(password.is_some(), &SASL_PASSWORD, "must be set with a sasl_ protocol");
        Self { mechanism, username, password: password.unwrap_or_else(|| Secret::new("")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sasl_wants_credentials() {
        let mut env = Env::from_pairs([("BATAUDIT_KAFKA_SECURITY_PROTOCOL", "sasl_ssl")]);
        Connection::from_env(&mut env);
        let message = env.finish().unwrap_err().to_string();
        assert!(message.contains("BATAUDIT_KAFKA_SASL_USERNAME"), "{message}");
        assert!(message.contains("BATAUDIT_KAFKA_SASL_PASSWORD"), "{message}");
    }

    #[test]
    fn passwords_do_not_print() {
        let mut env = Env::from_pairs([
            ("BATAUDIT_KAFKA_SECURITY_PROTOCOL", "sasl_ssl"),
            ("BATAUDIT_KAFKA_SASL_USERNAME", "bat"),
            ("BATAUDIT_KAFKA_SASL_PASSWORD", "hunter2"),
        ]);
        let connection = Connection::from_env(&mut env);
        assert!(!format!("{connection:?}").contains("hunter2"));
        assert_eq!(connection.client("test").get("sasl.password"), Some("hunter2"));
    }
}
