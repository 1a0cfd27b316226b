//! The masking rules of the line's project: one rule for one key, of which every version redacts in
//! another way, so that a row shows which version masked it.

use std::time::Duration;

use bataudit_event::access::{Entry, EntryKey};
use serde_json::json;
use tokio::sync::Mutex;
use uuid::Uuid;

use crate::api::Api;
use crate::kafka;
use crate::service::Service;
use crate::wait::{eventually, holds};

/// The key that every event's body has, and every version of the rules masks.
pub const REFERENCE: &str = "order_ref";
/// How its value begins, which no row may show.
pub const PLAIN: &str = "plain-ref-";
/// How long sentinel may take to publish: it may be dead, or standing still, when the rules change.
const PUBLISHED: Duration = Duration::from_secs(60);

/// The value of the key in the event of this number.
#[must_use]
pub fn reference(number: u64) -> String {
    format!("{PLAIN}{number}")
}

/// What a version of the rules makes of the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Redaction {
    /// Asterisks.
    Mask,
    /// `null`.
    Remove,
    /// A hash.
    Hash,
}

impl Redaction {
    /// The redaction of a version of the rules; the first is 1.
    #[must_use]
    pub fn of_version(version: usize) -> Self {
        [Self::Hash, Self::Mask, Self::Remove][version % 3]
    }

    /// Its name in a rule.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Mask => "mask",
            Self::Remove => "remove",
            Self::Hash => "hash",
        }
    }
}

/// The rules, and who may change them.
#[derive(Debug)]
pub struct ProjectRules {
    owner: Api,
    project: String,
    brokers: String,
    topic: String,
    version: Mutex<usize>,
    _query_api: Service,
}

impl ProjectRules {
    /// Makes the first version, and waits until every processor that starts will read it.
    pub async fn first(query_api: Service, owner: Api, project: String, access: (&str, &str)) -> Self {
        let (brokers, topic) = (access.0.to_owned(), access.1.to_owned());
        let version = Mutex::default();
        let rules = Self { owner, project, brokers, topic, version, _query_api: query_api };
        rules.change().await;
        rules
    }

    /// Makes the next version, and waits until it is published.
    ///
    /// # Panics
    /// When the API refuses it.
    pub async fn change(&self) {
        let mut version = self.version.lock().await;
        let next = *version + 1;
        let rule = json!({"key": REFERENCE, "redaction": Redaction::of_version(next).name()});
        let path = format!("/v1/projects/{}/masking-rules", self.project);
        let answer = self.owner.put(&path, &json!({"version": *version, "rules": [rule]})).await.expect(200);
        assert_eq!(answer.json()["version"], next);
        *version = next;
        let project = Uuid::try_parse(&self.project).expect("a project's id");
        let key = EntryKey::MaskRules(project).encode();
        eventually("sentinel publishes the rules", PUBLISHED, async || {
            let records = kafka::read_all(&self.brokers, &self.topic).await;
            let ours = records.iter().rfind(|record| record.key == key.as_bytes());
            let seen = ours.and_then(|record| match Entry::decode(&record.value) {
                Some(Entry::MaskRules(rules)) => usize::try_from(rules.version).ok(),
                _ => None,
            });
            holds(seen == Some(next), format!("version {seen:?}, not {next}"))
        })
        .await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_version_redacts_in_another_way_than_the_one_before() {
        assert!((1..9).all(|version| Redaction::of_version(version) != Redaction::of_version(version + 1)));
    }
}
