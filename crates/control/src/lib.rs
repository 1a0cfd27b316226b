//! The control store: users, sessions, projects, members, API keys, masking rules, and the small rows the services
//! coordinate with (lease, revision). One module a noun; each is plain functions over a [`Store`].
//!
//! One portable SQL runs on SQLite (embedded) and PostgreSQL (production). Nothing here knows HTTP,
//! Kafka or ClickHouse, and no secret is stored: passwords as argon2id, keys as SHA-256.

pub mod anomaly_incidents;
pub mod anomaly_rules;
pub mod clock;
pub mod encryption;
mod error;
pub mod first_start;
pub mod keys;
pub mod lease;
pub mod marks;
pub mod mask_rules;
pub mod members;
pub mod notifications;
pub mod password;
pub mod projects;
pub mod reconciliations;
pub mod revision;
pub mod role;
pub mod sessions;
pub mod store;
pub mod users;

pub use error::{Error, Result};
pub use role::Role;
pub use store::{Config, Store};
