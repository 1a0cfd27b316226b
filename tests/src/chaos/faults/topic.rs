//! The events topic, deleted with what nobody had read and made anew: this loses events by design. The
//! processors must say how many, refuse the log they do not know, and go on when an operator says so.

use std::time::Duration;

use bataudit_kafka::Connection;
use bataudit_kafka::topics::{TopicLayout, create};
use nix::sys::signal::Signal;
use rand::rngs::StdRng;
use rdkafka::admin::{AdminClient, AdminOptions};
use rdkafka::client::DefaultClientContext;

use super::some;
use crate::chaos::log::{Log, Progress};
use crate::chaos::rig::{Life, PARTITIONS, Rig, Spell};
use crate::fault_proxy::Weather;
use crate::service::Service;
use crate::wait::{eventually, holds};

const ANSWER: Duration = Duration::from_secs(30);
/// How long processors may take to notice: the client asks for the topic anew when a fetch fails.
const NOTICED: Duration = Duration::from_secs(60);
/// How long an orderly end may take.
const ENDED: Duration = Duration::from_secs(20);
/// Records of each partition that wait unread.
const UNREAD: i64 = 3;
/// The variable that names the life of the topic.
pub(super) const EPOCH: &str = "BATAUDIT_PROCESSOR_STREAM_EPOCH";

/// The topic is made anew while records wait that ClickHouse could not take, and no gateway writes. An
/// operator then does what the processors ask for.
pub(in super::super) async fn made_anew(rig: &Rig, random: &mut StdRng) {
    let _kafka = rig.kafka.lock().await;
    let _third = rig.third.lock().await;
    let link = rig.store_link.lock().await;
    let (mut one, mut two) = (rig.ingests[0].lock().await, rig.ingests[1].lock().await);
    let (mut first, mut second) = (rig.processors[0].lock().await, rig.processors[1].lock().await);
    let log = Log::new(&rig.brokers, &rig.topics);
    until(&log, "something is stored of every partition", |at| at.committed.unwrap_or(0) > at.low).await;
    let spell = Spell::cast(&link, Weather::Closed);
    until(&log, "records wait unread", |at| at.high - at.committed.unwrap_or(0) >= UNREAD).await;
    one.process.kill();
    two.process.kill();
    let ends = known_by_all(&log, [&first, &second]).await;
    let entries = log.entries(&vec![0; usize::try_from(PARTITIONS).expect("few")]).await;
    make_anew(rig, &log, &ends).await;
    drop(spell);
    one.process.restart();
    two.process.restart();
    let epoch = rig.epoch();
    refused(rig, epoch).await;
    some(0..1500, random).await;
    for processor in [&mut *first, &mut *second] {
        processor.process.signal(Signal::SIGTERM);
    }
    for processor in [&mut *first, &mut *second] {
        processor.process.wait(ENDED).await;
        processor.process.restart_with(&[(EPOCH, Some((epoch + 1).to_string()))]);
    }
    rig.bury(Life { epoch, entries, ends }).await;
}

async fn until(log: &Log, what: &str, holds_of: fn(&Progress) -> bool) {
    eventually(what, ANSWER, async || {
        let progress = log.progress().await?;
        holds(progress.iter().all(holds_of), format!("{progress:?}"))
    })
    .await;
}

/// Waits until the processors know where the log ends, which nobody writes to, and returns that.
async fn known_by_all(log: &Log, processors: [&Service; 2]) -> Vec<i64> {
    eventually("the processors know the end of the log", ANSWER, async || {
        let progress = log.progress().await?;
        let unread: i64 = progress.iter().map(|at| at.high - at.committed.unwrap_or(0)).sum();
        let mut known = 0.0;
        for processor in processors {
            known += processor.metric("bataudit_processor_lag_records").await;
        }
        let ends = progress.iter().map(|at| at.high).collect();
        holds(known as i64 == unread, format!("{known} of {unread}")).map(|()| ends)
    })
    .await
}

async fn make_anew(rig: &Rig, log: &Log, ends: &[i64]) {
    let connection = Connection::plaintext(&rig.brokers);
    let admin: AdminClient<DefaultClientContext> =
        connection.client("bataudit-e2e").create().expect("an admin client");
    admin.delete_topics(&[&rig.topics.events], &AdminOptions::new()).await.expect("an answer");
    let layout = TopicLayout { partitions: PARTITIONS, replication: 1, retention_ms: 3_600_000 };
    // A topic is deleted some time after the answer, and until then it exists. BatAudit says something of itself in the
    // new one at once.
    eventually("the topic is made anew", ANSWER, async || {
        create(&connection, &rig.topics, layout).await.map_err(|error| error.to_string())?;
        let progress = log.progress().await?;
        holds(progress.iter().zip(ends).all(|(at, end)| at.high < *end), format!("{progress:?}"))
    })
    .await;
}

/// Waits until every partition has refused the new log.
async fn refused(rig: &Rig, epoch: u32) {
    let sql = format!(
        "SELECT uniqExact(k_partition) FROM loss_incidents WHERE kind = 'topic_recreated' AND stream_epoch = '{epoch}'"
    );
    let all = u64::try_from(PARTITIONS).expect("few");
    eventually("every partition refuses the new log", NOTICED, async || {
        let refused = rig.clickhouse.number(&sql).await;
        holds(refused == all, format!("{refused} do"))
    })
    .await;
}
