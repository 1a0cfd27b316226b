//! The sealing secret of a SQLite store, in a file beside the database that only its user reads. In: the database's path.
//! Out: the secret, the same at every start; made when there is none.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use bataudit_service::Secret;

use crate::error::{Error, Result};

/// Reads the secret beside `database`, or makes it.
///
/// # Errors
/// [`Error::Config`] when the file cannot be used, or others may read it.
pub(crate) fn beside(database: &Path) -> Result<Secret> {
    let path = path_of(database);
    let cannot = |error: io::Error| Error::Config(format!("cannot use {}: {error}", path.display()));
    let found = match fs::read_to_string(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            make(&path).map_err(cannot)?;
            fs::read_to_string(&path)
        }
        found => found,
    };
    let text = found.map_err(cannot)?;
    let mode = fs::metadata(&path).map_err(cannot)?.mode();
    if mode & 0o077 != 0 {
        return Err(Error::Config(format!("others may read {0}: chmod 600 {0}", path.display())));
    }
    match text.trim() {
        "" => Err(Error::Config(format!("{} is empty: restore it from a backup", path.display()))),
        text => Ok(Secret::new(text)),
    }
}

fn path_of(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(".sealing-secret");
    name.into()
}

/// Written whole under a name of its own first, then given its name, unless another process was faster.
fn make(path: &Path) -> io::Result<()> {
    let draft = path.with_extension(format!("{}.new", hex::encode(rand::random::<[u8; 8]>())));
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
    writeln!(file, "{}", hex::encode(rand::random::<[u8; 32]>()))?;
    file.sync_all()?;
    let linked = fs::hard_link(&draft, path);
    fs::remove_file(&draft)?;
    match linked {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    path.parent().map_or(Ok(()), |folder| fs::File::open(folder)?.sync_all())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn it_is_made_once_even_when_many_start_and_is_its_users_only() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("control.db");
        let made: Vec<Secret> = std::thread::scope(|scope| {
            let starts: Vec<_> = (0..8).map(|_| scope.spawn(|| beside(&database).unwrap())).collect();
            starts.into_iter().map(|start| start.join().unwrap()).collect()
        });
        assert!(made.iter().all(|secret| secret == &made[0] && secret.expose().len() == 64));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no draft stays");
        let path = path_of(&database);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(beside(&database).unwrap_err().to_string().contains("chmod 600"));
    }

    #[test]
    fn an_empty_file_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("control.db");
        beside(&database).unwrap();
        fs::write(path_of(&database), "\n").unwrap();
        assert!(beside(&database).unwrap_err().to_string().contains("restore it"));
    }
}
