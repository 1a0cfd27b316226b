//! Which partitions the events topic has, and which of them can take a record now.

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

    /// The partition of an id: the same for ever, as long as the topic keeps its partitions.
    pub(super) fn of_id(&self, id: &[u8; 16]) -> i32 {
        let count = u128::from(self.count.max(1).unsigned_abs());
        i32::try_from(u128::from_be_bytes(*id) % count).unwrap_or_default()
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
        assert_eq!(partitions.of_id(&6_u128.to_be_bytes()), 2);
    }
}
