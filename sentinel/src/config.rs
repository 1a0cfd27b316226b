//! What sentinel reads from the environment.

use std::time::Duration;

use bataudit_ledger::Sources;
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

/// How often the books are compared.
pub const COMPARE_SECONDS: Field = Field::new(
    "BATAUDIT_SENTINEL_COMPARE_SECONDS",
    "300",
    "How often sentinel compares what was accepted with what is stored, in seconds; it reads every record once more \
     for it. 0 never does.",
);

/// The variables sentinel reads itself; the connections bring their own.
pub const FIELDS: &[&Field] = &[&ADMIN, &INSTANCE, &COMPARE_SECONDS];

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
}

impl Config {
    /// Reads the configuration; problems are left in `env`.
    pub fn from_env(env: &mut Env) -> Self {
        Self {
            instance: env.optional(&INSTANCE),
            control: bataudit_control::Config::from_env(env),
            books: Sources::from_env(env),
            compare_every: Duration::from_secs(env.parse(&COMPARE_SECONDS)),
        }
    }
}
