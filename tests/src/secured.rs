//! Kafka and PostgreSQL of a test's own, each with TLS and a certificate that the test made. Started
//! by the scripts of `deploy/dev`; ended with the value.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::Duration;

use tokio::process::Command;

use crate::certificates::Issued;
use crate::{binaries, ports};

/// User of every SASL mechanism.
pub const KAFKA_USER: &str = "bat";
/// That user's password.
pub const KAFKA_PASSWORD: &str = "kafka-password-that-no-log-may-hold";

/// The running parts.
#[derive(Debug)]
pub struct Secured {
    folder: tempfile::TempDir,
    /// Kafka's plain port, for tests that look from outside.
    pub kafka_plain: u16,
    /// TLS and a client's certificate.
    pub kafka_ssl: u16,
    /// TLS and a password.
    pub kafka_sasl_ssl: u16,
    /// TLS on request.
    pub postgres: u16,
}

impl Secured {
    /// Starts both with one certificate, whose authority also signs clients.
    ///
    /// # Panics
    /// When one does not come up.
    pub async fn start(server: &Issued) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let secured = Self {
            folder,
            kafka_plain: ports::free_with(100),
            kafka_ssl: ports::free(),
            kafka_sasl_ssl: ports::free(),
            postgres: ports::free(),
        };
        let properties = secured.folder.path().join("tls.properties");
        fs::write(&properties, secured.kafka_properties(server)).expect("a file");
        let mut command = secured.script("deploy/dev/services-up");
        let scram = |mechanism: &str| {
            format!("--add-scram {mechanism}=[name={KAFKA_USER},password={KAFKA_PASSWORD}]")
        };
        command
            .env("BATAUDIT_DEV_KAFKA_PROPERTIES", &properties)
            .env(
                "BATAUDIT_DEV_KAFKA_FORMAT",
                format!("{} {}", scram("SCRAM-SHA-256"), scram("SCRAM-SHA-512")),
            )
            .env("BATAUDIT_DEV_POSTGRES_TLS", &server.folder);
        let output = tokio::time::timeout(Duration::from_secs(180), command.output()).await;
        let output = output.expect("services-up ends").expect("services-up runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        secured
    }

    fn script(&self, path: &str) -> Command {
        let mut command = Command::new(binaries::in_checkout(path));
        command
            .env("BATAUDIT_DEV_DIR", self.folder.path().join("dev"))
            .env("ONLY", "kafka,postgres")
            .env("BATAUDIT_DEV_KAFKA_PORT", self.kafka_plain.to_string())
            .env("BATAUDIT_DEV_POSTGRES_PORT", self.postgres.to_string());
        command
    }

    fn kafka_properties(&self, server: &Issued) -> String {
        let (plain, ssl, sasl) = (self.kafka_plain, self.kafka_ssl, self.kafka_sasl_ssl);
        let clients =
            format!("BROKER://127.0.0.1:{plain},SSLPORT://127.0.0.1:{ssl},SASLPORT://127.0.0.1:{sasl}");
        let mut text = format!(
            "listeners={clients},CONTROLLER://127.0.0.1:{}\nadvertised.listeners={clients}\n\
             listener.security.protocol.map=BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT,SSLPORT:SSL,SASLPORT:SASL_SSL\n",
            plain + 100
        );
        for listener in ["sslport", "saslport"] {
            let of = format!("listener.name.{listener}");
            let (bundle, authority) = (server.bundle.display(), server.authority.display());
            writeln!(text, "{of}.ssl.keystore.type=PEM\n{of}.ssl.keystore.location={bundle}").expect("text");
            writeln!(text, "{of}.ssl.truststore.type=PEM\n{of}.ssl.truststore.location={authority}")
                .expect("text");
        }
        let sasl = "listener.name.saslport";
        let scram = "org.apache.kafka.common.security.scram.ScramLoginModule required;";
        let plain = "org.apache.kafka.common.security.plain.PlainLoginModule required";
        writeln!(
            text,
            "listener.name.sslport.ssl.client.auth=required\n\
             {sasl}.sasl.enabled.mechanisms=SCRAM-SHA-256,SCRAM-SHA-512,PLAIN\n\
             {sasl}.scram-sha-256.sasl.jaas.config={scram}\n{sasl}.scram-sha-512.sasl.jaas.config={scram}\n\
             {sasl}.plain.sasl.jaas.config={plain} user_{KAFKA_USER}=\"{KAFKA_PASSWORD}\";"
        )
        .expect("text");
        text
    }

    /// Kafka, on one of its ports.
    #[must_use]
    pub fn brokers(port: u16) -> String {
        format!("127.0.0.1:{port}")
    }

    /// PostgreSQL with its authority, verified in full.
    #[must_use]
    pub fn postgres_url(&self, host: &str, authority: &Path) -> String {
        let port = self.postgres;
        let authority = authority.display();
        format!(
            "postgres://bataudit:bataudit@{host}:{port}/bataudit?sslmode=verify-full&sslrootcert={authority}"
        )
    }
}

impl Drop for Secured {
    fn drop(&mut self) {
        let mut command = self.script("deploy/dev/services-down").into_std();
        match command.output() {
            Ok(output) if output.status.success() => {}
            failed => println!("the secured services were not stopped: {failed:?}"),
        }
    }
}
