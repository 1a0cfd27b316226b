//! Buffers that masking needs, kept from one text to the next: after the first events nothing is
//! allocated any more. Holds no state that a later text could see.

use crate::hits::Hits;

/// Buffers for masking, used again for every text.
#[derive(Debug, Default)]
pub struct Work {
    texts: Vec<String>,
    hits: Vec<Hits>,
}

impl Work {
    /// An empty text.
    pub(crate) fn text(&mut self) -> String {
        let mut text = self.texts.pop().unwrap_or_default();
        text.clear();
        text
    }

    /// Gives a text back.
    pub(crate) fn done(&mut self, text: String) {
        self.texts.push(text);
    }

    /// An empty list of hits.
    pub(crate) fn hits(&mut self) -> Hits {
        let mut hits = self.hits.pop().unwrap_or_default();
        hits.clear();
        hits
    }

    /// Gives a list back.
    pub(crate) fn done_with_hits(&mut self, hits: Hits) {
        self.hits.push(hits);
    }
}
