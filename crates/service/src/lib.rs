//! How any BatAudit process runs: configuration from the environment, logs, metrics, health, the
//! listeners and the order of a shutdown.
//!
//! Nothing here knows what an event, a project or a key is.

pub mod admin;
pub mod env;
pub mod exemplar;
pub mod health;
pub mod listener;
pub mod metric;
pub mod process;
pub mod shutdown;
pub mod telemetry;
pub mod version;

pub use admin::AdminServer;
pub use env::{ConfigErrors, Env, Field, Secret};
pub use health::{Health, Readiness};
pub use metric::Metric;
pub use shutdown::Shutdown;
pub use version::About;
