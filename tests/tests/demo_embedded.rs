//! `bataudit demo` on the embedded parts: what it says there is, is there.

use std::time::Duration;

use bataudit_e2e::api::Api;
use bataudit_e2e::demo::Demo;
use bataudit_e2e::embedded::Installation;
use bataudit_e2e::kafka;
use bataudit_e2e::process::{all_gone, send_to_group};
use bataudit_e2e::wait::{eventually, holds};
use nix::sys::signal::Signal;
use serde_json::Value;

const SOON: Duration = Duration::from_secs(60);
const SMALL: [&str; 6] = ["--events", "1500", "--no-live", "--fixed-rhythm", "--seed", "7"];
const PROJECTS: [&str; 4] = ["shop", "billing", "identity", "mobile"];

#[tokio::test]
async fn what_the_demo_says_is_there_and_a_second_start_doubles_nothing() {
    let mut installation = Installation::new("demo_small");
    let mut demo = Demo::start(&mut installation, &SMALL).await;
    let owner = demo.login("owner").await;
    assert_counts(&demo, &owner).await;
    let total: u64 = PROJECTS.iter().filter_map(|slug| demo.project(slug)["events"].as_u64()).sum();
    assert_eq!(total, 1500);
    assert_alarms(&demo, &owner).await;
    assert_trails(&demo, &owner).await;
    assert_watched(&demo, &owner).await;
    assert_people(&demo).await;
    let ports: Value =
        serde_json::from_slice(&std::fs::read(installation.data().join("ports.json")).expect("a file"))
            .expect("JSON");
    let letters = kafka::read_all(&format!("127.0.0.1:{}", ports["broker"]), "bataudit.dead-letters").await;
    assert_eq!(Some(letters.len() as u64), demo.report["dead_letters"].as_u64());
    ctrl_c(&mut demo).await;

    installation.arguments = Demo::arguments(&installation, &["--events", "9"]);
    let said = installation.refused().await;
    assert!(said.contains("--events 1500 --seed 7 --fixed-rhythm") && said.contains("--fresh"), "{said}");

    let report = demo.report.clone();
    let mut demo = Demo::start(&mut installation, &SMALL).await;
    assert_eq!(demo.report, report, "the same logins, keys and events");
    let owner = demo.login("owner").await;
    assert_counts(&demo, &owner).await;
    ctrl_c(&mut demo).await;
}

#[tokio::test]
async fn the_live_stream_makes_events_appear() {
    let mut installation = Installation::new("demo_live");
    let mut demo = Demo::start(&mut installation, &["--events", "5", "--nasty"]).await;
    let owner = demo.login("owner").await;
    eventually("more events than the five of the past", SOON, async || {
        let mut total = 0;
        for slug in PROJECTS {
            total += demo.counted(&owner, slug).await?;
        }
        holds(total > 5, format!("{total} events"))
    })
    .await;
    ctrl_c(&mut demo).await;
}

#[tokio::test]
async fn a_folder_that_no_demo_made_is_left_alone() {
    let mut installation = Installation::new("demo_elsewhere");
    std::fs::create_dir(installation.data()).expect("a folder");
    let precious = installation.data().join("precious");
    std::fs::write(&precious, "keep").expect("a file");
    for more in [&["--fresh"][..], &[]] {
        installation.arguments = Demo::arguments(&installation, more);
        let said = installation.refused().await;
        assert!(said.contains("no demo made") && said.contains("--data"), "{said}");
    }
    let left: Vec<_> = std::fs::read_dir(installation.data()).expect("the folder").flatten().collect();
    assert_eq!((left.len(), std::fs::read(&precious).expect("the file")), (1, b"keep".to_vec()));
}

async fn assert_counts(demo: &Demo, owner: &Api) {
    for slug in PROJECTS {
        let told = demo.project(slug)["events"].as_u64().expect("a number");
        assert_eq!(demo.counted(owner, slug).await, Ok(told), "{slug}");
    }
}

async fn assert_alarms(demo: &Demo, owner: &Api) {
    for (slug, rule_type) in
        [("shop", "error_rate"), ("identity", "brute_force"), ("identity", "mass_delete")]
    {
        let found = list(owner, &format!("/v1/anomaly/incidents?project_id={}", demo.id(slug))).await;
        assert!(found.iter().any(|incident| incident["rule_type"] == rule_type), "{rule_type} in {found:?}");
    }
}

/// Orphans, secrets that are masked, and what was before a change.
async fn assert_trails(demo: &Demo, owner: &Api) {
    let orphans =
        format!("/v1/audit/orphans?grace_seconds=0&start_date={}&project_id={}", month(), demo.id("shop"));
    let orphans = list(owner, &orphans).await;
    let orphan = orphans.first().expect("an orphan")["id"].as_str().expect("an id");
    assert_eq!(owner.event(orphan).await.json()["source"], "browser", "{orphan}");

    let logins = list(owner, &format!("/v1/audit?path=/login&status_code=200&start_date={}", month())).await;
    let login = owner.event(logins[0]["id"].as_str().expect("an id")).await.json();
    assert_eq!(login["request_body"]["password"], "********", "{login}");
    let changes = list(owner, &format!("/v1/audit?path=/api/me/address&start_date={}", month())).await;
    let change = owner.event(changes[0]["id"].as_str().expect("an id")).await.json();
    assert!(change["request_body"]["old_value"].is_object(), "{change}");
}

async fn assert_watched(demo: &Demo, owner: &Api) {
    let monitors = format!("/v1/monitors?project_id={}", demo.id("shop"));
    eventually("every monitor has a result", SOON, async || {
        let found = list(owner, &monitors).await;
        holds(
            found.len() == 3 && found.iter().all(|one| !one["last_checked_at"].is_null()),
            format!("{found:?}"),
        )
    })
    .await;
    let hooks = list(owner, &format!("/v1/notifications/webhooks?project_id={}", demo.id("shop"))).await;
    let mut outcomes = Vec::new();
    for hook in hooks {
        let id = hook["id"].as_str().expect("an id");
        outcomes.extend(list(owner, &format!("/v1/notifications/webhooks/{id}/deliveries")).await);
    }
    assert!(!outcomes.is_empty());
    for path in ["/v1/wallboard/tokens", "/v1/reports", "/v1/audit/query/saved", "/v1/audit/query/history"] {
        assert!(list(owner, path).await.len() >= 2, "{path}");
    }
    let keys = list(owner, &format!("/v1/auth/api-keys?project_id={}", demo.id("billing"))).await;
    assert!(keys.iter().any(|key| !key["expires_at"].is_null()), "{keys:?}");
}

async fn assert_people(demo: &Demo) {
    for (role, projects) in [("owner", 5), ("auditor", 5), ("admin", 4), ("viewer", 3)] {
        let seen = demo.login(role).await.projects().await;
        let seen: Vec<_> =
            seen.iter().map(|project| &project["slug"]).filter(|slug| **slug != "_bataudit").collect();
        assert_eq!(seen.len(), projects, "{role}: {seen:?}");
    }
}

async fn list(api: &Api, path: &str) -> Vec<Value> {
    let body = api.get(path).await.expect(200).json();
    // Some lists of the original are bare arrays.
    let list = if body.is_array() { &body } else { &body["data"] };
    list.as_array().unwrap_or_else(|| panic!("no list at {path}: {body}")).clone()
}

/// The beginning of the demo's past, as a parameter.
fn month() -> String {
    (chrono::Utc::now() - chrono::TimeDelta::days(30)).format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Interrupts it as a terminal does.
async fn ctrl_c(demo: &mut Demo) {
    let pids = demo.up.pids();
    send_to_group(demo.up.process.pid(), Signal::SIGINT);
    let status = demo.up.process.wait(SOON).await;
    assert!(status.success(), "it ended with {status}\n{}", demo.up.process.tail());
    all_gone(&pids, SOON).await;
}
