//! A client that got no answer posts again. Every event is stored once and counted once, whatever happens
//! to the processors in between, and the client cannot tell the repeat from the first.

use std::time::Duration;

use bataudit_e2e::answer::Answer;
use bataudit_e2e::operator::Operator;
use bataudit_e2e::sample;
use bataudit_e2e::stack::{Application, Plan, Stack};
use bataudit_e2e::wait::{eventually, holds};
use bataudit_kafka::Connection;
use rdkafka::admin::{AdminClient, AdminOptions, NewPartitions};
use rdkafka::client::DefaultClientContext;
use serde_json::{Value, json};
use uuid::Uuid;

const SETTLED: Duration = Duration::from_secs(60);
const SOON: Duration = Duration::from_secs(30);

/// Events of one application, each with an id and a time of its own, so that posting one again is the same
/// post to the last byte.
struct Events {
    app: Application,
    events: Vec<Value>,
}

impl Events {
    fn new(app: Application, count: usize) -> Self {
        let at = chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
        let event = |_| sample::event_with(&app.service, json!({"id": Uuid::new_v4(), "timestamp": at}));
        let events = (0..count).map(event).collect();
        Self { app, events }
    }

    /// Posts all of them, in batches.
    async fn post(&self) {
        for some in self.events.chunks(25) {
            self.app.gateway.accept_batch(some).await;
        }
    }

    /// Waits until the books say that each is stored once, and all else was a repeat.
    async fn once(&self, stack: &Stack, posts: usize) {
        let (operator, count) = (Operator::at(stack), self.events.len());
        let report = eventually("every post is accounted for", SETTLED, async || {
            let (_, report) = operator.verify(&["--project", &self.app.project]).await;
            let total = &report["total"];
            let all = total["accepted"] == count * posts && total["waiting"] == 0;
            holds(all, report.to_string()).map(|()| report)
        })
        .await;
        let total = &report["total"];
        let seen = (&total["stored"], &total["repeats"], &total["difference"]);
        assert_eq!(seen, (&json!(count), &json!(count * (posts - 1)), &json!(0)), "{report}");
        assert_eq!((&report["findings"], &report["rollups"]), (&json!([]), &json!([])), "{report}");
        let ids = format!("SELECT uniqExact(id) FROM events WHERE project_id = '{}'", self.app.project);
        assert_eq!(stack.clickhouse.number(&ids).await, count as u64);
    }
}

#[tokio::test]
async fn every_post_may_come_twice() {
    let stack = Stack::start(Plan::new("repeats")).await;
    let events = Events::new(stack.application("repeats").await, 200);
    // At the same time, and once more when all is stored.
    tokio::join!(events.post(), events.post());
    events.once(&stack, 2).await;
    events.post().await;
    events.once(&stack, 3).await;

    let event = events.events[0].to_string();
    let gateway = &events.app.gateway;
    let first = gateway.post_text("/v1/audit", event.clone()).await.expect(202);
    let again = gateway.post_text("/v1/audit", event).await.expect(202);
    assert_eq!(first.body, again.body);

    // Under an idempotency key, of events without ids; two projects may use the same key.
    let keyed = async |app: &Application, key: &str| {
        let batch = json!([sample::event(&app.service), sample::event(&app.service)]).to_string();
        let request = app.gateway.request("/v1/audit/batch").header("Content-Type", "application/json");
        Answer::of(request.header("Idempotency-Key", key).body(batch)).await.expect("an answer").expect(202)
    };
    let other = stack.application("repeats-other").await;
    let bodies = [keyed(&other, "order-7").await.body, keyed(&other, "order-7").await.body];
    assert_eq!(bodies[0], bodies[1]);
    keyed(&events.app, "order-7").await;
    keyed(&other, "order-8").await;
    let rows = format!("SELECT count() FROM events WHERE project_id = '{}'", other.project);
    eventually("two submissions are stored", SOON, async || {
        let rows = stack.clickhouse.number(&rows).await;
        holds(rows == 4, format!("{rows} rows"))
    })
    .await;
    assert!(stack.processor.metric("bataudit_processor_events_repeated_total").await >= 400.0);
}

#[tokio::test]
async fn another_projects_id_takes_nothing_away() {
    let stack = Stack::start(Plan::new("repeats_projects")).await;
    let (one, two) = (stack.application("ids-one").await, stack.application("ids-two").await);
    let id = Uuid::new_v4();
    for app in [&one, &two, &one, &two] {
        app.gateway.accept(&sample::event_with(&app.service, json!({"id": id}))).await;
    }
    let rows = format!("SELECT uniqExact(project_id) * 100 + count() FROM events WHERE id = '{id}'");
    eventually("each project has its event", SOON, async || {
        let rows = stack.clickhouse.number(&rows).await;
        holds(rows == 202, format!("{rows}"))
    })
    .await;
}

#[tokio::test]
async fn processors_may_restart_die_and_share_in_between() {
    let mut stack = Stack::start(Plan::new("repeats_faults")).await;
    let events = Events::new(stack.application("repeats-faults").await, 300);
    events.post().await;
    stack.processor.process.stop(SOON).await;
    events.post().await;
    stack.processor.process.restart();
    stack.processor.ready().await;
    events.once(&stack, 2).await;

    for _ in 0..3 {
        events.post().await;
        stack.processor.kill_and_restart().await;
    }
    events.once(&stack, 5).await;

    // A second one takes some partitions over in the middle of it, and gives them back.
    let member = [("BATAUDIT_PROCESSOR_INSTANCE_ID", "processor-2".to_owned())];
    events.post().await;
    let mut second = stack.starter().start("processor", "processor-2", &member);
    events.post().await;
    second.ready().await;
    events.post().await;
    second.process.stop(SOON).await;
    events.post().await;
    events.once(&stack, 9).await;
}

#[tokio::test]
async fn more_partitions_change_nothing() {
    let stack = Stack::start(Plan::new("repeats_partitions")).await;
    let events = Events::new(stack.application("repeats-partitions").await, 120);
    events.post().await;
    events.once(&stack, 1).await;

    let client = Connection::plaintext(&stack.brokers).client("bataudit-e2e");
    let admin: AdminClient<DefaultClientContext> = client.create().expect("an admin client");
    let more = NewPartitions::new(&stack.topics.events, 8);
    let raised = admin.create_partitions([&more], &AdminOptions::new()).await.expect("an answer");
    assert!(raised.iter().all(Result::is_ok), "{raised:?}");
    // The group learns of them within minutes, or when a member joins.
    let member = [("BATAUDIT_PROCESSOR_INSTANCE_ID", "processor-2".to_owned())];
    let mut second = stack.starter().start("processor", "processor-2", &member);
    second.ready().await;
    let other = stack.application("repeats-partitions-2").await;
    let spread = format!("SELECT max(k_partition) FROM events WHERE project_id = '{}'", other.project);
    eventually("the gateway uses the new partitions", SOON, async || {
        other.gateway.accept(&sample::event(&other.service)).await;
        let most = stack.clickhouse.number(&spread).await;
        holds(most >= 3, format!("partition {most} is the last in use"))
    })
    .await;
    events.post().await;
    events.once(&stack, 2).await;
}
