//! A campaign: rounds of faults on a line, each checked at its end.
//!
//! Which faults happen in a round, to whom and when, is drawn from the seed, the kind and the number of
//! the round among those of its kind; so one kind alone, with the same seed, sees the same rounds.

use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use tokio::sync::Mutex;
use tokio::task::{JoinSet, LocalSet};

use super::catalogue::{self, Kind};
use super::check::{Checker, Done, Verdict};
use super::load::{self, Numbers};
use super::rig::Rig;
use crate::binaries;
use crate::wait::lasting;

/// Faults of one round: enough that the check at its end costs little, few enough to look through.
const FAULTS_A_ROUND: usize = 20;
/// Rounds of one kind are shorter, so that each has several.
const FAULTS_ALONE: usize = 10;
/// Faults at the same time.
const AT_A_TIME: usize = 2;
/// Pause before a fault.
const PAUSE: std::ops::Range<u64> = 20..700;
/// How often a fault is tried that did not come about.
const TRIES: u64 = 3;
/// How long the load may take to be accepted again.
const ACCEPTED_AGAIN: Duration = Duration::from_secs(180);
/// Events of a line that works, before and after the faults.
const SOME: u64 = 100;
/// Of all faults, one in so many is in a round of its kind alone; the others are mixed.
const ALONE_OF: (usize, usize) = (3, 5);
/// The name of mixed rounds.
pub const MIXED: &str = "mixed";
/// The name of mixed rounds in which Kafka deletes unread records.
pub const MIXED_WITH_CUTS: &str = "mixed-with-cuts";
/// Of the faults that are mixed, one in so many is in such a round.
const WITH_CUTS_OF: usize = 8;

/// A round to come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Round {
    /// The kind's name, or [`MIXED`].
    pub name: &'static str,
    /// Brokers of its line.
    pub brokers: u16,
    /// What happens, and the seed of each.
    pub faults: Vec<(Kind, u64)>,
    /// What everything in it is drawn from.
    pub seed: u64,
}

/// How a round ended.
#[derive(Debug)]
pub struct Outcome {
    /// The round.
    pub round: Round,
    /// What the check found; why there is none when the round broke.
    pub verdict: Result<Verdict, String>,
    /// Where the logs of a failed round are.
    pub kept: Option<PathBuf>,
}

impl Outcome {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.verdict.as_ref().is_ok_and(Verdict::is_clean)
    }
}

/// The rounds of a number of faults: each kind alone by its weight, and mixed ones.
#[must_use]
pub fn plan(faults: usize, seed: u64) -> Vec<Round> {
    let kinds = catalogue::all();
    let weights: usize = kinds.iter().map(|kind| kind.weight as usize).sum();
    let alone = faults * ALONE_OF.0 / ALONE_OF.1;
    let mut rounds = Vec::new();
    for kind in &kinds {
        let times = (alone * kind.weight as usize).div_ceil(weights);
        rounds.extend(only(*kind, times, seed));
    }
    let done: usize = rounds.iter().map(|round| round.faults.len()).sum();
    let left = faults.saturating_sub(done);
    rounds.extend(mixed_with_cuts(left / WITH_CUTS_OF, seed));
    rounds.extend(mixed(left - left / WITH_CUTS_OF, seed));
    // One line after the other, and all rounds of one line together.
    rounds.sort_by_key(|round| round.brokers);
    rounds
}

/// Rounds of one kind.
#[must_use]
pub fn only(kind: Kind, times: usize, seed: u64) -> Vec<Round> {
    let rounds = (0..times.div_ceil(FAULTS_ALONE)).map(|number| {
        let count = FAULTS_ALONE.min(times - number * FAULTS_ALONE);
        let seed = derived(seed, kind.name, number);
        let faults = (0..count).map(|fault| (kind, derived(seed, kind.name, fault))).collect();
        Round { name: kind.name, brokers: kind.brokers, faults, seed }
    });
    rounds.collect()
}

/// Rounds in which any kind for one broker may happen, but for those that take from the log.
#[must_use]
pub fn mixed(times: usize, seed: u64) -> Vec<Round> {
    // What Kafka has deleted can repair nothing: with a token without rows, the rollups would keep what
    // the table has lost.
    mix_of(MIXED, |kind| !kind.takes_from_the_log(), times, seed)
}

/// Rounds in which Kafka deletes unread records, among all kinds that this leaves reparable.
#[must_use]
pub fn mixed_with_cuts(times: usize, seed: u64) -> Vec<Round> {
    mix_of(MIXED_WITH_CUTS, Kind::needs_no_log, times, seed)
}

fn mix_of(name: &'static str, fits: fn(Kind) -> bool, times: usize, seed: u64) -> Vec<Round> {
    let mut kinds = catalogue::all();
    kinds.retain(|kind| kind.brokers == 1 && fits(*kind));
    let weights: u32 = kinds.iter().map(|kind| kind.weight).sum();
    let rounds = (0..times.div_ceil(FAULTS_A_ROUND)).map(|number| {
        let count = FAULTS_A_ROUND.min(times - number * FAULTS_A_ROUND);
        let seed = derived(seed, name, number);
        let mut random = StdRng::seed_from_u64(seed);
        let mut draw = || {
            let mut left = random.random_range(0..weights);
            let drawn = kinds.iter().find(|kind| {
                let here = left < kind.weight;
                left = left.saturating_sub(kind.weight);
                here
            });
            (*drawn.expect("a weight below the sum"), random.random())
        };
        Round { name, brokers: 1, faults: (0..count).map(|_| draw()).collect(), seed }
    });
    rounds.collect()
}

/// The short form: every kind that is quick, once, in one round.
#[must_use]
pub fn short(seed: u64) -> Round {
    let kinds = catalogue::all().into_iter().filter(|kind| kind.short && kind.brokers == 1);
    let faults = kinds.enumerate().map(|(fault, kind)| (kind, derived(seed, kind.name, fault))).collect();
    Round { name: "short", brokers: 1, faults, seed }
}

fn derived(seed: u64, name: &str, number: usize) -> u64 {
    let mut hasher = DefaultHasher::new();
    (seed, name, number).hash(&mut hasher);
    hasher.finish()
}

/// Runs rounds, each on the line of the one before it while that is sound, and hands on every outcome.
pub async fn run(label: &str, rounds: Vec<Round>, mut ended: impl FnMut(&Outcome)) -> Vec<Outcome> {
    let (mut line, mut outcomes): (Option<Line>, _) = (None, Vec::new());
    for round in rounds {
        let usable = line.take().filter(|line| line.brokers == round.brokers);
        let (outcome, sound) = run_round(label, usable, round).await;
        line = sound.filter(|_| outcome.is_clean());
        ended(&outcome);
        outcomes.push(outcome);
    }
    outcomes
}

/// A line and the checker that knows how far it has looked.
struct Line {
    brokers: u16,
    rig: Arc<Rig>,
    checker: Checker,
    numbers: Arc<Numbers>,
}

async fn run_round(label: &str, line: Option<Line>, round: Round) -> (Outcome, Option<Line>) {
    let (label, of) = (label.to_owned(), round.clone());
    let (keep_label, brokers) = (label.clone(), round.brokers);
    // A task of its own: what breaks in it ends the round and not the campaign.
    let local = LocalSet::new();
    let ran = local.spawn_local(async move {
        let mut line = match line {
            Some(line) => line,
            None => Line::start(&label, brokers).await,
        };
        let verdict = line.round(&of).await;
        (verdict, line)
    });
    let (verdict, line) = match local.run_until(ran).await {
        Ok((verdict, line)) => (Ok(verdict), Some(line)),
        Err(broken) => (Err(reason(broken)), None),
    };
    let mut outcome = Outcome { round, verdict, kept: None };
    if !outcome.is_clean() {
        outcome.kept = Some(keep_logs(&keep_label, &outcome.round));
    }
    (outcome, line)
}

impl Line {
    async fn start(label: &str, brokers: u16) -> Self {
        let rig = Arc::new(Rig::start(label, brokers).await);
        let checker = Checker::new(&rig);
        Self { brokers, rig, checker, numbers: Arc::default() }
    }

    async fn round(&mut self, round: &Round) -> Verdict {
        let running = load::start(&self.rig, &self.numbers, round.seed);
        running.more(SOME, ACCEPTED_AGAIN).await;
        let waiting = Arc::new(Mutex::new(round.faults.iter().copied().collect::<VecDeque<_>>()));
        let mut workers = JoinSet::new();
        for _ in 0..AT_A_TIME {
            workers.spawn_local(work(self.rig.clone(), waiting.clone()));
        }
        let mut missed = 0;
        while let Some(worker) = workers.join_next().await {
            missed +=
                worker.unwrap_or_else(|broken| panic!("a fault was not made good again: {}", reason(broken)));
        }
        let ended = self.rig.ended().await;
        assert!(ended.is_empty(), "{ended:?}");
        self.rig.whole().await;
        running.more(SOME, ACCEPTED_AGAIN).await;
        let account = running.stop().await;
        let cuts = std::mem::take(&mut *self.rig.cuts.lock().await);
        let lives = std::mem::take(&mut *self.rig.lives.lock().await);
        let done = Done { cuts, lives };
        let mut verdict = self.checker.check(&self.rig.clickhouse, &account, &done).await;
        verdict.missed = missed;
        verdict
    }
}

/// Lets one fault after the other happen until none waits; returns how many did not come about at all.
async fn work(rig: Arc<Rig>, waiting: Arc<Mutex<VecDeque<(Kind, u64)>>>) -> u64 {
    let mut missed = 0;
    loop {
        let Some((kind, seed)) = waiting.lock().await.pop_front() else { return missed };
        let mut random = StdRng::seed_from_u64(seed);
        lasting(Duration::from_millis(random.random_range(PAUSE))).await;
        if !is_injected(&rig, kind, random).await {
            missed += 1;
        }
    }
}

/// Lets a fault happen, another time where it did not come about.
async fn is_injected(rig: &Arc<Rig>, kind: Kind, mut random: StdRng) -> bool {
    for _ in 0..TRIES {
        rig.note(kind.name).await;
        if kind.inject(rig.clone(), StdRng::seed_from_u64(random.random())).await {
            rig.note(&format!("{} is over", kind.name)).await;
            return true;
        }
        rig.note(&format!("{} did not come about", kind.name)).await;
    }
    false
}

fn reason(broken: tokio::task::JoinError) -> String {
    match broken.try_into_panic() {
        Ok(panic) => match panic.downcast::<String>() {
            Ok(text) => *text,
            Err(panic) => {
                panic.downcast::<&str>().map_or_else(|_| "a panic".to_owned(), |text| (*text).to_owned())
            }
        },
        Err(error) => error.to_string(),
    }
}

fn keep_logs(label: &str, round: &Round) -> PathBuf {
    let kept = binaries::artifact("chaos-failures", &format!("{}-{}", round.name, round.seed));
    binaries::copy_files(&binaries::artifact(label, ""), &kept);
    kept
}

#[cfg(test)]
mod tests;
