//! The data folder belongs to one process at a time.
//!
//! In: the data folder. Out: a lock that lasts as long as the process, or a sentence that names the other one. The
//! kernel frees it when the process dies, however it dies, so a stale lock does not exist.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

/// The file that is locked, within the data folder.
pub(crate) const LOCK_FILE: &str = "LOCK";

/// Held while this process uses the data folder.
#[derive(Debug)]
pub(crate) struct DataLock {
    _file: File,
}

/// Why the data folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LockError {
    /// Another instance is at work.
    #[error(
        "another BatAudit (process {owner}) is using the data folder {}: stop it, or choose another folder with --data",
        folder.display()
    )]
    Taken {
        /// Its process id, as it wrote it.
        owner: String,
        /// The folder both want.
        folder: PathBuf,
    },
    /// The lock file could not be made, read or written.
    #[error("cannot use the data folder {}", folder.display())]
    Unusable {
        /// The folder.
        folder: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl DataLock {
    /// Takes the lock of `folder` and writes our process id into it.
    pub(crate) fn take(folder: &Path) -> Result<Self, LockError> {
        let unusable = |source| LockError::Unusable { folder: folder.to_owned(), source };
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(folder.join(LOCK_FILE))
            .map_err(unusable)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut owner = String::new();
                file.read_to_string(&mut owner).map_err(unusable)?;
                let owner = if owner.trim().is_empty() { "just starting" } else { owner.trim() }.to_owned();
                return Err(LockError::Taken { owner, folder: folder.to_owned() });
            }
            Err(TryLockError::Error(source)) => return Err(unusable(source)),
        }
        file.set_len(0).and_then(|()| file.rewind()).map_err(unusable)?;
        writeln!(file, "{}", std::process::id()).map_err(unusable)?;
        Ok(Self { _file: file })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_is_told_who_the_first_is() {
        let folder = tempfile::tempdir().unwrap();
        let _first = DataLock::take(folder.path()).unwrap();
        let message = DataLock::take(folder.path()).unwrap_err().to_string();
        assert!(message.contains(&format!("(process {})", std::process::id())), "{message}");
        assert!(message.contains(folder.path().to_str().unwrap()), "{message}");
        assert!(message.contains("--data"), "{message}");
    }

    #[test]
    fn a_lock_left_by_a_dead_process_is_free() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("LOCK"), "4194304000\n").unwrap();
        let lock = DataLock::take(folder.path()).unwrap();
        let content = std::fs::read_to_string(folder.path().join("LOCK")).unwrap();
        assert_eq!(content, format!("{}\n", std::process::id()));
        drop(lock);
        DataLock::take(folder.path()).unwrap();
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_named() {
        let error = DataLock::take(Path::new("/proc/nowhere")).unwrap_err();
        assert_eq!(error.to_string(), "cannot use the data folder /proc/nowhere");
    }
}
