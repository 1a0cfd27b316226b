//! The servers somebody logged in to, and their tokens: a file that only its owner can read.
//!
//! In: where configuration lies. Out: servers and tokens. A file that others could read is not used.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use bataudit_service::Secret;
use serde_json::{Value, json};

use crate::private_file;

/// Where the file is, if it can be anywhere.
#[derive(Debug, Clone)]
pub(super) struct Profiles(Option<PathBuf>);

/// What the file says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Known {
    /// The server that is meant when none is named.
    pub(super) current: Option<String>,
    /// All servers, by their address.
    pub(super) servers: BTreeMap<String, KnownServer>,
}

/// A server somebody logged in to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct KnownServer {
    /// Who they are there.
    pub(super) user: String,
    /// Their token.
    pub(super) token: Secret,
}

impl Profiles {
    /// The file as the XDG base directory specification places it.
    pub(super) fn in_folder(config: Option<String>, home: Option<String>) -> Self {
        let config = config.map(PathBuf::from).filter(|path| path.is_absolute());
        let config = config.or_else(|| home.map(|home| Path::new(&home).join(".config")));
        Self(config.map(|folder| folder.join("bataudit").join("servers.json")))
    }

    /// What is known; nothing when there is no file.
    pub(super) fn read(&self) -> anyhow::Result<Known> {
        let Some(file) = &self.0 else { return Ok(Known::default()) };
        let text = match fs::read_to_string(file) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Known::default()),
            Err(error) => return Err(error).with_context(|| format!("cannot read {}", file.display())),
        };
        let mode = fs::metadata(file)?.permissions().mode();
        if mode & 0o077 != 0 {
            bail!("{} can be read by others: chmod 600 it, and make new tokens", file.display());
        }
        // The reason would quote the file.
        Known::parse(&text)
            .with_context(|| format!("{} cannot be understood; remove it and log in again", file.display()))
    }

    /// Replaces what is known, and says where it lies.
    pub(super) fn write(&self, known: &Known) -> anyhow::Result<&Path> {
        let file =
            self.0.as_ref().context("set XDG_CONFIG_HOME or HOME: there is no place to keep the token")?;
        let wrote = file
            .parent()
            .map_or(Ok(()), |folder| fs::DirBuilder::new().recursive(true).mode(0o700).create(folder));
        let wrote =
            wrote.and_then(|()| private_file::write(file, format!("{:#}\n", known.to_json()).as_bytes()));
        wrote.with_context(|| format!("cannot write {}", file.display()))?;
        Ok(file)
    }
}

impl Known {
    fn parse(text: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(text).ok()?;
        let servers = value["servers"].as_object()?.iter().map(|(url, server)| {
            let user = server["user"].as_str()?.to_owned();
            Some((url.clone(), KnownServer { user, token: Secret::new(server["token"].as_str()?) }))
        });
        let current = value["current"].as_str().map(str::to_owned);
        Some(Self { current, servers: servers.collect::<Option<_>>()? })
    }

    fn to_json(&self) -> Value {
        let server = |server: &KnownServer| json!({"user": server.user, "token": server.token.expose()});
        let servers: serde_json::Map<_, _> =
            self.servers.iter().map(|(url, known)| (url.clone(), server(known))).collect();
        json!({"current": self.current, "servers": servers})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Known {
        let server = KnownServer { user: "ada@x.y".to_owned(), token: Secret::new("bat_cli_hunter2") };
        Known {
            current: Some("http://a/".to_owned()),
            servers: BTreeMap::from([("http://a/".to_owned(), server)]),
        }
    }

    #[test]
    fn what_is_written_is_read_by_its_owner_only() {
        let home = tempfile::tempdir().unwrap();
        let profiles = Profiles::in_folder(None, home.path().to_str().map(str::to_owned));
        assert_eq!(profiles.read().unwrap(), Known::default());
        let file = profiles.write(&known()).unwrap().to_owned();
        assert_eq!(file, home.path().join(".config/bataudit/servers.json"));
        assert_eq!(profiles.read().unwrap(), known());
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::metadata(file.parent().unwrap()).unwrap().permissions().mode() & 0o777, 0o700);
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(profiles.read().unwrap_err().to_string().contains("chmod 600"));
    }

    #[test]
    fn a_broken_file_is_named_and_not_quoted() {
        let home = tempfile::tempdir().unwrap();
        let profiles = Profiles::in_folder(home.path().to_str().map(str::to_owned), None);
        let file = profiles.write(&known()).unwrap().to_owned();
        private_file::write(&file, br#"{"servers": {"http://a/": {"token": "bat_cli_hunter2""#).unwrap();
        let error = format!("{:?}", profiles.read().unwrap_err());
        assert!(error.contains("log in again") && !error.contains("hunter2"), "{error}");
    }

    #[test]
    fn tokens_do_not_print() {
        assert!(!format!("{:?}", known()).contains("hunter2"));
    }

    #[test]
    fn a_relative_folder_is_not_one_of_the_specification() {
        let in_home = Profiles::in_folder(Some("here".to_owned()), Some("/home/ada".to_owned()));
        assert_eq!(in_home.0.unwrap(), Path::new("/home/ada/.config/bataudit/servers.json"));
    }
}
