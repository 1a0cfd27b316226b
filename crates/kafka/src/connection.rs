//! Where the brokers are and how to talk to them. Every client starts from [`Connection::client`]
//! and adds what its own job needs.

use std::path::PathBuf;
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
/// Our certificate.
pub const CERTIFICATE_FILE: Field = Field::optional(
    "BATAUDIT_KAFKA_SSL_CERT_FILE",
    "PEM file with the client's own certificate, for brokers that want one.",
);
/// Our key.
pub const KEY_FILE: Field =
    Field::optional("BATAUDIT_KAFKA_SSL_KEY_FILE", "PEM file with the key of that certificate.");
/// Password of the key.
pub const KEY_PASSWORD: Field =
    Field::optional("BATAUDIT_KAFKA_SSL_KEY_PASSWORD", "Password of that key, where it is encrypted.");
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
pub const FIELDS: &[&Field] = &[
    &BROKERS,
    &SECURITY,
    &CA_FILE,
    &CERTIFICATE_FILE,
    &KEY_FILE,
    &KEY_PASSWORD,
    &SASL_MECHANISM,
    &SASL_USERNAME,
    &SASL_PASSWORD,
    &FETCH_WAIT_MS,
];

/// The default of [`FETCH_WAIT_MS`].
const FETCH_WAIT: Duration = Duration::from_millis(250);

/// Where the brokers are and how to authenticate.
#[derive(Debug, Clone)]
pub struct Connection {
    /// `host:port`, separated by commas.
    pub brokers: String,
    security: String,
    tls: Tls,
    sasl: Option<Sasl>,
    fetch_wait: Duration,
}

/// Whom we trust, and who we are.
#[derive(Debug, Clone, Default)]
struct Tls {
    ca_file: Option<PathBuf>,
    identity: Option<(PathBuf, PathBuf)>,
    key_password: Option<Secret>,
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
            tls: Tls::default(),
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
        let tls = Tls::from_env(env, &security);
        let sasl = security.starts_with("sasl").then(|| Sasl::from_env(env));
        let fetch_wait = env.millis(&FETCH_WAIT_MS);
        let bounded = (1..=5000).contains(&fetch_wait.as_millis());
        env.check(bounded, &FETCH_WAIT_MS, "must be between 1 and 5000");
        Self { brokers, security, tls, sasl, fetch_wait }
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
        self.tls.apply(&mut client);
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

impl Tls {
    fn from_env(env: &mut Env, security: &str) -> Self {
        let ca_file = env.file(&CA_FILE);
        let (certificate, key) = (env.file(&CERTIFICATE_FILE), env.file(&KEY_FILE));
        env.check(
            certificate.is_some() || key.is_none(),
            &CERTIFICATE_FILE,
            "must be set along with the key",
        );
        env.check(
            key.is_some() || certificate.is_none(),
            &KEY_FILE,
            "must be set along with the certificate",
        );
        let is_plain = !security.ends_with("ssl");
        // Somebody who names an authority believes that the connection is encrypted.
        let unused = is_plain && (ca_file.is_some() || certificate.is_some());
        env.check(!unused, &SECURITY, "must be ssl or sasl_ssl when certificates are given");
        Self { ca_file, identity: certificate.zip(key), key_password: env.secret(&KEY_PASSWORD) }
    }

    fn apply(&self, client: &mut ClientConfig) {
        // Both are the client library's defaults today; they are not to change with a version of it.
        client
            .set("enable.ssl.certificate.verification", "true")
            .set("ssl.endpoint.identification.algorithm", "https");
        if let Some(file) = &self.ca_file {
            client.set("ssl.ca.location", file.to_string_lossy());
        }
        if let Some((certificate, key)) = &self.identity {
            client
                .set("ssl.certificate.location", certificate.to_string_lossy())
                .set("ssl.key.location", key.to_string_lossy());
        }
        if let Some(password) = &self.key_password {
            client.set("ssl.key.password", password.expose());
        }
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
    fn certificates_are_there_and_used() {
        let mut env = Env::from_pairs([
            ("BATAUDIT_KAFKA_SSL_CA_FILE", "/nowhere/ca.pem"),
            ("BATAUDIT_KAFKA_SSL_CERT_FILE", "/dev/null"),
        ]);
        Connection::from_env(&mut env);
        let message = env.finish().unwrap_err().to_string();
        assert!(message.contains("BATAUDIT_KAFKA_SSL_CA_FILE names /nowhere/ca.pem"), "{message}");
        assert!(message.contains("BATAUDIT_KAFKA_SSL_KEY_FILE must be set"), "{message}");
        assert!(message.contains("BATAUDIT_KAFKA_SECURITY_PROTOCOL must be ssl or sasl_ssl"), "{message}");
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
