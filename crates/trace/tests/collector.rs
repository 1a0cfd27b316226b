//! Tracing against a collector that takes OTLP.

use bataudit_service::Env;
use bataudit_trace::receiver::Receiver;
use bataudit_trace::{Attribute, Config, ENDPOINT, Kind, RATIO, Remote, Tracing};

const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

fn config(url: &str, ratio: &str) -> Config {
    let mut env = Env::from_pairs([(ENDPOINT.name, url), (RATIO.name, ratio)]);
    let config = Config::from_env(&mut env);
    assert!(env.finish().is_ok(), "the configuration is refused");
    config
}

#[tokio::test]
async fn spans_arrive_with_their_trace_and_what_they_say() {
    let collector = Receiver::start().await.unwrap();
    let tracing = Tracing::start("bataudit-test", &config(&collector.url, "0"));
    let tracer = tracing.tracer();
    assert!(tracer.request("POST", "/v1/audit", || None).is_none(), "ratio 0");
    let mut request = tracer
        .request("POST", "/v1/audit", || Remote::read(PARENT, Some("shop=1")))
        .expect("the client follows it");
    let mut child = request.child("publish", Kind::Producer);
    child.event("acknowledged", [Attribute::Partition(3), Attribute::Offset(9)]);
    child.fail("unavailable");
    request.link(&child);
    let headers = child.headers();
    drop(child);
    request.set(Attribute::Status(503));
    drop(request);
    tracing.close().await;

    let spans = collector.spans();
    let [child, request] = spans.as_slice() else { panic!("{spans:?}") };
    assert_eq!((request.service.as_str(), request.span.name.as_str()), ("bataudit-test", "POST /v1/audit"));
    assert_eq!((request.trace(), request.parent()), (PARENT[3..35].to_owned(), PARENT[36..52].to_owned()));
    assert_eq!((child.trace(), child.parent()), (request.trace(), request.id()));
    assert_eq!(request.links(), [child.id()]);
    assert_eq!(request.span.trace_state, "shop=1");
    assert_eq!(headers.parent, format!("00-{}-{}-01", child.trace(), child.id()));
    assert_eq!(child.attributes()["error.type"], "unavailable");
    assert_eq!(child.event_attributes()["messaging.kafka.offset"], "9");
    assert!(child.span.end_time_unix_nano >= child.span.start_time_unix_nano);
    assert_eq!(child.span.status.as_ref().map(|status| status.code), Some(2));
}

#[tokio::test]
async fn what_comes_without_a_trace_is_followed_by_chance() {
    let collector = Receiver::start().await.unwrap();
    let tracing = Tracing::start("bataudit-test", &config(&collector.url, "1"));
    let followed = |parent: &str| {
        let remote = Remote::read(parent, None);
        tracing.tracer().request("POST", "/v1/audit", || remote).is_some()
    };
    assert!(followed("") && followed(PARENT));
    assert!(!followed(&PARENT.replace("-01", "-00")), "its caller does not follow it");
}

#[test]
fn off_it_asks_for_nothing() {
    let tracer = Tracing::start("bataudit-test", &Config::default()).tracer();
    assert!(!tracer.is_on());
    assert!(tracer.request("POST", "/v1/audit", || panic!("looked at the headers")).is_none());
}
