//! The commit that a broker cannot refuse: of a member that is alive and known, for a partition that is
//! another's by now. A processor never sends one, so what it sent before is sent again in its name.

use std::time::Duration;

use nix::sys::signal::Signal;
use rand::Rng as _;
use rand::rngs::StdRng;
use tokio::time::timeout;

use crate::chaos::rig::Rig;
use crate::fault_proxy::{FaultProxy, Member, SentCommit, ask};
use crate::service::Service;
use crate::wait::{eventually, holds};

/// How long all of it may take: a session, two rebalances, and somebody else's fault at the same time.
const LONGEST: Duration = Duration::from_secs(60);
/// How long each turn may take; it is given up before.
const TURN: Duration = Duration::from_secs(120);
/// The error code of a group whose members are being told what they own.
const REBALANCING: i16 = 27;

/// A processor commits, stands still until another has its partitions, comes back, and its old commit
/// comes again under its new membership, before the partition is given back to it. Then both die, so
/// that the next owner begins with the stale intent. Returns whether the broker took the commit.
pub(in super::super) async fn commit(rig: &Rig, random: &mut StdRng) -> bool {
    let Some(link) = &rig.processor_link else { return false };
    let _third = rig.third.lock().await;
    let (mut first, mut second) = (rig.processors[0].lock().await, rig.processors[1].lock().await);
    let link = link.lock().await;
    let first_stops = random.random();
    let (stopped, other) = if first_stops { (&first, &second) } else { (&second, &first) };
    let accepted = timeout(LONGEST, commit_again(rig, &link, stopped, other)).await.unwrap_or(false);
    // It may stand still where this was given up.
    stopped.process.signal(Signal::SIGCONT);
    first.process.kill();
    second.process.kill();
    first.process.restart();
    second.process.restart();
    drop((first, second, link));
    accepted
}

async fn commit_again(rig: &Rig, link: &FaultProxy, stopped: &Service, other: &Service) -> bool {
    let (name, others) = (stopped.process.name(), other.process.name());
    let stale = committed_by(link, name, None).await;
    stopped.process.signal(Signal::SIGSTOP);
    committed_by(link, others, Some(stale.partition)).await;
    let expelled = link.heard().members.get(name).cloned();
    stopped.process.signal(Signal::SIGCONT);
    let member = back_in_group(link, name, expelled).await;
    send(rig, link, (&stale, &member)).await
}

/// Waits until a member commits a partition from now on; any, or this one.
async fn committed_by(link: &FaultProxy, name: &str, partition: Option<i32>) -> SentCommit {
    link.heard().commits.clear();
    eventually("a member commits", TURN, async || {
        let heard = link.heard();
        let is_meant = |commit: &&SentCommit| {
            commit.member.instance == name && partition.is_none_or(|wanted| wanted == commit.partition)
        };
        let found = heard.commits.values().find(is_meant).cloned();
        found.ok_or_else(|| format!("{name} did not commit {partition:?}"))
    })
    .await
}

/// Waits until a member calls itself otherwise than before. One that is about to join has no id yet.
async fn back_in_group(link: &FaultProxy, name: &str, before: Option<Member>) -> Member {
    eventually("the member is in the group again", TURN, async || {
        let now = link.heard().members.get(name).cloned();
        let is_back = now.as_ref().is_some_and(|member| !member.id.is_empty()) && now != before;
        now.filter(|_| is_back).ok_or_else(|| "it is not".to_owned())
    })
    .await
}

/// Sends the stale commit; `false` where it was refused, or the partition is the member's own again.
async fn send(rig: &Rig, link: &FaultProxy, (stale, member): (&SentCommit, &Member)) -> bool {
    let error = eventually("the broker decides on the stale commit", TURN, async || {
        let answer = ask(&rig.brokers, &stale.as_of(member)).await.map_err(|error| error.to_string())?;
        let error = stale.error_in(&answer);
        holds(error != Some(REBALANCING), "the group is moving partitions").map(|()| error)
    })
    .await;
    let owner = link.heard().commits.get(&stale.partition).map(|commit| commit.member.instance.clone());
    let is_stale = owner.is_some_and(|owner| owner != member.instance);
    rig.note(&format!("the stale commit: error {error:?}, of another's partition: {is_stale}")).await;
    error == Some(0) && is_stale
}
