//! Traces: what happened to single requests, step by step, as spans for an OpenTelemetry collector.
//!
//! In: the `traceparent` of a request, or chance. Out: spans over OTLP, and headers that carry the trace to the next
//! process. Off unless an endpoint is configured; then a [`Tracer`] is one branch and nothing else.
//!
//! `config` → [`Tracer`] decides which requests are followed → [`Span`] takes only what [`Attribute`] allows →
//! `queue` holds what has ended → `export` sends it. A collector that is slow or away costs spans, never a request:
//! what has no place in the queue is dropped and counted.

mod attribute;
mod config;
mod context;
mod export;
mod metrics;
mod queue;
#[cfg(feature = "receiver")]
pub mod receiver;
mod running;
mod span;
mod tracer;

pub use self::metrics::{METRICS, untraced};
pub use attribute::{ALLOWED, Attribute};
pub use config::{Config, ENDPOINT, FIELDS, HEADERS, QUEUE_SPANS, RATIO, TIMEOUT_MS};
pub use context::{Headers, Remote, TRACEPARENT, TRACESTATE};
pub use running::Tracing;
pub use span::{Kind, Span};
pub use tracer::Tracer;
