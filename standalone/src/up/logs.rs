//! Where everything is logged: one file per process in `data/logs`, bounded in size.
//!
//! In: the log configuration and the folder. Out: our full log in a file, warnings on the terminal too. The terminal
//! stays quiet otherwise: it shows what a person needs once.

use std::fs::{self, File, OpenOptions};
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bataudit_service::telemetry::LogConfig;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _, fmt};

/// A log file larger than this is set aside at the start; the one set aside before it is dropped.
const SET_ASIDE_BYTES: u64 = 10 * 1024 * 1024;
/// What reaches the terminal: a client library that cannot reach a restarting child is no news to a person.
const ON_TERMINAL: &str = "warn,rdkafka=off,librdkafka=off";

/// The log files of all processes.
#[derive(Debug, Clone)]
pub(crate) struct Logs {
    folder: PathBuf,
}

impl Logs {
    /// Makes the folder within `data`.
    pub(crate) fn open(data: &Path) -> io::Result<Self> {
        let folder = data.join("logs");
        fs::create_dir_all(&folder)?;
        Ok(Self { folder })
    }

    /// The log file of a process; one that has grown too large is set aside first.
    pub(crate) fn file(&self, name: &str) -> io::Result<PathBuf> {
        let path = self.folder.join(name);
        if fs::metadata(&path).is_ok_and(|file| file.len() > SET_ASIDE_BYTES) {
            fs::rename(&path, self.folder.join(format!("{name}.1")))?;
        }
        Ok(path)
    }

    /// Starts our own logging.
    pub(crate) fn start(&self, config: &LogConfig) -> io::Result<()> {
        let file: Arc<File> =
            OpenOptions::new().append(true).create(true).open(self.file("bataudit.log")?)?.into();
        let in_file = fmt::layer().with_ansi(false).with_writer(file);
        let in_file = if config.json { in_file.json().boxed() } else { in_file.boxed() };
        let filter = EnvFilter::try_new(&config.filter).unwrap_or_default();
        let on_terminal =
            fmt::layer().with_writer(io::stderr).with_ansi(io::stderr().is_terminal()).with_target(false);
        tracing_subscriber::registry()
            .with(in_file.with_filter(filter))
            .with(on_terminal.with_filter(EnvFilter::new(ON_TERMINAL)))
            .try_init()
            .map_err(io::Error::other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_log_is_set_aside_once() {
        let data = tempfile::tempdir().unwrap();
        let logs = Logs::open(data.path()).unwrap();
        let path = logs.file("broker.log").unwrap();
        fs::write(&path, "small").unwrap();
        assert_eq!(logs.file("broker.log").unwrap(), path);
        assert!(path.exists());

        File::create(&path).unwrap().set_len(SET_ASIDE_BYTES + 1).unwrap();
        logs.file("broker.log").unwrap();
        assert!(!path.exists());
        assert_eq!(fs::metadata(data.path().join("logs/broker.log.1")).unwrap().len(), SET_ASIDE_BYTES + 1);
    }
}
