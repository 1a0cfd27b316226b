//! What `bataudit up` says when it cannot start: one sentence each, and nothing is left behind.

#![expect(clippy::unwrap_used, reason = "what a test cannot go on without fails the test")]

use std::fs::{self, File};
use std::io::Write as _;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// Runs `bataudit up` on `data` with free ports of its own, and these variables on top.
fn up(data: &Path, variables: &[(&str, &str)]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_bataudit"))
        .args(["up", "--data"])
        .arg(data)
        .env_clear()
        .envs([
            ("HOME", "/nowhere"),
            ("BATAUDIT_INGEST_ADDRESS", "127.0.0.1:0"),
            ("BATAUDIT_QUERY_API_ADDRESS", "127.0.0.1:0"),
            ("BATAUDIT_UP_ADMIN_ADDRESS", "127.0.0.1:0"),
        ])
        .envs(variables.iter().copied())
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn complaint(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(output.stdout.is_empty(), "nothing runs, so nothing is announced");
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn missing_parts_are_named_with_the_way_to_get_them() {
    let data = tempfile::tempdir().unwrap();
    let message = complaint(&up(data.path(), &[("BATAUDIT_ENGINE_LIB", "/nowhere/libchdb.so")]));
    let lines: Vec<_> = message.lines().collect();
    assert_eq!(lines.len(), 2, "{message}");
    assert!(lines[0].contains("there is no file /nowhere/libchdb.so"), "{message}");
    assert!(
        lines[0].contains("scripts/install run") && lines[0].contains("BATAUDIT_ENGINE_LIB"),
        "{message}"
    );
    assert!(lines[1].contains("broker") && lines[1].contains("BATAUDIT_BROKER_BIN"), "{message}");
}

#[test]
fn a_second_instance_names_the_first() {
    let data = tempfile::tempdir().unwrap();
    let mut lock = File::create(data.path().join("LOCK")).unwrap();
    lock.lock().unwrap();
    writeln!(lock, "4711").unwrap();
    let message = complaint(&up(data.path(), &[]));
    let folder = fs::canonicalize(data.path()).unwrap();
    assert_eq!(
        message,
        format!(
            "bataudit: another BatAudit (process 4711) is using the data folder {}: \
             stop it, or choose another folder with --data\n",
            folder.display()
        )
    );
}

#[test]
fn taken_ports_are_named_with_their_variables() {
    let data = tempfile::tempdir().unwrap();
    let (one, two) = (TcpListener::bind("127.0.0.1:0").unwrap(), TcpListener::bind("127.0.0.1:0").unwrap());
    let ingest = one.local_addr().unwrap();
    let admin = two.local_addr().unwrap().to_string();
    let (port, ingest) = (ingest.port(), ingest.to_string());
    let variables =
        [("BATAUDIT_INGEST_ADDRESS", ingest.as_str()), ("BATAUDIT_UP_ADMIN_ADDRESS", admin.as_str())];
    let message = complaint(&up(data.path(), &variables));
    assert_eq!(message.lines().count(), 2, "{message}");
    assert!(message.contains(&format!("port {port} (ingest) is taken")), "{message}");
    assert!(
        message.contains("BATAUDIT_INGEST_ADDRESS") && message.contains("BATAUDIT_UP_ADMIN_ADDRESS"),
        "{message}"
    );
}

#[test]
fn all_configuration_problems_come_at_once() {
    let data = tempfile::tempdir().unwrap();
    let folder = data.path().join("not-made");
    let variables = [
        ("BATAUDIT_UP_ADMIN_ADDRESS", "9080"),
        ("BATAUDIT_INGEST_ADDRESS", "high"),
        ("BATAUDIT_KAFKA_PARTITIONS", "0"),
    ];
    let message = complaint(&up(&folder, &variables));
    for (variable, _) in variables {
        assert_eq!(message.matches(variable).count(), 1, "{message}");
    }
    assert!(!folder.exists(), "bad configuration changes nothing");
}

#[test]
fn a_data_folder_that_cannot_be_made_is_named() {
    let message = complaint(&up(Path::new("/proc/nowhere"), &[]));
    assert!(message.starts_with("bataudit: cannot use the data folder /proc/nowhere: "), "{message}");
}

#[test]
fn the_help_shows_what_people_use() {
    let help = Command::new(env!("CARGO_BIN_EXE_bataudit")).arg("--help").output().unwrap();
    let text = String::from_utf8(help.stdout).unwrap();
    assert!(help.status.success() && text.contains("up") && text.contains("migrate"), "{text}");
    assert!(!text.contains("engine  ") && !text.contains("guard"), "{text}");
}
