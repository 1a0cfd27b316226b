//! Card numbers: 13 to 19 digits, alone or in groups parted by single spaces or hyphens, with an
//! issuer's prefix and a right check digit. Anything less strict also finds timestamps and ids.

use std::ops::Range;

use super::CARD_MASK;
use super::text::{Hits, Replacement};

/// The least digits of a card number.
const SHORTEST: usize = 13;
/// The most.
const LONGEST: usize = 19;

/// The mask of a number that is a card number as a whole.
pub(super) fn masked(digits: &[u8]) -> Option<String> {
    let all_digits = (SHORTEST..=LONGEST).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit);
    (all_digits && is_card(digits)).then(|| mask_of(digits))
}

/// Finds the card numbers in a text.
pub(super) fn find(text: &str, hits: &mut Hits) {
    let bytes = text.as_bytes();
    // Most texts end here: too few digits for any card.
    if bytes.len() < SHORTEST || bytes.iter().filter(|byte| byte.is_ascii_digit()).count() < SHORTEST {
        return;
    }
    let mut at = 0;
    while let Some(start) = bytes[at..].iter().position(u8::is_ascii_digit) {
        let groups = groups(bytes, at + start);
        find_in(bytes, &groups, hits);
        at = groups.last().map_or(bytes.len(), |group| group.end);
    }
}

/// The groups of digits from `start` on that are parted by one space or hyphen each.
fn groups(bytes: &[u8], start: usize) -> Vec<Range<usize>> {
    let mut groups = Vec::new();
    let mut at = start;
    loop {
        let length = bytes[at..].iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(bytes.len() - at);
        groups.push(at..at + length);
        at += length;
        let parted = matches!(bytes.get(at), Some(b' ' | b'-'));
        if !parted || !bytes.get(at + 1).is_some_and(u8::is_ascii_digit) {
            return groups;
        }
        at += 1;
    }
}

/// Looks for cards that start and end with a group: `4111 1111 1111 1111 12/25` is one, followed by
/// something else; twenty digits in a row are none.
fn find_in(bytes: &[u8], groups: &[Range<usize>], hits: &mut Hits) {
    let mut first = 0;
    while first < groups.len() {
        let found = longest_card(bytes, &groups[first..]);
        if let Some((count, mask)) = found {
            let range = groups[first].start..groups[first + count - 1].end;
            if !is_uuid_part(bytes, &range) {
                hits.push(range, Replacement::Card(mask));
                first += count;
                continue;
            }
        }
        first += 1;
    }
}

/// The longest card that starts with the first group: how many groups it takes, and its mask.
fn longest_card(bytes: &[u8], groups: &[Range<usize>]) -> Option<(usize, String)> {
    let mut digits = Vec::with_capacity(LONGEST);
    let mut found = None;
    for (index, group) in groups.iter().enumerate() {
        if digits.len() + group.len() > LONGEST {
            break;
        }
        digits.extend_from_slice(&bytes[group.clone()]);
        if digits.len() >= SHORTEST && is_card(&digits) {
            found = Some((index + 1, mask_of(&digits)));
        }
    }
    found
}

fn mask_of(digits: &[u8]) -> String {
    let last = &digits[digits.len() - 4..];
    format!("{CARD_MASK}{}", String::from_utf8_lossy(last))
}

fn is_card(digits: &[u8]) -> bool {
    has_issuer(digits) && has_check_digit(digits)
}

/// Whether an issuer gives out numbers with this prefix and length (ISO/IEC 7812).
fn has_issuer(digits: &[u8]) -> bool {
    let prefix = digits[..4].iter().fold(0_u32, |sum, digit| sum * 10 + u32::from(digit - b'0'));
    let length = digits.len();
    match prefix {
        // Visa, Elo.
        4000..=4999 => matches!(length, 13 | 16 | 19),
        // Mastercard.
        5100..=5599 | 2221..=2720 => length == 16,
        // American Express.
        3400..=3499 | 3700..=3799 => length == 15,
        // Diners Club.
        3000..=3059 | 3095..=3095 | 3600..=3699 | 3800..=3999 => (14..=19).contains(&length),
        // JCB.
        3528..=3589 => (16..=19).contains(&length),
        // Maestro.
        5000..=5099 | 5600..=5899 | 6304 | 6700..=6799 => (SHORTEST..=LONGEST).contains(&length),
        // Discover, UnionPay, Hipercard, Elo, RuPay.
        6000..=6299 | 6362..=6363 | 6440..=6599 | 8100..=8299 => (16..=19).contains(&length),
        _ => false,
    }
}

/// Luhn's sum.
fn has_check_digit(digits: &[u8]) -> bool {
    let weighed = digits.iter().rev().enumerate().map(|(index, digit)| {
        let digit = u32::from(digit - b'0') << (index % 2);
        if digit > 9 { digit - 9 } else { digit }
    });
    weighed.sum::<u32>().is_multiple_of(10)
}

/// Whether a range lies inside a hyphenated UUID that happens to have enough decimal digits in a row.
fn is_uuid_part(bytes: &[u8], range: &Range<usize>) -> bool {
    let uuid = |byte: &u8| byte.is_ascii_hexdigit() || *byte == b'-';
    let before = bytes[..range.start].iter().rev().take_while(|byte| uuid(byte)).count();
    let after = bytes[range.end..].iter().take_while(|byte| uuid(byte)).count();
    let token = &bytes[range.start - before..range.end + after];
    token.len() == 36
        && token.iter().enumerate().all(|(at, byte)| (*byte == b'-') == matches!(at, 8 | 13 | 18 | 23))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mask::masked_text as mask;

    #[test]
    fn cards_of_all_issuers() {
        for card in [
            "4111111111111111",
            "4222222222222",
            "5555555555554444",
            "2223003122003222",
            "378282246310005",
            "30569309025904",
            "3530111333300000",
            "6011111111111117",
            "6362970000457013",
            "6062826786276634",
            "6304000000000000",
            "6200000000000005",
        ] {
            let masked = format!("{CARD_MASK}{}", &card[card.len() - 4..]);
            assert_eq!(mask(card), masked);
            assert_eq!(mask(&format!("paid with {card}, thanks")), format!("paid with {masked}, thanks"));
        }
    }

    #[test]
    fn groups_and_neighbours() {
        assert_eq!(mask("4111 1111-1111 1111"), "************1111");
        assert_eq!(mask("4111111111111111 12/25 123"), "************1111 12/25 123");
        assert_eq!(mask("order 12 4111111111111111"), "order 12 ************1111");
        assert_eq!(mask("card4111111111111111x"), "card************1111x");
    }

    #[test]
    fn other_numbers_stay() {
        for text in [
            "4111111111111112",
            "1700000000123",
            "1700000000000000",
            "41111111111111111111",
            "0000000000000000",
            "4111  1111  1111  1111",
            "41111111-1111-4111-8111-111111111111",
            "9007199254740993",
        ] {
            assert_eq!(mask(text), text);
        }
    }
}
