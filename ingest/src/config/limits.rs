//! What a request may hold: its sizes, and the time it may take.

use std::time::Duration;

use bataudit_service::{Env, Field};

use crate::budget;
use crate::respond::room_of_batch;

/// Largest body as received.
pub const MAX_BODY: Field = Field::new(
    "BATAUDIT_INGEST_MAX_BODY_BYTES",
    "8388608",
    "Largest request body as received, compressed or not, in bytes.",
);
/// Largest body after decompression.
pub const MAX_DECOMPRESSED: Field = Field::new(
    "BATAUDIT_INGEST_MAX_DECOMPRESSED_BYTES",
    "16777216",
    "Largest request body after decompression, in bytes.",
);
/// Highest compression ratio.
pub const MAX_RATIO: Field = Field::new(
    "BATAUDIT_INGEST_MAX_COMPRESSION_RATIO",
    "200",
    "How many times its received size a body may grow when decompressed (counted from 1 MiB on).",
);
/// Largest event.
pub const MAX_EVENT: Field = Field::new(
    "BATAUDIT_INGEST_MAX_EVENT_BYTES",
    "1048576",
    "Largest event, in bytes of the JSON of its fields; 4 MiB at most.",
);
/// Most events in one request.
pub const MAX_EVENTS: Field = Field::new(
    "BATAUDIT_INGEST_MAX_BATCH_EVENTS",
    "5000",
    "Most events in one request to /v1/audit/batch; 65535 at most.",
);
/// Memory for requests.
pub const IN_FLIGHT: Field = Field::new(
    "BATAUDIT_INGEST_MAX_IN_FLIGHT_BYTES",
    "67108864",
    "Bytes that all requests being worked on may take: bodies, what connections hold of them, and answers. Beyond it \
     requests get 503, nearly always before they are read.",
);
/// Time for the body.
pub const BODY_TIMEOUT: Field = Field::new(
    "BATAUDIT_INGEST_BODY_TIMEOUT_MS",
    "30000",
    "Time a client has to send its request body, in milliseconds.",
);

/// What a request may hold. Sizes are in bytes.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Body as received.
    pub body: usize,
    /// Body after decompression.
    pub decompressed: usize,
    /// Growth while decompressing.
    pub ratio: usize,
    /// One event.
    pub event: usize,
    /// Events in one request.
    pub events: usize,
    /// All bodies being worked on.
    pub in_flight: usize,
    /// Time for the body.
    pub body_timeout: Duration,
}

impl Limits {
    pub(super) fn from_env(env: &mut Env) -> Self {
        let limits = Self {
            body: env.parse(&MAX_BODY),
            decompressed: env.parse(&MAX_DECOMPRESSED),
            ratio: env.parse(&MAX_RATIO),
            event: env.parse(&MAX_EVENT),
            events: env.parse(&MAX_EVENTS),
            in_flight: env.parse(&IN_FLIGHT),
            body_timeout: env.millis(&BODY_TIMEOUT),
        };
        env.check(limits.body >= 1024, &MAX_BODY, "must be at least 1024");
        env.check(
            limits.decompressed >= limits.body,
            &MAX_DECOMPRESSED,
            format_args!("must be at least {}", MAX_BODY.name),
        );
        env.check(limits.ratio >= 1, &MAX_RATIO, "must be at least 1");
        // A record holds at least one event and must fit into the events topic's max.message.bytes.
        env.check((1024..=4 << 20).contains(&limits.event), &MAX_EVENT, "must be 1024 to 4194304");
        // The position of an event in its record is stored in 16 bits.
        env.check((1..=65_535).contains(&limits.events), &MAX_EVENTS, "must be 1 to 65535");
        let largest = budget::received(limits.body)
            .saturating_add(limits.decompressed)
            .saturating_add(room_of_batch(limits.events));
        let enough = limits.in_flight >= largest && u32::try_from(limits.in_flight).is_ok();
        env.check(
            enough,
            &IN_FLIGHT,
            format_args!(
                "must be at least {largest}, which the largest request takes by {}, {} and {}, and below 4294967296",
                MAX_BODY.name, MAX_DECOMPRESSED.name, MAX_EVENTS.name
            ),
        );
        env.check(!limits.body_timeout.is_zero(), &BODY_TIMEOUT, "must be above 0");
        limits
    }
}
