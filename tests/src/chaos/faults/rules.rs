//! Masking rules that change between two tries of the same batch.

use rand::Rng as _;
use rand::rngs::StdRng;

use super::process::one;
use super::some;
use crate::chaos::rig::{Rig, Spell};
use crate::fault_proxy::Weather;

/// The project's rules change while no insert gets its answer. The batch under way was masked by the old
/// rules, and may be stored; a processor that dies now leaves it to one that masks by the new ones.
pub(in super::super) async fn change(rig: &Rig, random: &mut StdRng) {
    let link = rig.store_link.lock().await;
    let mut service = one(&rig.processors, random).await;
    let weather = [Weather::CutAnswer, Weather::NoAnswer, Weather::Closed][random.random_range(0..3)];
    let spell = Spell::cast(&link, weather);
    some(200..600, random).await;
    rig.rules.change().await;
    if random.random_ratio(2, 3) {
        service.process.kill();
        some(0..300, random).await;
        service.process.restart();
    }
    some(0..600, random).await;
    drop(spell);
}
