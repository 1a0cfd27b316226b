//! What the access topic should hold, from the control store.

use bataudit_control::{Store, clock, keys, projects};
use bataudit_event::access::{ApiKey, Entry, EntryKey, Project};
use uuid::Uuid;

use super::topic::Entries;

/// Loads every working key and every project. A row whose id is not a UUID cannot have been written
/// by BatAudit and is left out, so that one bad row stops no key.
pub(super) async fn load(store: &Store) -> Result<Entries, bataudit_control::Error> {
    let keys = keys::all_active_for_publish(store, clock::now_ms()).await?;
    let projects = projects::all(store).await?;
    let keys = keys.into_iter().filter_map(|key| {
        let project_id = parse_id("key", &key.project_id)?;
        let entry = ApiKey { project_id, scope: key.scope, origins: key.origins, expires_at: key.expires_at };
        Some((EntryKey::ApiKey(key.hash), Entry::ApiKey(entry)))
    });
    let projects = projects.into_iter().filter_map(|project| {
        let id = parse_id("project", &project.id)?;
        Some((EntryKey::Project(id), Entry::Project(Project { slug: project.slug })))
    });
    Ok(keys.chain(projects).map(|(key, entry)| (key.encode(), entry.encode())).collect())
}

fn parse_id(of: &'static str, text: &str) -> Option<Uuid> {
    let id = Uuid::try_parse(text).ok();
    if id.is_none() {
        tracing::error!(
            of,
            "A row of the control store has a project id that is not a UUID; it is not published."
        );
    }
    id
}
