//! The control store: users, sessions, projects, members, invites, API keys, masking rules, what people did
//! (outbox), monitors, screens, and the small rows the services coordinate with (lease, revision). One module a noun; each is
//! plain functions over a [`Store`].
//!
//! One portable SQL runs on SQLite (embedded) and PostgreSQL (production). Nothing here knows HTTP,
//! Kafka or ClickHouse, and no secret is stored in clear: passwords as argon2id, keys and tokens as SHA-256, and
//! what must be read again sealed ([`sealing`]).

pub mod actor;
pub mod anomaly_incidents;
pub mod anomaly_rules;
pub mod clock;
pub mod console;
pub mod dead_letters;
pub mod encryption;
pub mod erasures;
mod error;
pub mod exports;
pub mod first_start;
pub mod holds;
pub mod identities;
pub mod imports;
pub mod invites;
pub mod keys;
pub mod lease;
pub mod marks;
pub mod mask_rules;
pub mod members;
pub mod monitors;
pub mod notifications;
pub mod outbox;
pub mod password;
pub mod password_resets;
pub mod personal_tokens;
pub mod pipeline;
pub mod projects;
pub mod reconciliations;
pub mod reports;
pub mod retention;
pub mod revision;
pub mod role;
pub mod screens;
pub mod sealing;
pub mod sessions;
mod single_use;
pub mod store;
pub mod survey;
pub mod throttle;
mod transaction;
pub mod users;
pub mod views;

pub use actor::Actor;
pub use error::{Error, Result};
pub use role::Role;
pub use store::{Config, Store};
