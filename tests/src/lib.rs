//! What the end-to-end tests stand on: the real binaries as processes, the real services behind
//! them, and the clients a user would have.
//!
//! Every test has its own topics, ClickHouse database, control store and ports, and leaves nothing
//! behind. Nothing here knows what a test asserts. A call that cannot do its work panics with a
//! sentence: that is how a test fails.

pub mod answer;
pub mod api;
pub mod balancer;
pub mod binaries;
pub mod bucket;
pub mod certificates;
pub mod chaos;
mod cleanup;
pub mod clickhouse;
pub mod control;
pub mod demo;
pub mod embedded;
pub mod fault_proxy;
pub mod gateway;
pub mod kafka;
pub mod ledger;
pub mod load;
pub mod operator;
pub mod original;
pub mod ports;
pub mod private_engine;
pub mod private_kafka;
pub mod process;
pub mod prometheus;
pub mod proxy;
pub mod raw_http;
pub mod sample;
pub mod secured;
pub mod service;
pub mod services;
pub mod stack;
pub mod terminal;
pub mod tls_proxy;
pub mod wait;
