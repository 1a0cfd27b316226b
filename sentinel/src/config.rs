//! What sentinel reads from the environment.

use std::net::IpAddr;
use std::time::Duration;

use bataudit_ledger::Sources;
use bataudit_service::{Env, Field};
use ipnet::IpNet;
use reqwest::Certificate;

use crate::retention::Terms;

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

/// How often the anomaly rules are evaluated.
pub const EVALUATE_SECONDS: Field = Field::new(
    "BATAUDIT_SENTINEL_EVALUATE_SECONDS",
    "10",
    "How often the anomaly rules of all projects are evaluated, in seconds.",
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

/// Days of raw events; the original's name.
const RAW_DAYS: Field = Field::new(
    "TIERING_RAW_DAYS",
    "30",
    "Days raw events are kept, where their project has set nothing else.",
);
/// Days of counts by the hour; the original's name.
const HOURLY_DAYS: Field = Field::new(
    "TIERING_HOURLY_DAYS",
    "365",
    "Days counts by the hour are kept, where their project has set nothing else; 365 at most.",
);
/// When passes are made; the original's name.
const TIERING_HOUR: Field = Field::new(
    "TIERING_HOUR",
    "2",
    "Hour of the day, UTC, from which sentinel removes what is older than it is kept.",
);

/// The variables sentinel reads itself; the connections bring their own.
pub const FIELDS: &[&Field] = &[
    &ADMIN,
    &INSTANCE,
    &COMPARE_SECONDS,
    &EVALUATE_SECONDS,
    &ALLOWED_NETWORKS,
    &CA_FILE,
    &RAW_DAYS,
    &HOURLY_DAYS,
    &TIERING_HOUR,
];

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
    /// How often the anomaly rules are evaluated.
    pub evaluate_every: Duration,
    /// Networks besides the public internet that users' addresses may lead to.
    pub allowed_networks: Vec<IpNet>,
    /// Authorities that are believed besides the system's.
    pub trusted: Vec<Certificate>,
    /// What is kept for how long.
    pub retention: Terms,
    /// The mail server, where there is one.
    pub mail: Option<bataudit_mail::Config>,
    /// Whether the brokers are asked who reads the events topic. Not those of `bataudit up`: there is one reader only, and
    /// its broker (tansu 0.6) answers with an error, which it logs with the whole group in it.
    pub watches_readers: bool,
}

impl Config {
    /// Reads the configuration; problems are left in `env`.
    pub fn from_env(env: &mut Env) -> Self {
        Self {
            instance: env.optional(&INSTANCE),
            control: bataudit_control::Config::of_service(env),
            books: Sources::from_env(env),
            compare_every: Duration::from_secs(env.parse(&COMPARE_SECONDS)),
            evaluate_every: evaluate_every(env),
            allowed_networks: networks(env),
            trusted: authorities(env),
            retention: terms(env),
            mail: bataudit_mail::Config::from_env(env),
            watches_readers: true,
        }
    }
}

/// Days that raw events are kept where their project has set nothing else.
pub fn raw_days(env: &mut Env) -> u32 {
    let days = env.parse(&RAW_DAYS);
    env.check((1..=365).contains(&days), &RAW_DAYS, "must be from 1 to 365");
    days
}

fn evaluate_every(env: &mut Env) -> Duration {
    let seconds: u64 = env.parse(&EVALUATE_SECONDS);
    env.check((1..=600).contains(&seconds), &EVALUATE_SECONDS, "must be from 1 to 600");
    Duration::from_secs(seconds)
}

fn terms(env: &mut Env) -> Terms {
    let terms = Terms {
        raw_days: raw_days(env),
        hourly_days: env.parse(&HOURLY_DAYS),
        hour: env.parse(&TIERING_HOUR),
    };
    env.check((1..=365).contains(&terms.hourly_days), &HOURLY_DAYS, "must be from 1 to 365");
    env.check(terms.hour < 24, &TIERING_HOUR, "must be from 0 to 23");
    terms
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
