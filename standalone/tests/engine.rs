//! `bataudit engine` and `bataudit guard` with the real engine library.

#![expect(clippy::unwrap_used, reason = "what a test cannot go on without fails the test")]

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

const BATAUDIT: &str = env!("CARGO_BIN_EXE_bataudit");

/// The engine the installer fetched.
fn library() -> PathBuf {
    let set =
        |name: &str| std::env::vars().find(|(key, _)| key == name).map(|(_, value)| PathBuf::from(value));
    let cache = || {
        set("BATAUDIT_CACHE")
            .or_else(|| Some(set("XDG_CACHE_HOME")?.join("bataudit")))
            .unwrap_or_else(|| set("HOME").unwrap().join(".cache/bataudit"))
    };
    let library =
        set("BATAUDIT_ENGINE_LIB").unwrap_or_else(|| cache().join("chdb-26.7.3-stable.1/libchdb.so"));
    assert!(library.is_file(), "no engine at {}: run `scripts/install run`", library.display());
    library
}

/// Waits for a condition, or fails naming it.
fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !holds() {
        assert!(Instant::now() < deadline, "never: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

struct Engine {
    process: Child,
    http: SocketAddr,
    folder: tempfile::TempDir,
}

impl Engine {
    fn config(folder: &Path, port: u16) -> PathBuf {
        let at = folder.display();
        let users = r#"<clickhouse>
          <profiles><boot><max_sessions_for_user>1</max_sessions_for_user></boot><default/></profiles>
          <quotas><default/></quotas>
          <users>
            <default><password/><networks><ip>127.0.0.1</ip></networks><profile>boot</profile><quota>default</quota>
              <grants><query>GRANT SYSTEM LISTEN ON *.*</query></grants></default>
            <tester><password>t</password><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></tester>
          </users></clickhouse>"#;
        let config = format!(
            "<clickhouse><log-level>warning</log-level><path>{at}/data/</path><users_config>users.xml</users_config>
             <listen_host>127.0.0.1</listen_host><http_port>{port}</http_port></clickhouse>"
        );
        fs::write(folder.join("users.xml"), users).unwrap();
        fs::write(folder.join("config.xml"), config).unwrap();
        folder.join("config.xml")
    }

    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let http = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        Self::config(folder.path(), http.port());
        Self::start_in(folder, http)
    }

    fn start_in(folder: tempfile::TempDir, http: SocketAddr) -> Self {
        let process = Command::new(BATAUDIT)
            .args(["engine", "--lib"])
            .arg(library())
            .arg("--config")
            .arg(folder.path().join("config.xml"))
            .env("TZ", "Pacific/Auckland")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let engine = Self { process, http, folder };
        until("the engine answers", || engine.ask("SELECT 1").is_some_and(|answer| answer == "1\n"));
        engine
    }

    /// The answer to a statement; `None` when there is none.
    fn ask(&self, statement: &str) -> Option<String> {
        let mut connection = TcpStream::connect(self.http).ok()?;
        connection.set_read_timeout(Some(Duration::from_secs(10))).ok()?;
        let length = statement.len();
        write!(
            connection,
            "POST /?user=tester&password=t HTTP/1.0\r\nContent-Length: {length}\r\n\r\n{statement}"
        )
        .ok()?;
        let mut answer = String::new();
        connection.read_to_string(&mut answer).ok()?;
        answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned())
    }

    fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.process.id().try_into().unwrap()), signal).unwrap();
    }

    /// Waits for the end, at most 10 s.
    fn end(mut self) -> (Option<i32>, tempfile::TempDir, SocketAddr) {
        let mut code = None;
        until("the engine ends", || {
            self.process.try_wait().unwrap().is_some_and(|status| {
                code = status.code();
                true
            })
        });
        (code, std::mem::replace(&mut self.folder, tempfile::tempdir().unwrap()), self.http)
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        // A failed test must not leave an engine behind.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

fn run(arguments: &[&str]) -> Output {
    Command::new(BATAUDIT).args(arguments).stdin(Stdio::null()).output().unwrap()
}

fn complaint(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1));
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn it_serves_in_utc_and_stops_in_order() {
    let engine = Engine::start();
    assert_eq!(engine.ask("SELECT timezone()").unwrap(), "UTC\n");
    engine.signal(Signal::SIGTERM);
    let (code, folder, _) = engine.end();
    assert_eq!(code, Some(0));
    assert!(!folder.path().join("data/status").exists(), "an orderly stop removes the status file");
}

#[test]
fn what_was_stored_survives_sigkill() {
    let engine = Engine::start();
    engine.ask("CREATE TABLE kept (x UInt8) ENGINE = MergeTree ORDER BY x").unwrap();
    engine.ask("INSERT INTO kept VALUES (1), (2)").unwrap();
    engine.signal(Signal::SIGKILL);
    let (code, folder, http) = engine.end();
    assert_eq!(code, None);

    let again = Engine::start_in(folder, http);
    assert_eq!(again.ask("SELECT sum(x) FROM kept").unwrap(), "3\n");
}

#[test]
fn a_reset_in_mid_header_does_not_end_it() {
    let engine = Engine::start();
    for _ in 0..20 {
        let mut rude = TcpStream::connect(engine.http).unwrap();
        rude.write_all(b"POST / HTT").unwrap();
        // Unread data at the close turns it into a reset; with none, zero linger does.
        nix::sys::socket::setsockopt(
            &rude,
            nix::sys::socket::sockopt::Linger,
            &nix::libc::linger { l_onoff: 1, l_linger: 0 },
        )
        .unwrap();
    }
    assert_eq!(engine.ask("SELECT 2").unwrap(), "2\n");
}

#[test]
fn the_password_free_user_is_closed() {
    let engine = Engine::start();
    let mut connection = TcpStream::connect(engine.http).unwrap();
    connection.write_all(b"GET /?query=SELECT%201 HTTP/1.0\r\n\r\n").unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();
    assert!(answer.contains("USER_SESSION_LIMIT_EXCEEDED"), "{answer}");
}

#[test]
fn a_second_engine_on_the_same_data_ends_with_the_reason() {
    let engine = Engine::start();
    let config = engine.folder.path().join("config.xml");
    let library = library();
    let output = run(&["engine", "--lib", library.to_str().unwrap(), "--config", config.to_str().unwrap()]);
    let message = complaint(&output);
    assert!(message.contains("Another server instance in same directory is already running"), "{message}");
}

#[test]
fn missing_and_foreign_files_are_one_sentence() {
    let message = complaint(&run(&["engine", "--lib", "/nowhere/libchdb.so", "--config", "/etc/passwd"]));
    assert_eq!(message, "bataudit: the ClickHouse engine is missing: there is no file /nowhere/libchdb.so\n");
    let message = complaint(&run(&["engine", "--lib", "/etc/passwd", "--config", "/nowhere/config.xml"]));
    assert_eq!(
        message,
        "bataudit: the ClickHouse configuration is missing: there is no file /nowhere/config.xml\n"
    );
    let message = complaint(&run(&["engine", "--lib", "/etc/passwd", "--config", "/etc/passwd"]));
    assert!(message.starts_with("bataudit: /etc/passwd is not a ClickHouse engine library: "), "{message}");
    assert_eq!(message.lines().count(), 1);
}

#[test]
fn a_guarded_child_dies_with_its_killed_parent() {
    let folder = tempfile::tempdir().unwrap();
    let pid_file = folder.path().join("pid");
    // The shell is the parent; it waits for the guarded child, which writes down who it is.
    let script = format!(
        "{BATAUDIT} guard --parent $$ -- /bin/sh -c 'echo $$ > {0}.new; mv {0}.new {0}; exec sleep 600' & wait",
        pid_file.display()
    );
    let mut parent = Command::new("/bin/sh").args(["-c", &script]).stdin(Stdio::null()).spawn().unwrap();
    until("the child runs", || pid_file.exists());
    let child = fs::read_to_string(&pid_file).unwrap();
    let lives = || Path::new("/proc").join(child.trim()).join("exe").exists();
    assert!(lives());

    parent.kill().unwrap();
    parent.wait().unwrap();
    until("the child is gone too", || !lives());
}

#[test]
fn a_guard_without_its_parent_starts_nothing() {
    let message = complaint(&run(&["guard", "--parent", "1", "--", "/bin/echo", "started"]));
    assert!(message.contains("process 1") && message.contains("is gone"), "{message}");
}
