//! One trace from a client's request to the row, through real binaries and real parts.

use std::time::Duration;

use bataudit_e2e::embedded::Installation;
use bataudit_e2e::gateway::Gateway;
use bataudit_e2e::prometheus::Prometheus;
use bataudit_e2e::sample;
use bataudit_e2e::service::Service;
use bataudit_e2e::services::authority;
use bataudit_e2e::stack::{Application, Plan, Stack};
use bataudit_e2e::wait::{eventually, holds};
use bataudit_trace::receiver::{Received, Receiver};
use bataudit_trace::{ALLOWED, ENDPOINT, RATIO};
use serde_json::json;

const SOON: Duration = Duration::from_secs(30);
const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER: &str = "00f067aa0ba902b7";
/// How a caller says that it belongs to that trace.
const TRACEPARENT: (&str, &str) = ("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
/// Every step of a post of its own, as it follows from the one before.
const STEPS: [&str; 7] = ["POST /v1/audit", "publish", "consume", "mask", "batch", "intent", "insert"];
/// What must never stand in a span.
const SECRETS: [&str; 3] = ["hunter2", "me@example.com", "secret-path"];

fn env(collector: &Receiver) -> Vec<(&'static str, String)> {
    vec![(ENDPOINT.name, collector.url.clone()), (RATIO.name, "0".to_owned())]
}

/// Posts one event within a trace, and one without.
async fn post(gateway: &Gateway, service: &str) {
    let event = sample::event_with(
        service,
        json!({
            "path": "/secret-path/hunter2?token=hunter2",
            "identifier": "me@example.com",
            "user_email": "me@example.com",
            "request_body": {"password": "hunter2"},
        }),
    );
    gateway.accept(&event).await;
    let request = gateway
        .request("/v1/audit")
        .header(TRACEPARENT.0, TRACEPARENT.1)
        .header("tracestate", "shop=1")
        .header("content-type", "application/json")
        .body(event.to_string());
    assert_eq!(request.send().await.expect("an answer").status(), 202);
}

/// The spans of the trace, when all have come.
async fn trace(collector: &Receiver) -> Vec<Received> {
    eventually("the whole trace", SOON, async || {
        let spans = collector.spans();
        let names: Vec<_> = spans.iter().map(|span| span.span.name.as_str()).collect();
        holds(STEPS.iter().all(|step| names.contains(step)), format!("{names:?}")).map(|()| spans)
    })
    .await
}

fn check(spans: &[Received], collector: &Receiver, keys: &[&str]) {
    let one = |name: &str| {
        let mut named = spans.iter().filter(|span| span.span.name == name);
        let found = named.next().unwrap_or_else(|| panic!("no {name}"));
        assert!(named.next().is_none(), "{name} twice");
        found
    };
    let [request, publish, consume, mask, batch, intent, insert] = STEPS.map(one);
    // Only what came with a trace left one.
    assert!(spans.iter().all(|span| span.trace() == TRACE && span.span.trace_state == "shop=1"), "{spans:?}");
    assert_eq!(request.parent(), CALLER);
    assert_eq!((publish.parent(), consume.parent()), (request.id(), publish.id()));
    assert_eq!((mask.parent(), batch.parent()), (consume.id(), consume.id()));
    assert_eq!((intent.parent(), insert.parent()), (batch.id(), batch.id()));
    assert_eq!((batch.links(), consume.links()), (vec![consume.id()], vec![batch.id()]));
    assert_eq!((request.service.as_str(), batch.service.as_str()), ("bataudit-ingest", "bataudit-processor"));
    let place = ["messaging.destination.partition.id", "messaging.kafka.offset"];
    let (sent, read) = (publish.event_attributes(), consume.attributes());
    assert_eq!(place.map(|name| &sent[name]), place.map(|name| &read[name]), "the record it came in");
    check_discreet(spans, collector, keys);
}

/// Nothing that came from outside is in a span.
fn check_discreet(spans: &[Received], collector: &Receiver, keys: &[&str]) {
    for span in spans {
        let all = span.attributes().into_iter().chain(span.event_attributes());
        let other: Vec<_> = all.filter(|(name, _)| !ALLOWED.contains(&name.as_str())).collect();
        assert!(other.is_empty(), "{}: {other:?}", span.span.name);
    }
    for secret in SECRETS.iter().chain(keys) {
        assert!(!collector.holds(secret), "{secret} reached the collector");
    }
}

/// Reads the events within the trace, and with no trace.
async fn read(stack: &Stack, app: &Application, collector: &Receiver) {
    let url = format!("{}/v1/audit?{}&identifier=me@example.com", stack.query_api.url, app.query());
    let request = || reqwest::Client::new().get(&url).bearer_auth(&app.owner.token);
    for request in [request(), request().header(TRACEPARENT.0, TRACEPARENT.1)] {
        assert_eq!(request.send().await.expect("an answer").status(), 200);
    }
    let spans = eventually("the span of the read", SOON, async || {
        let mut spans = collector.spans();
        spans.retain(|span| span.service == "bataudit-query-api");
        holds(!spans.is_empty(), "none").map(|()| spans)
    })
    .await;
    let [span] = &spans[..] else { panic!("more than the one that is followed: {spans:?}") };
    assert_eq!((span.trace().as_str(), span.parent().as_str()), (TRACE, CALLER));
    check_discreet(&spans, collector, &[&app.owner.token]);
}

#[tokio::test]
async fn a_post_is_one_trace_to_its_row() {
    let collector = Receiver::start().await.expect("a port");
    let stack = Stack::start(Plan { env: env(&collector), ..Plan::new("tracing") }).await;
    let app = stack.application("traced-shop").await;
    post(&app.gateway, &app.service).await;
    let spans = trace(&collector).await;
    check(&spans, &collector, &[&app.gateway.key, &app.service]);
    assert_eq!(stack.ingests[0].metric("bataudit_trace_spans_dropped_total").await, 0.0);
    read(&stack, &app, &collector).await;
    buckets_lead_to_it(&stack).await;
}

/// A real Prometheus takes the exemplars; what was not traced left none.
async fn buckets_lead_to_it(stack: &Stack) {
    let at = |service: &Service| vec![authority(&service.admin_url).to_owned()];
    let targets = [
        ("ingest:9081", at(&stack.ingests[0])),
        ("processor:9083", at(&stack.processor)),
        ("query-api:9082", at(&stack.query_api)),
    ];
    let prometheus = Prometheus::start(&targets, stack.artifacts.join("prometheus.log")).await;
    for histogram in [
        "bataudit_ingest_publish_seconds_bucket",
        "bataudit_processor_insert_seconds_bucket",
        "bataudit_processor_stored_delay_seconds_bucket",
        "bataudit_query_api_request_seconds_bucket",
    ] {
        eventually(histogram, SOON, async || {
            let traces = prometheus.traces(histogram).await?;
            holds(traces.iter().eq([TRACE]), format!("{traces:?}"))
        })
        .await;
    }
}

#[tokio::test]
async fn the_embedded_broker_carries_it_too() {
    let collector = Receiver::start().await.expect("a port");
    let mut installation = Installation::new("embedded_tracing");
    installation.env = env(&collector);
    let up = installation.up().await;
    let printed = up.printed();
    post(&up.gateway(&printed.key), "my-api").await;
    check(&trace(&collector).await, &collector, &[&printed.key]);
}

#[tokio::test]
async fn a_dead_collector_stops_nothing() {
    let silent = Receiver::start().await.expect("a port");
    silent.answer(bataudit_trace::receiver::Answer::Silent);
    let env = vec![(ENDPOINT.name, silent.url.clone()), (RATIO.name, "1".to_owned())];
    let stack = Stack::start(Plan { env, ..Plan::new("tracing_dead") }).await;
    let app = stack.application("untraced-shop").await;
    let events: Vec<_> = (0..200).map(|_| sample::event(&app.service)).collect();
    for some in events.chunks(5) {
        app.gateway.accept_batch(some).await;
    }
    app.owner.events_when(&app.query(), events.len(), SOON).await;
    eventually("the collector was asked", SOON, async || holds(silent.requests() > 0, "it was not")).await;
    assert!(silent.spans().is_empty());
}
