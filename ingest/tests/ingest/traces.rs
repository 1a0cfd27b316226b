//! What the collector and Kafka's records are told of a request.

use std::sync::Arc;
use std::time::Duration;

use bataudit_ingest::App;
use bataudit_kafka::Connection;
use bataudit_trace::receiver::{Received, Receiver};
use bataudit_trace::{ENDPOINT, QUEUE_SPANS, RATIO, Tracing};
use bytes::Bytes;
use http_body_util::Full;
use hyper::{Request, StatusCode};
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::message::Headers;
use rdkafka::{Message, Offset, TopicPartitionList};

use crate::broker::{Cluster, Running, TOPIC, mocked, start};
use crate::support::*;

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER: &str = "00f067aa0ba902b7";

fn parent(flag: &str) -> String {
    format!("00-{TRACE}-{CALLER}-{flag}")
}

/// A gateway on a broker of its own, and a collector.
struct Traced {
    app: Arc<App>,
    tracing: Tracing,
    collector: Receiver,
    cluster: Cluster,
    _running: Running,
}

impl Traced {
    async fn start(ratio: &str) -> Self {
        let collector = Receiver::start().await.unwrap();
        let cluster = mocked(1);
        let running = start(&cluster.bootstrap_servers(), TOPIC, 10_000).await;
        let config =
            config(&[(ENDPOINT.name, &collector.url), (RATIO.name, ratio), (QUEUE_SPANS.name, "64")]);
        let tracing = Tracing::start("bataudit-ingest", &config.trace);
        let app = App::new(&config, access(), Arc::clone(&running.publisher) as _);
        Self { app: Arc::new(app.traced(tracing.tracer())), tracing, collector, cluster, _running: running }
    }

    async fn post(&self, key: &str, headers: &[(&str, &str)], body: &str) -> StatusCode {
        let mut request = Request::post("/v1/audit").header("host", "x").header("x-api-key", key);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.header("content-type", "application/json");
        self.app.handle(request.body(Full::new(Bytes::from(body.to_owned()))).unwrap()).await.status()
    }

    /// Ends it; everything the collector got, by name.
    async fn spans(self) -> (Vec<Received>, Receiver) {
        self.tracing.close().await;
        let mut spans = self.collector.spans();
        spans.sort_by(|a, b| a.span.name.cmp(&b.span.name));
        (spans, self.collector)
    }
}

/// The headers of the first record, format and count apart.
fn carried(cluster: &Cluster) -> Vec<(String, String)> {
    let consumer: BaseConsumer = Connection::plaintext(cluster.bootstrap_servers())
        .client("test")
        .set("group.id", "test")
        .create()
        .unwrap();
    let mut from = TopicPartitionList::new();
    from.add_partition_offset(TOPIC, 0, Offset::Beginning).unwrap();
    consumer.assign(&from).unwrap();
    let message = consumer.poll(Duration::from_secs(20)).expect("no record within 20 s").unwrap();
    let headers = message.headers().unwrap().iter();
    let traces = headers.filter(|header| header.key.starts_with("trace"));
    traces
        .map(|header| (header.key.to_owned(), String::from_utf8(header.value.unwrap().to_vec()).unwrap()))
        .collect()
}

#[tokio::test]
async fn a_post_with_a_trace_goes_on_in_its_record() {
    let traced = Traced::start("0").await;
    let body = r#"{"path":"/users/hunter2","method":"GET","identifier":"me@example.com","service_name":"shop-secret","user_email":"me@example.com","request_body":{"a":"hunter2"}}"#;
    let headers = [("traceparent", &*parent("01")), ("tracestate", "one=1"), ("tracestate", "two=2")];
    assert_eq!(traced.post(&project_key(), &headers, body).await, StatusCode::ACCEPTED);
    let record = carried(&traced.cluster);
    let (spans, collector) = traced.spans().await;
    let [request, publish] = spans.as_slice() else { panic!("{spans:?}") };
    assert_eq!((request.span.name.as_str(), publish.span.name.as_str()), ("POST /v1/audit", "publish"));
    assert_eq!((request.trace(), publish.trace()), (TRACE.to_owned(), TRACE.to_owned()));
    assert_eq!((request.parent(), publish.parent()), (CALLER.to_owned(), request.id()));
    assert_eq!(
        (request.service.as_str(), request.span.trace_state.as_str()),
        ("bataudit-ingest", "one=1,two=2")
    );
    let expected = [
        ("traceparent".to_owned(), format!("00-{TRACE}-{}-01", publish.id())),
        ("tracestate".to_owned(), "one=1,two=2".to_owned()),
    ];
    assert_eq!(record, expected);

    let said = request.attributes();
    assert_eq!(
        (said["http.route"].as_str(), said["http.response.status_code"].as_str()),
        ("/v1/audit", "202")
    );
    assert_eq!(said["bataudit.project.id"], PROJECT.to_string());
    assert_eq!(publish.attributes()["bataudit.events"], "1");
    let landed = publish.event_attributes();
    assert_eq!(
        (landed["messaging.destination.partition.id"].as_str(), landed["messaging.kafka.offset"].as_str()),
        ("0", "0")
    );
    let allowed = |name: &String| bataudit_trace::ALLOWED.contains(&name.as_str());
    assert!(said.keys().chain(publish.attributes().keys()).chain(landed.keys()).all(allowed));
    for secret in ["hunter2", "me@example.com", "shop-secret", &project_key()] {
        assert!(!collector.holds(secret), "{secret}");
    }
}

#[tokio::test]
async fn a_trace_that_is_not_followed_stays_so_and_leaves_nothing() {
    let traced = Traced::start("1").await;
    let headers = [("traceparent", &*parent("00"))];
    assert_eq!(traced.post(&project_key(), &headers, &guide_event().to_string()).await, StatusCode::ACCEPTED);
    assert_eq!(carried(&traced.cluster), []);
    assert_eq!(traced.spans().await.0.len(), 0);
}

#[tokio::test]
async fn without_a_trace_the_ratio_decides_and_a_broken_one_is_none() {
    let traced = Traced::start("1").await;
    let headers = [("traceparent", "me@example.com")];
    assert_eq!(traced.post(&project_key(), &headers, &guide_event().to_string()).await, StatusCode::ACCEPTED);
    assert_eq!(carried(&traced.cluster).len(), 1);
    let (spans, collector) = traced.spans().await;
    assert_eq!((spans.len(), spans[0].parent()), (2, String::new()));
    assert!(!collector.holds("me@example.com"));
}

#[tokio::test]
async fn without_a_key_nobody_is_followed() {
    let traced = Traced::start("1").await;
    let headers = [("traceparent", &*parent("01"))];
    assert_eq!(traced.post(&unknown_key(), &headers, "{}").await, StatusCode::UNAUTHORIZED);
    assert_eq!(traced.spans().await.0.len(), 0);
}

#[tokio::test]
async fn a_refusal_is_named() {
    let traced = Traced::start("1").await;
    assert_eq!(traced.post(&project_key(), &[], "{").await, StatusCode::BAD_REQUEST);
    let (spans, _) = traced.spans().await;
    let said = spans[0].attributes();
    assert_eq!((said["http.response.status_code"].as_str(), said["error.type"].is_empty()), ("400", false));
}
