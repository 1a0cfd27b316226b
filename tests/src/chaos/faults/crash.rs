//! Processors that kill themselves at a step of their protocol, and what ClickHouse is like when the
//! kill hit it instead.

use std::time::Duration;

use rand::Rng as _;
use rand::rngs::StdRng;
use tokio::time::timeout;

use super::process::one;
use crate::chaos::log::Log;
use crate::chaos::rig::Rig;
use crate::service::Service;

/// The variable that arms a processor.
const ARMED: &str = "BATAUDIT_CRASH_AT";
/// How long a processor may take to come to the step at which it kills itself.
const REACHED: Duration = Duration::from_secs(4);
/// Steps that only a processor comes to that has something to repair.
const REPAIRS: [&str; 2] = ["before-repair", "after-repair"];

/// A processor kills itself at a step of its protocol. One that does not come to this step is killed
/// where it is; returns whether it came there.
pub(in super::super) async fn at(rig: &Rig, point: &'static str, random: &mut StdRng) -> bool {
    if REPAIRS.contains(&point) {
        return make_token_without_rows(rig, Some(point)).await;
    }
    let mut service = one(&rig.processors, random).await;
    service.process.kill();
    // What a start comes to once a partition, it may not come to three times.
    let nth = if point == "after-ask" || point == "after-resend" { 1 } else { random.random_range(1..=3) };
    let reached = crash(&mut service, point, nth).await;
    service.process.restart_with(&[(ARMED, None)]);
    reached
}

/// A batch has its token in ClickHouse and not its rows, as after a kill at the wrong moment: the
/// re-send is swallowed, and only a repair brings the rows back.
pub(in super::super) async fn token_without_rows(rig: &Rig, _random: &mut StdRng) -> bool {
    make_token_without_rows(rig, None).await
}

async fn make_token_without_rows(rig: &Rig, then: Option<&str>) -> bool {
    let engine = rig.engine.lock().await;
    let (mut first, mut second) = (rig.processors[0].lock().await, rig.processors[1].lock().await);
    first.process.kill();
    let inserted = crash(&mut first, "after-insert", 2).await;
    second.process.kill();
    // Nobody inserts now, and whatever lies after the committed offsets is an unfinished batch.
    let progress = Log::new(&rig.brokers, &rig.topics).progress().await.expect("an answer of Kafka");
    for (partition, progress) in (0..).zip(progress) {
        let from = progress.committed.unwrap_or(0);
        let partition: i32 = partition;
        let rows = format!("k_partition = {partition} AND k_offset >= {from}");
        rig.clickhouse.ask(&format!("DELETE FROM events WHERE {rows}")).await;
    }
    drop(engine);
    let reached = match then {
        Some(point) => crash(&mut first, point, 1).await,
        None => inserted,
    };
    first.process.restart_with(&[(ARMED, None)]);
    second.process.restart();
    reached
}

/// Starts a processor that has ended, and waits until it has killed itself; returns whether it did.
async fn crash(service: &mut Service, point: &str, nth: u32) -> bool {
    service.process.restart_with(&[(ARMED, Some(format!("{point}:{nth}")))]);
    let reached = timeout(REACHED, service.process.wait(REACHED * 2)).await.is_ok();
    if !reached {
        service.process.kill();
    }
    reached
}
