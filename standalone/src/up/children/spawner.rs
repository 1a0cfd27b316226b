//! Starts processes that die with us.
//!
//! In: a command. Out: a running child in a process group of its own, so that a terminal's Ctrl-C reaches only us and
//! the order of the stop stays ours.
//!
//! The kernel ties a child's death signal to the *thread* that started it. Threads of the runtime come and go, so all
//! children are started by one thread that lives until the [`Spawner`] is dropped. Dropping it kills the children.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::mpsc;
use std::{fs, io, thread};

use tokio::process::{Child, Command};
use tokio::runtime::Handle;
use tokio::sync::oneshot;

/// The program to run and how.
#[derive(Debug, Clone)]
pub(crate) struct ChildCommand {
    /// The program and its arguments.
    pub(crate) words: Vec<OsString>,
    /// Its whole environment: nothing of ours is inherited, so that no secret and no stray setting reaches it.
    pub(crate) environment: Vec<(&'static str, OsString)>,
    /// Its working folder.
    pub(crate) folder: PathBuf,
    /// Where its output is appended.
    pub(crate) log: PathBuf,
}

struct Request {
    command: Command,
    reply: oneshot::Sender<io::Result<Child>>,
}

/// The thread that starts children. Keep it until all of them have ended.
#[derive(Debug, Clone)]
pub(crate) struct Spawner {
    requests: mpsc::Sender<Request>,
    program: PathBuf,
}

impl Spawner {
    /// Starts the thread. `program` is this program, which guards each child. Call it inside the runtime.
    pub(crate) fn start(program: PathBuf) -> io::Result<Self> {
        let (requests, received) = mpsc::channel::<Request>();
        let runtime = Handle::current();
        thread::Builder::new().name("spawner".to_owned()).spawn(move || {
            let _entered = runtime.enter();
            for Request { mut command, reply } in received {
                // Nobody waits for the child any more: the handle comes back, and dropping it kills the child.
                drop(reply.send(command.spawn()));
            }
        })?;
        Ok(Self { requests, program })
    }

    /// Starts a child.
    pub(crate) async fn spawn(&self, child: &ChildCommand) -> io::Result<Child> {
        let (reply, answer) = oneshot::channel();
        let command = self.command(child)?;
        let gone = || io::Error::other("the thread that starts children has ended");
        self.requests.send(Request { command, reply }).map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }

    fn command(&self, child: &ChildCommand) -> io::Result<Command> {
        let log = append_to(&child.log)?;
        let mut command = Command::new(&self.program);
        command
            .arg("guard")
            .arg("--parent")
            .arg(std::process::id().to_string())
            .arg("--")
            .args(&child.words)
            .env_clear()
            .envs(child.environment.iter().map(|(name, value)| (name, value)))
            .current_dir(&child.folder)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .process_group(0)
            .kill_on_drop(true);
        Ok(command)
    }
}

fn append_to(log: &Path) -> io::Result<fs::File> {
    fs::OpenOptions::new().append(true).create(true).open(log)
}
