//! What keeps the engine waiting: the pipe it reads its last statements from, and the terminal it would read next.
//!
//! In: nothing. Out: descriptors for the engine, and the ends we hold. Dropping [`Held`] is the end of both inputs.

use std::fs::File;
use std::io::Write as _;
use std::os::fd::{IntoRawFd as _, OwnedFd, RawFd};

use nix::fcntl::{FcntlArg, FdFlag, OFlag, fcntl, open};
use nix::pty::{PtyMaster, grantpt, posix_openpt, ptsname_r, unlockpt};
use nix::sys::stat::Mode;
use nix::unistd::{dup2_stdin, pipe};

use crate::EngineError;

/// Run at the start. Only HTTP: nothing of ours speaks the native protocol, and what does not listen needs no defence.
const START: &[u8] = b"SYSTEM START LISTEN HTTP;";

/// The ends that keep the engine alive; it stops in order when they are dropped.
pub(crate) struct Held {
    _statements: OwnedFd,
    _terminal: PtyMaster,
}

impl Held {
    /// Makes standard input a terminal of our own and returns the two descriptors of the engine's statement files.
    pub(crate) fn open() -> Result<(Self, [RawFd; 2]), EngineError> {
        let (start, start_writer) = pipe()?;
        File::from(start_writer).write_all(START)?;

        let (wait, statements) = pipe()?;
        fcntl(&statements, FcntlArg::F_SETFD(FdFlag::FD_CLOEXEC))?;

        let terminal = open_terminal()?;
        let held = Self { _statements: statements, _terminal: terminal };
        // The engine opens both by number, through /dev/fd, so they stay open for the life of the process.
        Ok((held, [start.into_raw_fd(), wait.into_raw_fd()]))
    }
}

/// A pseudo terminal whose far side becomes standard input. `O_NOCTTY`: it must not become our controlling terminal,
/// or closing it would hang up on the process.
fn open_terminal() -> Result<PtyMaster, EngineError> {
    let master = posix_openpt(OFlag::O_RDWR | OFlag::O_NOCTTY | OFlag::O_CLOEXEC)?;
    grantpt(&master)?;
    unlockpt(&master)?;
    let name = ptsname_r(&master)?;
    let far_side = open(name.as_str(), OFlag::O_RDWR | OFlag::O_NOCTTY | OFlag::O_CLOEXEC, Mode::empty())?;
    dup2_stdin(&far_side)?;
    Ok(master)
}
