//! What has to be written so that a topic of these entries becomes one of those. Pure.

use super::topic::Entries;

/// One record to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Write this value under this key.
    Put(String, Vec<u8>),
    /// Write a tombstone under this key.
    Remove(String),
}

/// The records that turn `known` into `wanted`. Removals come first: a revoked key stops before a
/// new one starts.
#[must_use]
pub fn between(known: &Entries, wanted: &Entries) -> Vec<Change> {
    let gone = known.keys().filter(|key| !wanted.contains_key(*key)).cloned().map(Change::Remove);
    let new = wanted
        .iter()
        .filter(|(key, value)| known.get(*key) != Some(value))
        .map(|(key, value)| Change::Put(key.clone(), value.clone()));
    gone.chain(new).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(pairs: &[(&str, &str)]) -> Entries {
        pairs.iter().map(|(k, v)| ((*k).to_owned(), v.as_bytes().to_vec())).collect()
    }

    #[test]
    fn equal_tables_need_nothing() {
        let table = entries(&[("key:a", "1"), ("project:b", "2")]);
        assert!(between(&table, &table).is_empty());
    }

    #[test]
    fn removes_first_then_writes_what_differs() {
        let known = entries(&[("key:a", "1"), ("key:b", "2"), ("key:z", "old")]);
        let wanted = entries(&[("key:b", "2"), ("key:c", "3"), ("key:z", "new")]);
        assert_eq!(
            between(&known, &wanted),
            [
                Change::Remove("key:a".to_owned()),
                Change::Put("key:c".to_owned(), b"3".to_vec()),
                Change::Put("key:z".to_owned(), b"new".to_vec()),
            ]
        );
    }
}
