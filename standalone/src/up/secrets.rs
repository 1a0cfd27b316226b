//! The secrets of this installation: made at the first start, kept in `data/secrets.json`, readable by the owner only.
//!
//! In: the data folder. Out: the same secrets at every start. They are never logged, and not shown to anybody: they
//! guard the children, which listen on loopback where other users of the machine can reach them.

use std::path::{Path, PathBuf};
use std::{fmt, fs, io};

use rand::RngCore as _;
use serde::{Deserialize, Serialize};

use crate::private_file;

/// The name of the file in the data folder.
const FILE: &str = "secrets.json";

/// What is kept.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Secrets {
    /// Signs the sessions, unless `JWT_SECRET` is set.
    pub(crate) jwt: String,
    /// Password of the ClickHouse user that makes the schema.
    pub(crate) clickhouse_admin: String,
    /// Password of the ClickHouse user that inserts.
    pub(crate) clickhouse_writer: String,
    /// Password of the ClickHouse user that only reads.
    pub(crate) clickhouse_reader: String,
    /// Password of the ClickHouse user of the SQL console. Installations of before have none: one is made and added.
    #[serde(default)]
    pub(crate) clickhouse_console: String,
    /// Password of the ClickHouse user that removes what is over; as above.
    #[serde(default)]
    pub(crate) clickhouse_keeper: String,
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secrets(***)")
    }
}

/// Why the secrets could not be had.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SecretsError {
    /// The file could not be read or written.
    #[error("cannot use {}", path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file is not what we wrote. Its content is not quoted.
    #[error(
        "{} is damaged: restore it from a backup, or delete it to have new secrets made (everybody signs in again)",
        .0.display()
    )]
    Damaged(PathBuf),
}

impl Secrets {
    /// Reads the secrets of `folder`, or makes them when there are none.
    pub(crate) fn load_or_make(folder: &Path) -> Result<Self, SecretsError> {
        let path = folder.join(FILE);
        let unusable = |source| SecretsError::Unusable { path: path.clone(), source };
        match fs::read(&path) {
            Ok(content) => {
                let mut kept: Self =
                    serde_json::from_slice(&content).map_err(|_| SecretsError::Damaged(path.clone()))?;
                if kept.complete() {
                    kept.keep(&path).map_err(unusable)?;
                }
                Ok(kept)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let secrets = Self::make();
                secrets.keep(&path).map_err(unusable)?;
                Ok(secrets)
            }
            Err(error) => Err(unusable(error)),
        }
    }

    /// Makes the secrets that a file of an earlier version has not; whether there was one.
    fn complete(&mut self) -> bool {
        let mut missing = [&mut self.clickhouse_console, &mut self.clickhouse_keeper]
            .into_iter()
            .filter(|secret| secret.is_empty())
            .peekable();
        let is_incomplete = missing.peek().is_some();
        missing.for_each(|secret| *secret = random_hex());
        is_incomplete
    }

    fn keep(&self, path: &Path) -> io::Result<()> {
        private_file::write(path, &serde_json::to_vec_pretty(self)?)
    }

    /// New secrets, kept nowhere.
    pub(crate) fn make() -> Self {
        Self {
            jwt: random_hex(),
            clickhouse_admin: random_hex(),
            clickhouse_writer: random_hex(),
            clickhouse_reader: random_hex(),
            clickhouse_console: random_hex(),
            clickhouse_keeper: random_hex(),
        }
    }
}

/// 256 random bits as hexadecimal digits: safe in a URL, an XML file and a shell.
fn random_hex() -> String {
    let mut bytes = [0; 32];
    rand::rng().fill_bytes(&mut bytes);
    hex::encode(bytes)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn made_once_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let first = Secrets::load_or_make(folder.path()).unwrap();
        assert_eq!(Secrets::load_or_make(folder.path()).unwrap(), first);
        assert_eq!(first.jwt.len(), 64);
        assert_ne!(first.clickhouse_writer, first.clickhouse_reader);
        let mode = fs::metadata(folder.path().join(FILE)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_file_of_an_earlier_version_is_completed_once() {
        let folder = tempfile::tempdir().unwrap();
        let before = r#"{"jwt":"j","clickhouse_admin":"a","clickhouse_writer":"w","clickhouse_reader":"r"}"#;
        fs::write(folder.path().join(FILE), before).unwrap();
        let completed = Secrets::load_or_make(folder.path()).unwrap();
        assert_eq!((completed.jwt.as_str(), completed.clickhouse_console.len()), ("j", 64));
        assert_eq!(completed.clickhouse_keeper.len(), 64);
        assert_eq!(Secrets::load_or_make(folder.path()).unwrap(), completed);
    }

    #[test]
    fn a_damaged_file_is_neither_replaced_nor_quoted() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(FILE), r#"{"jwt":"hunter2""#).unwrap();
        let message = Secrets::load_or_make(folder.path()).unwrap_err().to_string();
        assert!(message.contains("is damaged") && !message.contains("hunter2"), "{message}");
        assert_eq!(fs::read(folder.path().join(FILE)).unwrap(), br#"{"jwt":"hunter2""#);
    }

    #[test]
    fn they_do_not_print() {
        assert_eq!(format!("{:?}", Secrets::make()), "Secrets(***)");
    }
}
