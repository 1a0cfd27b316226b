//! The faults, one room for each thing they are done to. Each takes the rig, disturbs what it has
//! locked, and leaves it running.

use std::time::Duration;

use rand::Rng as _;
use rand::rngs::StdRng;

use crate::wait::lasting;

pub(super) mod broker;
pub(super) mod clock;
pub(super) mod crash;
pub(super) mod group;
pub(super) mod letters;
pub(super) mod link;
pub(super) mod posts;
pub(super) mod process;
pub(super) mod retention;
pub(super) mod rules;
pub(super) mod stale;
pub(super) mod store;
pub(super) mod topic;

/// Lets a time pass that is drawn from a range of milliseconds.
async fn some(millis: std::ops::Range<u64>, random: &mut StdRng) {
    let time = random.random_range(millis);
    lasting(Duration::from_millis(time)).await;
}
