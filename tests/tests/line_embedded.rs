//! The same line on the embedded parts: `bataudit up` on an empty machine, and what a machine does to
//! it afterwards.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::time::{Duration, Instant};

use bataudit_e2e::api::Api;
use bataudit_e2e::embedded::{Child, Installation, Printed, Up};
use bataudit_e2e::ledger::Verdict;
use bataudit_e2e::load::{Load, Running};
use bataudit_e2e::process::{all_gone, lives, send_to_group};
use bataudit_e2e::sample;
use bataudit_e2e::stack::until_key_works;
use bataudit_e2e::terminal::Terminal;
use bataudit_e2e::wait::{eventually, holds};
use bataudit_kafka::Connection;
use bataudit_ledger::log::Log;
use nix::sys::signal::Signal;
use serde_json::{Value, json};
use tokio::process::Command;
use tokio::sync::RwLock;

/// Tests that print how long something takes run alone, the others beside each other.
static MACHINE: RwLock<()> = RwLock::const_new(());

/// Long enough for a busy machine. What a quiet one takes is printed.
const SOON: Duration = Duration::from_secs(30);
const PER_SECOND: u32 = 100;
const SOME: usize = 150;
const SERVICE: &str = "embedded-load";

#[tokio::test]
async fn a_first_start_prints_all_that_the_guide_needs_and_a_second_keeps_it() {
    let _machine = MACHINE.write().await;
    let installation = Installation::new("embedded_guide");
    let mut up = installation.up().await;
    let first_start = up.took;
    let printed = up.printed();
    assert!(bataudit_event::key::is_well_formed(&printed.key), "not bat_<64 hex>");
    assert!(printed.curl.contains(sample::GUIDE) && printed.curl.contains(&printed.key), "{}", printed.curl);
    let owner = up.login(&printed).await;

    let pasted =
        Command::new("sh").args(["-c", &format!("{} -s -w ' %{{http_code}}'", printed.curl)]).output();
    let said = String::from_utf8(pasted.await.expect("curl").stdout).expect("text");
    assert!(said.ends_with(" 202"), "{said}");
    owner.events_when("service_name=my-api", 1, SOON).await;

    let project = owner.projects().await[0]["id"].as_str().expect("an id").to_owned();
    let revoked = owner.create_key(&project, "revoked").await;
    until_key_works(&up.gateway(&revoked.key)).await;
    owner.revoke(&revoked).await;
    assert_refused(&up, &revoked.key).await;
    let idle = up.resident_bytes() >> 20;

    let stopped = ctrl_c(&mut up).await;
    let mut up = installation.up().await;
    let written = up.written();
    assert!(
        !written.contains(&printed.key) && !written.contains(&printed.password),
        "shown again:\n{written}"
    );
    report(
        "embedded_guide",
        &format!(
            "first start {first_start:?}, stop {stopped:?}, second start {:?}, resident {idle} MiB",
            up.took
        ),
    );

    let owner = up.login(&printed).await;
    owner.events_when("service_name=my-api", 1, SOON).await;
    assert_refused(&up, &revoked.key).await;
    until_key_works(&up.gateway(&printed.key)).await;
    up.gateway(&printed.key).accept(&sample::event("my-api")).await;
    owner.events_when("service_name=my-api", 2, SOON).await;
    ctrl_c(&mut up).await;
    assert!(!installation.own_log().contains(&printed.password), "the password is logged");
    assert!(!installation.own_log().contains(&printed.key), "the key is logged");
}

#[tokio::test]
async fn an_event_is_visible_at_once_on_a_quiet_installation() {
    let _machine = MACHINE.write().await;
    let installation = Installation::new("embedded_quiet");
    let up = installation.up().await;
    let printed = up.printed();
    let (owner, gateway) = (up.login(&printed).await, up.gateway(&printed.key));
    until_key_works(&gateway).await;
    let mut took: Vec<Duration> = Vec::new();
    let mut live = owner.follow("service_name=quiet").await;
    for number in 0..10 {
        let event = sample::event_with("quiet", json!({"identifier": format!("user-{number}")}));
        let began = Instant::now();
        let id = gateway.accept(&event).await;
        live.wait_for(&id, SOON).await;
        took.push(began.elapsed());
        assert_eq!(owner.event(&id).await.json()["identifier"], event["identifier"]);
    }
    took.sort_unstable();
    report("embedded_quiet", &format!("curl to live event: median {:?}, slowest {:?}", took[5], took[9]));
}

/// Beside a running installation, by its folder; and once it is stopped.
#[tokio::test]
async fn an_installation_is_examined_by_its_folder() {
    let _machine = MACHINE.read().await;
    let installation = Installation::new("embedded_examined");
    let mut up = installation.up().await;
    let printed = up.printed();
    let (owner, gateway) = (up.login(&printed).await, up.gateway(&printed.key));
    until_key_works(&gateway).await;
    gateway.accept(&sample::event_with("examined", json!({}))).await;
    owner.events_when("service_name=examined", 1, SOON).await;
    let data = installation.data().display().to_string();
    let admin = format!("127.0.0.1:{}", installation.admin_port);
    let terminal = Terminal::new(BTreeMap::new()).with("BATAUDIT_UP_ADMIN_ADDRESS", &admin);
    eventually("the books agree, and nothing is wrong", SOON, async || {
        let books = terminal.run(&["verify-counts", "--data", &data, "--json"]).await;
        let report: Value = serde_json::from_str(&books.out).unwrap_or_default();
        let stored = report["total"]["stored"].as_u64();
        holds(books.success && stored >= Some(1), format!("{books:?}"))?;
        let said = terminal.run(&["doctor", "--data", &data, "--json"]).await;
        let findings = said.lines().remove(0)["findings"].take();
        let of =
            |check: &str| findings.as_array().unwrap().iter().find(|found| found["check"] == check).cloned();
        let is_good = |check: &str| of(check).is_some_and(|found| found["state"] == "ok");
        let all = ["running.up", "settings.query-api", "kafka", "clickhouse.settings", "sentinel"];
        // The room on the disk is the machine's.
        let wrong =
            findings.as_array().unwrap().iter().any(|found| {
                found["state"] == "fail" && !found["check"].as_str().unwrap().ends_with(".disk")
            });
        holds(!wrong && all.into_iter().all(is_good), format!("{findings}"))
    })
    .await;
    // Without its name, where it was started.
    let beside = Terminal::new(BTreeMap::new()).with("BATAUDIT_DATA_DIR", &data);
    let found = beside.run(&["doctor"]).await;
    assert!(found.out.contains(&format!("`bataudit up` in {data}")), "{found:?}");

    ctrl_c(&mut up).await;
    let stopped = terminal.run(&["doctor", "--data", &data]).await;
    assert!(!stopped.success && stopped.out.contains("FAIL running.up"), "{stopped:?}");
    assert!(stopped.out.contains(" 1 to fix") && stopped.out.contains("bataudit up --data"), "{stopped:?}");
}

/// The books are compared by when records were written. The broker answers 0 where nothing is as late.
#[tokio::test]
async fn records_are_found_by_when_they_were_written() {
    let _machine = MACHINE.read().await;
    let installation = Installation::new("embedded_times");
    let up = installation.up().await;
    let printed = up.printed();
    let (owner, gateway) = (up.login(&printed).await, up.gateway(&printed.key));
    until_key_works(&gateway).await;
    for _ in 0..3 {
        gateway.accept(&sample::event_with("times", json!({}))).await;
    }
    owner.events_when("service_name=times", 3, SOON).await;
    let brokers = installation.brokers();
    let look = move || {
        let log = Log::open(&Connection::plaintext(&brokers), "bataudit.events", "looks-only").unwrap();
        let extents = log.extents().unwrap();
        let records = |from: i64, to: i64| {
            let found = log.between(&extents, from, to).unwrap();
            found.iter().map(|extent| extent.offsets.end - extent.offsets.start).sum::<i64>()
        };
        let all: i64 = extents.iter().map(|extent| extent.offsets.end - extent.offsets.start).sum();
        let (now, hour) = (chrono::Utc::now().timestamp_millis(), 3_600_000);
        assert!(all >= 3, "{extents:?}");
        assert_eq!(records(now - hour, now + hour), all, "all of it");
        assert_eq!(records(now - 2 * hour, now - hour), 0, "before");
        assert_eq!(records(now + hour, now + 2 * hour), 0, "after");
    };
    tokio::task::spawn_blocking(look).await.expect("a look");
}

#[tokio::test]
async fn children_may_be_killed() {
    let _machine = MACHINE.read().await;
    let installation = Installation::new("embedded_children");
    let up = installation.up().await;
    let printed = up.printed();
    let running = load(&up, &printed);
    for child in [Child::Broker, Child::Engine, Child::Broker, Child::Engine] {
        running.more(SOME, SOON).await;
        up.kill_child(child).await;
    }
    running.more(SOME, SOON).await;
    let verdict = settle(&installation, running).await;
    report("embedded_children", &verdict.to_string());
    let owner = up.login(&printed).await;
    assert!(!owner.events(&format!("service_name={SERVICE}")).await.expect("a list").is_empty());
}

#[tokio::test]
async fn the_whole_may_be_killed() {
    let _machine = MACHINE.read().await;
    let installation = Installation::new("embedded_whole");
    let mut up = installation.up().await;
    let printed = up.printed();
    let running = load(&up, &printed);
    for _ in 0..2 {
        running.more(SOME, SOON).await;
        let pids = up.pids();
        assert!(pids.len() >= 3, "itself, the broker and the engine: {pids:?}");
        up.process.kill();
        all_gone(&pids, SOON).await;
        up = installation.up().await;
    }
    running.more(SOME, SOON).await;
    let verdict = settle(&installation, running).await;
    report("embedded_whole", &verdict.to_string());
    ctrl_c(&mut up).await;
}

#[tokio::test]
async fn ctrl_c_under_load_loses_and_repeats_nothing() {
    let _machine = MACHINE.read().await;
    let installation = Installation::new("embedded_stop");
    let mut up = installation.up().await;
    let printed = up.printed();
    let running = load(&up, &printed);
    running.more(SOME, SOON).await;
    ctrl_c(&mut up).await;
    let up = installation.up().await;
    running.more(SOME, SOON).await;
    let verdict = settle(&installation, running).await;
    assert_eq!(verdict.duplicates.len(), 0, "an orderly stop repeats nothing: {verdict}");
    drop(up);
}

#[tokio::test]
async fn credentials_nobody_saw_are_shown_by_the_next_start() {
    let _machine = MACHINE.read().await;
    let installation = Installation::new("embedded_unseen");
    let mut first = installation.begin();
    eventually("the first start has made the owner", SOON, async || {
        holds(installation.data().join("first-start.json").exists(), "not yet")
    })
    .await;
    first.kill();
    let up = installation.up().await;
    let printed = up.printed();
    drop(up.login(&printed).await);
    until_key_works(&up.gateway(&printed.key)).await;
}

#[tokio::test]
async fn what_is_in_the_way_is_one_sentence_each() {
    let _machine = MACHINE.read().await;
    let mut installation = Installation::new("embedded_refusals");
    let missing = "/nowhere/libchdb.so";
    installation.env = vec![("BATAUDIT_ENGINE_LIB", missing.to_owned())];
    let said = installation.refused().await;
    assert!(one_sentence(&said, &["engine", missing, "scripts/install"]), "{said}");

    installation.env = vec![("BATAUDIT_BROKER_BIN", "/nowhere/tansu".to_owned())];
    let said = installation.refused().await;
    assert!(one_sentence(&said, &["broker", "/nowhere/tansu", "scripts/install"]), "{said}");

    installation.env.clear();
    let squatter = TcpListener::bind(("127.0.0.1", installation.ingest_port)).expect("a port");
    let port = installation.ingest_port.to_string();
    let said = installation.refused().await;
    assert!(one_sentence(&said, &[&port, "taken", "BATAUDIT_INGEST_"]), "{said}");
    drop(squatter);

    installation.env =
        vec![("BATAUDIT_INGEST_MAX_BODY_BYTES", "many".to_owned()), ("JWT_SECRET", "xyzzy".to_owned())];
    let said = installation.refused().await;
    assert!(
        said.contains("BATAUDIT_INGEST_MAX_BODY_BYTES") && said.contains("JWT_SECRET"),
        "all at once: {said}"
    );
    assert!(!said.contains("xyzzy"), "a secret is printed: {said}");

    installation.env.clear();
    let first = installation.up().await;
    let second = installation.on_other_ports();
    let said = second.refused().await;
    let (pid, data) = (first.process.pid().to_string(), installation.data().display().to_string());
    assert!(one_sentence(&said, &[&pid, &data]), "{said}");
    assert!(first.pids().into_iter().all(lives), "the first one was harmed");
    let printed = first.printed();
    first.gateway(&printed.key).accept(&sample::event("refusals")).await;
}

/// Interrupts it as a terminal does: the whole process group hears it. Returns how long it took.
async fn ctrl_c(up: &mut Up) -> Duration {
    let (pids, began) = (up.pids(), Instant::now());
    send_to_group(up.process.pid(), Signal::SIGINT);
    let status = up.process.wait(SOON).await;
    assert!(status.success(), "it ended with {status}\n{}", up.process.tail());
    let took = began.elapsed();
    all_gone(&pids, SOON).await;
    took
}

async fn assert_refused(up: &Up, key: &str) {
    eventually("the revoked key is refused", SOON, async || {
        let answer = up.gateway(key).post_text("/v1/audit", "{}").await;
        holds(answer.status == 401, format!("{answer:?}"))
    })
    .await;
}

fn load(up: &Up, printed: &Printed) -> Running {
    let (urls, key) = (vec![up.ingest_url.clone()], printed.key.clone());
    Load { urls, key, service: SERVICE.to_owned(), per_second: PER_SECOND }.start()
}

async fn settle(installation: &Installation, running: Running) -> Verdict {
    let ledger = running.stop().await;
    let given_up = ledger.posts.iter().filter(|post| post.acknowledged_at().is_none()).count();
    assert_eq!(given_up, 0, "posts that were repeated for a minute and never accepted");
    let verdict = ledger.settle(&installation.clickhouse(), SOON).await;
    verdict.assert_posts_explain_copies();
    // Whatever was killed: every row is there once, and the rollups count what the rows are.
    assert_eq!(verdict.inserted_twice().count(), 0, "{verdict}");
    verdict.assert_rollups_agree();
    verdict
}

fn one_sentence(said: &str, words: &[&str]) -> bool {
    said.trim().lines().count() == 1 && words.iter().all(|word| said.contains(word))
}

fn report(test: &str, line: &str) {
    println!("{line}");
    let file = bataudit_e2e::binaries::artifact(test, "figures.txt");
    std::fs::write(file, format!("{line}\n")).expect("an artifact");
}

#[tokio::test]
async fn the_api_and_the_dashboard_are_served() {
    let _machine = MACHINE.read().await;
    let installation = Installation::new("embedded_pages");
    let up = installation.up().await;
    let anonymous = Api::anonymous(&up.api_url);
    let page = anonymous.get("/app/").await.expect(200);
    assert!(page.header("content-type").starts_with("text/html"), "{page:?}");
    assert!(page.body.contains("<div id=\"root\"") || page.body.contains("/app/assets/"), "{page:?}");
    let deep = anonymous.get("/app/events?service=x").await.expect(200);
    assert_eq!(deep.body, page.body, "a reload of any page finds the page");
    let docs = anonymous.get("/docs").await.expect(200);
    assert!(docs.body.contains("swagger"), "{docs:?}");
    let health = Api::anonymous(&up.ingest_url).get("/health").await.expect(200).json();
    assert_eq!(health["status"], "ok", "{health}");
}
