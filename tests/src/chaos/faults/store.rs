//! A ClickHouse that answers, and refuses to write.

use rand::rngs::StdRng;

use super::some;
use crate::chaos::rig::Rig;
use crate::private_engine::Mood;

/// Kills ClickHouse, starts it in a mood in which it refuses every insert, and some time later as usual.
pub(in super::super) async fn refuse(rig: &Rig, mood: Mood, random: &mut StdRng) {
    let mut engine = rig.engine.lock().await;
    engine.process.kill();
    engine.up(mood).await;
    some(800..2000, random).await;
    engine.process.kill();
    engine.up(Mood::Usual).await;
}
