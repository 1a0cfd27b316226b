//! Bad weather between two parts.

use std::time::Duration;

use rand::Rng as _;
use rand::rngs::StdRng;
use tokio::sync::Mutex;

use super::some;
use crate::chaos::catalogue::Link;
use crate::chaos::rig::{INSERT_TIMEOUT, Rig, Spell};
use crate::fault_proxy::{FaultProxy, Weather};
use crate::wait::lasting;

/// A gateway answers 503 after 10 s.
const GIVEN_UP: Duration = Duration::from_secs(11);

/// Sets the weather of a link for a while.
///
/// # Panics
/// When the line has no such link: clusters have none.
pub(in super::super) async fn weather(rig: &Rig, link: Link, weather: Weather, random: &mut StdRng) {
    let link = proxy(rig, link).lock().await;
    let timeout = u64::try_from(INSERT_TIMEOUT.as_millis()).expect("some seconds");
    let lasts = match weather {
        // Longer than an insert may take, so that it is given up and sent again.
        Weather::NoAnswer | Weather::Still | Weather::HalfOpen => timeout + 100..timeout + 1200,
        _ => 300..1500,
    };
    let weather = match weather {
        Weather::CutRequest(most) => Weather::CutRequest(random.random_range(0..most * 8)),
        other => other,
    };
    let spell = Spell::cast(&link, weather);
    some(lasts, random).await;
    drop(spell);
}

/// Sets the weather of a link for longer than a gateway waits for Kafka.
pub(in super::super) async fn long(rig: &Rig, link: Link, weather: Weather) {
    let link = proxy(rig, link).lock().await;
    let spell = Spell::cast(&link, weather);
    lasting(GIVEN_UP).await;
    drop(spell);
}

fn proxy(rig: &Rig, link: Link) -> &Mutex<FaultProxy> {
    match link {
        Link::Store => &rig.store_link,
        Link::IngestKafka => rig.ingest_link.as_ref().expect("a line with one broker"),
        Link::ProcessorKafka => rig.processor_link.as_ref().expect("a line with one broker"),
    }
}
