//! The processor: events from Kafka, masked, into ClickHouse.
//!
//! The path of a record is the order of the rooms: `source` reads it, [`decode`] finds its events,
//! [`mask`] takes the secrets out by [`rules`], [`batch`] collects rows as [`columns`], [`write`](mod@write) inserts them, [`commit`] tells
//! Kafka. [`convert`] joins the pure steps, [`lane`] runs the line of one partition, [`run`](mod@run)
//! wires everything. What can never be stored goes to [`dead_letter`]; what a client posted twice is
//! found by [`repeat`]. What a trace sees of all that is in [`traced`].
//!
//! Every event ends as exactly one of: inserted, dead-lettered, a repeat of an inserted one, or still uncommitted in Kafka. Before a
//! batch is stored its borders are committed as an [`intent`]; whoever reads the partition next finds it,
//! asks the table, and brings the batch to its end ([`recover`]). What went wrong outside is an
//! [`incident`].

pub mod batch;
pub mod columns;
pub mod commit;
pub mod config;
pub mod convert;
pub mod crash;
pub mod dead_letter;
pub mod decode;
#[cfg(test)]
mod doubles;
pub mod incident;
pub mod intent;
pub mod lane;
mod metrics;
pub mod record;
pub mod recover;
pub mod repeat;
pub mod route;
pub mod row;
pub mod rules;
pub mod run;
mod source;
pub mod traced;
pub mod write;

pub use bataudit_mask as mask;
pub use config::{Config, FIELDS};
pub use metrics::METRICS;
pub use run::{Error, run};

/// What the program says of itself.
#[must_use]
pub fn about() -> bataudit_service::About {
    bataudit_service::About {
        program: "bataudit-processor",
        version: env!("CARGO_PKG_VERSION"),
        commands: &[],
        works_with: vec![
            ("clickhouse schema", bataudit_store::schema::latest().to_owned()),
            ("records", bataudit_event::record::format()),
        ],
    }
}
