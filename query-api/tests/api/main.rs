//! The API through its router, on the real ClickHouse engine and a SQLite control store.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking, also in what its cases share"
)]

mod access;
mod anomaly;
mod detail;
mod document;
mod fixture;
mod good_request;
mod live;
mod login;
mod masking_rules;
mod outage;
mod paging;
mod people;
mod stats;
mod web;
