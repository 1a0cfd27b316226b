//! The settings of the consumer, and why.

use bataudit_kafka::Connection;
use rdkafka::ClientConfig;

use crate::config::Config;

/// How many times smaller records are on the wire than in memory, at the most that is usual for events.
const COMPRESSED: u32 = 8;

/// A consumer's client.
pub(crate) fn consumer_client(connection: &Connection, config: &Config) -> ClientConfig {
    let mut client = connection.consumer("bataudit-processor");
    client
        .set("group.id", &config.group)
        // Offsets are committed after the insert, and never by the client on its own.
        .set("enable.auto.commit", "false")
        .set("enable.auto.offset.store", "false")
        // An offset that does not exist is an incident, not an invitation to skip or to repeat.
        .set("auto.offset.reset", "error")
        // The classic protocol: with the new one, a static member that was killed is locked out until
        // its session ends. Cooperative: a member that joins stops nobody else.
        .set("group.protocol", "classic")
        .set("partition.assignment.strategy", "cooperative-sticky")
        .set("session.timeout.ms", config.session_timeout.as_millis().to_string())
        .set("heartbeat.interval.ms", (config.session_timeout.as_millis() / 5).to_string())
        // The source polls every few milliseconds, but a synchronous commit may hold it for a session.
        .set("max.poll.interval.ms", (config.session_timeout.as_millis() * 10).max(300_000).to_string())
        // Bounds the memory of what was fetched and not yet polled. It is looked at before each fetch, and what one
        // brings is compressed: so one brings as little as is still enough to keep a lane busy.
        .set("queued.max.messages.kbytes", (config.fetch_bytes / 1024).to_string())
        .set("fetch.message.max.bytes", (config.fetch_bytes / COMPRESSED).to_string())
        .set("fetch.max.bytes", (config.fetch_bytes / COMPRESSED).to_string())
        .set("fetch.min.bytes", "1")
        .set("fetch.error.backoff.ms", "100")
        .set("statistics.interval.ms", "1000");
    if let Some(id) = &config.instance_id {
        client.set("group.instance.id", id);
    }
    client
}
