//! Projects that nobody created: a key of instance scope writes under any service name, and the
//! gateway derives the project's id from it. Here such projects get their row in the control store,
//! so that they have a name, members and keys.

use std::time::Duration;

use bataudit_control::{Store, projects};
use bataudit_event::id::project_id_of_slug;
use bataudit_service::Shutdown;
use bataudit_store::{Connection, StoreError};
use clickhouse::{Client, Row};
use serde::Deserialize;
use uuid::Uuid;

use crate::metrics;

/// How often the newest rollups are searched.
const EVERY: Duration = Duration::from_secs(10);
/// Service names of the last quarter of an hour. A sentinel that was away longer finds a project
/// with its next event.
const SERVICES: &str = "SELECT DISTINCT project_id, service_name FROM stats_minute \
     WHERE bucket >= now() - INTERVAL 15 MINUTE LIMIT 10000";

/// A project and a service that wrote under it.
#[derive(Debug, Deserialize, Row)]
struct Seen {
    project_id: String,
    service_name: String,
}

/// The ClickHouse that is searched.
#[derive(Clone)]
pub(crate) struct Clickhouse {
    connection: Connection,
    client: Client,
}

impl Clickhouse {
    /// Prepares a client; nothing is sent yet.
    #[must_use]
    pub(crate) fn new(connection: Connection) -> Self {
        Self { client: connection.client(), connection }
    }
}

/// Why a search failed; the next one tries again.
#[derive(Debug, thiserror::Error)]
enum DiscoverError {
    #[error(transparent)]
    Query(#[from] StoreError),
    #[error("the control store: {0}")]
    Store(#[from] bataudit_control::Error),
}

/// Adopts new projects until the shutdown.
pub(crate) async fn run(store: Store, clickhouse: Clickhouse, shutdown: Shutdown) {
    while !shutdown.is_triggered() {
        if let Err(error) = adopt_new(&store, &clickhouse).await {
            tracing::warn!(%error, "Could not look for new projects; trying again.");
        }
        tokio::select! {
            () = shutdown.triggered() => {}
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

async fn adopt_new(store: &Store, clickhouse: &Clickhouse) -> Result<(), DiscoverError> {
    let seen = clickhouse.connection.bounded(clickhouse.client.query(SERVICES).fetch_all::<Seen>()).await?;
    let known = projects::all(store).await?;
    for (id, slug) in unknown(&seen, |id| known.iter().any(|project| project.id == id.to_string())) {
        if adopt(store, id, slug).await? {
            metrics::adopted();
            tracing::info!(project = %id, "Adopted a project that a service name made.");
        }
    }
    Ok(())
}

/// Gives a project its row. Somebody may have created another project with that slug since the
/// gateway derived the id; then this one takes a slug of its own, so that its events stay in reach.
async fn adopt(store: &Store, id: Uuid, slug: &str) -> Result<bool, bataudit_control::Error> {
    let text = id.to_string();
    match projects::ensure(store, &text, slug, slug).await {
        Err(bataudit_control::Error::Conflict { .. }) => {
            projects::ensure(store, &text, &format!("{:.91}-{:.8}", slug, text), slug).await
        }
        done => done,
    }
}

/// The projects among these that were derived from their service name and are not known yet. A
/// service that writes under a project's own key is not one: its name does not yield the id.
fn unknown(seen: &[Seen], known: impl Fn(Uuid) -> bool) -> Vec<(Uuid, &str)> {
    seen.iter()
        .filter_map(|row| Some((Uuid::try_parse(&row.project_id).ok()?, row.service_name.as_str())))
        .filter(|(id, slug)| *id == project_id_of_slug(slug) && !known(*id))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adopts_only_ids_derived_from_the_name() {
        let derived = project_id_of_slug("my-api");
        let seen = [
            Seen { project_id: derived.to_string(), service_name: "my-api".to_owned() },
            Seen { project_id: Uuid::from_u128(1).to_string(), service_name: "my-api".to_owned() },
            Seen { project_id: "not an id".to_owned(), service_name: "x".to_owned() },
        ];
        assert_eq!(unknown(&seen, |_| false), [(derived, "my-api")]);
        assert!(unknown(&seen, |id| id == derived).is_empty());
    }
}
