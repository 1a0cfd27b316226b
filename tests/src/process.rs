//! A process under test: started with an environment of its own, its output in a file, ended by its
//! process id when the value is dropped.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{OnceLock, mpsc};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;

use crate::binaries;
use crate::wait::{eventually, holds};

/// Lines of a log that a failure shows; the whole is kept among the artifacts.
const TAIL: usize = 15;
/// Bytes that hold so many lines.
const ENDING: u64 = 64 * 1024;

/// What to start and where its output goes.
#[derive(Debug, Clone)]
pub struct Launch {
    /// Shown in failures.
    pub name: String,
    /// The executable.
    pub binary: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// Its whole environment, but for PATH and HOME.
    pub env: BTreeMap<String, String>,
    /// Where standard output and standard error are appended.
    pub log: PathBuf,
}

/// A running process, or one that was started and has ended.
#[derive(Debug)]
pub struct Process {
    launch: Launch,
    child: Child,
}

impl Process {
    /// Starts it, in a process group of its own so that a Ctrl-C meant for one is not for all.
    ///
    /// # Panics
    /// When it cannot be started.
    #[must_use]
    pub fn start(launch: Launch) -> Self {
        let child = spawn(&launch);
        Self { launch, child }
    }

    /// Its process id.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.launch.name
    }

    /// What it wrote so far, over all its starts.
    #[must_use]
    pub fn log(&self) -> String {
        let bytes = fs::read(&self.launch.log).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// How it ended, if it has.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().expect("the state of a child")
    }

    /// Sends a signal.
    pub fn signal(&self, signal: Signal) {
        send(self.pid(), signal);
    }

    /// Ends it with SIGKILL and waits until it is gone.
    pub fn kill(&mut self) {
        self.signal(Signal::SIGKILL);
        self.child.wait().expect("the end of a killed child");
    }

    /// Ends it with SIGTERM.
    ///
    /// # Panics
    /// When it does not end in time, or not with success.
    pub async fn stop(&mut self, deadline: Duration) {
        self.signal(Signal::SIGTERM);
        let status = self.wait(deadline).await;
        assert!(status.success(), "{} ended with {status}\n{}", self.name(), self.tail());
    }

    /// Waits until it ends by itself.
    ///
    /// # Panics
    /// When it does not end in time.
    pub async fn wait(&mut self, deadline: Duration) -> ExitStatus {
        let what = format!("{} ends", self.name());
        eventually(&what, deadline, async || {
            let ended = self.ended();
            ended.ok_or_else(|| format!("it still runs; its log:\n{}", self.tail()))
        })
        .await
    }

    /// Starts it anew after it has ended.
    pub fn restart(&mut self) {
        assert!(self.ended().is_some(), "{} still runs", self.name());
        self.child = spawn(&self.launch);
    }

    /// Starts it anew after it has ended, with these variables set or, where `None`, not set.
    pub fn restart_with(&mut self, env: &[(&str, Option<String>)]) {
        for (name, value) in env {
            match value {
                Some(value) => drop(self.launch.env.insert((*name).to_owned(), value.clone())),
                None => drop(self.launch.env.remove(*name)),
            }
        }
        self.restart();
    }

    /// The end of its log, for a failure.
    #[must_use]
    pub fn tail(&self) -> String {
        let ending = self.ending();
        let lines: Vec<_> = ending.lines().collect();
        lines[lines.len().saturating_sub(TAIL)..].join("\n")
    }

    /// The last few lines of its log, of which the first may be half a line.
    #[must_use]
    pub fn ending(&self) -> String {
        let mut bytes = Vec::new();
        let read = File::open(&self.launch.log).and_then(|mut log| {
            let length = log.metadata()?.len();
            log.seek(SeekFrom::Start(length.saturating_sub(ENDING)))?;
            log.read_to_end(&mut bytes)
        });
        read.map(|_| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if std::thread::panicking() {
            println!("---- the end of {} ----\n{}", self.launch.log.display(), self.tail());
        }
        if matches!(self.child.try_wait(), Ok(None)) {
            send(self.pid(), Signal::SIGKILL);
            drop(self.child.wait());
        }
    }
}

/// Sends a signal to a process that may be gone already.
pub fn send(pid: u32, signal: Signal) {
    let pid = Pid::from_raw(pid.try_into().expect("a process id"));
    match kill(pid, signal) {
        Ok(()) | Err(nix::Error::ESRCH) => {}
        Err(error) => panic!("cannot signal process {pid}: {error}"),
    }
}

/// Sends a signal to a process and all others of its group, as a terminal does.
pub fn send_to_group(leader: u32, signal: Signal) {
    let group = Pid::from_raw(leader.try_into().expect("a process id"));
    killpg(group, signal).unwrap_or_else(|error| panic!("cannot signal process group {group}: {error}"));
}

/// Whether a process exists and has not ended.
#[must_use]
pub fn lives(pid: u32) -> bool {
    stat(pid).is_some_and(|(state, _)| state != 'Z')
}

/// The processes below this one, with their children.
#[must_use]
pub fn descendants(pid: u32) -> Vec<u32> {
    let all = fs::read_dir("/proc").expect("/proc").flatten();
    let pids: Vec<u32> = all.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    let children = pids.into_iter().filter(|child| stat(*child).is_some_and(|(_, parent)| parent == pid));
    children.flat_map(|child| std::iter::once(child).chain(descendants(child))).collect()
}

/// The command line of a process, words separated by spaces.
#[must_use]
pub fn command_line(pid: u32) -> String {
    let bytes = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    String::from_utf8_lossy(&bytes).replace('\0', " ")
}

/// The resident memory of a process in bytes.
#[must_use]
pub fn resident_bytes(pid: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.split_whitespace().next()?.parse::<u64>().ok()? * 1024)
}

/// Waits until none of these processes exists.
///
/// # Panics
/// When one still does after the deadline.
pub async fn all_gone(pids: &[u32], deadline: Duration) {
    eventually("no process is left", deadline, async || {
        let left: Vec<_> = pids.iter().filter(|pid| lives(**pid)).map(|pid| command_line(*pid)).collect();
        holds(left.is_empty(), format!("{left:?}"))
    })
    .await;
}

/// State letter and parent of a process. The name in brackets may hold anything, so count from its end.
fn stat(pid: u32) -> Option<(char, u32)> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    Some((fields.next()?.chars().next()?, fields.next()?.parse().ok()?))
}

type Request = (Launch, mpsc::Sender<std::io::Result<Child>>);

/// Starts a process that cannot outlive this one, even if this one is killed: `bataudit guard` ties
/// it to the life of the thread that starts it, so one thread that never ends starts them all.
fn spawn(launch: &Launch) -> Child {
    static SPAWNER: OnceLock<mpsc::Sender<Request>> = OnceLock::new();
    let spawner = SPAWNER.get_or_init(|| {
        let (requests, incoming) = mpsc::channel::<Request>();
        std::thread::spawn(move || {
            for (launch, answer) in incoming {
                drop(answer.send(guarded(&launch).spawn()));
            }
        });
        requests
    });
    let (answer, answered) = mpsc::channel();
    spawner.send((launch.clone(), answer)).expect("the thread that starts processes");
    let child = answered.recv().expect("the thread that starts processes");
    child.unwrap_or_else(|error| panic!("cannot start {}: {error}", launch.binary.display()))
}

fn guarded(launch: &Launch) -> Command {
    let log = OpenOptions::new().create(true).append(true).open(&launch.log).expect("a log file");
    let inherited = ["PATH", "HOME"].into_iter().filter_map(|name| Some((name, inherited(name)?)));
    let mut command = Command::new(binaries::path("bataudit"));
    command
        .args(["guard", "--parent", &std::process::id().to_string(), "--"])
        .arg(&launch.binary)
        .args(&launch.arguments)
        .env_clear()
        .envs(inherited)
        .envs(&launch.env)
        .stdin(Stdio::null())
        .stdout(log.try_clone().expect("a second handle of the log file"))
        .stderr(log)
        .process_group(0);
    command
}

fn inherited(name: &str) -> Option<OsString> {
    std::env::vars_os().find(|(key, _)| key == name).map(|(_, value)| value)
}

/// Runs a command to its end and returns whether it succeeded, and all it wrote.
///
/// # Panics
/// When it does not end in time.
pub async fn run(launch: Launch, deadline: Duration) -> (bool, String) {
    let log: &Path = &launch.log.clone();
    let written_before = fs::metadata(log).map(|file| file.len()).unwrap_or(0);
    let started = Instant::now();
    let mut process = Process::start(launch);
    let status = process.wait(deadline).await;
    let log = process.log();
    let written = log.get(usize::try_from(written_before).unwrap_or(0)..).unwrap_or(&log).to_owned();
    assert!(started.elapsed() <= deadline + Duration::from_secs(1));
    (status.success(), written)
}
