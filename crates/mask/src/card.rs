//! Card numbers: 13 to 19 digits, alone or in groups parted by single spaces, hyphens or (after four
//! digits) dots, with an issuer's prefix and a right check digit. Anything less strict also finds
//! timestamps and ids.

use std::ops::Range;

use crate::hits::Hits;

/// The least digits of a card number.
pub(crate) const SHORTEST: usize = 13;
/// The most.
const LONGEST: usize = 19;

/// The last digits of a JSON number whose whole part is a card number; `digits` are those before the
/// point, `fraction` those after it, `exponent` the power of ten.
pub(crate) fn of_number(digits: &[u8], fraction: &[u8], exponent: usize) -> Option<[u8; 4]> {
    let length = digits.len() + exponent;
    if !(SHORTEST..=LONGEST).contains(&length) {
        return None;
    }
    let mut whole = [b'0'; LONGEST];
    for (to, from) in whole.iter_mut().zip(digits.iter().chain(fraction.iter().take(exponent))) {
        *to = *from;
    }
    let whole = &whole[..length];
    is_card(whole).then(|| last(whole))
}

/// Finds the card numbers in a text.
pub(crate) fn find(bytes: &[u8], hits: &mut Hits) {
    let mut at = 0;
    while let Some(start) = bytes[at..].iter().position(u8::is_ascii_digit) {
        let start = at + start;
        at = match longest_card(bytes, start) {
            Some((end, last)) if !is_uuid_part(bytes, &(start..end)) => {
                hits.card(start..end, last);
                end
            }
            _ => group_end(bytes, start),
        };
    }
}

/// The longest card that starts with the group of digits at `start` and ends with a group: where it
/// ends, and its last digits. `4111 1111 1111 1111 12/25` is one, followed by something else; twenty
/// digits in a row are none.
fn longest_card(bytes: &[u8], start: usize) -> Option<(usize, [u8; 4])> {
    let mut digits = [0; LONGEST];
    let (mut count, mut at, mut found) = (0, start, None);
    loop {
        let end = group_end(bytes, at);
        let group = &bytes[at..end];
        let Some(place) = digits.get_mut(count..count + group.len()) else { return found };
        place.copy_from_slice(group);
        count += group.len();
        if count >= SHORTEST && is_card(&digits[..count]) {
            found = Some((end, last(&digits[..count])));
        }
        let parted = match bytes.get(end) {
            Some(b' ' | b'-') => true,
            Some(b'.') => group.len() == 4,
            _ => false,
        };
        if !parted || !bytes.get(end + 1).is_some_and(u8::is_ascii_digit) {
            return found;
        }
        at = end + 1;
    }
}

fn group_end(bytes: &[u8], start: usize) -> usize {
    start + bytes[start..].iter().take_while(|byte| byte.is_ascii_digit()).count()
}

/// The last four digits, which stay.
fn last(digits: &[u8]) -> [u8; 4] {
    digits.last_chunk().copied().unwrap_or_default()
}

fn is_card(digits: &[u8]) -> bool {
    has_issuer(digits) && has_check_digit(digits)
}

/// Whether an issuer gives out numbers with this prefix and length (ISO/IEC 7812).
pub(crate) fn has_issuer(digits: &[u8]) -> bool {
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
pub(crate) fn is_uuid_part(bytes: &[u8], range: &Range<usize>) -> bool {
    let uuid = |byte: &u8| byte.is_ascii_hexdigit() || *byte == b'-';
    let before = bytes[..range.start].iter().rev().take_while(|byte| uuid(byte)).count();
    let after = bytes[range.end..].iter().take_while(|byte| uuid(byte)).count();
    let token = &bytes[range.start - before..range.end + after];
    token.len() == 36
        && token.iter().enumerate().all(|(at, byte)| (*byte == b'-') == matches!(at, 8 | 13 | 18 | 23))
}

#[cfg(test)]
mod tests {
    use crate::CARD_MASK;
    use crate::masked_text as mask;

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
        assert_eq!(mask("4111 1111-1111.1111"), "************1111");
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
            "411.1111.1111.11111",
            "41111111-1111-4111-8111-111111111111",
            "9007199254740993",
        ] {
            assert_eq!(mask(text), text);
        }
    }
}
