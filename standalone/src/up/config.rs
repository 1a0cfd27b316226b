//! What `bataudit up` itself is told: where its data is, where the two foreign programs are, where it is administered.
//!
//! In: the environment and `--data`. Out: [`UpConfig`]. The services' own variables are read by their crates.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use bataudit_service::telemetry::LogConfig;
use bataudit_service::{Env, Field};

/// Folder of all data.
pub(crate) const DATA_DIR: Field = Field::new(
    "BATAUDIT_DATA_DIR",
    "./data",
    "Folder in which `bataudit up` keeps all data and logs; the --data argument goes before it.",
);
/// Address of the admin listener.
pub(crate) const ADMIN_ADDRESS: Field = Field::new(
    "BATAUDIT_UP_ADMIN_ADDRESS",
    "127.0.0.1:9080",
    "Address on which `bataudit up` serves /live, /ready and /metrics.",
);
/// The engine library.
pub(crate) const ENGINE_LIB: Field = Field::optional(
    "BATAUDIT_ENGINE_LIB",
    "ClickHouse engine library (libchdb.so) for `bataudit up`; unset takes the one in the cache folder.",
);
/// The broker.
pub(crate) const BROKER_BIN: Field = Field::optional(
    "BATAUDIT_BROKER_BIN",
    "Kafka-compatible broker (tansu) for `bataudit up`; unset takes the one in the cache folder.",
);
/// The cache folder.
pub(crate) const CACHE: Field = Field::optional(
    "BATAUDIT_CACHE",
    "Folder with what was fetched and built once; unset is bataudit in the user's cache folder (~/.cache).",
);

/// The variables read here. The example environment is tested against them.
pub(crate) const FIELDS: &[&Field] = &[&DATA_DIR, &ADMIN_ADDRESS, &ENGINE_LIB, &BROKER_BIN, &CACHE];

/// Where the system's convention puts a user's cache; not ours, so not in [`FIELDS`].
const XDG_CACHE_HOME: Field = Field::optional("XDG_CACHE_HOME", "Cache folder of this user.");
/// The user's home folder.
const HOME: Field = Field::optional("HOME", "Home folder of this user.");

/// The configuration of `bataudit up`.
#[derive(Debug, Clone)]
pub(crate) struct UpConfig {
    /// Folder of all data, as given.
    pub(crate) data: PathBuf,
    /// Where `/live`, `/ready` and `/metrics` are served.
    pub(crate) admin: SocketAddr,
    /// The engine library, when named.
    pub(crate) engine: Option<PathBuf>,
    /// The broker, when named.
    pub(crate) broker: Option<PathBuf>,
    /// Where both are otherwise.
    pub(crate) cache: PathBuf,
    /// What is logged.
    pub(crate) log: LogConfig,
}

impl UpConfig {
    /// Reads the variables; `data` is the argument, which goes before the variable.
    pub(crate) fn from_env(env: &mut Env, data: Option<PathBuf>) -> Self {
        let data_dir = PathBuf::from(env.text(&DATA_DIR));
        Self {
            data: data.unwrap_or(data_dir),
            admin: env.address(&ADMIN_ADDRESS),
            engine: env.optional(&ENGINE_LIB).map(PathBuf::from),
            broker: env.optional(&BROKER_BIN).map(PathBuf::from),
            cache: cache(env),
            log: LogConfig::from_env(env),
        }
    }
}

/// Makes the data folder and returns its full path: children have working folders of their own.
pub(crate) fn open_data(folder: &Path) -> io::Result<PathBuf> {
    fs::create_dir_all(folder)?;
    fs::canonicalize(folder)
}

fn cache(env: &mut Env) -> PathBuf {
    env.optional(&CACHE)
        .map(PathBuf::from)
        .or_else(|| Some(PathBuf::from(env.optional(&XDG_CACHE_HOME)?).join("bataudit")))
        .or_else(|| Some(PathBuf::from(env.optional(&HOME)?).join(".cache/bataudit")))
        .unwrap_or_else(|| env::temp_dir().join("bataudit"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<const N: usize>(pairs: [(&str, &str); N]) -> (UpConfig, Result<(), String>) {
        let mut env = Env::from_pairs(pairs);
        let config = UpConfig::from_env(&mut env, None);
        (config, env.finish().map_err(|problems| problems.to_string()))
    }

    #[test]
    fn the_cache_follows_the_systems_convention() {
        assert_eq!(read([("HOME", "/h")]).0.cache, Path::new("/h/.cache/bataudit"));
        assert_eq!(read([("HOME", "/h"), ("XDG_CACHE_HOME", "/x")]).0.cache, Path::new("/x/bataudit"));
        assert_eq!(read([("XDG_CACHE_HOME", "/x"), ("BATAUDIT_CACHE", "/b")]).0.cache, Path::new("/b"));
    }

    #[test]
    fn the_argument_goes_before_the_variable() {
        let mut env = Env::from_pairs([("BATAUDIT_DATA_DIR", "/from-env")]);
        assert_eq!(UpConfig::from_env(&mut env, None).data, Path::new("/from-env"));
        assert_eq!(UpConfig::from_env(&mut env, Some("/argument".into())).data, Path::new("/argument"));
    }

    #[test]
    fn a_bad_address_is_named() {
        let problems = read([("BATAUDIT_UP_ADMIN_ADDRESS", "9080")]).1.unwrap_err();
        assert!(problems.contains("BATAUDIT_UP_ADMIN_ADDRESS must be an address"), "{problems}");
    }
}
