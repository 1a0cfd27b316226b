//! Brokers that die or stand still.

use std::time::Duration;

use nix::sys::signal::Signal;
use rand::Rng as _;
use rand::rngs::StdRng;

use super::some;
use crate::chaos::rig::Rig;
use crate::wait::lasting;

/// Longer than a broker's session with the controller, which is 3 s in tests.
const STANDS_STILL: Duration = Duration::from_millis(4500);

/// SIGKILL of a broker, and a start some time later.
pub(in super::super) async fn kill(rig: &Rig, random: &mut StdRng) {
    let kafka = rig.kafka.lock().await;
    kafka.kill_node(random.random_range(1..=kafka.nodes())).await;
    some(0..1500, random).await;
    kafka.up().await;
}

/// SIGSTOP of a broker, and SIGCONT.
pub(in super::super) async fn stop(rig: &Rig, random: &mut StdRng) {
    let kafka = rig.kafka.lock().await;
    let node = random.random_range(1..=kafka.nodes());
    kafka.signal_node(node, Signal::SIGSTOP);
    lasting(STANDS_STILL).await;
    kafka.signal_node(node, Signal::SIGCONT);
}
