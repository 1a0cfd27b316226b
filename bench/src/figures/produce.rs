//! The gateway's publisher, in this process, against a bare producer loop: events come in twenties to
//! both and are acknowledged by the real broker. The loop makes a record of each, the publisher of those
//! that come while one is under way.

use std::collections::VecDeque;
use std::time::Duration;

use anyhow::ensure;
use bataudit_ingest::publish::{Acknowledgement, KafkaPublisher, Publisher as _, Submission};
use bataudit_kafka::Connection;
use bataudit_service::{Env, Health, Shutdown};

use crate::backlog::{Bare, encode};
use crate::catalogue::{Extent, Measured};
use crate::cpu;
use crate::line::Line;
use crate::rounds::Rounds;
use crate::sample::{Sample, Samples};

const PER_RECORD: usize = 20;
/// Submissions that wait for their acknowledgement at one time.
const UNDER_WAY: usize = 512;
const SEED: u64 = 4;
const STARTED: Duration = Duration::from_secs(15);

/// G4.
///
/// # Errors
/// When a record is not acknowledged.
pub async fn run(extent: Extent) -> anyhow::Result<Vec<Measured>> {
    let line = Line::gateway("bench_produce", &[]).await?;
    let (brokers, topic) = (line.stack.brokers.clone(), line.stack.topics.events.clone());
    let (health, stop) = (Health::new(), Shutdown::new());
    let config = bataudit_ingest::Config::from_env(&mut Env::from_pairs::<&str, &str>([])).publish;
    let publisher = KafkaPublisher::start(
        &Connection::plaintext(&brokers),
        &topic,
        config,
        health.part("publish"),
        stop.clone(),
    )?;
    bataudit_e2e::wait::eventually("the publisher is ready", STARTED, async || {
        bataudit_e2e::wait::holds(health.is_ready(), "not yet")
    })
    .await;
    let samples: Vec<Sample> = Samples::of(SEED).take(20_000).collect();
    let events = extent.events(1_000_000) as usize / PER_RECORD * PER_RECORD;
    let look = line.topic()?;
    let (mut ours, mut bare) = (Rounds::default(), Rounds::default());
    let before = look.events()?;
    for _ in 0..extent.rounds {
        ours.push(publish(&publisher, &samples, events).await?);
        bare.push(tokio::task::block_in_place(|| send(&brokers, &topic, look.partitions, &samples, events))?);
    }
    let (stored, sent) = (look.events()? - before, 2 * events as u64 * u64::from(extent.rounds));
    ensure!(stored == sent, "{sent} events were acknowledged, Kafka has {stored}");
    stop.trigger();
    tokio::task::block_in_place(|| publisher.close());
    let note = format!("{:.2} M/s against {:.2} M/s", ours.median() / 1e6, bare.median() / 1e6);
    Ok(vec![Measured::of(("G4", ""), ours.over(&bare)).noting(note)])
}

/// Events per CPU-second of the publisher.
async fn publish(publisher: &KafkaPublisher, samples: &[Sample], events: usize) -> anyhow::Result<f64> {
    let before = cpu::own()?;
    let now = chrono::Utc::now().timestamp_millis();
    let mut under_way: VecDeque<Acknowledgement> = VecDeque::with_capacity(UNDER_WAY);
    for chunk in samples.chunks_exact(PER_RECORD).cycle().take(events / PER_RECORD) {
        if under_way.len() == UNDER_WAY
            && let Some(oldest) = under_way.pop_front()
        {
            oldest.await?;
        }
        let events = chunk.iter().map(|sample| sample.event("bench", now)).collect();
        under_way.push_back(publisher.publish(&Submission { events, ..Submission::default() }));
    }
    for acknowledgement in under_way {
        acknowledgement.await?;
    }
    Ok(events as f64 / (cpu::own()? - before).as_secs_f64())
}

/// Events per CPU-second of the bare loop.
fn send(
    brokers: &str,
    topic: &str,
    partitions: i32,
    samples: &[Sample],
    events: usize,
) -> anyhow::Result<f64> {
    let producer = Bare::start(brokers, Duration::from_millis(2))?;
    let before = cpu::own()?;
    let (mut value, mut records) = (Vec::new(), 0_u64);
    for chunk in samples.chunks_exact(PER_RECORD).cycle().take(events / PER_RECORD) {
        while records - producer.acknowledged() >= UNDER_WAY as u64 {
            producer.poll(Duration::from_millis(1));
        }
        encode(chunk, &mut value);
        producer.send(topic, i32::try_from(records % u64::try_from(partitions)?)?, &value, PER_RECORD)?;
        records += 1;
    }
    producer.flush(records)?;
    Ok(events as f64 / (cpu::own()? - before).as_secs_f64())
}
