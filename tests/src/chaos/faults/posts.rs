//! Clients that post everything twice.

use rand::rngs::StdRng;

use super::some;
use crate::chaos::rig::Rig;

/// Every post comes twice for a while; returns whether some were acknowledged twice.
pub(in super::super) async fn twice(rig: &Rig, random: &mut StdRng) -> bool {
    let before = rig.manner.repeated();
    let twice = rig.manner.twice();
    some(1500..4000, random).await;
    drop(twice);
    rig.manner.repeated() > before
}
