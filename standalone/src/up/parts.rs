//! The two programs that are not built into this one: the ClickHouse engine and the broker.
//!
//! In: the configured paths, or the cache folder the installer fills. Out: two files that exist.

use std::fmt;
use std::path::{Path, PathBuf};

/// The engine library within the cache folder; the installer uses the same place.
const ENGINE_IN_CACHE: &str = "chdb-26.7.3-stable.1/libchdb.so";
/// The broker within the cache folder.
const BROKER_IN_CACHE: &str = "tansu-0.6.0/bin/tansu";

/// Where both are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Parts {
    /// `libchdb.so`.
    pub(crate) engine: PathBuf,
    /// The `tansu` executable.
    pub(crate) broker: PathBuf,
}

/// What is missing, one sentence each.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct MissingParts(Vec<String>);

impl fmt::Display for MissingParts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("\n"))
    }
}

impl std::error::Error for MissingParts {}

impl Parts {
    /// The named files, or else those in `cache`.
    pub(crate) fn find(
        engine: Option<PathBuf>,
        broker: Option<PathBuf>,
        cache: &Path,
    ) -> Result<Self, MissingParts> {
        let parts = Self {
            engine: engine.unwrap_or_else(|| cache.join(ENGINE_IN_CACHE)),
            broker: broker.unwrap_or_else(|| cache.join(BROKER_IN_CACHE)),
        };
        let problems: Vec<_> = [
            ("ClickHouse engine", &parts.engine, "BATAUDIT_ENGINE_LIB"),
            ("broker", &parts.broker, "BATAUDIT_BROKER_BIN"),
        ]
        .into_iter()
        .filter(|(_, path, _)| !path.is_file())
        .map(|(name, path, variable)| {
            format!(
                "the {name} is missing, there is no file {}: run `scripts/install run`, or name the file in {variable}",
                path.display()
            )
        })
        .collect();
        if problems.is_empty() { Ok(parts) } else { Err(MissingParts(problems)) }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn what_is_missing_is_named_with_the_way_to_get_it() {
        let cache = tempfile::tempdir().unwrap();
        let message =
            Parts::find(Some("/nowhere/libchdb.so".into()), None, cache.path()).unwrap_err().to_string();
        let lines: Vec<_> = message.lines().collect();
        assert_eq!(
            lines[0],
            "the ClickHouse engine is missing, there is no file /nowhere/libchdb.so: \
             run `scripts/install run`, or name the file in BATAUDIT_ENGINE_LIB"
        );
        assert!(lines[1].contains(BROKER_IN_CACHE) && lines[1].contains("BATAUDIT_BROKER_BIN"));
    }

    #[test]
    fn the_cache_is_enough() {
        let cache = tempfile::tempdir().unwrap();
        for file in [ENGINE_IN_CACHE, BROKER_IN_CACHE] {
            let path = cache.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        let parts = Parts::find(None, None, cache.path()).unwrap();
        assert_eq!(parts.engine, cache.path().join(ENGINE_IN_CACHE));
    }
}
