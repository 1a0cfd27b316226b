//! What a live stream has sent already: inserts overlap, so every look finds known events again.

use std::collections::{HashSet, VecDeque};

/// Ids remembered.
const MAX_SEEN: usize = 4_096;

/// The ids that were sent, and the time up to which that memory is complete.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    ids: HashSet<String>,
    order: VecDeque<(String, i64)>,
    /// Nothing stored up to this time is looked at again.
    pub(crate) floor: i64,
}

impl Seen {
    /// Remembers an id; false when it was known.
    pub(crate) fn add(&mut self, id: &str, stored_ms: i64) -> bool {
        if !self.ids.insert(id.to_owned()) {
            return false;
        }
        self.order.push_back((id.to_owned(), stored_ms));
        if self.order.len() > MAX_SEEN
            && let Some((forgotten, stored_ms)) = self.order.pop_front()
        {
            self.ids.remove(&forgotten);
            self.floor = self.floor.max(stored_ms);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_forgotten_is_not_looked_at_again() {
        let mut seen = Seen::default();
        for n in 0..i64::try_from(MAX_SEEN).unwrap() + 10 {
            assert!(seen.add(&n.to_string(), n));
        }
        assert_eq!((seen.order.len(), seen.floor), (MAX_SEEN, 9));
        assert!(!seen.add("10", 10));
    }
}
