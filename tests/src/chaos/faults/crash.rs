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
use crate::wait::{eventually, holds, lasting};

/// The variable that arms a processor.
const ARMED: &str = "BATAUDIT_CRASH_AT";
/// How long a processor may take to come to the step at which it kills itself: the load goes on, so it
/// comes there once the parts it needs are back.
const REACHED: Duration = Duration::from_secs(30);
/// How long one may take to send again what it left unfinished when it killed itself. Longer is too long:
/// somebody else has got the partition, and has done it.
const RESENT: Duration = Duration::from_secs(10);
/// How often it is made to leave something unfinished.
const TRIES: usize = 3;
/// How long rows may take to be deleted.
const DELETED: Duration = Duration::from_secs(120);
/// How long the processors may take to bring them back, with everything else that goes wrong meanwhile.
const BACK: Duration = Duration::from_secs(120);
const MERGED: Duration = Duration::from_secs(120);
/// Parts of a day that a deletion goes through in a moment.
const FEW: u64 = 5;
/// Steps that only a processor comes to that has something to repair.
pub(in super::super) const REPAIRS: [&str; 2] = ["before-repair", "after-repair"];
/// Steps that come when no batch follows: the load must be still now and then.
const LULLS: [&str; 2] = ["before-confirm", "after-confirm"];
/// How long the load goes on, and is still, while a processor is to come to such a step.
const LOUD: Duration = Duration::from_secs(1);
const STILL: Duration = Duration::from_secs(5);

/// A processor kills itself at a step of its protocol. One that does not come to this step is killed
/// where it is; returns whether it came there.
pub(in super::super) async fn at(rig: &Rig, point: &'static str, random: &mut StdRng) -> bool {
    if REPAIRS.contains(&point) {
        return make_token_without_rows(rig, Some(point)).await;
    }
    let mut service = one(&rig.processors, random).await;
    service.process.kill();
    let reached = match point {
        "after-resend" => at_resend(&mut service, point).await,
        // What a start comes to once a partition, it may not come to three times.
        "after-ask" => crash(&mut service, point, 1, REACHED).await,
        _ if LULLS.contains(&point) => {
            let lulls = lulls(rig);
            tokio::select! {
                reached = crash(&mut service, point, 1, 2 * REACHED) => reached,
                () = lulls => false,
            }
        }
        _ => crash(&mut service, point, random.random_range(1..=3), REACHED).await,
    };
    service.process.restart_with(&[(ARMED, None)]);
    reached
}

/// Lets the load be still again and again, for ever.
async fn lulls(rig: &Rig) {
    loop {
        lasting(LOUD).await;
        let still = rig.manner.still();
        lasting(STILL).await;
        drop(still);
    }
}

/// Kills itself once with a batch that is inserted and not confirmed, and again when that was sent anew.
async fn at_resend(service: &mut Service, point: &str) -> bool {
    for _ in 0..TRIES {
        if crash(service, "after-insert", 1, REACHED).await && crash(service, point, 1, RESENT).await {
            return true;
        }
    }
    false
}

/// A batch has its token in ClickHouse and not its rows, as after a kill at the wrong moment: the
/// re-send is swallowed, and only a repair brings the rows back.
pub(in super::super) async fn token_without_rows(rig: &Rig, _random: &mut StdRng) -> bool {
    make_token_without_rows(rig, None).await
}

async fn make_token_without_rows(rig: &Rig, then: Option<&str>) -> bool {
    // A third processor would store, and confirm, what is deleted below; and who overwrites the intent lets the rows come
    // again under another token, while the rollups have them already.
    let (intents, third) = (rig.intents.lock().await, rig.third.lock().await);
    let engine = rig.engine.lock().await;
    let (mut first, mut second) = (rig.processors[0].lock().await, rig.processors[1].lock().await);
    first.process.kill();
    let (mut reached, mut missing) = (false, Vec::new());
    for _ in 0..TRIES {
        let inserted = crash(&mut first, "after-insert", 2, REACHED).await;
        second.process.kill();
        let rows = unconfirmed(rig).await;
        let deleted = delete(rig, &rows).await;
        missing.push((rows, deleted));
        reached = match then {
            Some(point) => inserted && crash(&mut first, point, 1, RESENT).await,
            None => inserted,
        };
        if reached {
            break;
        }
        second.process.restart();
    }
    first.process.restart_with(&[(ARMED, None)]);
    if second.process.ended().is_some() {
        second.process.restart();
    }
    drop((first, second));
    for (rows, deleted) in missing {
        eventually("the rows are back", BACK, async || {
            let back = rig.clickhouse.number(&format!("SELECT count() FROM events WHERE {rows}")).await;
            holds(back >= deleted, format!("{back} of {deleted} rows"))
        })
        .await;
    }
    drop((engine, third, intents));
    reached
}

/// Which rows are of a batch that was begun and is not confirmed. Nobody inserts now. Rows of an earlier life of the topic
/// may have the same offsets, and are of no batch that is under way; nor are those after an offset that somebody else has set
/// back.
async fn unconfirmed(rig: &Rig) -> String {
    let progress = Log::new(&rig.brokers, &rig.topics).progress().await.expect("an answer of Kafka");
    let open = progress.iter().enumerate().filter_map(|(partition, progress)| {
        let (start, end) = progress.committed.zip(progress.open_until)?;
        Some(format!("(k_partition = {partition} AND k_offset >= {start} AND k_offset < {end})"))
    });
    let open: Vec<_> = open.chain(["0".to_owned()]).collect();
    format!("k_epoch = '{}' AND ({})", rig.epoch(), open.join(" OR "))
}

/// Deletes these rows, and returns how many they were.
async fn delete(rig: &Rig, rows: &str) -> u64 {
    let count = async || rig.clickhouse.number(&format!("SELECT count() FROM events WHERE {rows}")).await;
    let deleted = count().await;
    if deleted == 0 {
        return 0;
    }
    // ClickHouse clears a part without rows within a minute and forgets the tokens of what was in it: then what is sent
    // again is taken, and counted by the views a second time. A kill leaves no part that could be cleared.
    rig.clickhouse.ask("ALTER TABLE events MODIFY SETTING remove_empty_parts = 0").await;
    merge(rig).await;
    // It waits for merges under way, which may take longer than any answer should.
    let delete = format!("ALTER TABLE events DELETE WHERE {rows} SETTINGS mutations_sync = 0");
    rig.clickhouse.ask(&delete).await;
    eventually("the rows are deleted", DELETED, async || {
        let left = count().await;
        holds(left == 0, format!("{left} rows"))
    })
    .await;
    deleted
}

/// Merges the parts of each day: a deletion goes through all of them one by one, which takes minutes where they are
/// hundreds.
async fn merge(rig: &Rig) {
    let parts = "SELECT max(parts) FROM (SELECT count() AS parts FROM system.parts \
                 WHERE database = currentDatabase() AND table = 'events' AND active GROUP BY partition)";
    eventually("the parts are merged", MERGED, async || {
        let asked = rig.clickhouse.try_ask("OPTIMIZE TABLE events FINAL").await;
        let parts = rig.clickhouse.number(parts).await;
        holds(parts <= FEW, format!("{parts} parts of a day; {asked:?}"))
    })
    .await;
}

/// Starts a processor that has ended, and waits until it has killed itself; returns whether it did.
async fn crash(service: &mut Service, point: &str, nth: u32, limit: Duration) -> bool {
    service.process.restart_with(&[(ARMED, Some(format!("{point}:{nth}")))]);
    let reached = timeout(limit, service.process.wait(limit * 2)).await.is_ok();
    if !reached {
        service.process.kill();
    }
    reached
}
