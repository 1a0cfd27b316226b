//! The data contract of BatAudit: what an event is, what its fields may hold, how events travel
//! through Kafka, and what the gateway knows about keys and projects.
//!
//! Pure: no I/O, no clock, no async. Ingest writes [`record`]s, the processor reads them; sentinel
//! writes [`access`] entries, ingest reads them.

pub mod access;
pub mod dead_letter;
pub mod environment;
pub mod event;
pub mod id;
pub mod key;
pub mod limits;
pub mod record;
pub mod time;

pub use event::Event;
