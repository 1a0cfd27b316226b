//! Proof by fault injection: a line of its own on real parts, a load that does not wait, faults from a
//! catalogue, and a checker that reads the log itself.
//!
//! A [`campaign`] is a number of rounds on one [`rig`]. In a round the [`load`] posts all the while,
//! faults of one kind, or mixed ones, happen at moments drawn from the seed, and at its end the
//! [`check`] compares three accounts: what was acknowledged, what lies in Kafka's [`log`], and what is in
//! ClickHouse. A kind of fault is a room in `faults`; it knows the rig and nothing of the check.

pub mod campaign;
pub mod catalogue;
pub mod check;
mod faults;
pub mod load;
pub mod log;
pub mod report;
pub mod rig;
pub mod rules;
