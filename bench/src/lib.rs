//! Measures the line against bare denominators in one run on one machine, so that the machine's mood
//! cancels out: a bare HTTP sink, a bare producer, a bare insert, a masker that builds a tree.
//!
//! [`figures`] holds what is measured, one file a part of the line; [`rounds`] and [`cpu`] how;
//! [`load`] sends requests from a process of its own; [`reads`] asks a store of many events; [`report`] makes the table. The services are
//! their release binaries, started as the end-to-end tests start them; pieces are their libraries.
//! Nothing here judges a figure but its target.

pub mod backlog;
pub mod catalogue;
pub mod cpu;
pub mod dom_masker;
pub mod figures;
pub mod line;
pub mod load;
pub mod reads;
pub mod report;
pub mod rounds;
pub mod sample;
pub mod sink;
pub mod topic;
