//! Which rows of a batch are repeats, and the batch without them. Pure.

use std::collections::{BTreeSet, HashMap};

use bataudit_event::limits::REPEAT_WINDOW_MS;

use super::{Key, Keyed, Question, StoredCopy};
use crate::batch::Content;

/// What has to be asked of the table: the ids that may have been seen before, and when copies of them
/// that matter were received. `None` when nothing in the batch can be a repeat: of two copies within it,
/// the second may have been seen before.
pub(super) fn question(keyed: &[Keyed]) -> Option<Question> {
    let maybe = || keyed.iter().filter(|keyed| keyed.maybe);
    let ids: BTreeSet<[u8; 16]> = maybe().map(|keyed| keyed.key.id).collect();
    let first = maybe().map(|keyed| keyed.received_at).min()?;
    let last = maybe().map(|keyed| keyed.received_at).max()?;
    let received = first.saturating_sub(REPEAT_WINDOW_MS)..=last.saturating_add(REPEAT_WINDOW_MS);
    let anywhere = keyed.iter().any(|keyed| keyed.replayed);
    Some(Question { ids: ids.into_iter().collect(), received, anywhere })
}

/// The repeats among the rows of a batch, as indexes, in order.
///
/// A copy is a repeat when one that was kept lies before it, received within the window of it. A copy
/// that is in the table at its own place was kept: the batch is being read again. One in another
/// partition counts as before, one further on in this partition does not: it was decided after this one.
pub(super) fn repeats(partition: i32, keyed: &[Keyed], stored: &[StoredCopy]) -> Vec<usize> {
    let mut kept: HashMap<Key, Vec<StoredCopy>> = HashMap::new();
    for keyed in keyed.iter().filter(|keyed| keyed.maybe) {
        kept.entry(keyed.key).or_default();
    }
    for copy in stored {
        kept.entry(copy.key).and_modify(|copies| copies.push(*copy));
    }
    let mut repeats = Vec::new();
    for (index, keyed) in keyed.iter().enumerate() {
        let Some(copies) = kept.get_mut(&keyed.key) else { continue };
        let own = |copy: &StoredCopy| copy.partition == partition && copy.place == keyed.place;
        let before = |copy: &StoredCopy| copy.partition != partition || copy.place < keyed.place;
        let near =
            |copy: &StoredCopy| copy.received_at.abs_diff(keyed.received_at) <= REPEAT_WINDOW_MS as u64;
        if copies.iter().any(own) {
            continue;
        }
        if copies.iter().any(|copy| before(copy) && near(copy)) {
            repeats.push(index);
        } else {
            let Keyed { key, place, received_at, .. } = *keyed;
            copies.push(StoredCopy { key, partition, place, received_at });
        }
    }
    repeats
}

/// Takes these rows, by their indexes among the keyed ones, out of the batch, which closes up.
pub(super) fn take_out(content: &mut Content, repeats: &[usize]) {
    let gone = repeats.iter().filter_map(|index| content.keyed.get(*index)).map(|keyed| keyed.row);
    let gone: Vec<usize> = gone.collect();
    if gone.is_empty() {
        return;
    }
    content.columns.remove(&gone);
    content.repeats += gone.len();
    // Their rows have other numbers now, and nobody needs them any more.
    content.keyed.clear();
}
