//! Where the services of `deploy/dev` are: Kafka, ClickHouse and PostgreSQL, shared by all tests.

use std::net::{TcpStream, ToSocketAddrs as _};
use std::time::Duration;

use bataudit_service::{Env, Field};

const KAFKA: Field = Field::new("BATAUDIT_TEST_KAFKA_BROKERS", "127.0.0.1:19092", "Kafka for tests.");
const CLICKHOUSE_URL: Field =
    Field::new("BATAUDIT_TEST_CLICKHOUSE_URL", "http://127.0.0.1:18123", "ClickHouse for tests.");
const CLICKHOUSE_USER: Field =
    Field::new("BATAUDIT_TEST_CLICKHOUSE_USER", "admin", "A user who may make databases.");
const CLICKHOUSE_PASSWORD: Field =
    Field::new("BATAUDIT_TEST_CLICKHOUSE_PASSWORD", "dev", "That user's password.");
const POSTGRES: Field = Field::new(
    "BATAUDIT_TEST_POSTGRES_URL",
    "postgres://bataudit:bataudit@127.0.0.1:15432/bataudit",
    "PostgreSQL for tests, as a user who may make databases.",
);

/// The addresses of the services.
#[derive(Debug, Clone)]
pub struct Services {
    /// Kafka, `host:port`.
    pub kafka: String,
    /// ClickHouse over HTTP.
    pub clickhouse_url: String,
    /// Its user.
    pub clickhouse_user: String,
    /// That user's password.
    pub clickhouse_password: String,
    /// PostgreSQL, with a database that always exists.
    pub postgres_url: String,
}

impl Services {
    /// The services of `make services-up`, or those the environment names.
    ///
    /// # Panics
    /// When one of them does not answer.
    #[must_use]
    pub fn running() -> Self {
        let mut env = Env::from_process();
        let services = Self {
            kafka: env.text(&KAFKA),
            clickhouse_url: env.text(&CLICKHOUSE_URL).trim_end_matches('/').to_owned(),
            clickhouse_user: env.text(&CLICKHOUSE_USER),
            clickhouse_password: env.text(&CLICKHOUSE_PASSWORD),
            postgres_url: env.text(&POSTGRES),
        };
        require("Kafka", &services.kafka);
        require("ClickHouse", authority(&services.clickhouse_url));
        require("PostgreSQL", authority(&services.postgres_url));
        services
    }
}

/// `host:port` of a URL.
#[must_use]
pub fn authority(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?']).next().unwrap_or(rest);
    authority.rsplit_once('@').map_or(authority, |(_, host)| host)
}

fn require(name: &str, address: &str) {
    let answers = address
        .to_socket_addrs()
        .ok()
        .into_iter()
        .flatten()
        .any(|address| TcpStream::connect_timeout(&address, Duration::from_secs(2)).is_ok());
    assert!(answers, "{name} does not answer at {address}: run `make services-up`");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn authorities() {
        assert_eq!(authority("postgres://user:p%40ss@127.0.0.1:15432/bataudit?x=1"), "127.0.0.1:15432");
        assert_eq!(authority("http://127.0.0.1:18123"), "127.0.0.1:18123");
        assert_eq!(authority("127.0.0.1:19092"), "127.0.0.1:19092");
    }
}
