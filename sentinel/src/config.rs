//! What sentinel reads from the environment.

use std::net::IpAddr;
use std::time::Duration;

use bataudit_ledger::Sources;
use bataudit_service::{Env, Field};
use ipnet::IpNet;
use reqwest::Certificate;

/// Where `/live`, `/ready` and `/metrics` are served.
pub const ADMIN: Field = Field::new(
    "BATAUDIT_SENTINEL_ADMIN_ADDRESS",
    "127.0.0.1:9084",
    "Address of sentinel's /live, /ready and /metrics.",
);

/// Name of this instance.
pub const INSTANCE: Field = Field::optional(
    "BATAUDIT_SENTINEL_INSTANCE",
    "Name of this sentinel, used by no other: after a crash it works again at once. Unset takes a new one each time.",
);

/// How often the books are compared.
pub const COMPARE_SECONDS: Field = Field::new(
    "BATAUDIT_SENTINEL_COMPARE_SECONDS",
    "300",
    "How often sentinel compares what was accepted with what is stored, in seconds; it reads every record once more \
     for it. 0 never does.",
);

/// Networks that users' addresses may lead to.
pub const ALLOWED_NETWORKS: Field = Field::optional(
    "BATAUDIT_SENTINEL_ALLOWED_NETWORKS",
    "Private networks that webhooks, push services and monitored addresses may be in, such as \
     10.1.0.0/16,192.168.7.9/32; unset, only addresses of the public internet are called.",
);

/// Authorities besides the system's.
pub const CA_FILE: Field = Field::optional(
    "BATAUDIT_SENTINEL_CA_FILE",
    "PEM file with authorities of your own, which may sign the certificates of webhooks and monitored addresses besides \
     those of the system.",
);

/// The variables sentinel reads itself; the connections bring their own.
pub const FIELDS: &[&Field] = &[&ADMIN, &INSTANCE, &COMPARE_SECONDS, &ALLOWED_NETWORKS, &CA_FILE];

/// Everything sentinel is told from outside.
#[derive(Debug, Clone)]
pub struct Config {
    /// Under which the lease is held; a new name when absent.
    pub instance: Option<String>,
    /// The control store.
    pub control: bataudit_control::Config,
    /// The brokers, the topics, and ClickHouse, read only.
    pub books: Sources,
    /// How often the books are compared; never when zero.
    pub compare_every: Duration,
    /// Networks besides the public internet that users' addresses may lead to.
    pub allowed_networks: Vec<IpNet>,
    /// Authorities that are believed besides the system's.
    pub trusted: Vec<Certificate>,
}

impl Config {
    /// Reads the configuration; problems are left in `env`.
    pub fn from_env(env: &mut Env) -> Self {
        Self {
            instance: env.optional(&INSTANCE),
            control: bataudit_control::Config::from_env(env),
            books: Sources::from_env(env),
            compare_every: Duration::from_secs(env.parse(&COMPARE_SECONDS)),
            allowed_networks: networks(env),
            trusted: authorities(env),
        }
    }
}

/// Networks as `address/bits`, or single addresses.
fn networks(env: &mut Env) -> Vec<IpNet> {
    let text = env.optional(&ALLOWED_NETWORKS).unwrap_or_default();
    let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
    let read = |part: &str| part.parse().or_else(|_| part.parse::<IpAddr>().map(IpNet::from)).ok();
    let networks: Option<Vec<IpNet>> = parts.map(read).collect();
    env.check(
        networks.is_some(),
        &ALLOWED_NETWORKS,
        "must be networks or addresses, parted by commas, such as 10.1.0.0/16,192.168.7.9",
    );
    networks.unwrap_or_default()
}

fn authorities(env: &mut Env) -> Vec<Certificate> {
    let Some(file) = env.file(&CA_FILE) else { return Vec::new() };
    let read = std::fs::read(file).ok().and_then(|pem| Certificate::from_pem_bundle(&pem).ok());
    let found = read.filter(|found| !found.is_empty());
    env.check(found.is_some(), &CA_FILE, "holds no PEM certificate (BEGIN CERTIFICATE)");
    found.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_are_read_or_refused() {
        let read = |text: &str| {
            let mut env = Env::from_pairs([(ALLOWED_NETWORKS.name, text)]);
            let networks = networks(&mut env);
            env.finish().map(|()| networks.iter().map(IpNet::to_string).collect::<Vec<_>>())
        };
        assert_eq!(
            read("10.1.0.0/16, fd00::/8 ,192.168.7.9").unwrap(),
            ["10.1.0.0/16", "fd00::/8", "192.168.7.9/32"]
        );
        assert!(
            read("10.1.0.0/33")
                .unwrap_err()
                .to_string()
                .contains("BATAUDIT_SENTINEL_ALLOWED_NETWORKS must be")
        );
        assert!(read("intranet").is_err());
    }
}
