//! What the real services export, against docs/METRICS.md, the alert rules and the dashboards: nothing is exported that is
//! not documented, nothing documented that is not exported, and no query asks for what is not there.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::Duration;

use bataudit_e2e::binaries::in_checkout;
use bataudit_e2e::certificates::Authority;
use bataudit_e2e::prometheus::Prometheus;
use bataudit_e2e::sample;
use bataudit_e2e::service::Service;
use bataudit_e2e::services::authority;
use bataudit_e2e::stack::{Application, Plan, Stack};
use bataudit_e2e::wait::{eventually, holds};
use serde_json::{Value, json};

/// Long enough for a busy machine.
const SOON: Duration = Duration::from_secs(60);

/// A metric: its type, and its labels with the values they may have; none where any may.
#[derive(Debug, Default, PartialEq, Eq)]
struct Metric {
    kind: String,
    help: String,
    labels: BTreeMap<String, BTreeSet<String>>,
}

type Metrics = BTreeMap<String, Metric>;

/// Everything once: starting a line costs more than asking it.
#[tokio::test]
async fn metrics_rules_and_dashboards_are_those_of_the_running_services() {
    let folder = tempfile::tempdir().expect("a folder");
    let stack = Stack::start(Plan::new("metrics")).await;
    let second = gateway_with_a_certificate(&stack, folder.path()).await;
    let services = [&stack.ingests[0], &second, &stack.processor, &stack.sentinel, &stack.query_api];
    let prometheus = Prometheus::start(&targets(services), stack.artifacts.join("prometheus.log")).await;
    let app = stack.application("metrics").await;
    everything_is_documented_and_exported(services, &app).await;
    every_panel_of_prometheus_shows_something(&prometheus, &app).await;
    every_rule_is_evaluated_and_none_fires(&prometheus).await;
    every_statement_of_a_dashboard_runs(&stack, &app).await;
}

/// A second gateway, which speaks TLS itself.
async fn gateway_with_a_certificate(stack: &Stack, folder: &std::path::Path) -> Service {
    let issued = Authority::new("metrics").issue(folder, "ingest", &["127.0.0.1"]);
    let files = [
        ("BATAUDIT_INGEST_TLS_CERT_FILE", issued.certificate.display().to_string()),
        ("BATAUDIT_INGEST_TLS_KEY_FILE", issued.key.display().to_string()),
    ];
    let mut service = stack.starter().start("ingest", "ingest-tls", &files);
    service.ready().await;
    service
}

/// The services under their names in prometheus.yml.
fn targets(
    [first, second, processor, sentinel, query_api]: [&Service; 5],
) -> [(&'static str, Vec<String>); 4] {
    let at = |services: &[&Service]| {
        services.iter().map(|service| authority(&service.admin_url).to_owned()).collect::<Vec<_>>()
    };
    [
        ("ingest:9081", at(&[first, second])),
        ("processor:9083", at(&[processor])),
        ("sentinel:9084", at(&[sentinel])),
        ("query-api:9082", at(&[query_api])),
    ]
}

/// An event, one that is refused, and a look: so that everything has something to count.
async fn live(app: &Application) {
    app.gateway.accept(&sample::event_with(&app.service, json!({"path": "/a", "status_code": 200}))).await;
    drop(app.gateway.post_text("/v1/audit", "{}").await.expect(400));
    app.owner.events(&app.query()).await.expect("a list");
}

async fn everything_is_documented_and_exported(services: [&Service; 5], app: &Application) {
    let documented = documented();
    eventually("all that is documented is exported, and no more", SOON, async || {
        live(app).await;
        let mut exported = Metrics::new();
        for service in services {
            let text = text(service).await;
            check(&text);
            merge(&mut exported, &text);
        }
        let names = |metrics: &Metrics| metrics.keys().cloned().collect::<BTreeSet<_>>();
        let undocumented: Vec<_> = names(&exported).difference(&names(&documented)).cloned().collect();
        assert!(undocumented.is_empty(), "not in docs/METRICS.md: {undocumented:?}");
        let missing: Vec<_> = names(&documented).difference(&names(&exported)).cloned().collect();
        holds(missing.is_empty(), format!("in docs/METRICS.md, but exported by nobody: {missing:?}"))?;
        for (name, metric) in &exported {
            compare(name, metric, &documented[name]);
        }
        Ok(())
    })
    .await;
}

async fn text(service: &Service) -> String {
    let answer = reqwest::get(format!("{}/metrics", service.admin_url)).await.expect("metrics");
    answer.text().await.expect("metrics")
}

/// `promtool check metrics`, which knows how metrics are named and explained.
fn check(text: &str) {
    let promtool = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut promtool = promtool.expect("promtool (of the package prometheus)");
    promtool.stdin.take().expect("its input").write_all(text.as_bytes()).expect("it reads");
    let output = promtool.wait_with_output().expect("it ends");
    assert!(output.status.success(), "promtool: {}", String::from_utf8_lossy(&output.stderr));
}

/// Adds what an exposition holds.
fn merge(metrics: &mut Metrics, text: &str) {
    for line in text.lines() {
        if let Some(help) = line.strip_prefix("# HELP ") {
            let (name, help) = help.split_once(' ').expect("a name and a text");
            help.clone_into(&mut metrics.entry(name.to_owned()).or_default().help);
        } else if let Some(kind) = line.strip_prefix("# TYPE ") {
            let (name, kind) = kind.split_once(' ').expect("a name and a type");
            kind.clone_into(&mut metrics.entry(name.to_owned()).or_default().kind);
        } else if let Some((series, labels)) = line.split_once('{') {
            let name = ["_bucket", "_sum", "_count"]
                .iter()
                .filter_map(|suffix| series.strip_suffix(suffix))
                .find(|name| metrics.get(*name).is_some_and(|metric| metric.kind == "histogram"))
                .unwrap_or(series);
            let metric = metrics.entry(name.to_owned()).or_default();
            let labels = labels.rsplit_once('}').expect("the end of the labels").0;
            for (label, value) in labels.split("\",").filter_map(|label| label.split_once("=\"")) {
                if label != "le" {
                    metric
                        .labels
                        .entry(label.to_owned())
                        .or_default()
                        .insert(value.trim_end_matches('"').to_owned());
                }
            }
        }
    }
}

/// The tables of docs/METRICS.md.
fn documented() -> Metrics {
    let text = fs::read_to_string(in_checkout("docs/METRICS.md")).expect("docs/METRICS.md");
    let rows =
        text.lines().filter_map(|line| line.strip_prefix("| `")?.strip_suffix(" |")?.split_once("` | "));
    let metrics = rows.map(|(name, rest)| {
        let [kind, _unit, labels, help]: [&str; 4] =
            rest.split(" | ").collect::<Vec<_>>().try_into().expect("five columns");
        let labels = labels.split("; ").filter(|label| !label.is_empty()).map(|label| {
            let mut words = label.split('`').skip(1).step_by(2).map(str::to_owned);
            (words.next().expect("a label"), words.collect())
        });
        (name.to_owned(), Metric { kind: kind.to_owned(), help: help.to_owned(), labels: labels.collect() })
    });
    metrics.collect()
}

fn compare(name: &str, exported: &Metric, documented: &Metric) {
    assert_eq!(exported.kind, documented.kind, "{name}: its type");
    assert_eq!(exported.help, documented.help, "{name}: what it means");
    let labels = |metric: &Metric| metric.labels.keys().cloned().collect::<Vec<_>>();
    assert_eq!(labels(exported), labels(documented), "{name}: its labels");
    for (label, values) in &exported.labels {
        let known = &documented.labels[label];
        let strange: Vec<_> = values.difference(known).filter(|_| !known.is_empty()).collect();
        assert!(strange.is_empty(), "{name}: values of {label} that are not documented: {strange:?}");
    }
}

/// The panels of all dashboards: where, and the query in this field of their targets.
fn queries(field: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for file in fs::read_dir(in_checkout("deploy/grafana/dashboards")).expect("the dashboards") {
        let text = fs::read_to_string(file.expect("a file").path()).expect("a dashboard");
        let dashboard: Value = serde_json::from_str(&text).expect("JSON");
        let panels = dashboard["panels"].as_array().expect("panels").iter();
        let targets = panels.flat_map(|panel| {
            let title = format!("{}: {}", dashboard["title"], panel["title"]);
            panel["targets"]
                .as_array()
                .expect("targets")
                .iter()
                .map(move |target| (title.clone(), &target[field]))
        });
        let variables = dashboard["templating"]["list"].as_array().expect("variables").iter();
        let asked = variables.map(|variable| {
            (format!("{}: {}", dashboard["title"], variable["name"]), &variable["query"][field])
        });
        found.extend(
            targets.chain(asked).filter_map(|(title, query)| Some((title, query.as_str()?.to_owned()))),
        );
    }
    assert!(found.len() > 5, "the search found only {found:?}");
    found
}

async fn every_panel_of_prometheus_shows_something(prometheus: &Prometheus, app: &Application) {
    let mut open = queries("expr");
    eventually("every panel shows something", SOON, async || {
        live(app).await;
        let mut empty = Vec::new();
        for (title, expression) in std::mem::take(&mut open) {
            let asked = expression.replace("$__rate_interval", "10s").replace("$namespace", ".*");
            let samples = prometheus.query(&asked).await;
            let samples = samples.unwrap_or_else(|error| panic!("{title}: {asked}: {error}"));
            if samples.is_empty() {
                empty.push((title, expression));
            }
        }
        open = empty;
        holds(open.is_empty(), format!("nothing to see: {open:#?}"))
    })
    .await;
}

async fn every_rule_is_evaluated_and_none_fires(prometheus: &Prometheus) {
    eventually("every rule was evaluated", SOON, async || {
        let rules = prometheus.rules().await?;
        assert!(rules.len() > 40, "only {} rules", rules.len());
        for rule in &rules {
            assert_ne!(rule["health"], "err", "{}: {}", rule["name"], rule["lastError"]);
            assert_ne!(rule["state"], "firing", "{rule:#}");
        }
        holds(rules.iter().all(|rule| rule["health"] == "ok"), "some were not")
    })
    .await;
}

/// With the macros and variables of Grafana's data source filled in.
async fn every_statement_of_a_dashboard_runs(stack: &Stack, app: &Application) {
    eventually("some of the events are visible", SOON, async || {
        holds(!app.owner.events(&app.query()).await?.is_empty(), "none is")
    })
    .await;
    for (title, statement) in queries("rawSql") {
        let asked = statement
            .replace("${project:singlequote}", &format!("'{}'", app.project))
            .replace("$__timeFilter(bucket)", "(bucket >= now() - INTERVAL 2 HOUR AND bucket <= now())")
            .replace("$__timeInterval(bucket)", "toStartOfInterval(toDateTime(bucket), INTERVAL 60 second)");
        assert!(!asked.contains('$'), "{title}: a variable that this test does not know: {asked}");
        let rows = stack.clickhouse.ask(&asked).await;
        // Nothing is lost in this run.
        assert!(!rows.is_empty() || asked.contains("loss_incidents"), "{title}: no row: {asked}");
    }
}
