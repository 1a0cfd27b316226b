//! Keys and projects in memory. [`Entries`] follows the topic record by record; a [`Table`] is what
//! requests look things up in.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use bataudit_event::access::{ApiKey, Entry, EntryKey, Project, Stream};
use bataudit_event::key;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// SHA-256 of an API key: what is stored and compared in place of the key. A look-up by it leaks no
/// timing about the key, since nobody can choose a hash's neighbours.
pub type KeyHash = [u8; 32];

/// An API key that is in the table, with its hash.
#[derive(Debug, Clone)]
pub struct KnownKey {
    /// Names the key in rate limits.
    pub hash: KeyHash,
    /// What it may do.
    pub key: Arc<ApiKey>,
}

/// The access topic as read so far.
#[derive(Debug, Clone, Default)]
pub struct Entries {
    keys: HashMap<KeyHash, Arc<ApiKey>>,
    projects: BTreeMap<Uuid, Project>,
    stream: Option<Stream>,
}

impl Entries {
    /// Applies one record; `None` as value is a tombstone. Says whether the record was understood:
    /// kinds of a later version are not, and change nothing.
    pub fn apply(&mut self, key: &[u8], value: Option<&[u8]>) -> bool {
        let Some(key) = EntryKey::decode(key) else { return false };
        match (key, value.map(Entry::decode)) {
            (EntryKey::ApiKey(hash), Some(Some(Entry::ApiKey(api_key)))) => {
                let Some(hash) = parse_hash(&hash) else { return false };
                self.keys.insert(hash, Arc::new(api_key));
            }
            (EntryKey::Project(id), Some(Some(Entry::Project(project)))) => {
                self.projects.insert(id, project);
            }
            // A key whose new value cannot be read must not go on working under the old one.
            (EntryKey::ApiKey(hash), unreadable) => {
                let Some(hash) = parse_hash(&hash) else { return false };
                self.keys.remove(&hash);
                return unreadable.is_none();
            }
            (EntryKey::Project(id), None) => {
                self.projects.remove(&id);
            }
            (EntryKey::Stream, Some(Some(Entry::Stream(stream)))) => self.stream = Some(stream),
            (EntryKey::Stream, None) => self.stream = None,
            // For the processor only.
            (EntryKey::MaskRules(_), _) => {}
            (EntryKey::Project(_) | EntryKey::Stream, Some(_)) => return false,
        }
        true
    }

    /// The table of these entries.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut slugs = HashMap::with_capacity(self.projects.len());
        // In order of id, so that every gateway gives a slug claimed twice to the same project.
        for (id, project) in &self.projects {
            slugs.entry(project.slug.clone()).or_insert(*id);
        }
        let origins = self.keys.values().flat_map(|key| &key.origins);
        Table {
            origins: origins.map(|origin| origin.to_ascii_lowercase()).collect(),
            keys: self.keys.clone(),
            slugs,
            archived: self
                .projects
                .iter()
                .filter(|(_, project)| project.archived)
                .map(|(id, _)| *id)
                .collect(),
            stream: self.stream,
        }
    }
}

fn parse_hash(text: &str) -> Option<KeyHash> {
    let mut hash = KeyHash::default();
    hex::decode_to_slice(text, &mut hash).ok()?;
    Some(hash)
}

/// Keys and projects, for look-ups.
#[derive(Debug, Default)]
pub struct Table {
    keys: HashMap<KeyHash, Arc<ApiKey>>,
    slugs: HashMap<String, Uuid>,
    archived: HashSet<Uuid>,
    origins: HashSet<String>,
    stream: Option<Stream>,
}

impl Table {
    /// The key that was presented, unless it is unknown, revoked or expired at `now` (unix ms).
    #[must_use]
    pub fn find_key(&self, presented: &str, now: i64) -> Option<KnownKey> {
        if !key::is_well_formed(presented) {
            return None;
        }
        let hash: KeyHash = Sha256::digest(presented.as_bytes()).into();
        let key = self.keys.get(&hash)?;
        let valid = key.expires_at.is_none_or(|expires_at| now < expires_at);
        valid.then(|| KnownKey { hash, key: Arc::clone(key) })
    }

    /// The project that has claimed this slug.
    #[must_use]
    pub fn project_by_slug(&self, slug: &str) -> Option<Uuid> {
        self.slugs.get(slug).copied()
    }

    /// Whether a project takes no events any more.
    #[must_use]
    pub fn is_archived(&self, project: &Uuid) -> bool {
        self.archived.contains(project)
    }

    /// Among how many partitions repeatable events are spread; all there are, when that was never fixed.
    #[must_use]
    pub fn id_partitions(&self) -> Option<i32> {
        self.stream.map(|stream| stream.id_partitions)
    }

    /// Whether any browser key may be used from this origin.
    #[must_use]
    pub fn lists_origin(&self, origin: &str) -> bool {
        self.origins.contains(&origin.to_ascii_lowercase())
    }

    /// How many keys and projects it holds.
    #[must_use]
    pub fn counts(&self) -> (usize, usize) {
        (self.keys.len(), self.slugs.len())
    }
}

#[cfg(test)]
mod tests {
    use bataudit_event::access::KeyScope;

    use super::*;

    fn presented(digit: char) -> String {
        format!("bat_{}", digit.to_string().repeat(64))
    }

    fn entry_key(presented: &str) -> String {
        EntryKey::ApiKey(hex::encode(Sha256::digest(presented))).encode()
    }

    fn api_key(expires_at: Option<i64>) -> Vec<u8> {
        let origins = vec!["https://App.example.com".to_owned()];
        Entry::ApiKey(ApiKey {
            project_id: Uuid::from_u128(1),
            scope: KeyScope::Browser,
            origins,
            expires_at,
            rate: None,
        })
        .encode()
    }

    fn project(slug: &str) -> Vec<u8> {
        Entry::Project(Project { slug: slug.to_owned(), archived: false }).encode()
    }

    #[test]
    fn keys_come_expire_and_go() {
        let mut entries = Entries::default();
        let (one, two) = (presented('1'), presented('2'));
        assert!(entries.apply(entry_key(&one).as_bytes(), Some(&api_key(None))));
        assert!(entries.apply(entry_key(&two).as_bytes(), Some(&api_key(Some(100)))));
        let table = entries.table();
        assert!(table.find_key(&one, 1_000).is_some());
        assert!(table.find_key(&two, 99).is_some());
        assert!(table.find_key(&two, 100).is_none());
        assert!(table.find_key(&presented('3'), 0).is_none());
        assert!(table.find_key("bat_1", 0).is_none());
        assert!(table.lists_origin("https://app.example.com"));
        assert!(entries.apply(entry_key(&one).as_bytes(), None));
        assert!(entries.table().find_key(&one, 0).is_none());
    }

    #[test]
    fn a_key_with_an_unreadable_value_stops() {
        let mut entries = Entries::default();
        let one = presented('1');
        entries.apply(entry_key(&one).as_bytes(), Some(&api_key(None)));
        assert!(!entries.apply(entry_key(&one).as_bytes(), Some(br#"{"kind":"api_key","scope":"later"}"#)));
        assert!(entries.table().find_key(&one, 0).is_none());
    }

    #[test]
    fn where_ids_lie_is_known_while_it_is_said() {
        let mut entries = Entries::default();
        let (key, stream) = (EntryKey::Stream.encode(), Entry::Stream(Stream { id_partitions: 3 }).encode());
        assert_eq!(entries.table().id_partitions(), None);
        assert!(entries.apply(key.as_bytes(), Some(&stream)));
        assert!(!entries.apply(key.as_bytes(), Some(b"{}")), "not understood");
        assert_eq!(entries.table().id_partitions(), Some(3));
        assert!(entries.apply(key.as_bytes(), None));
        assert_eq!(entries.table().id_partitions(), None);
    }

    #[test]
    fn an_archived_project_is_known_as_such() {
        let mut entries = Entries::default();
        let (id, key) = (Uuid::from_u128(1), EntryKey::Project(Uuid::from_u128(1)).encode());
        let archived = Entry::Project(Project { slug: "shop".to_owned(), archived: true }).encode();
        assert!(entries.apply(key.as_bytes(), Some(&archived)));
        assert!(entries.table().is_archived(&id) && !entries.table().is_archived(&Uuid::from_u128(2)));
        assert_eq!(entries.table().project_by_slug("shop"), Some(id), "nobody else gets its slug");
        assert!(entries.apply(key.as_bytes(), Some(&project("shop"))));
        assert!(!entries.table().is_archived(&id), "taken back");
    }

    #[test]
    fn later_kinds_change_nothing() {
        let mut entries = Entries::default();
        assert!(!entries.apply(b"quota:1", Some(b"{}")));
        assert!(!entries.apply(b"key:zz", Some(&api_key(None))));
        assert_eq!(entries.table().counts(), (0, 0));
    }

    #[test]
    fn a_slug_claimed_twice_has_one_owner_everywhere() {
        let (low, high) = (Uuid::from_u128(1), Uuid::from_u128(2));
        for order in [[low, high], [high, low]] {
            let mut entries = Entries::default();
            for id in order {
                entries.apply(EntryKey::Project(id).encode().as_bytes(), Some(&project("shop")));
            }
            assert_eq!(entries.table().project_by_slug("shop"), Some(low));
            entries.apply(EntryKey::Project(low).encode().as_bytes(), None);
            assert_eq!(entries.table().project_by_slug("shop"), Some(high));
        }
    }
}
