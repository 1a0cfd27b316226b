//! One part at a time dies or goes away under load. Whatever was acknowledged is stored; an event is
//! stored twice only where its post or its batch was under way at that moment.
//!
//! What each fault cost stands in `target/test-artifacts/faults_*/verdict.txt`.

use std::time::{Duration, Instant};

use bataudit_e2e::balancer::Balancer;
use bataudit_e2e::ledger::Verdict;
use bataudit_e2e::load::{Load, Running};
use bataudit_e2e::private_kafka::PrivateKafka;
use bataudit_e2e::proxy::Proxy;
use bataudit_e2e::service::Service;
use bataudit_e2e::services::Services;
use bataudit_e2e::stack::{Application, Plan, Stack};
use bataudit_e2e::wait::{eventually, holds};
use bataudit_e2e::{kafka, sample};

/// Posts per second: a steady load that leaves the machine to what is being tested.
const PER_SECOND: u32 = 150;
/// A good second of load between two faults.
const SOME: usize = 200;
const SOON: Duration = Duration::from_secs(30);
/// How long after the last fault everything acknowledged must be visible.
const SETTLED: Duration = Duration::from_secs(60);
/// How long an event may be on its way from its acknowledgement to the commit of its batch: the
/// longest flush, the insert and the commit, on a busy machine.
const IN_FLIGHT: Duration = Duration::from_secs(5);

fn load(stack: &Stack, app: &Application) -> Running {
    let urls = stack.ingests.iter().map(|ingest| ingest.url.clone()).collect();
    let (key, service) = (app.gateway.key.clone(), app.service.clone());
    Load { urls, key, service, per_second: PER_SECOND }.start()
}

/// Ends the load and checks what holds after every fault: nothing lost, nothing dead-lettered, every
/// copy in Kafka explained by an attempt, the rollups equal to the rows.
async fn settle(stack: &Stack, running: Running) -> Verdict {
    let ledger = running.stop().await;
    let given_up = ledger.posts.iter().filter(|post| post.acknowledged_at().is_none()).count();
    assert_eq!(given_up, 0, "posts that were repeated for a minute and never accepted");
    let verdict = ledger.settle(&stack.clickhouse, SETTLED).await;
    verdict.assert_posts_explain_copies();
    verdict.assert_rollups_agree();
    let letters = kafka::read_all(&stack.brokers, &stack.topics.dead_letters).await;
    assert!(letters.is_empty(), "{} dead letters", letters.len());
    println!("{verdict}");
    std::fs::write(stack.artifacts.join("verdict.txt"), format!("{verdict}\n")).expect("an artifact");
    verdict
}

#[tokio::test]
async fn gateways_may_be_killed() {
    let mut stack = Stack::start(Plan { ingests: 2, ..Plan::new("faults_ingest") }).await;
    let app = stack.application("faults-ingest").await;
    let running = load(&stack, &app);
    for round in 0..4 {
        running.more(SOME, SOON).await;
        stack.ingests[round % 2].kill_and_restart().await;
    }
    running.more(SOME, SOON).await;
    let verdict = settle(&stack, running).await;
    assert_eq!(verdict.inserted_twice().count(), 0, "the processor was not disturbed: {verdict}");
}

#[tokio::test]
async fn the_processor_may_be_killed() {
    let mut stack = Stack::start(Plan::new("faults_processor")).await;
    let app = stack.application("faults-processor").await;
    let (running, mut kills) = (load(&stack, &app), Vec::new());
    for _ in 0..4 {
        running.more(SOME, SOON).await;
        kills.push(Instant::now());
        stack.processor.kill_and_restart().await;
    }
    running.more(SOME, SOON).await;
    let verdict = settle(&stack, running).await;
    assert_eq!(verdict.posted_twice().count(), 0, "no gateway was disturbed: {verdict}");
    verdict.assert_inserted_twice_only_around(&kills, IN_FLIGHT);
}

#[tokio::test]
async fn sentinel_and_the_api_may_be_killed_and_ingest_does_not_notice() {
    let mut stack = Stack::start(Plan::new("faults_control")).await;
    let app = stack.application("faults-control").await;
    let running = load(&stack, &app);
    running.more(SOME, SOON).await;
    stack.sentinel.process.kill();
    stack.query_api.process.kill();
    // Neither is on the way of an event.
    running.more(2 * SOME, SOON).await;
    stack.sentinel.process.restart();
    stack.query_api.process.restart();
    for service in stack.all() {
        service.ready().await;
    }
    // What was published stays, what is new arrives.
    let key = app.owner.create_key(&app.project, "after").await;
    bataudit_e2e::stack::until_key_works(&app.gateway.with_key(&key.key)).await;
    stack.sentinel.kill_and_restart().await;
    app.owner.revoke(&key).await;
    eventually("the revoked key is refused", SOON, async || {
        let answer = app.gateway.with_key(&key.key).post_text("/v1/audit", "{}").await;
        holds(answer.status == 401, format!("{answer:?}"))
    })
    .await;
    let verdict = settle(&stack, running).await;
    assert_eq!(verdict.duplicates.len(), 0, "{verdict}");
    assert_eq!(verdict.rows, verdict.acknowledged, "{verdict}");
}

/// It works within 15 s: the lease of 10 s, two rounds of asking for it, and the first publication.
#[tokio::test]
async fn a_killed_sentinel_is_replaced_by_one_that_stands_by() {
    let mut stack = Stack::start(Plan::new("faults_takeover")).await;
    let app = stack.application("faults-takeover").await;
    let mut standby = stack.starter().start("sentinel", "sentinel-2", &[]);
    standby.ready().await;
    let works = async |service: &Service| service.metric("bataudit_sentinel_active").await > 0.5;
    assert_eq!((works(&stack.sentinel).await, works(&standby).await), (true, false));

    let killed = Instant::now();
    stack.sentinel.process.kill();
    // What is made now is published by whoever takes over, and by nobody else.
    let key = app.owner.create_key(&app.project, "after").await;
    let gateway = app.gateway.with_key(&key.key);
    eventually("the key works", SOON, async || {
        let answer = gateway.post_text("/v1/audit", "{}").await;
        holds(answer.status == 400, format!("{answer:?}"))
    })
    .await;
    println!("taken over {:?} after the kill", killed.elapsed());
    assert!(works(&standby).await);
    // The first one is a standby when it comes back.
    stack.sentinel.process.restart();
    stack.sentinel.ready().await;
    assert_eq!((works(&stack.sentinel).await, works(&standby).await), (false, true));
}

#[tokio::test]
async fn the_control_store_may_go_away_and_ingest_does_not_notice() {
    let proxy = Proxy::to(&Services::running().postgres_url).await;
    let through = Some(proxy.address().to_string());
    let mut stack = Stack::start(Plan { control_through: through, ..Plan::new("faults_store") }).await;
    let app = stack.application("faults-store").await;
    let running = load(&stack, &app);
    running.more(SOME, SOON).await;
    proxy.close().await;
    // Keys and rules are in Kafka: nobody on the way of an event asks the control store.
    running.more(2 * SOME, SOON).await;
    proxy.open().await;
    for service in stack.all() {
        service.ready().await;
    }
    let verdict = settle(&stack, running).await;
    assert_eq!(verdict.duplicates.len(), 0, "{verdict}");
    assert_eq!(verdict.rows, verdict.acknowledged, "{verdict}");
}

#[tokio::test]
async fn clickhouse_may_go_away() {
    let proxy = Proxy::to(&Services::running().clickhouse_url).await;
    let through = Some(format!("http://{}", proxy.address()));
    let stack = Stack::start(Plan { processor_clickhouse: through, ..Plan::new("faults_clickhouse") }).await;
    let app = stack.application("faults-clickhouse").await;
    let (running, mut cuts) = (load(&stack, &app), Vec::new());
    for _ in 0..3 {
        running.more(SOME, SOON).await;
        cuts.push(Instant::now());
        proxy.close().await;
        // Events are accepted all the while.
        running.more(2 * SOME, SOON).await;
        cuts.push(Instant::now());
        proxy.open().await;
    }
    running.more(SOME, SOON).await;
    let verdict = settle(&stack, running).await;
    assert_eq!(verdict.posted_twice().count(), 0, "no gateway was disturbed: {verdict}");
    // The same batch under the same token is the same batch.
    assert_eq!(verdict.inserted_twice().count(), 0, "{verdict}");
}

#[tokio::test]
async fn kafka_may_be_killed_and_nothing_is_accepted_without_it() {
    let broker = PrivateKafka::start().await;
    let deadline = ("BATAUDIT_INGEST_PUBLISH_DEADLINE_MS", "2000".to_owned());
    let plan = Plan { kafka: Some(broker.brokers()), env: vec![deadline], ..Plan::new("faults_kafka") };
    let stack = Stack::start(plan).await;
    let app = stack.application("faults-kafka").await;
    let running = load(&stack, &app);
    running.more(SOME, SOON).await;

    broker.kill().await;
    let began = Instant::now();
    let refused = eventually("posts are refused", SOON, async || {
        let answer =
            app.gateway.post_text("/v1/audit", sample::event("faults-kafka-probe").to_string()).await;
        if answer.status == 202 { Err(format!("{answer:?}")) } else { Ok(answer) }
    })
    .await;
    refused.expect_error(503, "BAT-003");
    assert!(!refused.header("retry-after").is_empty(), "{refused:?}");
    assert!(
        began.elapsed() < Duration::from_secs(6),
        "a post without a broker hung for {:?}",
        began.elapsed()
    );
    let frozen = running.acknowledged();
    for _ in 0..5 {
        let answer =
            app.gateway.post_text("/v1/audit", sample::event("faults-kafka-probe").to_string()).await;
        assert_eq!(answer.status, 503, "{answer:?}");
    }
    assert_eq!(running.acknowledged(), frozen, "acknowledged without a broker");

    broker.up().await;
    running.more(SOME, SOON).await;
    let verdict = settle(&stack, running).await;
    assert_eq!(verdict.inserted_twice().count(), 0, "{verdict}");
}

#[tokio::test]
async fn a_gateway_that_never_saw_a_broker_says_so() {
    let proxy = Proxy::to(&Services::running().kafka).await;
    let stack = Stack::start(Plan::new("faults_bootstrap")).await;
    let app = stack.application("faults-bootstrap").await;
    proxy.close().await;
    let blind = stack.starter().start(
        "ingest",
        "ingest-blind",
        &[("BATAUDIT_KAFKA_BROKERS", proxy.address().to_string())],
    );
    let gateway = bataudit_e2e::gateway::Gateway::new(&blind.url, &app.gateway.key);
    eventually("it lives", SOON, async || {
        let response =
            reqwest::get(format!("{}/live", blind.admin_url)).await.map_err(|error| error.to_string())?;
        holds(response.status() == 200, "not yet")
    })
    .await;
    let response = reqwest::get(format!("{}/ready", blind.admin_url)).await.expect("an answer");
    assert_eq!(response.status(), 503);
    // It knows no keys, so it can neither accept nor refuse one.
    let event = sample::event("faults-bootstrap").to_string();
    let answer = eventually("it answers", SOON, async || {
        let request =
            gateway.request("/v1/audit").header("Content-Type", "application/json").body(event.clone());
        bataudit_e2e::answer::Answer::of(request).await.map_err(|error| error.to_string())
    })
    .await;
    answer.expect_error(503, "BAT-003");
    proxy.open().await;
    eventually("it becomes ready by itself", SOON, async || {
        let response =
            reqwest::get(format!("{}/ready", blind.admin_url)).await.map_err(|error| error.to_string())?;
        holds(response.status() == 200, response.text().await.unwrap_or_default())
    })
    .await;
    gateway.accept(&sample::event("faults-bootstrap")).await;
}

/// As `helm upgrade` does it: one process after another, and gateways are out of the balancer before they go.
#[tokio::test]
async fn a_rolling_restart_refuses_nothing_and_doubles_nothing() {
    let drain = ("BATAUDIT_INGEST_DRAIN_DELAY_MS", "2000".to_owned());
    let plan = Plan { ingests: 2, env: vec![drain], ..Plan::new("faults_rolling") };
    let mut stack = Stack::start(plan).await;
    let name = [("BATAUDIT_PROCESSOR_INSTANCE_ID", "processor-2".to_owned())];
    let mut second = stack.starter().start("processor", "processor-2", &name);
    second.ready().await;
    let app = stack.application("faults-rolling").await;
    let balancer = Balancer::before(&stack.ingests).await;
    let (urls, key, service) = (vec![balancer.url()], app.gateway.key.clone(), app.service.clone());
    let running = Load { urls, key, service, per_second: PER_SECOND }.start();
    running.more(SOME, SOON).await;
    // The first gateway twice: what it refused after its return would be seen while the second is away.
    for number in [0, 1, 0] {
        replace(&mut stack.ingests[number], &running).await;
        balancer.until_all_ready().await;
    }
    for service in [&mut stack.processor, &mut second, &mut stack.sentinel, &mut stack.query_api] {
        replace(service, &running).await;
    }
    for processor in [&stack.processor, &second] {
        eventually("both processors have work", SOON, async || {
            let stored = processor.metric("bataudit_processor_events_inserted_total").await;
            holds(stored > 0.0, processor.process.name())
        })
        .await;
    }
    let verdict = settle(&stack, running).await;
    assert_eq!(verdict.repeated, 0, "posts that were not accepted at once: {verdict}");
    assert_eq!(verdict.duplicates.len(), 0, "an orderly stop repeats nothing: {verdict}");
    assert_eq!((verdict.rows, verdict.acknowledged), (verdict.posted, verdict.posted), "{verdict}");
}

/// Stops a service and starts it anew, with some load while it is away.
async fn replace(service: &mut Service, running: &Running) {
    service.process.stop(SOON).await;
    running.more(SOME / 2, SOON).await;
    service.process.restart();
    service.ready().await;
    running.more(SOME / 2, SOON).await;
}
