//! When brokers and we do not trust each other: a certificate that cannot be verified, credentials
//! that are refused. The client library tries again for ever and says so only to its own log; an
//! operator must hear of it, once in a while and not at every attempt.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use rdkafka::ClientContext;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::producer::{BaseProducer, DeliveryResult, Producer, ProducerContext};

use crate::connection::Connection;

/// How long it is left at one line.
const QUIET: Duration = Duration::from_secs(30);

static LAST: Mutex<Option<Instant>> = Mutex::new(None);

/// Logs an error of the client library when it is about trust, and says whether it is. To be called
/// from every client's error callback.
pub fn report(error: &KafkaError, reason: &str) -> bool {
    let is_trust = is_about_trust(error, reason);
    if is_trust && is_due() {
        tracing::error!(
            reason,
            "Kafka and this process do not trust each other; see BATAUDIT_KAFKA_SECURITY_PROTOCOL, _SSL_ and _SASL_."
        );
    }
    is_trust
}

fn is_about_trust(error: &KafkaError, reason: &str) -> bool {
    // A broker that does not want our certificate says so after the handshake, and the client library
    // takes it for any other failure of the connection.
    reason.contains("SSL routines")
        || matches!(
            error.rdkafka_error_code(),
            Some(
                RDKafkaErrorCode::SSL
                    | RDKafkaErrorCode::Authentication
                    | RDKafkaErrorCode::SaslAuthenticationFailed
            )
        )
}

fn is_due() -> bool {
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    let due = last.is_none_or(|last| last.elapsed() >= QUIET);
    if due {
        *last = Some(Instant::now());
    }
    due
}

/// Tries to reach the brokers once and tells why there is no trust, where that is what is wrong. The
/// client for administration hears of nothing but time-outs. Blocks for `patience` at most, twice.
pub fn find(connection: &Connection, patience: Duration) -> Option<String> {
    let producer: BaseProducer<Listener> =
        connection.client("bataudit-first-contact").create_with_context(Listener::default()).ok()?;
    let answer = producer.client().fetch_metadata(None, patience);
    let until = Instant::now() + patience;
    while answer.is_err() && Instant::now() < until {
        producer.poll(Duration::from_millis(50));
        if let Some(heard) = producer.context().heard() {
            return Some(heard);
        }
    }
    None
}

/// Keeps the last reason for mistrust.
#[derive(Default)]
struct Listener(Mutex<Option<String>>);

impl Listener {
    fn heard(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl ClientContext for Listener {
    fn error(&self, error: KafkaError, reason: &str) {
        if is_about_trust(&error, reason) {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(reason.to_owned());
        }
    }
}

impl ProducerContext for Listener {
    type DeliveryOpaque = ();

    fn delivery(&self, _: &DeliveryResult<'_>, (): ()) {}
}
