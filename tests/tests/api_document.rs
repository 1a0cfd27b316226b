//! Whether the API does what its document says: requests drawn from query-api/openapi.json, good and bad, to every
//! operation of a running one. No answer may be a failure of ours, or one that the document does not know.

#![expect(clippy::panic, reason = "what was found is the failure of the test")]

use std::path::Path;
use std::process::Stdio;

use bataudit_e2e::stack::{Plan, Stack};
use bataudit_e2e::{binaries, sample};
use bataudit_service::{Env, Field};
use serde_json::json;
use tokio::process::Command;

const SCHEMATHESIS: Field =
    Field::optional("BATAUDIT_SCHEMATHESIS", "The program that tries the API against its document.");
/// What ends the session that asks, or takes its user away, is tried last.
const ENDS: &str = r"^/v1/auth/(logout|password|sessions|users/\{id\})";
/// Streams never end by themselves, and have tests of their own.
const LEFT_OUT: &str = r"(/stream$)|(^/v1/auth/(logout|password|sessions|users/\{id\}))";

/// Tries the operations that these arguments select, as whoever has the token.
async fn tried(url: &str, token: &str, select: &[&str], report: &Path) {
    let program = Env::from_process().optional(&SCHEMATHESIS);
    let program = program.unwrap_or_else(|| panic!("{} is not set: run make test", SCHEMATHESIS.name));
    let document = binaries::in_checkout("query-api/openapi.json");
    let checks = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,\
                  response_headers_conformance";
    let output = Command::new(program)
        .arg("run")
        .arg(document)
        .args(["--url", url, "--header", &format!("Authorization: Bearer {token}")])
        .args([
            "--checks",
            checks,
            "--phases",
            "examples,coverage,fuzzing",
            "--max-examples",
            "8",
            "--seed",
            "1",
        ])
        .args([
            "--request-timeout",
            "15",
            "--warnings",
            "off",
            "--suppress-health-check",
            "all",
            "--no-color",
        ])
        .args(["--generation-database", "none"])
        .args(select)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .current_dir(report)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await;
    let output = output.unwrap_or_else(|error| panic!("schemathesis does not start: {error}"));
    let text =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}");
    let passed = text.lines().find(|line| line.contains("generated")).unwrap_or_default().trim();
    println!("{}: {passed}", select.join(" "));
}

#[tokio::test]
async fn every_answer_is_in_the_document() {
    let stack = Stack::start(Plan::new("document")).await;
    let app = stack.application("documented").await;
    for number in 0..20 {
        let event =
            json!({"session_id": "s", "status_code": 200 + number % 4 * 100, "path": format!("/a/{number}")});
        app.gateway.accept(&sample::event_with(&app.service, event)).await;
    }
    let report = binaries::artifacts("api_document");
    let owner = stack.owner().await;
    tried(&owner.url, &owner.token, &["--exclude-path-regex", LEFT_OUT], &report).await;
    tried(&owner.url, &owner.token, &["--include-path-regex", ENDS], &report).await;
}
