//! Processes that die, stand still, or are told to end.

use std::time::Duration;

use nix::sys::signal::Signal;
use rand::Rng as _;
use rand::rngs::StdRng;
use tokio::sync::{Mutex, MutexGuard};

use super::some;
use crate::chaos::catalogue::Part;
use crate::chaos::rig::{Rig, SESSION};
use crate::private_engine::Mood;
use crate::process::Process;
use crate::service::Service;
use crate::wait::lasting;

/// How long a killed part stays away.
const AWAY: std::ops::Range<u64> = 0..600;
/// How much longer than a session a stop lasts.
const BEYOND: Duration = Duration::from_millis(700);
/// How long an orderly end may take.
const ENDED: Duration = Duration::from_secs(20);

pub(super) async fn one<'a>(
    services: &'a [Mutex<Service>; 2],
    random: &mut StdRng,
) -> MutexGuard<'a, Service> {
    services[random.random_range(0..2)].lock().await
}

/// SIGKILL, and a start some time later.
pub(in super::super) async fn kill(rig: &Rig, part: Part, random: &mut StdRng) {
    let mut service = match part {
        Part::Processor => one(&rig.processors, random).await,
        Part::Ingest => one(&rig.ingests, random).await,
        Part::Sentinel => rig.sentinel.lock().await,
        Part::Engine => {
            let mut engine = rig.engine.lock().await;
            engine.process.kill();
            some(AWAY, random).await;
            return engine.up(Mood::Usual).await;
        }
    };
    service.process.kill();
    some(AWAY, random).await;
    service.process.restart();
}

/// SIGKILL of both processors at once.
pub(in super::super) async fn kill_processors(rig: &Rig, random: &mut StdRng) {
    let (mut first, mut second) = (rig.processors[0].lock().await, rig.processors[1].lock().await);
    first.process.kill();
    second.process.kill();
    some(AWAY, random).await;
    first.process.restart();
    some(0..50, random).await;
    second.process.restart();
}

/// SIGKILL of processors and ClickHouse at once, in any order, as when a machine's memory is gone.
pub(in super::super) async fn kill_processors_and_engine(rig: &Rig, random: &mut StdRng) {
    let mut engine = rig.engine.lock().await;
    let (mut first, mut second) = (rig.processors[0].lock().await, rig.processors[1].lock().await);
    let engine_first = random.random();
    if engine_first {
        engine.process.kill();
        some(0..20, random).await;
    }
    first.process.kill();
    second.process.kill();
    if !engine_first {
        some(0..20, random).await;
        engine.process.kill();
    }
    some(AWAY, random).await;
    first.process.restart();
    second.process.restart();
    some(AWAY, random).await;
    engine.up(Mood::Usual).await;
}

/// SIGSTOP for longer than a session, and SIGCONT.
pub(in super::super) async fn stop(rig: &Rig, part: Part, random: &mut StdRng) {
    match part {
        Part::Processor => stand_still(&one(&rig.processors, random).await.process).await,
        Part::Ingest => stand_still(&one(&rig.ingests, random).await.process).await,
        Part::Sentinel => stand_still(&rig.sentinel.lock().await.process).await,
        Part::Engine => {
            let engine = rig.engine.lock().await;
            stand_still(&engine.process).await;
            engine.ready().await;
        }
    }
}

async fn stand_still(process: &Process) {
    process.signal(Signal::SIGSTOP);
    lasting(SESSION + BEYOND).await;
    process.signal(Signal::SIGCONT);
}

/// SIGTERM in the middle of work, and a start.
pub(in super::super) async fn end(rig: &Rig, part: Part, random: &mut StdRng) {
    let mut service = match part {
        Part::Processor => one(&rig.processors, random).await,
        Part::Ingest => one(&rig.ingests, random).await,
        Part::Sentinel => rig.sentinel.lock().await,
        Part::Engine => {
            let mut engine = rig.engine.lock().await;
            engine.process.stop(ENDED).await;
            return engine.up(Mood::Usual).await;
        }
    };
    // One that has just been started does not listen to signals yet.
    service.alive_within(ENDED).await;
    service.process.stop(ENDED).await;
    service.process.restart();
}
