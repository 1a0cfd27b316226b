//! What the services find ready when they start: schema, control store, topics.
//!
//! In: where the three are. Out: all of them up to date. Every step may be repeated, and changes nothing when there is
//! nothing to do.

use std::future::Future;
use std::time::Duration;

use anyhow::Context as _;
use bataudit_control::Store;
use bataudit_kafka::topics::TopicLayout;
use bataudit_kafka::{Connection as Kafka, Topics, topics};
use bataudit_service::Env;
use bataudit_store::{Connection as ClickHouse, schema};
use tokio::time::{Instant, sleep};
use tracing::{info, warn};

use crate::reason;

/// The wait between two attempts.
const AGAIN_AFTER: Duration = Duration::from_millis(500);

/// Where the stores are, and how topics are laid out.
#[derive(Debug, Clone)]
pub(crate) struct Stores {
    /// ClickHouse, as the user that makes the schema.
    pub(crate) clickhouse: ClickHouse,
    /// The control store.
    pub(crate) control: bataudit_control::Config,
    /// The brokers.
    pub(crate) kafka: Kafka,
    /// Names of the topics.
    pub(crate) topics: Topics,
    /// Their partitions and copies.
    pub(crate) layout: TopicLayout,
}

impl Stores {
    /// Reads the variables; problems are left in `env`.
    pub(crate) fn from_env(env: &mut Env) -> Self {
        Self {
            clickhouse: ClickHouse::from_env(env),
            control: bataudit_control::Config::from_env(env),
            kafka: Kafka::from_env(env),
            topics: Topics::from_env(env),
            layout: TopicLayout::from_env(env),
        }
    }

    /// Brings all three up to date at the same time, waiting up to `patience` for each to answer. Returns the control
    /// store, open.
    pub(crate) async fn prepare(&self, patience: Duration) -> anyhow::Result<Store> {
        let deadline = Instant::now() + patience;
        let clickhouse = retry("ClickHouse", deadline, || schema::migrate(&self.clickhouse));
        let control = retry("the control store", deadline, || async {
            let store = Store::connect(&self.control).await?;
            store.migrate().await?;
            Ok::<_, bataudit_control::Error>(store)
        });
        let topics = retry("Kafka", deadline, || topics::create(&self.kafka, &self.topics, self.layout));
        let (applied, store, ()) = tokio::try_join!(clickhouse, control, topics)?;
        info!(migrations = applied.len(), "Schema, control store and topics are up to date.");
        Ok(store)
    }
}

/// Repeats `attempt` until it succeeds or the deadline has passed. Each new reason is reported once: an operator sees
/// at once whether this waits for a service or for a password.
async fn retry<T, E, F>(what: &str, deadline: Instant, mut attempt: impl FnMut() -> F) -> anyhow::Result<T>
where
    E: std::error::Error + Send + Sync + 'static,
    F: Future<Output = Result<T, E>>,
{
    let mut reported = String::new();
    loop {
        let error = match attempt().await {
            Ok(done) => return Ok(done),
            Err(error) => error,
        };
        if Instant::now() + AGAIN_AFTER >= deadline {
            return Err(error).with_context(|| format!("{what} could not be prepared"));
        }
        let reason = reason::of(&error);
        if reason != reported {
            warn!(%reason, "Not ready yet: {what}. Trying again.");
            reported = reason;
        }
        sleep(AGAIN_AFTER).await;
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_comes_up_late_is_waited_for() {
        let mut attempts = 0;
        let deadline = Instant::now() + Duration::from_secs(60);
        let done = retry("Kafka", deadline, || {
            attempts += 1;
            let answer = if attempts < 5 { Err(io::Error::other("no broker")) } else { Ok(7) };
            async move { answer }
        });
        assert_eq!(done.await.unwrap(), 7);
    }

    #[tokio::test(start_paused = true)]
    async fn what_never_comes_up_is_named_with_the_reason() {
        let deadline = Instant::now() + Duration::from_secs(60);
        let never = retry("Kafka", deadline, || async { Err::<(), _>(io::Error::other("no broker")) });
        let error = never.await.unwrap_err();
        assert_eq!(reason::of(error.as_ref()), "Kafka could not be prepared: no broker");
    }
}
