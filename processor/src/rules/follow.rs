//! Follows the access topic: entries of masking rules become maskers, one by one as they come, and a
//! new book when all are known.

use std::collections::BTreeMap;
use std::sync::Arc;

use bataudit_event::access::{Entry, EntryKey, MaskRules};
use bataudit_kafka::Connection;
use bataudit_kafka::follow::{self, FollowerError, Table};
use bataudit_service::{Readiness, Shutdown};
use uuid::Uuid;

use super::{Book, Rules};
use crate::mask::{Masker, Project, RuleFile, RuleSet, Salt};
use crate::metrics;

pub use bataudit_kafka::follow::Follower;

/// The name of the client at the brokers.
const CLIENT: &str = "bataudit-processor-access";

/// Starts following `topic` into `rules`. `read` says whether the topic was read to its end, `usable`
/// whether every project's rules can be used.
///
/// # Errors
/// When the client's settings are refused or no thread can be made.
pub fn follow(
    connection: &Connection,
    topic: &str,
    following: (Rules, Option<RuleFile>),
    (read, usable): (Readiness, Readiness),
    shutdown: Shutdown,
) -> Result<Follower, FollowerError> {
    usable.not_ready("the masking rules of the projects are not read yet");
    let (rules, file) = following;
    let table = Entries {
        rules,
        usable,
        base: Arc::new(Masker::new(file.as_ref(), None)),
        file,
        projects: BTreeMap::new(),
    };
    follow::Follower::start(connection, CLIENT, topic, table, read, shutdown)
}

/// The rules of the projects as read so far.
struct Entries {
    rules: Rules,
    usable: Readiness,
    base: Arc<Masker>,
    file: Option<RuleFile>,
    /// A masker each, or why there is none.
    projects: BTreeMap<Uuid, Result<Arc<Masker>, String>>,
}

impl Entries {
    fn compile(&self, entry: Option<Entry>) -> Result<Arc<Masker>, String> {
        let Some(Entry::MaskRules(MaskRules { version, salt, rules })) = entry else {
            return Err("the entry is of a version that this processor does not understand".to_owned());
        };
        let salt = hex::decode(salt).map_err(|_| "the salt is not hex".to_owned())?;
        let rules = RuleSet::from_value(&rules).map_err(|problems| problems.to_string())?;
        let project = Project { rules, salt: Salt::new(salt), version };
        Ok(Arc::new(Masker::new(self.file.as_ref(), Some(&project))))
    }

    /// Every project whose rules cannot be used, with the reason, as one sentence.
    fn faults(&self) -> Option<String> {
        let faults = self.projects.iter().filter_map(|(id, masker)| Some((id, masker.as_ref().err()?)));
        let faults: Vec<_> = faults.map(|(id, why)| format!("project {id}: {why}")).collect();
        metrics::unusable_rules(faults.len());
        (!faults.is_empty()).then(|| faults.join("; "))
    }
}

impl Table for Entries {
    fn restart(&mut self) {
        self.projects.clear();
    }

    fn apply(&mut self, key: &[u8], value: Option<&[u8]>) -> bool {
        // Keys, projects and later kinds are for others.
        let Some(EntryKey::MaskRules(id)) = EntryKey::decode(key) else { return true };
        match value {
            Some(value) => self.projects.insert(id, self.compile(Entry::decode(value))),
            None => self.projects.remove(&id),
        };
        true
    }

    fn publish(&mut self) {
        if let Some(faults) = self.faults() {
            tracing::error!(
                faults,
                "Masking rules cannot be used: no event is taken until they are changed, or this processor is upgraded."
            );
            self.usable.not_ready(format!("masking rules cannot be used: {faults}"));
            self.rules.hold(faults);
            return;
        }
        let usable =
            self.projects.iter().filter_map(|(id, masker)| Some((id.into_bytes(), masker.clone().ok()?)));
        self.rules.replace(Book::with_projects(self.base.clone(), usable.collect()));
        self.usable.ready();
        tracing::debug!(projects = self.projects.len(), "Masking rules are up to date.");
    }

    fn lag(&self, _: i64) {}

    fn unreachable(&self) {
        tracing::debug!("The access topic cannot be asked for its end.");
    }
}

#[cfg(test)]
mod tests {
    use bataudit_service::Health;
    use serde_json::{Value, json};

    use super::*;

    const PROJECT: Uuid = Uuid::from_u128(7);

    fn entries() -> (Entries, Rules, Health) {
        let (rules, health) = (Rules::of_file(None), Health::new());
        let usable = health.part("masking rules");
        let base = Arc::new(Masker::built_in());
        (Entries { rules: rules.clone(), usable, base, file: None, projects: BTreeMap::new() }, rules, health)
    }

    fn put(entries: &mut Entries, version: u32, rules: Value) {
        let entry = Entry::MaskRules(MaskRules { version, salt: "5a17".to_owned(), rules });
        assert!(entries.apply(EntryKey::MaskRules(PROJECT).encode().as_bytes(), Some(&entry.encode())));
    }

    fn masks(rules: &Rules, project: Uuid) -> bool {
        rules.book().masker(project.as_bytes()).json(r#"{"ref":1}"#).unwrap().is_some()
    }

    #[tokio::test]
    async fn a_projects_rules_are_its_own() {
        let (mut entries, rules, _) = entries();
        assert!(rules.held().is_some(), "nothing is taken before the topic is read");
        put(&mut entries, 3, json!([{"key": "ref"}]));
        assert!(entries.apply(b"key:0", Some(b"{}")) && entries.apply(b"later:0", Some(b"{}")));
        entries.publish();
        rules.usable().await;
        assert!(masks(&rules, PROJECT) && !masks(&rules, Uuid::nil()));
        let book = rules.book();
        assert_eq!((book.masker(PROJECT.as_bytes()).version() - book.version()), 3);
        assert!(entries.apply(EntryKey::MaskRules(PROJECT).encode().as_bytes(), None));
        entries.publish();
        assert!(!masks(&rules, PROJECT));
    }

    #[tokio::test]
    async fn rules_that_cannot_be_used_hold_everything_until_they_can() {
        let (mut entries, rules, _) = entries();
        put(&mut entries, 1, json!([{"key": "ref"}]));
        entries.publish();
        put(&mut entries, 2, json!([{"key": "other", "redaction": "of a later version"}]));
        entries.publish();
        let why = rules.held().unwrap();
        assert!(why.contains(&PROJECT.to_string()) && why.contains("rules[0].redaction"), "{why}");
        assert!(masks(&rules, PROJECT), "what was taken before is masked as it was");
        let waiting = rules.clone();
        let waiting = tokio::spawn(async move { waiting.usable().await });
        put(&mut entries, 3, json!([{"key": "ref"}]));
        entries.publish();
        waiting.await.unwrap();
        let key = EntryKey::MaskRules(PROJECT).encode();
        assert!(entries.apply(key.as_bytes(), Some(b"not an entry")));
        entries.publish();
        assert!(rules.held().unwrap().contains("does not understand"));
    }
}
