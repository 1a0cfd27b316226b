//! One file a part of the line. Each measures its figures and asserts its own counts; none knows the
//! targets.

pub mod ack;
pub mod allocations;
pub mod drain;
pub mod flow;
pub mod gateway;
pub mod growth;
pub mod idle;
pub mod masker;
pub mod outage;
pub mod produce;
pub mod quiet;
pub mod reads;
pub mod takeover;
