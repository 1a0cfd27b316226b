//! Runs the ClickHouse engine library (`libchdb.so`) as a server process.
//!
//! In: the path of the library and of a ClickHouse server configuration. Out: this process *is* the server, until a
//! SIGTERM, SIGINT or SIGHUP ends it in order. It must not know what is stored, who the users are, or who supervises it.
//!
//! The library offers its servers only through the command line of `clickhouse-local`, and that one ends as soon as its
//! statements are done or its input ends. So it gets two statement files and a terminal that we hold open:
//!
//! 1. a pipe that holds `SYSTEM START LISTEN HTTP` and is closed at once,
//! 2. a pipe that stays open and empty: the engine waits in the middle of reading it, with no statement running,
//! 3. a pseudo terminal as standard input, with `--interactive`: without a terminal the engine installs a handler that
//!    ends the process on any stray exception of a connection, such as a client's reset in the middle of a header.
//!
//! Closing 2 and 3 is the orderly stop.

mod held;
mod library;
mod signals;

use std::convert::Infallible;
use std::ffi::{CString, NulError};
use std::io::{self, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use held::Held;
use library::EngineLibrary;

/// What to run.
#[derive(Debug, Clone)]
pub struct Launch {
    /// The engine library, `libchdb.so`.
    pub library: PathBuf,
    /// The ClickHouse server configuration (XML): data path, ports, users.
    pub config: PathBuf,
}

/// Why the engine could not be started.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// No file where the library should be.
    #[error("the ClickHouse engine is missing: there is no file {}", .0.display())]
    LibraryMissing(PathBuf),
    /// No file where the configuration should be.
    #[error("the ClickHouse configuration is missing: there is no file {}", .0.display())]
    ConfigMissing(PathBuf),
    /// The file is not a loadable library, or one of another kind.
    #[error("{} is not a ClickHouse engine library", path.display())]
    NotAnEngine {
        /// The file that was loaded.
        path: PathBuf,
        /// What the loader said.
        source: libloading::Error,
    },
    /// A path holds a NUL byte, so it cannot be handed to a C library.
    #[error("a path with a NUL byte cannot be used")]
    BadPath(#[from] NulError),
    /// The operating system refused a pipe, a terminal or a thread.
    #[error("could not prepare the engine's process")]
    Prepare(#[from] io::Error),
}

impl From<nix::Error> for EngineError {
    fn from(error: nix::Error) -> Self {
        Self::Prepare(error.into())
    }
}

/// Turns this process into the ClickHouse server and never returns once the engine has started: the engine leaves
/// threads and static objects behind that do not survive a normal end of a Rust process, so the process is left at once.
/// The exit code is 0 after a signal, 1 when the engine ended by itself, 130 after a second signal.
///
/// Call it before any other thread exists: the signals that end the engine are blocked in the calling thread, and only
/// threads started afterwards inherit that.
pub fn run(launch: &Launch) -> Result<Infallible, EngineError> {
    if !launch.library.is_file() {
        return Err(EngineError::LibraryMissing(launch.library.clone()));
    }
    if !launch.config.is_file() {
        return Err(EngineError::ConfigMissing(launch.config.clone()));
    }

    library::use_utc();
    let signals = signals::block()?;
    let (held, queries) = Held::open()?;
    let library = EngineLibrary::open(&launch.library)?;
    let arguments = arguments(&launch.config, &queries)?;

    let stopping = Arc::new(AtomicBool::new(false));
    signals::stop_on_signal(signals, held, Arc::clone(&stopping))?;

    let complaint = library.run(&arguments);
    if stopping.load(Ordering::SeqCst) {
        library.shut_down();
        library::leave(0);
    }
    // Nobody is left to tell when standard error is gone too; the exit code still says it.
    let _unheard = writeln!(
        io::stderr(),
        "bataudit engine: ClickHouse ended by itself: {}",
        complaint.as_deref().map_or("it gave no reason", without_stack)
    );
    library::leave(1)
}

/// The engine's sentence; the addresses that follow it tell an operator nothing.
fn without_stack(complaint: &str) -> &str {
    complaint.split(", Stack trace").next().unwrap_or(complaint).trim()
}

/// The command line of `clickhouse-local` that makes it a server which waits for us.
fn arguments(config: &Path, queries: &[i32; 2]) -> Result<Vec<CString>, NulError> {
    let mut config_file = b"--config-file=".to_vec();
    config_file.extend_from_slice(config.as_os_str().as_bytes());

    let mut arguments = vec![CString::new("clickhouse-local")?, CString::new(config_file)?];
    for descriptor in queries {
        arguments.push(CString::new(format!("--queries-file=/dev/fd/{descriptor}"))?);
    }
    for flag in ["--interactive", "--disable_suggestion", "--history_file=/dev/null"] {
        arguments.push(CString::new(flag)?);
    }
    Ok(arguments)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_library_is_named() {
        let launch = Launch { library: "/nowhere/libchdb.so".into(), config: "/nowhere/config.xml".into() };
        let error = run(&launch).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the ClickHouse engine is missing: there is no file /nowhere/libchdb.so"
        );
    }

    #[test]
    fn the_engine_is_told_to_wait_at_a_terminal() {
        let arguments = arguments(Path::new("/etc/ch/config.xml"), &[7, 9]).unwrap();
        let words: Vec<_> = arguments.iter().map(|word| word.to_str().unwrap()).collect();
        assert_eq!(
            words,
            [
                "clickhouse-local",
                "--config-file=/etc/ch/config.xml",
                "--queries-file=/dev/fd/7",
                "--queries-file=/dev/fd/9",
                "--interactive",
                "--disable_suggestion",
                "--history_file=/dev/null",
            ]
        );
    }
}
