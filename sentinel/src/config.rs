//! What sentinel reads from the environment.

use bataudit_kafka::{Connection, Topics};
use bataudit_service::{Env, Field};

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

/// The variables sentinel reads itself; the connections bring their own.
pub const FIELDS: &[&Field] = &[&ADMIN, &INSTANCE];

/// Everything sentinel is told from outside.
#[derive(Debug, Clone)]
pub struct Config {
    /// Under which the lease is held; a new name when absent.
    pub instance: Option<String>,
    /// The brokers.
    pub kafka: Connection,
    /// Topic names.
    pub topics: Topics,
    /// The control store.
    pub control: bataudit_control::Config,
    /// ClickHouse, read only.
    pub store: bataudit_store::Connection,
}

impl Config {
    /// Reads the configuration; problems are left in `env`.
    pub fn from_env(env: &mut Env) -> Self {
        Self {
            instance: env.optional(&INSTANCE),
            kafka: Connection::from_env(env),
            topics: Topics::from_env(env),
            control: bataudit_control::Config::from_env(env),
            store: bataudit_store::Connection::from_env(env),
        }
    }
}
