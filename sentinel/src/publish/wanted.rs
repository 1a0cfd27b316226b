//! What the access topic should hold, from the control store.

use bataudit_control::keys::PublishedKey;
use bataudit_control::{Store, clock, keys, mask_rules, projects};
use bataudit_event::access::{ApiKey, Entry, EntryKey, MaskRules, Project};
use uuid::Uuid;

use super::topic::Entries;

/// Loads every working key, every project and its masking rules. A row whose id is not a UUID cannot have been written
/// by BatAudit and is left out, so that one bad row stops no key.
pub(super) async fn load(store: &Store) -> Result<Entries, bataudit_control::Error> {
    let keys = keys::all_active_for_publish(store, clock::now_ms()).await?;
    let projects = projects::all(store).await?;
    let keys = keys.into_iter().filter_map(|key| {
        let project_id = parse_id("key", &key.project_id)?;
        let PublishedKey { hash, scope, origins, expires_at, rate, .. } = key;
        let entry = ApiKey { project_id, scope, origins, expires_at, rate };
        Some((EntryKey::ApiKey(hash), Entry::ApiKey(entry)))
    });
    let projects = projects.into_iter().filter_map(|project| {
        let id = parse_id("project", &project.id)?;
        Some((
            EntryKey::Project(id),
            Entry::Project(Project { slug: project.slug, archived: project.archived_at.is_some() }),
        ))
    });
    let rules = mask_rules::all_current(store).await?.into_iter().filter_map(|rules| {
        let id = parse_id("masking rules", &rules.project_id)?;
        let entry = MaskRules {
            version: u32::try_from(rules.version).unwrap_or(u32::MAX),
            salt: rules.salt.expose().to_owned(),
            // What is no list is refused by the processors, loudly: nothing is masked by less than was meant.
            rules: serde_json::from_str(&rules.rules).unwrap_or_default(),
        };
        Some((EntryKey::MaskRules(id), Entry::MaskRules(entry)))
    });
    Ok(keys.chain(projects).chain(rules).map(|(key, entry)| (key.encode(), entry.encode())).collect())
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
