//! What the metadata of a committed offset says: which batch was about to be stored from there on.
//! Pure: text in, text out.
//!
//! Written before the batch is inserted and found by whoever reads the partition next, it makes the
//! batch reproducible: the same borders give the same token, and a token never stands for other rows.

use sha2::{Digest, Sha256};

/// The most bytes a metadata text has. Kafka takes 4,096.
pub const MAX_BYTES: usize = 120;

/// Names this format and its version.
const FORMAT: &str = "bat1";

/// A batch that is about to be stored, from the committed offset on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Intent {
    /// Offset after its last record.
    pub end: i64,
    /// Rows it inserts.
    pub rows: u64,
    /// Events that go to the dead letters instead.
    pub dead_letters: u64,
    /// Version of the rules that masked it.
    pub mask_rules: u32,
}

/// What a commit says beside its offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// Everything before the offset is stored, and nothing is under way.
    Settled,
    /// Everything before the offset is stored, and this batch is under way.
    Open(Intent),
}

/// What was found in the metadata of a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// Nothing: a broker that returns no metadata, a tool, or no commit at all.
    Nothing,
    /// A mark of this stream.
    Ours(Mark),
    /// A mark of another stream epoch: the offset counts another log.
    OtherEpoch(String),
    /// Something that no processor of this format wrote. Counts as nothing, and is worth an error.
    Unreadable(&'static str),
}

/// The metadata of a commit at `offset`.
#[must_use]
pub fn encode(mark: Mark, epoch: &str, offset: i64) -> String {
    let mut text = format!("{FORMAT} {epoch}");
    if let Mark::Open(intent) = mark {
        let Intent { end, rows, dead_letters, mask_rules } = intent;
        text += &format!(" {end} {rows} {dead_letters} {mask_rules}");
    }
    let sum = checksum(&text, offset);
    text + " " + &sum
}

/// Reads the metadata of the commit at `offset`, as a processor of this stream epoch.
#[must_use]
pub fn decode(text: &str, epoch: &str, offset: i64) -> Reading {
    if text.is_empty() {
        return Reading::Nothing;
    }
    if text.len() > MAX_BYTES || !text.is_ascii() {
        return Reading::Unreadable("it is too long or not plain text");
    }
    let Some((body, sum)) = text.rsplit_once(' ') else {
        return Reading::Unreadable("it is not of this format");
    };
    let mut fields = body.split(' ');
    if fields.next() != Some(FORMAT) {
        return Reading::Unreadable("it is not of this format");
    }
    if sum != checksum(body, offset) {
        return Reading::Unreadable("its checksum is wrong");
    }
    match fields.next() {
        Some(written) if written == epoch => {
            mark(fields, offset).map_or(Reading::Unreadable("its fields make no sense"), Reading::Ours)
        }
        Some(written) => Reading::OtherEpoch(written.to_owned()),
        None => Reading::Unreadable("its fields make no sense"),
    }
}

fn mark<'t>(mut fields: impl Iterator<Item = &'t str>, offset: i64) -> Option<Mark> {
    let Some(end) = fields.next() else { return Some(Mark::Settled) };
    let intent = Intent {
        end: end.parse().ok().filter(|end| *end > offset)?,
        rows: fields.next()?.parse().ok()?,
        dead_letters: fields.next()?.parse().ok()?,
        mask_rules: fields.next()?.parse().ok()?,
    };
    fields.next().is_none().then_some(Mark::Open(intent))
}

/// Ties the text to its offset: a mark that was copied to another offset says nothing.
fn checksum(body: &str, offset: i64) -> String {
    let digest = Sha256::new().chain_update(body).chain_update(offset.to_le_bytes()).finalize();
    hex::encode(&digest[..4])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn marks() -> impl Strategy<Value = (Mark, i64)> {
        let open = (0_i64..i64::MAX, 1_i64..200_000, 0_u64..200_000, 0_u64..200_000, any::<u32>());
        let open = open.prop_map(|(offset, length, rows, dead_letters, mask_rules)| {
            let offset = offset.min(i64::MAX - length);
            (Mark::Open(Intent { end: offset + length, rows, dead_letters, mask_rules }), offset)
        });
        prop_oneof![open, (0_i64..i64::MAX).prop_map(|offset| (Mark::Settled, offset))]
    }

    proptest! {
        #[test]
        fn comes_back_as_it_was_written((mark, offset) in marks(), epoch in "[A-Za-z0-9-]{1,32}") {
            let text = encode(mark, &epoch, offset);
            prop_assert!(text.len() < MAX_BYTES && text.is_ascii(), "{}", text);
            prop_assert_eq!(decode(&text, &epoch, offset), Reading::Ours(mark));
            prop_assert_eq!(decode(&text, "other-", offset), Reading::OtherEpoch(epoch));
        }

        #[test]
        fn a_changed_character_is_noticed((mark, offset) in marks(), at in any::<prop::sample::Index>(), to in "[ -~]") {
            let text = encode(mark, "1", offset);
            let at = at.index(text.len());
            prop_assume!(text[at..=at] != to);
            let changed = format!("{}{to}{}", &text[..at], &text[at + 1..]);
            prop_assert!(matches!(decode(&changed, "1", offset), Reading::Unreadable(_)), "{}", changed);
            prop_assert!(matches!(decode(&text, "1", offset - 1), Reading::Unreadable(_)));
        }

        #[test]
        fn nothing_foreign_is_taken_for_ours(text in "\\PC{0,200}", offset in 0_i64..100) {
            prop_assert!(!matches!(decode(&text, "1", offset), Reading::Ours(_)), "{}", text);
        }
    }

    #[test]
    fn no_metadata_is_nothing() {
        assert_eq!(decode("", "1", 5), Reading::Nothing);
    }
}
