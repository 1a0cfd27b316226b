//! Where the binaries under test and the files of this checkout are.

use std::path::{Path, PathBuf};

/// The folder of the built binaries: the test's own executable lies in its `deps`.
fn folder() -> PathBuf {
    let test = std::env::current_exe().expect("the path of this test");
    let folder = test.parent().expect("the folder of this test");
    if folder.ends_with("deps") {
        folder.parent().expect("the target folder").to_owned()
    } else {
        folder.to_owned()
    }
}

/// The path of a binary such as `bataudit-ingest`.
///
/// # Panics
/// When it was not built.
#[must_use]
pub fn path(name: &str) -> PathBuf {
    let path = folder().join(name);
    assert!(path.is_file(), "{} is missing: run cargo build --workspace", path.display());
    path
}

/// A file or folder of the checkout, such as `deploy/dev/services-up`.
#[must_use]
pub fn in_checkout(path: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the checkout");
    root.join(path)
}

/// The folder where a test leaves what is worth looking at afterwards: logs and pictures. Emptied
/// when the test starts, kept when it ends.
#[must_use]
pub fn artifacts(test: &str) -> PathBuf {
    let folder = artifact(test, "");
    drop(std::fs::remove_dir_all(&folder));
    std::fs::create_dir_all(&folder).expect("a folder for the test's artifacts");
    folder
}

/// A file among the artifacts of a test.
#[must_use]
pub fn artifact(test: &str, file: &str) -> PathBuf {
    folder().parent().expect("the target folder").join("test-artifacts").join(test).join(file)
}

/// Copies the files of a folder into another.
pub(crate) fn copy_files(from: &Path, to: &Path) {
    let copied = std::fs::create_dir_all(to).and_then(|()| {
        std::fs::read_dir(from)?.try_for_each(|file| {
            let file = file?;
            std::fs::copy(file.path(), to.join(file.file_name())).map(drop)
        })
    });
    if let Err(error) = copied {
        println!("{} was not kept: {error}", from.display());
    }
}
