//! The file of events that cannot be stored: a line each, why and the row as the original has it. It holds what nobody
//! masked, so only its owner can read it. It is made with the first line.

use std::fs::{File, OpenOptions};
use std::io::{self, Seek as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde_json::value::RawValue;

/// The file, made or not.
pub(super) struct Rejects {
    path: PathBuf,
    file: Option<File>,
    /// Its bytes that belong to what was noted as done.
    bytes: u64,
}

#[derive(serde::Serialize)]
struct Line<'l> {
    reason: &'l str,
    message: &'l str,
    row: &'l RawValue,
}

impl Rejects {
    /// A file of this name, of which `bytes` were written by the run that is gone on with. What it wrote after it last
    /// noted how far it had come, is written again.
    pub(super) fn at(path: PathBuf, bytes: u64) -> anyhow::Result<Self> {
        let mut rejects = Self { path, file: None, bytes };
        if bytes > 0 {
            rejects.open(false)?;
        } else if rejects.path.exists() {
            anyhow::bail!("{} exists already: name another file with --rejects", rejects.path.display());
        }
        Ok(rejects)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Bytes written.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    fn open(&mut self, is_new: bool) -> anyhow::Result<&mut File> {
        let open = |path: &Path, bytes: u64| -> io::Result<File> {
            let mut file = OpenOptions::new().write(true).create_new(is_new).mode(0o600).open(path)?;
            file.set_len(bytes)?;
            file.seek(io::SeekFrom::End(0))?;
            Ok(file)
        };
        let file =
            open(&self.path, self.bytes).with_context(|| format!("cannot write {}", self.path.display()))?;
        Ok(self.file.insert(file))
    }

    /// Adds a row, as JSON.
    pub(super) fn add(&mut self, reason: &str, message: &str, row: &RawValue) -> anyhow::Result<()> {
        let mut line = serde_json::to_vec(&Line { reason, message, row })?;
        line.push(b'\n');
        let file = match self.file.as_mut() {
            Some(file) => file,
            None => self.open(true)?,
        };
        file.write_all(&line).with_context(|| format!("cannot write {}", self.path.display()))?;
        self.bytes += line.len() as u64;
        Ok(())
    }

    /// Waits until all of it is on the disk.
    pub(super) fn sync(&mut self) -> anyhow::Result<()> {
        match &self.file {
            Some(file) => file.sync_data().with_context(|| format!("cannot write {}", self.path.display())),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn what_was_not_noted_is_written_once_again_and_not_twice() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rejects.ndjson");
        let row = |n: u8| RawValue::from_string(format!("{{\"n\":{n}}}")).unwrap();
        let mut first = Rejects::at(path.clone(), 0).unwrap();
        assert!(!path.exists());
        first.add("ip: ip", "Invalid", &row(1)).unwrap();
        let noted = first.bytes();
        first.add("ip: ip", "Invalid", &row(2)).unwrap();
        let mut second = Rejects::at(path.clone(), noted).unwrap();
        second.add("ip: ip", "Invalid", &row(2)).unwrap();
        second.sync().unwrap();
        let lines = fs::read_to_string(&path).unwrap();
        assert_eq!(lines.lines().count(), 2, "{lines}");
        assert!(
            lines.ends_with("{\"reason\":\"ip: ip\",\"message\":\"Invalid\",\"row\":{\"n\":2}}\n"),
            "{lines}"
        );
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(Rejects::at(path, 0).is_err(), "nobody's file is written over");
    }
}
