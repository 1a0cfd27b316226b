//! Tracing against collectors that do not take what they get. A process of its own: the counters are the process's.

use std::time::Duration;

use bataudit_service::Env;
use bataudit_service::telemetry::Metrics;
use bataudit_trace::receiver::{Answer, Receiver};
use bataudit_trace::{Config, ENDPOINT, QUEUE_SPANS, Remote, TIMEOUT_MS, Tracer, Tracing};

const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

fn config(url: &str) -> Config {
    let mut env =
        Env::from_pairs([(ENDPOINT.name, url), (QUEUE_SPANS.name, "64"), (TIMEOUT_MS.name, "60000")]);
    let config = Config::from_env(&mut env);
    assert!(env.finish().is_ok(), "the configuration is refused");
    config
}

fn metric(metrics: &Metrics, name: &str) -> u64 {
    let text = metrics.render();
    let lines = text.lines().filter_map(|line| line.strip_prefix(name));
    lines.filter_map(|rest| rest.rsplit(' ').next()?.parse::<u64>().ok()).sum()
}

fn spans(tracer: &Tracer, count: usize) {
    (0..count).for_each(|_| drop(tracer.request("POST", "/v1/audit", || Remote::read(PARENT, None))));
}

/// Every span is exported or counted as dropped, whatever the collector does.
#[tokio::test]
async fn a_collector_that_is_slow_refuses_or_is_away_costs_spans_and_nothing_else() {
    let metrics = Metrics::install(&[bataudit_trace::METRICS]);
    let dropped = |reason: &str| {
        metric(&metrics, &format!("bataudit_trace_spans_dropped_total{{reason=\"{reason}\"}}"))
    };
    let collector = Receiver::start().await.unwrap();
    collector.answer(Answer::TakesAllBut(2));
    let tracing = Tracing::start("bataudit-test", &config(&collector.url));
    spans(&tracing.tracer(), 5);
    tracing.close().await;
    assert_eq!((metric(&metrics, "bataudit_trace_spans_exported_total"), dropped("refused")), (3, 2));

    collector.answer(Answer::Refuses);
    let tracing = Tracing::start("bataudit-test", &config(&collector.url));
    spans(&tracing.tracer(), 5);
    tracing.close().await;
    assert_eq!((dropped("refused"), dropped("stopped")), (7, 0));

    let tracing = Tracing::start("bataudit-test", &config("http://127.0.0.1:1"));
    spans(&tracing.tracer(), 5);
    tracing.close().await;
    assert_eq!(dropped("unreachable"), 5);

    collector.answer(Answer::Silent);
    let tracing = Tracing::start("bataudit-test", &config(&collector.url));
    let before = collector.requests();
    // The test's only thread: nothing is taken out of the queue meanwhile.
    spans(&tracing.tracer(), 1000);
    assert_eq!(dropped("queue_full"), 1000 - 64);
    tokio::time::timeout(Duration::from_secs(20), async {
        while collector.requests() == before {
            tokio::task::yield_now().await;
        }
    })
    .await
    .expect("the collector is asked");
    let tracer = tracing.tracer();
    tracing.close().await;
    assert_eq!(dropped("stopped"), 64);
    spans(&tracer, 1);
    assert_eq!(dropped("stopped"), 65);
}
