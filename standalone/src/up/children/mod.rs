//! The two children, kept alive until they are to stop.
//!
//! In: what to run and how to ask whether it answers. Out: a child that is started again when it dies, or one sentence
//! when that is no use. It must not know what a child is for: its clients ride out a restart by themselves.

mod lives;
mod probe;
mod spawner;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use bataudit_service::Shutdown;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::process::Child;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{interval, sleep, timeout};
use tracing::{info, warn};

use lives::Lives;
pub(crate) use probe::Probe;
pub(crate) use spawner::{ChildCommand, Spawner};

/// A child that has not answered by then is taken for dead. The engine may have much data to look through.
const ANSWERS_WITHIN: Duration = Duration::from_secs(60);
/// How often a starting child is asked.
const ASKED_EVERY: Duration = Duration::from_millis(20);

/// One child.
#[derive(Debug, Clone)]
pub(crate) struct ChildSpec {
    /// What people call it.
    pub(crate) name: &'static str,
    /// What to run.
    pub(crate) command: ChildCommand,
    /// How to know that it answers.
    pub(crate) probe: Probe,
    /// How long its orderly stop may take before it is killed.
    pub(crate) stops_within: Duration,
}

/// A child that cannot be kept alive.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{name} does not stay up ({last}): the reason is at the end of {}", log.display())]
pub(crate) struct ChildFailed {
    name: &'static str,
    last: String,
    log: PathBuf,
}

/// A child under supervision.
#[derive(Debug)]
pub(crate) struct Supervised {
    stop: Shutdown,
    answered: watch::Receiver<bool>,
    task: JoinHandle<Result<(), ChildFailed>>,
    failed: ChildFailed,
}

impl Supervised {
    /// Starts the child and keeps it alive from here on.
    pub(crate) fn start(spec: ChildSpec, spawner: Spawner) -> Self {
        let stop = Shutdown::new();
        let (answers, answered) = watch::channel(false);
        let failed = ChildFailed {
            name: spec.name,
            last: "its supervision ended".to_owned(),
            log: spec.command.log.clone(),
        };
        let supervision = Supervision { spec, spawner, stop: stop.clone(), answers };
        Self { stop, answered, task: tokio::spawn(supervision.run()), failed }
    }

    /// Resolves when the child has answered for the first time.
    pub(crate) async fn answers(&mut self) -> Result<(), ChildFailed> {
        // The sender goes when the supervision ends, and then its verdict is there.
        let answered = self.answered.wait_for(|answered| *answered).await.is_ok();
        if answered { Ok(()) } else { Err(self.fails().await) }
    }

    /// Resolves when the child cannot be kept alive. Not to be asked again afterwards.
    pub(crate) async fn fails(&mut self) -> ChildFailed {
        match (&mut self.task).await {
            Ok(Err(failed)) => failed,
            Ok(Ok(())) | Err(_) => self.failed.clone(),
        }
    }

    /// Stops the child, by force when it takes too long.
    pub(crate) async fn stop(mut self) {
        self.stop.trigger();
        if !self.task.is_finished() {
            // It ends either way; what it says at its end concerns nobody any more.
            drop((&mut self.task).await);
        }
    }
}

struct Supervision {
    spec: ChildSpec,
    spawner: Spawner,
    stop: Shutdown,
    answers: watch::Sender<bool>,
}

impl Supervision {
    async fn run(self) -> Result<(), ChildFailed> {
        let mut lives = Lives::default();
        loop {
            let born = Instant::now();
            let Some(last) = self.live().await else { return Ok(()) };
            let name = self.spec.name;
            let Some(wait) = lives.ended_after(born.elapsed()) else {
                return Err(ChildFailed { name, last, log: self.spec.command.log });
            };
            warn!(reason = %last, wait_ms = wait.as_millis(), "Starting {name} again, which ended.");
            tokio::select! {
                () = sleep(wait) => {}
                () = self.stop.triggered() => return Ok(()),
            }
        }
    }

    /// One life: how it ended, or `None` when it was to end.
    async fn live(&self) -> Option<String> {
        let mut child = match self.spawner.spawn(&self.spec.command).await {
            Ok(child) => child,
            Err(error) => return Some(format!("it could not be started: {error}")),
        };
        let pid = child.id().unwrap_or_default();
        tokio::select! {
            ended = child.wait() => Some(match ended {
                Ok(status) => status.to_string(),
                Err(error) => format!("it could not be watched: {error}"),
            }),
            () = self.stop.triggered() => {
                self.end(&mut child, pid).await;
                None
            }
            () = self.never_answers(pid) => {
                self.kill(&mut child).await;
                Some(format!("it did not answer within {} s", ANSWERS_WITHIN.as_secs()))
            }
        }
    }

    /// Announces the child once it answers, and then never resolves; resolves when it has not answered in time.
    async fn never_answers(&self, pid: u32) {
        let answer = async {
            let mut attempts = interval(ASKED_EVERY);
            loop {
                attempts.tick().await;
                if self.spec.probe.answers(pid).await {
                    break;
                }
            }
        };
        if timeout(ANSWERS_WITHIN, answer).await.is_ok() {
            info!(pid, "Answers: {}.", self.spec.name);
            self.answers.send_replace(true);
            std::future::pending::<()>().await;
        }
    }

    async fn end(&self, child: &mut Child, pid: u32) {
        let asked = i32::try_from(pid).is_ok_and(|pid| kill(Pid::from_raw(pid), Signal::SIGTERM).is_ok());
        if !asked || timeout(self.spec.stops_within, child.wait()).await.is_err() {
            let name = self.spec.name;
            warn!(
                child = name,
                "{name} did not stop within {} s and is killed",
                self.spec.stops_within.as_secs()
            );
            self.kill(child).await;
        }
    }

    async fn kill(&self, child: &mut Child) {
        if let Err(error) = child.kill().await {
            warn!(%error, "Could not kill {}.", self.spec.name);
        }
    }
}

#[cfg(test)]
mod tests;
