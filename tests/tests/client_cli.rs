//! The command line as people use it from elsewhere: a login, keys, the tail, lists and exports through the public API;
//! and the doctor, who must find what is wrong and tell no secret.

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use bataudit_e2e::gateway::Gateway;
use bataudit_e2e::proxy::Proxy;
use bataudit_e2e::sample;
use bataudit_e2e::stack::{Application, OWNER_PASSWORD, Plan, Shared, Stack, until_key_works};
use bataudit_e2e::terminal::Terminal;
use bataudit_e2e::wait::{eventually, holds};
use bataudit_kafka::Connection;
use rdkafka::admin::{AdminClient, AdminOptions, AlterConfig, ResourceSpecifier};
use rdkafka::client::DefaultClientContext;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

const SOON: Duration = Duration::from_secs(30);

static STACK: Shared = Shared::new(|| Plan::new("client"));

/// A personal token of the owner.
async fn token(stack: &Stack, scopes: Value) -> String {
    let owner = stack.owner().await;
    let body = json!({"name": "terminal", "scopes": scopes});
    let made = owner.post("/v1/auth/personal-tokens", &body).await.expect(201).json();
    made["token"].as_str().expect("a token").to_owned()
}

/// A terminal that is logged in to `url`.
async fn logged_in(stack: &Stack, url: &str) -> Terminal {
    let terminal = Terminal::new(BTreeMap::new());
    let token = token(stack, json!(["read", "export", "manage"])).await;
    drop(terminal.run_with(&["login", url], &token).await.good());
    terminal
}

async fn stored(stack: &Stack, app: &Application, count: usize) {
    let event = |n| {
        sample::event_with(&app.service, json!({"status_code": 200 + n % 2 * 300, "path": format!("/{n}")}))
    };
    let events: Vec<Value> = (0..count).map(event).collect();
    for some in events.chunks(500) {
        app.gateway.accept_batch(some).await;
    }
    let rows = format!("SELECT count() FROM events WHERE project_id = '{}'", app.project);
    eventually("the rows are stored", SOON, async || {
        let rows = stack.clickhouse.number(&rows).await;
        holds(rows == count as u64, format!("{rows} of {count}"))
    })
    .await;
}

#[tokio::test]
async fn a_login_is_tried_and_kept_where_nobody_else_reads_it() {
    let stack = STACK.get();
    let (terminal, url) = (Terminal::new(BTreeMap::new()), stack.query_api.url.as_str());
    let file = terminal.home.path().join(".config/bataudit/servers.json");
    assert!(terminal.run(&["query"]).await.refused().contains("run `bataudit login <URL>`"));
    assert!(terminal.run_with(&["login", url], "hunter2").await.refused().contains("bat_cli_"));
    let false_token = format!("bat_cli_{}", "0".repeat(48));
    assert!(
        terminal
            .run_with(&["login", url], &false_token)
            .await
            .refused()
            .contains("invalid or expired token (HTTP 401")
    );
    assert!(
        terminal
            .run_with(&["login", "http://192.0.2.1"], &false_token)
            .await
            .refused()
            .contains("--allow-http")
    );
    assert!(terminal.run(&["login", url]).await.refused().contains("no token was given"));
    assert!(!file.exists(), "nothing was kept");

    let token = token(&stack, json!(["read"])).await;
    let said = terminal.run_with(&["login", url, "--json"], &format!("{token}\n")).await.good();
    assert_eq!(
        (&said.lines()[0]["user"], &said.lines()[0]["role"]),
        (&json!("owner@example.com"), &json!("owner"))
    );
    assert!(!said.out.contains(&token) && !said.err.contains(&token), "{said:?}");
    let mode = std::fs::metadata(&file).expect("the file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    drop(terminal.run(&["query", "-n", "1"]).await.good());

    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).expect("its rights");
    assert!(terminal.run(&["query"]).await.refused().contains("chmod 600"));
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).expect("its rights");
    drop(terminal.run(&["logout"]).await.good());
    assert!(terminal.run(&["query"]).await.refused().contains("bataudit login"));
    let by_environment =
        Terminal::new(BTreeMap::new()).with("BATAUDIT_CLI_SERVER", url).with("BATAUDIT_CLI_TOKEN", &token);
    drop(by_environment.run(&["query", "-n", "1"]).await.good());
    let refused = by_environment.run(&["keys", "create", "--project", "x", "--name", "y"]).await.refused();
    assert!(refused.contains("there is no project x"), "{refused}");
}

#[tokio::test]
async fn a_key_is_made_rotated_and_revoked() {
    let stack = STACK.get();
    let (app, terminal) = (stack.application("keys").await, logged_in(&stack, &stack.query_api.url).await);
    let made = terminal.run(&["keys", "create", "--project", "keys", "--name", "by hand"]).await.good();
    let key = made.out.trim().to_owned();
    assert!(key.starts_with("bat_") && made.out.lines().count() == 1 && !made.err.contains(&key), "{made:?}");
    let gateway = Gateway::new(&stack.ingests[0].url, &key);
    until_key_works(&gateway).await;
    let list = async |state: &str| {
        let keys = terminal.run(&["keys", "list", "--project", &app.project, "--json"]).await.good().lines();
        let found = keys
            .iter()
            .find(|key| key["name"] == "by hand" && key["replaced_by"].is_null())
            .expect("the key")
            .clone();
        assert_eq!(found["active"], json!(state == "active"), "{found}");
        found["id"].as_str().expect("an id").to_owned()
    };
    let id = list("active").await;
    let rotated = terminal.run(&["keys", "rotate", &id, "--overlap-hours", "1", "--json"]).await.good();
    let successor = rotated.lines()[0].clone();
    until_key_works(&Gateway::new(&stack.ingests[0].url, successor["key"].as_str().expect("a key"))).await;
    until_key_works(&gateway).await;
    let id = list("active").await;
    assert_eq!(json!(id), successor["id"]);
    assert!(
        terminal.run(&["keys", "revoke", &id]).await.refused().contains("add --yes; nothing was changed")
    );
    drop(terminal.run(&["keys", "revoke", &id, "--yes"]).await.good());
    assert_eq!(list("revoked").await, id);
    let table = terminal.run(&["keys", "list", "--project", "keys"]).await.good().out;
    assert!(table.contains("revoked") && table.contains("by hand"), "{table}");
    assert!(
        terminal
            .run(&["keys", "revoke", "x/../y", "--yes"])
            .await
            .refused()
            .contains("is not the id of a key")
    );
}

#[tokio::test]
async fn a_list_is_filtered_and_goes_on_past_a_page() {
    let stack = STACK.get();
    let (app, terminal) = (stack.application("lists").await, logged_in(&stack, &stack.query_api.url).await);
    stored(&stack, &app, 1203).await;
    let all = terminal
        .run(&["query", "--project", "lists", "-n", "5000", "--since", "1h", "--json"])
        .await
        .good()
        .lines();
    let ids: BTreeSet<_> = all.iter().filter_map(|event| event["id"].as_str()).collect();
    assert_eq!((all.len(), ids.len()), (1203, 1203));
    let failed = terminal.run(&[
        "query",
        "status_class=5xx",
        "path!=/1",
        "--project",
        "lists",
        "-n",
        "2000",
        "--json",
    ]);
    let failed = failed.await.good().lines();
    assert_eq!(failed.len(), 600);
    assert!(failed.iter().all(|event| event["status_code"] == 500 && event["path"] != "/1"));
    let table = terminal.run(&["query", "path=/7", "--project", &app.project]).await.good().out;
    assert!(table.lines().count() == 2 && table.contains("lists") && table.contains("/7"), "{table}");
    for (words, says) in [
        (&["query", "colour=red"][..], "colour"),
        (&["query", "limit=3"], "--limit"),
        (&["query", "--since", "yesterday"], "12h"),
        (&["query", "--project", "nobody's"], "there is no project nobody's"),
    ] {
        let refused = terminal.run(words).await.refused();
        assert!(refused.contains(says), "{words:?}: {refused}");
    }
}

#[tokio::test]
async fn a_tail_goes_on_where_its_connection_broke() {
    let stack = STACK.get();
    let app = stack.application("tails").await;
    let proxy = Proxy::to(&stack.query_api.url).await;
    let terminal = logged_in(&stack, &format!("http://{}", proxy.address())).await;
    let words = ["tail", "--project", "tails", "status_code=200", "--count", "6", "--json"];
    let mut posted = BTreeSet::new();
    let post = async |posted: &mut BTreeSet<String>| {
        for status in [200, 404, 200] {
            let id = app.gateway.accept(&sample::event_with("tails", json!({"status_code": status}))).await;
            if status == 200 {
                posted.insert(id);
            }
        }
    };
    let follow = terminal.run(&words);
    let happen = async {
        eventually("the tail listens", SOON, async || {
            let streams = stack.query_api.metric("bataudit_query_api_streams").await;
            holds(streams > 0.0, format!("{streams} streams"))
        })
        .await;
        post(&mut posted).await;
        app.owner.events_when(&app.query(), 3, SOON).await;
        proxy.close().await;
        post(&mut posted).await;
        app.owner.events_when(&app.query(), 6, SOON).await;
        proxy.open().await;
        post(&mut posted).await;
    };
    let (said, ()) = tokio::join!(follow, happen);
    let said = said.good();
    let seen: Vec<_> =
        said.lines().iter().map(|event| event["id"].as_str().expect("an id").to_owned()).collect();
    assert_eq!(seen.len(), 6, "{said:?}");
    assert_eq!(seen.into_iter().collect::<BTreeSet<_>>(), posted);
    let refused = terminal.run(&["tail", "colour=red"]).await.refused();
    assert!(refused.contains("colour"), "{refused}");
}

#[tokio::test]
async fn an_export_is_compared_with_its_manifest() {
    let stack = STACK.get();
    let (app, terminal) = (stack.application("exports").await, logged_in(&stack, &stack.query_api.url).await);
    stored(&stack, &app, 700).await;
    let file = terminal.home.path().join("events.csv");
    let name = file.to_str().expect("a name");
    let words = ["export", "--project", "exports", "-o", name, "--json"];
    let done = terminal.run(&words).await.good().lines().remove(0);
    let content = std::fs::read(&file).expect("the file");
    assert_eq!(done["sha256"], hex::encode(Sha256::digest(&content)));
    assert_eq!(
        (&done["rows"], &done["bytes"], &done["verified"]),
        (&json!(700), &json!(content.len()), &json!(true))
    );
    let manifest = std::fs::read_to_string(format!("{name}.manifest.json")).expect("the manifest");
    assert!(manifest.contains("BEGIN PUBLIC KEY"), "{manifest}");
    assert!(!terminal.home.path().join("events.csv.part").exists());
    assert!(terminal.run(&words).await.refused().contains("--force"));
    drop(terminal.run(&[&words[..], &["--force"]].concat()).await.good());

    let piped = terminal
        .run(&["export", "status_class=5xx", "--project", "exports", "--format", "ndjson"])
        .await
        .good();
    assert_eq!(piped.lines().len(), 350);
    let hash = hex::encode(Sha256::digest(&piped.out));
    assert!(
        piped.err.contains(&format!("SHA-256 {hash} is that of the server's signed manifest")),
        "{}",
        piped.err
    );
}

/// The environment of an operator on a machine where no service runs.
fn operator(stack: &Stack) -> Terminal {
    let mut terminal = Terminal::new(stack.starter().env.clone());
    for service in ["INGEST", "PROCESSOR", "QUERY_API", "SENTINEL"] {
        terminal = terminal.with(&format!("BATAUDIT_{service}_ADMIN_ADDRESS"), "127.0.0.1:1");
    }
    terminal
}

/// What the doctor says, as JSON, but for the room on the disk, which is the machine's; whether the rest is good.
/// Neither output may hold a secret.
async fn examined(terminal: &Terminal, words: &[&str]) -> (bool, Vec<Value>) {
    let said = terminal.run(&[&["doctor", "--json"], words].concat()).await;
    let secrets = ["JWT_SECRET", "BATAUDIT_CLICKHOUSE_PASSWORD", "BATAUDIT_CONTROL_URL"]
        .map(|name| terminal.env[name].as_str());
    for secret in secrets.iter().chain(&[OWNER_PASSWORD]).filter(|secret| secret.len() > 3) {
        assert!(!said.out.contains(secret) && !said.err.contains(secret), "{said:?}");
    }
    let report = said.lines().remove(0);
    assert_eq!(report["healthy"], json!(said.success), "{said:?}");
    let mut findings = report["findings"].as_array().expect("findings").clone();
    assert_eq!(findings.iter().all(|found| found["state"] != "fail"), said.success, "{said:?}");
    findings.retain(|found| found["check"] != "clickhouse.disk");
    (findings.iter().all(|found| found["state"] != "fail"), findings)
}

/// The findings of a check that must be fixed, as text.
fn failures(findings: &[Value], check: &str) -> String {
    let wrong = findings.iter().filter(|found| found["state"] == "fail");
    assert!(wrong.clone().all(|found| found["check"] == check && found["fix"].is_string()), "{findings:?}");
    wrong.map(|found| found["says"].as_str().expect("text")).collect::<Vec<_>>().join("; ")
}

#[tokio::test]
async fn the_doctor_finds_nothing_wrong_with_a_good_line() {
    let stack = STACK.get();
    stored(&stack, &stack.application("healthy").await, 3).await;
    let terminal = operator(&stack);
    let findings = eventually("everything is good", SOON, async || {
        let (good, findings) = examined(&terminal, &[]).await;
        holds(good, format!("{findings:?}")).map(|()| findings)
    })
    .await;
    for check in [
        "settings.ingest",
        "kafka.topics",
        "kafka.processors",
        "clickhouse.schema",
        "clickhouse.settings",
        "control.schema",
        "sentinel",
        "keys",
    ] {
        let found: Vec<_> = findings.iter().filter(|found| found["check"] == check).collect();
        assert!(!found.is_empty() && found.iter().all(|found| found["state"] == "ok"), "{check}: {found:?}");
    }
    let text = terminal.run(&["doctor", "--service", "ingest"]).await.good().out;
    assert!(text.contains("0 to fix"), "{text}");
    let running = operator(&stack)
        .with("BATAUDIT_INGEST_ADMIN_ADDRESS", stack.ingests[0].admin_url.trim_start_matches("http://"));
    let (_, findings) = examined(&running, &["--service", "ingest"]).await;
    assert!(
        findings.iter().any(|found| found["check"] == "running.ingest" && found["state"] == "ok"),
        "{findings:?}"
    );
}

#[tokio::test]
async fn the_doctor_names_what_is_wrong_and_how_to_fix_it() {
    let stack = STACK.get();
    let wrong = |name: &str, value: &str| operator(&stack).with(name, value);
    for (terminal, check, says) in [
        (
            wrong("BATAUDIT_INGEST_ADDRESS", "here"),
            "settings.ingest",
            "BATAUDIT_INGEST_ADDRESS must be an address",
        ),
        (wrong("BATAUDIT_KAFKA_BROKERS", "127.0.0.1:1"), "kafka", "Kafka"),
        (
            wrong("BATAUDIT_KAFKA_TOPIC_PREFIX", "none_of_ours"),
            "kafka.topics",
            "none_of_ours.events does not exist",
        ),
        (wrong("BATAUDIT_KAFKA_RETENTION_MS", "604800001"), "kafka.topics", "retention.ms is 604800000"),
        (wrong("BATAUDIT_CLICKHOUSE_USER", "nobody"), "clickhouse", "nobody"),
        (wrong("BATAUDIT_CLICKHOUSE_DATABASE", "none_of_ours"), "clickhouse", "none_of_ours"),
        (
            wrong("BATAUDIT_CONTROL_URL", "sqlite:///nowhere/control.db"),
            "control",
            "there is no file /nowhere/control.db",
        ),
    ] {
        let (good, findings) = examined(&terminal, &[]).await;
        let found: Vec<_> = findings.iter().filter(|found| found["state"] == "fail").collect();
        let is_told = found.iter().any(|found| {
            found["check"] == check
                && found["says"].as_str().is_some_and(|text| text.contains(says))
                && found["fix"].is_string()
        });
        assert!(!good && is_told, "{check}: {found:?}");
    }
    let weak = wrong("JWT_SECRET", "hunter2");
    let (good, findings) = examined(&weak, &["--service", "query-api"]).await;
    assert!(
        !good && failures(&findings, "settings.query-api").contains("JWT_SECRET is too short"),
        "{findings:?}"
    );
    let (good, _) = examined(&weak, &["--service", "ingest"]).await;
    assert!(good, "ingest does not read it");
}

#[tokio::test]
async fn the_doctor_finds_a_topic_that_somebody_changed() {
    let stack = Stack::start(Plan::new("topic")).await;
    let client = Connection::plaintext(&stack.brokers).client("bataudit-e2e");
    let admin: AdminClient<DefaultClientContext> = client.create().expect("a client");
    let change =
        AlterConfig::new(ResourceSpecifier::Topic(&stack.topics.access)).set("cleanup.policy", "delete");
    drop(
        admin
            .alter_configs(&[change], &AdminOptions::new())
            .await
            .expect("an answer")
            .remove(0)
            .expect("the change"),
    );
    let terminal = operator(&stack);
    let (good, findings) = examined(&terminal, &["--service", "ingest"]).await;
    assert!(!good, "{findings:?}");
    assert!(
        failures(&findings, "kafka.topics").contains("cleanup.policy is delete, it should be compact"),
        "{findings:?}"
    );
}
