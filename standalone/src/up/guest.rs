//! What another command runs beside a whole installation: the demo.
//!
//! In: where everything is, once it is ready. Out: nothing until the guest is done; an error of its ends all.

use std::future::Future;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::pin::Pin;

use bataudit_kafka::{Connection as Kafka, Topics};

use super::credentials::Credentials;

/// Where everything is, as seen from this machine.
#[derive(Debug)]
pub(crate) struct Ready {
    /// Ingest.
    pub(crate) ingest: SocketAddr,
    /// The API and the dashboard.
    pub(crate) query_api: SocketAddr,
    /// The admin listener.
    pub(crate) admin: SocketAddr,
    /// The broker.
    pub(crate) kafka: Kafka,
    /// Its topics.
    pub(crate) topics: Topics,
    /// The data folder.
    pub(crate) data: PathBuf,
    /// What the first start made and nobody has seen.
    pub(crate) unshown: Option<Credentials>,
}

/// Begins when all is ready. What it leaves undone when it is dropped must not matter.
pub(crate) type Guest =
    Box<dyn FnOnce(Ready) -> Pin<Box<dyn Future<Output = anyhow::Result<()>> + Send>> + Send>;
