//! Every kind of rule on rows of a real ClickHouse.

#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a fixture that cannot be built fails its test")]

use bataudit_anomaly::read::{Reader, Touched};
use bataudit_anomaly::rule::Parameters;
use bataudit_anomaly::{Finding, Kind, Rule, evaluate};
use bataudit_store::scratch::Scratch;
use serde_json::{Value, json};

const PROJECT: &str = "00000000-0000-0000-0000-000000000007";
const OTHER: &str = "00000000-0000-0000-0000-000000000008";

/// A quiet minute of some weeks ago would be removed by its age; this one lies three hours back.
fn noon() -> i64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    i64::try_from(now.as_secs() / 60).unwrap() - 180
}

/// Events that are alike.
struct Alike {
    project: &'static str,
    service: &'static str,
    method: &'static str,
    path: &'static str,
    status: u16,
    identifier: &'static str,
    event_type: &'static str,
}

const PLAIN: Alike = Alike {
    project: PROJECT,
    service: "api",
    method: "GET",
    path: "/users/:id",
    status: 200,
    identifier: "ann",
    event_type: "http",
};

struct Store {
    scratch: Scratch,
}

impl Store {
    async fn new() -> Self {
        Self { scratch: Scratch::migrated().await.expect("run `make services-up`") }
    }

    /// `count` events, one each `step_ms`, from the start of a minute on.
    async fn insert(&self, minute: i64, count: usize, step_ms: i64, alike: &Alike) {
        let Alike { project, service, method, path, status, identifier, event_type } = alike;
        let sql = format!(
            "INSERT INTO events (id, project_id, event_type, timestamp, received_at, method, path, route, status_code, \
             identifier, service_name, environment) SELECT generateUUIDv7(), '{project}', '{event_type}', \
             fromUnixTimestamp64Milli(toInt64({} + number * {step_ms})), now64(3), '{method}', '{path}', '{path}', \
             {status}, '{identifier}', '{service}', 'production' FROM numbers({count})",
            minute * 60_000
        );
        self.scratch.connection.client().query(&sql).execute().await.unwrap();
    }

    fn reader(&self) -> Reader {
        Reader::new(self.scratch.connection.clone())
    }

    async fn held(&self, rule: &Rule, minutes: std::ops::Range<i64>) -> Vec<Finding> {
        evaluate(&self.reader(), std::slice::from_ref(rule), minutes).await.unwrap()
    }
}

fn rule(kind: Kind) -> Rule {
    let parameters = kind.defaults();
    Rule {
        id: kind.name().to_owned(),
        project_id: PROJECT.to_owned(),
        kind,
        parameters,
        service_name: None,
        environment: None,
    }
}

/// Service, subject, first and last minute, details of every span.
fn spans(found: &[Finding]) -> Vec<(&str, &str, i64, i64, &Value)> {
    let all = found.iter().flat_map(|finding| {
        finding.spans.iter().map(move |span| {
            let key = &finding.key;
            (key.service_name.as_str(), key.subject.as_str(), span.from, span.to, &span.details)
        })
    });
    all.collect()
}

#[tokio::test]
async fn shares_of_errors_by_service_and_by_route() {
    let (store, noon) = (Store::new().await, noon());
    store.insert(noon, 30, 1000, &PLAIN).await;
    store.insert(noon, 10, 1000, &Alike { status: 500, path: "/pay", ..PLAIN }).await;
    // Another project, and BatAudit's own events, are not ours to judge.
    store.insert(noon, 50, 1000, &Alike { status: 500, project: OTHER, ..PLAIN }).await;
    store.insert(noon, 50, 1000, &Alike { status: 500, event_type: "system.alert", ..PLAIN }).await;
    let found = store.held(&rule(Kind::ErrorRate), noon..noon + 10).await;
    let details =
        json!({"error_rate_pct": 25.0, "threshold_pct": 20.0, "error_count": 10, "total_count": 40});
    assert_eq!(spans(&found), [("api", "", noon, noon, &details)]);

    let found = store.held(&rule(Kind::ErrorRateByRoute), noon..noon + 10).await;
    let details = json!({
        "path": "/pay", "method": "GET", "error_rate": 100.0, "error_count": 10, "total_requests": 10,
        "window_seconds": 300,
    });
    assert_eq!(spans(&found), [("api", "GET /pay", noon, noon, &details)]);
    let elsewhere = Rule { service_name: Some("web".to_owned()), ..rule(Kind::ErrorRate) };
    assert_eq!(store.held(&elsewhere, noon..noon + 10).await, []);
}

#[tokio::test]
async fn bursts_are_counted_to_the_millisecond_and_by_identifier() {
    let (store, noon) = (Store::new().await, noon());
    let refused = Alike { status: 401, identifier: "eve", ..PLAIN };
    // Ten within five minutes, over six of the clock.
    store.insert(noon, 10, 33_000, &refused).await;
    store.insert(noon, 9, 1000, &Alike { identifier: "ann", ..refused }).await;
    let found = store.held(&rule(Kind::BruteForce), noon..noon + 10).await;
    let details = json!({"identifier": "eve", "fail_count": 10, "threshold": 10.0, "window_secs": 300});
    assert_eq!(spans(&found), [("api", "", noon + 4, noon + 4, &details)]);
    // The window that reaches back over the start of the range counts what lies before it.
    assert_eq!(store.held(&rule(Kind::BruteForce), noon + 4..noon + 5).await, found);
    assert_eq!(store.held(&rule(Kind::BruteForce), noon + 5..noon + 10).await, []);

    store.insert(noon + 2, 30, 1000, &Alike { method: "DELETE", identifier: "ann", ..PLAIN }).await;
    store.insert(noon + 3, 30, 1000, &Alike { method: "DELETE", identifier: "eve", ..PLAIN }).await;
    let found = store.held(&rule(Kind::MassDelete), noon..noon + 10).await;
    let details = json!({"delete_count": 60, "threshold": 50.0, "window_secs": 300});
    assert_eq!(spans(&found), [("api", "", noon + 3, noon + 3, &details)]);
}

#[tokio::test]
async fn a_spike_and_then_a_silence() {
    let (store, noon) = (Store::new().await, noon());
    store.insert(noon - 60, 600, 6000, &PLAIN).await;
    store.insert(noon, 100, 100, &PLAIN).await;
    let found = store.held(&rule(Kind::VolumeSpike), noon - 5..noon + 5).await;
    let spike = spans(&found);
    assert_eq!(spike.len(), 1, "{found:?}");
    let (service, _, from, to, details) = spike[0];
    assert_eq!((service, from, to, &details["current_rpm"]), ("api", noon, noon, &json!(100)));
    assert_eq!(details["baseline_rpm"], 10.0);

    let silent = rule(Kind::SilentService);
    assert_eq!(store.held(&silent, noon + 14..noon + 15).await, [], "not yet");
    let found = store.held(&silent, noon + 20..noon + 21).await;
    let details = json!({"silent_minutes": 15, "threshold_min": 15.0, "last_event_minute": noon});
    assert_eq!(spans(&found), [("api", "", noon + 15, noon + 20, &details)]);
    // It speaks again: the silence has an end.
    store.insert(noon + 30, 1, 1, &PLAIN).await;
    assert_eq!(store.held(&silent, noon + 31..noon + 32).await, []);
    let week = store.held(&silent, noon - 60..noon + 32).await;
    assert_eq!(spans(&week), [("api", "", noon + 15, noon + 29, &details)]);
}

#[tokio::test]
async fn late_rows_touch_the_minutes_they_lie_in() {
    let (store, noon) = (Store::new().await, noon());
    store.insert(noon, 1, 1, &PLAIN).await;
    let first = store.reader().touched(0).await.unwrap();
    assert_eq!(first.projects, [(PROJECT.to_owned(), noon)].into());
    let mark = first.stored_at.unwrap();
    assert_eq!(store.reader().touched(mark + 1).await.unwrap(), Touched::default());
    store.insert(noon - 50, 1, 1, &Alike { project: OTHER, ..PLAIN }).await;
    let late = store.reader().touched(mark + 1).await.unwrap();
    assert_eq!(late.projects, [(OTHER.to_owned(), noon - 50)].into());
    assert!(late.stored_at > Some(mark));
}

#[tokio::test]
async fn rules_of_many_projects_are_judged_together() {
    let (store, noon) = (Store::new().await, noon());
    store.insert(noon, 20, 1000, &Alike { status: 404, ..PLAIN }).await;
    store.insert(noon, 20, 1000, &Alike { status: 404, project: OTHER, ..PLAIN }).await;
    let ours = rule(Kind::ErrorRate);
    let theirs = Rule { id: "theirs".to_owned(), project_id: OTHER.to_owned(), ..ours.clone() };
    let deaf = Rule {
        id: "deaf".to_owned(),
        parameters: Parameters { threshold: 100.0, window_seconds: 60, cooldown_seconds: 0, min_events: 10 },
        service_name: Some("web".to_owned()),
        ..ours.clone()
    };
    let found = evaluate(&store.reader(), &[ours, theirs, deaf], noon..noon + 1).await.unwrap();
    let rules: Vec<_> = found.iter().map(|finding| finding.key.rule_id.as_str()).collect();
    assert_eq!(rules, ["error_rate", "theirs"]);
    assert_eq!(evaluate(&store.reader(), &[], noon..noon + 1).await.unwrap(), []);
}
