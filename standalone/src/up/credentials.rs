//! What the first start makes and a person has not seen yet.
//!
//! In: the data folder. Out: credentials that survive a crash between being made and being shown, in a file only its
//! owner can read; the file goes as soon as they were shown.

use std::path::{Path, PathBuf};
use std::{fmt, fs, io};

use serde::{Deserialize, Serialize};

use crate::private_file;

/// The first owner's way in.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OwnerCredentials {
    /// E-mail address, the login name.
    pub(crate) email: String,
    /// The generated password; `None` when the operator chose it.
    pub(crate) password: Option<String>,
}

/// What is to be shown once.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Credentials {
    /// The first owner, when this installation made one.
    pub(crate) owner: Option<OwnerCredentials>,
    /// The first API key.
    pub(crate) api_key: Option<String>,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(***)")
    }
}

/// The file of credentials that were not shown yet.
#[derive(Debug)]
pub(crate) struct Unshown {
    path: PathBuf,
}

impl Unshown {
    /// The file within the data folder.
    pub(crate) fn within(data: &Path) -> Self {
        Self { path: data.join("first-start.json") }
    }

    /// What is waiting to be shown. A file that is not ours counts as nothing: its reader is the next first start.
    pub(crate) fn read(&self) -> Option<Credentials> {
        fs::read(&self.path).ok().and_then(|content| serde_json::from_slice(&content).ok())
    }

    /// Keeps the credentials until they are shown.
    pub(crate) fn keep(&self, credentials: &Credentials) -> io::Result<()> {
        private_file::write(&self.path, &serde_json::to_vec(credentials)?)
    }

    /// They were shown.
    pub(crate) fn forget(&self) -> io::Result<()> {
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kept_until_shown() {
        let data = tempfile::tempdir().unwrap();
        let unshown = Unshown::within(data.path());
        assert_eq!(unshown.read(), None);
        let credentials = Credentials { owner: None, api_key: Some("bat_1".into()) };
        unshown.keep(&credentials).unwrap();
        assert_eq!(unshown.read(), Some(credentials.clone()));
        assert_eq!(format!("{credentials:?}"), "Credentials(***)");
        unshown.forget().unwrap();
        unshown.forget().unwrap();
        assert_eq!(unshown.read(), None);
    }
}
