//! Which partitions the members of a consumer group hold, from the bytes each brought home from its last
//! rebalance. Pure. The bytes are Kafka's consumer protocol: a version, then topics, each with its partitions.

use std::collections::BTreeSet;

/// The partitions of `topic` in one member's assignment; `None` for bytes that are no assignment, as those of a
/// broker that does not tell.
pub(super) fn partitions(assignment: &[u8], topic: &str) -> Option<BTreeSet<i32>> {
    let mut rest = assignment;
    let mut held = BTreeSet::new();
    let _version = take::<2>(&mut rest)?;
    for _ in 0..number(&mut rest)? {
        let length = i16::from_be_bytes(take(&mut rest)?);
        let name = bytes(&mut rest, usize::try_from(length).ok()?)?;
        for _ in 0..number(&mut rest)? {
            let partition = number(&mut rest)?;
            if name == topic.as_bytes() {
                held.insert(partition);
            }
        }
    }
    Some(held)
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    bytes(rest, N)?.try_into().ok()
}

fn number(rest: &mut &[u8]) -> Option<i32> {
    take(rest).map(i32::from_be_bytes)
}

fn bytes<'b>(rest: &mut &'b [u8], length: usize) -> Option<&'b [u8]> {
    let (taken, left) = rest.split_at_checked(length)?;
    *rest = left;
    Some(taken)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn encoded(topics: &[(&str, &[i32])]) -> Vec<u8> {
        let mut bytes = vec![0, 1];
        bytes.extend((topics.len() as i32).to_be_bytes());
        for (name, partitions) in topics {
            bytes.extend((name.len() as i16).to_be_bytes());
            bytes.extend(name.as_bytes());
            bytes.extend((partitions.len() as i32).to_be_bytes());
            bytes.extend(partitions.iter().flat_map(|partition| partition.to_be_bytes()));
        }
        // No user data.
        bytes.extend((-1_i32).to_be_bytes());
        bytes
    }

    #[test]
    fn only_the_topics_own() {
        let bytes = encoded(&[("a.events", &[0, 7]), ("b.events", &[1])]);
        assert_eq!(partitions(&bytes, "a.events"), Some([0, 7].into()));
        assert_eq!(partitions(&bytes, "c.events"), Some([].into()));
        assert_eq!(partitions(&encoded(&[]), "a.events"), Some([].into()));
        assert_eq!(partitions(&[], "a.events"), None);
    }

    proptest! {
        #[test]
        fn other_bytes_do_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..64), cut in 0_usize..40) {
            let _any = partitions(&bytes, "a");
            let whole = encoded(&[("a.events", &[0, 7])]);
            let cut = cut.min(whole.len() - 5);
            prop_assert!(partitions(&whole[..cut], "a.events").is_none());
        }
    }
}
