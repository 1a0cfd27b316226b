//! The gateway's publisher, in this process, against a bare producer loop. Events come in twenties to the
//! publisher, which makes a record of those that come while one is under way; the loop makes records as
//! large as the publisher's were in the same round, and has as many events under way.

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

/// Events of a submission.
const TOGETHER: usize = 20;
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
    let events = extent.events(1_000_000) as usize / TOGETHER * TOGETHER;
    let look = line.topic()?;
    let (mut ours, mut bare, mut packed) = <(Rounds, Rounds, Rounds)>::default();
    let before = look.events()?;
    for _ in 0..extent.rounds {
        let records = look.records()?;
        ours.push(publish(&publisher, &samples, events).await?);
        let per_record = events / usize::try_from(look.records()? - records)?.max(1);
        packed.push(per_record as f64);
        let target = (brokers.as_str(), topic.as_str(), look.partitions);
        bare.push(tokio::task::block_in_place(|| send(target, &samples, events, per_record))?);
    }
    let (stored, sent) = (look.events()? - before, 2 * events as u64 * u64::from(extent.rounds));
    ensure!(stored == sent, "{sent} events were acknowledged, Kafka has {stored}");
    stop.trigger();
    tokio::task::block_in_place(|| publisher.close());
    let (ours_m, bare_m) = (ours.median() / 1e6, bare.median() / 1e6);
    let note = format!("{ours_m:.2} M/s against {bare_m:.2} M/s, {:.0} events a record", packed.median());
    Ok(vec![Measured::of(("G4", ""), ours.over(&bare)).noting(note)])
}

/// Events per CPU-second of the publisher.
async fn publish(publisher: &KafkaPublisher, samples: &[Sample], events: usize) -> anyhow::Result<f64> {
    let before = cpu::own()?;
    let now = chrono::Utc::now().timestamp_millis();
    let mut under_way: VecDeque<Acknowledgement> = VecDeque::with_capacity(UNDER_WAY);
    for chunk in samples.chunks_exact(TOGETHER).cycle().take(events / TOGETHER) {
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
    (brokers, topic, partitions): (&str, &str, i32),
    samples: &[Sample],
    events: usize,
    per_record: usize,
) -> anyhow::Result<f64> {
    let per_record = per_record.clamp(1, samples.len());
    let under_way = (UNDER_WAY * TOGETHER / per_record).max(1) as u64;
    let producer = Bare::start(brokers, Duration::from_millis(2))?;
    let before = cpu::own()?;
    let (mut value, mut records, mut left) = (Vec::new(), 0_u64, events);
    for chunk in samples.chunks_exact(per_record).cycle() {
        let chunk = &chunk[..left.min(per_record)];
        if chunk.is_empty() {
            break;
        }
        while records - producer.acknowledged() >= under_way {
            producer.poll(Duration::from_millis(1));
        }
        encode(chunk, &mut value);
        producer.send(topic, i32::try_from(records % u64::try_from(partitions)?)?, &value, chunk.len())?;
        records += 1;
        left -= chunk.len();
    }
    producer.flush(records)?;
    Ok(events as f64 / (cpu::own()? - before).as_secs_f64())
}
