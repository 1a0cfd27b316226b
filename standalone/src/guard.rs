//! Becomes another program that cannot outlive its parent.
//!
//! In: the parent's process id and a command. Out: this process is that command. However the parent ends, by SIGKILL
//! too, the kernel kills the child: nothing keeps writing to data that nobody supervises.

use std::convert::Infallible;
use std::ffi::{CString, NulError, OsString};
use std::os::unix::ffi::OsStrExt as _;

use nix::sys::prctl::set_pdeathsig;
use nix::sys::signal::Signal;
use nix::unistd::{Pid, execvp, getppid};

/// Why the command was not started.
#[derive(Debug, thiserror::Error)]
pub(crate) enum GuardError {
    /// The parent ended before the kernel could be told to watch it.
    #[error("process {0}, which asked for this command, is gone")]
    Orphaned(Pid),
    /// An argument cannot be handed to the kernel.
    #[error("an argument with a NUL byte cannot be used")]
    BadArgument(#[from] NulError),
    /// The kernel refused.
    #[error("could not {what}")]
    Refused {
        /// What was asked of it.
        what: String,
        /// Its answer.
        source: nix::Error,
    },
}

/// Replaces this process by `command`, tied to the life of the thread of `parent` that started it.
pub(crate) fn become_command(parent: i32, command: &[OsString]) -> Result<Infallible, GuardError> {
    set_pdeathsig(Signal::SIGKILL).map_err(|source| GuardError::Refused {
        what: "tie this process to its parent".to_owned(),
        source,
    })?;
    // A parent that died before the line above will never send the signal.
    let parent = Pid::from_raw(parent);
    if getppid() != parent {
        return Err(GuardError::Orphaned(parent));
    }

    let words = command.iter().map(|word| CString::new(word.as_bytes())).collect::<Result<Vec<_>, _>>()?;
    let Some(program) = words.first() else { return Err(GuardError::Orphaned(parent)) };
    execvp(program, &words)
        .map_err(|source| GuardError::Refused { what: format!("run {}", program.to_string_lossy()), source })
}
