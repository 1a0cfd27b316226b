//! Records that can never be stored, and a dead-letter topic that does not take their letters.

use std::time::Duration;

use bataudit_kafka::Connection;
use rand::Rng as _;
use rand::rngs::StdRng;
use rdkafka::admin::{AdminClient, AdminOptions, AlterConfig, ResourceSpecifier};
use rdkafka::client::DefaultClientContext;

use super::some;
use crate::chaos::rig::Rig;
use crate::kafka;
use crate::wait::{eventually, holds};

const ANSWER: Duration = Duration::from_secs(30);

/// A record that no gateway wrote.
pub(in super::super) async fn garbage(rig: &Rig, random: &mut StdRng) {
    // Held, so that no broker dies in the meantime: this is our own record, not the load's.
    let kafka = rig.kafka.lock().await;
    let bytes: Vec<u8> = (0..random.random_range(1..200)).map(|_| random.random()).collect();
    kafka::write(&kafka.brokers(), &rig.topics.events, &bytes).await;
}

/// Such a record while the dead-letter topic refuses letters as too large.
pub(in super::super) async fn refused(rig: &Rig, random: &mut StdRng) {
    let kafka = rig.kafka.lock().await;
    limit(rig, "1").await;
    kafka::write(&kafka.brokers(), &rig.topics.events, b"not a record").await;
    some(500..1500, random).await;
    limit(rig, "1048588").await;
}

/// Sets the largest record the dead-letter topic takes.
async fn limit(rig: &Rig, bytes: &str) {
    let client = Connection::plaintext(&rig.brokers).client("bataudit-e2e");
    let admin: AdminClient<DefaultClientContext> = client.create().expect("an admin client");
    let topic = ResourceSpecifier::Topic(&rig.topics.dead_letters);
    let change = AlterConfig::new(topic).set("max.message.bytes", bytes);
    let options = AdminOptions::new().request_timeout(Some(ANSWER));
    eventually("the topic's settings are changed", ANSWER, async || {
        let changed = admin.alter_configs([&change], &options).await.map_err(|error| error.to_string())?;
        holds(changed.iter().all(Result::is_ok), format!("{changed:?}"))
    })
    .await;
}
