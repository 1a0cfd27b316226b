//! How long a client waits for its 202 at half load, by the clock, against what the broker alone
//! needs for records of the same size at the same rate.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use bataudit_kafka::Connection;
use rdkafka::ClientContext;
use rdkafka::message::DeliveryResult;
use rdkafka::producer::{BaseRecord, Producer as _, ProducerContext, ThreadedProducer};

use crate::backlog::encode;
use crate::catalogue::{Extent, Measured};
use crate::line::Line;
use crate::load::Load;
use crate::rounds::{Rounds, quantile};
use crate::sample::{Sample, Samples};

/// Share of saturation at which latency is measured.
const SHARE: f64 = 0.5;
/// Connections of the open loop: more than are ever busy, so that none waits for another.
const CONNECTIONS: usize = 256;
const SEED: u64 = 17;

/// G17.
///
/// # Errors
/// When a post is refused or a run is void.
pub async fn run(extent: Extent) -> anyhow::Result<Vec<Measured>> {
    let line = Line::gateway("bench_ack", &[]).await?;
    let seconds = extent.seconds(6.0);
    let saturated = Load { seconds, ..line.load()? }.run(line.log("load")).await?;
    let rate = saturated.accepted as f64 / saturated.seconds * SHARE;
    let load = Load { seconds, connections: CONNECTIONS, rate: Some(rate), ..line.load()? };
    let (mut ours, mut bare) = (Rounds::default(), Rounds::default());
    for _ in 0..extent.rounds {
        let outcome = load.run(line.log("load")).await?;
        ensure!(outcome.refused == 0, "{outcome:?}");
        ours.push(outcome.p99);
        let (brokers, topic) = (line.stack.brokers.clone(), line.stack.topics.events.clone());
        let produced = tokio::task::spawn_blocking(move || produce(&brokers, &topic, rate, seconds)).await?;
        bare.push(produced?);
    }
    let note = format!("at {rate:.0} posts/s; bare produce p99 {:.1} ms", bare.median());
    Ok(vec![Measured::of(("G17", ""), ours.over(&bare)).noting(note), Measured::of(("G17", "ack"), ours)])
}

/// Notes how long each record took, from when it was due.
#[derive(Clone, Default)]
struct Latencies(Arc<Mutex<Vec<u64>>>);

impl ClientContext for Latencies {}

impl ProducerContext for Latencies {
    type DeliveryOpaque = Box<Instant>;

    fn delivery(&self, result: &DeliveryResult<'_>, due: Box<Instant>) {
        if result.is_ok() {
            let nanos = u64::try_from(due.elapsed().as_nanos()).unwrap_or(u64::MAX);
            self.0.lock().unwrap_or_else(PoisonError::into_inner).push(nanos);
        }
    }
}

/// The 99th percentile, in milliseconds, of records sent by the clock without linger.
fn produce(brokers: &str, topic: &str, rate: f64, seconds: f64) -> anyhow::Result<f64> {
    let latencies = Latencies::default();
    let mut client = Connection::plaintext(brokers).client("bataudit-bench");
    client.set("acks", "all").set("enable.idempotence", "true").set("linger.ms", "0");
    client.set("compression.type", "zstd").set("compression.level", "1");
    let producer: ThreadedProducer<Latencies> = client.create_with_context(latencies.clone())?;
    let samples: Vec<Sample> = Samples::of(SEED).take(1_000).collect();
    let mut values: VecDeque<Vec<u8>> = samples.iter().map(one).collect();
    let (began, count) = (Instant::now(), (rate * seconds) as u64);
    for turn in 0..count {
        let due = began + Duration::from_secs_f64(turn as f64 / rate);
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        let value = values.pop_front().context("no value")?;
        let record: BaseRecord<'_, (), [u8], _> =
            BaseRecord::with_opaque_to(topic, Box::new(due)).payload(value.as_slice());
        producer.send(record).map_err(|(error, _)| error)?;
        values.push_back(value);
    }
    producer.flush(Duration::from_secs(30))?;
    let mut latencies = latencies.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
    ensure!(latencies.len() as u64 == count, "{} of {count} records were acknowledged", latencies.len());
    latencies.sort_unstable();
    Ok(quantile(&latencies, 0.99) as f64 / 1e6)
}

fn one(sample: &Sample) -> Vec<u8> {
    let mut value = Vec::new();
    encode(std::slice::from_ref(sample), &mut value);
    value
}
