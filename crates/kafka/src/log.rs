//! How Kafka clients log: an outage is one line of the part that notices it, not
//! one line for every attempt to connect.

use rdkafka::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::ConsumerContext;
use rdkafka::error::KafkaError;

/// Passes the client library's own lines to the log.
#[derive(Debug, Clone, Copy)]
pub struct BrokerLog;

impl ClientContext for BrokerLog {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, line: &str) {
        log_line(level, facility, line);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        crate::refusal::report(&error, reason);
        tracing::debug!(%error, reason, "The Kafka client reports an error.");
    }
}

impl ConsumerContext for BrokerLog {}

/// Writes one line of the client library.
pub fn log_line(level: RDKafkaLogLevel, facility: &str, line: &str) {
    if level as i32 <= RDKafkaLogLevel::Critical as i32 {
        tracing::error!(facility, "{line}");
    } else {
        tracing::debug!(facility, "{line}");
    }
}
