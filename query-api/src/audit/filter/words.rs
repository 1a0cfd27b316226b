//! Free text becomes words, cut where the index over events cuts: at every ASCII character that is
//! neither letter nor digit. Letters of other scripts belong to words.

use crate::error::{ApiError, ApiResult};

/// Words of one search at most.
const MAX_WORDS: usize = 16;

/// The words of a search, in small letters, each once.
pub(super) fn of(text: &str) -> ApiResult<Vec<String>> {
    let mut words: Vec<String> = Vec::new();
    for word in text.split(|c: char| c.is_ascii() && !c.is_ascii_alphanumeric()) {
        let word = word.to_lowercase();
        if !word.is_empty() && !words.contains(&word) {
            words.push(word);
        }
    }
    match words.len() {
        0 => Err(ApiError::parameter("q", "must hold at least one letter or digit")),
        1..=MAX_WORDS => Ok(words),
        _ => Err(ApiError::parameter("q", format!("may hold {MAX_WORDS} words at most"))),
    }
}
