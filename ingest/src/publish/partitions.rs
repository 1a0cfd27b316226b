//! Which partitions the events topic has, and which of them can take a record now.

use bataudit_event::id;

/// The partitions as the broker last described them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Partitions {
    count: i32,
    /// Those with a leader.
    led: Vec<i32>,
}

impl Partitions {
    /// `count` partitions, of which `led` have a leader.
    pub(super) fn new(count: i32, led: Vec<i32>) -> Self {
        Self { count, led }
    }

    /// `count` partitions that all have a leader.
    #[cfg(test)]
    pub(super) fn first(count: i32) -> Self {
        Self::new(count, (0..count).collect())
    }

    /// Whether any record can be sent.
    pub(super) fn is_empty(&self) -> bool {
        self.led.is_empty()
    }

    /// The partition of an id, of the first `spread` partitions: the same for ever, however many the
    /// topic gets. Of all there are when the spread is not known, or is more than there are.
    pub(super) fn of_id(&self, id: &[u8; 16], spread: Option<i32>) -> i32 {
        let count = spread.filter(|spread| (1..=self.count).contains(spread)).unwrap_or(self.count);
        id::partition_of(id, count)
    }

    /// The `turn`-th partition with a leader, round and round.
    pub(super) fn in_turn(&self, turn: usize) -> i32 {
        self.led.get(turn % self.led.len().max(1)).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_skip_partitions_without_a_leader() {
        let partitions = Partitions::new(4, vec![0, 3]);
        assert_eq!((0..4).map(|turn| partitions.in_turn(turn)).collect::<Vec<_>>(), [0, 3, 0, 3]);
        assert!(Partitions::default().is_empty());
    }

    #[test]
    fn more_partitions_move_no_id() {
        let places =
            |count| (0..50).map(move |id: u128| Partitions::first(count).of_id(&id.to_be_bytes(), Some(3)));
        assert!(places(3).eq(places(12)));
        assert_eq!(Partitions::first(2).of_id(&5_u128.to_be_bytes(), Some(3)), 1, "fewer than there were");
        assert_eq!(Partitions::first(4).of_id(&6_u128.to_be_bytes(), None), 2);
    }
}
