//! A column of words as ClickHouse sends and reads `LowCardinality(String)`: every word once, then for
//! each row which one. The server would make the same dictionary of plain texts, for more time than it
//! takes here, and the block would be a third larger.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::text_width;

/// Version of the serialization: one dictionary a block.
const VERSION: u64 = 1;
/// The block brings its words along, and they are all there are.
const OWN_WORDS: u64 = 1 << 9 | 1 << 10;

/// Encodes texts, of which there is one a row.
pub(super) fn encode(texts: &[u8], rows: usize) -> Vec<u8> {
    let (mut known, mut words) = (HashMap::<&[u8], u32, RandomState>::default(), Vec::new());
    let mut places = Vec::with_capacity(rows);
    let (mut rest, mut last, mut place) = (texts, &texts[..0], 0);
    while !rest.is_empty() {
        let (text, after) = rest.split_at(text_width(rest));
        // Mostly the same word again, and never an empty slice: a text has a length at least.
        if text != last {
            // A batch has far fewer rows than 2^32.
            let next = known.len() as u32;
            place = *known.entry(text).or_insert_with(|| {
                words.extend_from_slice(text);
                next
            });
        }
        places.push(place);
        (rest, last) = (after, text);
    }
    let width = width_of(known.len());
    let mut out = Vec::with_capacity(32 + words.len() + (rows << width));
    for number in [VERSION, OWN_WORDS | width, known.len() as u64] {
        out.extend_from_slice(&number.to_le_bytes());
    }
    out.extend_from_slice(&words);
    out.extend_from_slice(&(places.len() as u64).to_le_bytes());
    match width {
        0 => out.extend(places.iter().map(|place| *place as u8)),
        1 => out.extend(places.iter().flat_map(|place| (*place as u16).to_le_bytes())),
        _ => out.extend(places.iter().flat_map(|place| place.to_le_bytes())),
    }
    out
}

/// The number of the smallest type that tells so many words apart: 8, 16 or 32 bits.
fn width_of(words: usize) -> u64 {
    match words {
        0..=0x100 => 0,
        0x101..=0x1_0000 => 1,
        _ => 2,
    }
}
