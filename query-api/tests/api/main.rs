//! The API through its router, on the real ClickHouse engine and a SQLite control store.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking, also in what its cases share"
)]

mod access;
mod anomaly;
mod arrivals;
mod console;
mod console_period;
mod dead_letters;
mod detail;
mod document;
mod examples;
mod export;
mod filters;
mod fixture;
mod good_request;
mod insights;
mod keeping;
mod key_usage;
mod lenient;
mod live;
mod login;
mod masking_rules;
mod monitors;
mod notifications;
mod oidc;
mod original;
mod orphans;
mod outage;
mod paging;
mod people;
mod pipeline;
mod push;
mod reports;
mod sessions;
mod stats;
mod views;
mod wallboard;
mod web;
