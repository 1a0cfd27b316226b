//! The secrets found in one text, and the text without them.

use std::ops::Range;

use crate::{CARD_MASK, MASK};

/// What takes the place of a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Replacement {
    /// [`MASK`].
    Whole,
    /// [`CARD_MASK`] and the last digits.
    Card([u8; 4]),
    /// A text, by its place among the replacements.
    Text(Range<usize>),
}

/// The secrets found in a text.
#[derive(Debug, Default)]
pub(crate) struct Hits {
    found: Vec<(Range<usize>, Replacement)>,
    texts: String,
}

impl Hits {
    pub(crate) fn clear(&mut self) {
        self.found.clear();
        self.texts.clear();
    }

    /// Something to be replaced by [`MASK`].
    pub(crate) fn whole(&mut self, range: Range<usize>) {
        self.found.push((range, Replacement::Whole));
    }

    /// A card number, of which the last four digits stay.
    pub(crate) fn card(&mut self, range: Range<usize>, last: [u8; 4]) {
        self.found.push((range, Replacement::Card(last)));
    }

    /// Something to be replaced by `text`.
    pub(crate) fn text(&mut self, range: Range<usize>, text: &str) {
        let start = self.texts.len();
        self.texts.push_str(text);
        self.found.push((range, Replacement::Text(start..self.texts.len())));
    }

    /// Writes the text with every hit replaced; hits that overlap become one. Says whether there was
    /// any.
    pub(crate) fn apply(&mut self, text: &str, out: &mut String) -> bool {
        if self.found.is_empty() {
            return false;
        }
        self.found.sort_by_key(|(range, _)| (range.start, range.end));
        self.found.dedup_by(|(next, _), (range, replacement)| {
            let overlaps = next.start < range.end;
            if overlaps && next != range {
                range.end = range.end.max(next.end);
                *replacement = Replacement::Whole;
            }
            overlaps
        });
        let mut copied = 0;
        for (range, replacement) in &self.found {
            out.push_str(&text[copied..range.start]);
            match replacement {
                Replacement::Whole => out.push_str(MASK),
                Replacement::Card(last) => {
                    out.push_str(CARD_MASK);
                    out.extend(last.iter().map(|digit| char::from(*digit)));
                }
                Replacement::Text(text) => out.push_str(&self.texts[text.clone()]),
            }
            copied = range.end;
        }
        out.push_str(&text[copied..]);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hits_that_overlap_become_one() {
        let mut hits = Hits::default();
        hits.text(6..7, "");
        hits.whole(2..4);
        hits.card(3..5, *b"1234");
        let mut out = String::new();
        assert!(hits.apply("abcdefgh", &mut out));
        assert_eq!(out, "ab********fh");
        hits.clear();
        assert!(!hits.apply("abc", &mut out));
    }
}
