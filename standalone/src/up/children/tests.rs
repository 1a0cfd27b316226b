//! Supervision with real processes: a shell stands in for the broker, a script for the guard.

use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use tokio::net::TcpListener;

use super::*;

/// A "guard" that only runs the command: the real one has its own tests with the real binary.
fn spawner(folder: &Path) -> Spawner {
    let guard = folder.join("guard");
    fs::write(&guard, "#!/bin/sh\nshift 4\nexec \"$@\"\n").unwrap();
    fs::set_permissions(&guard, fs::Permissions::from_mode(0o700)).unwrap();
    Spawner::start(guard).unwrap()
}

fn shell(folder: &Path, script: &str, probe: SocketAddr) -> ChildSpec {
    ChildSpec {
        name: "broker",
        command: ChildCommand {
            words: ["/bin/sh", "-c", script].map(Into::into).into(),
            environment: vec![("PATH", "/usr/bin:/bin".into())],
            folder: folder.to_owned(),
            log: folder.join("broker.log"),
        },
        probe: Probe::Connects(probe),
        stops_within: Duration::from_millis(300),
    }
}

async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let mut looks = interval(Duration::from_millis(10));
    let looking = async {
        while !holds() {
            looks.tick().await;
        }
    };
    timeout(Duration::from_secs(10), looking).await.unwrap_or_else(|_| panic!("never: {what}"));
}

fn lines(path: &Path) -> Vec<String> {
    fs::read_to_string(path).unwrap_or_default().lines().map(str::to_owned).collect()
}

fn lives(pid: &str) -> bool {
    Path::new("/proc").join(pid).exists()
}

#[tokio::test]
async fn a_child_that_dies_is_started_again_and_stopped_at_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let pids = folder.path().join("broker.log");
    let spec = shell(folder.path(), "echo $$; exec sleep 600", listener.local_addr().unwrap());
    let mut child = Supervised::start(spec, spawner(folder.path()));
    child.answers().await.unwrap();
    until("the first life", || lines(&pids).len() == 1).await;

    let first = lines(&pids)[0].clone();
    kill(Pid::from_raw(first.parse().unwrap()), Signal::SIGKILL).unwrap();
    until("the second life", || lines(&pids).len() == 2).await;
    let second = lines(&pids)[1].clone();
    assert!(!lives(&first) && lives(&second));

    child.stop().await;
    assert!(!lives(&second));
}

#[tokio::test]
async fn a_child_that_never_stays_up_is_given_up_with_the_place_of_its_log() {
    let folder = tempfile::tempdir().unwrap();
    let spec = shell(folder.path(), "echo no; exit 3", "127.0.0.1:1".parse().unwrap());
    let mut child = Supervised::start(spec, spawner(folder.path()));
    let message = child.answers().await.unwrap_err().to_string();
    let log = folder.path().join("broker.log");
    assert_eq!(
        message,
        format!("broker does not stay up (exit status: 3): the reason is at the end of {}", log.display())
    );
    assert_eq!(lines(&log).len(), 6);
    child.stop().await;
}

#[tokio::test]
async fn a_child_that_does_not_stop_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let script = "trap '' TERM; echo $$; while :; do sleep 0.05; done";
    let spec = shell(folder.path(), script, listener.local_addr().unwrap());
    let child = Supervised::start(spec, spawner(folder.path()));
    let log = folder.path().join("broker.log");
    until("it runs", || lines(&log).len() == 1).await;
    child.stop().await;
    assert!(!lives(&lines(&log)[0]));
}

#[tokio::test]
async fn nothing_of_our_environment_reaches_a_child() {
    let folder = tempfile::tempdir().unwrap();
    let spec = shell(folder.path(), "env; exec sleep 600", "127.0.0.1:1".parse().unwrap());
    let child = Supervised::start(spec, spawner(folder.path()));
    let log = folder.path().join("broker.log");
    until("it printed", || lines(&log).iter().any(|line| line == "PATH=/usr/bin:/bin")).await;
    assert!(!lines(&log).iter().any(|line| line.starts_with("CARGO")), "the test runs under cargo");
    child.stop().await;
}
