//! Paths become routes: `/users/42?x=1` goes in, `/users/:id` comes out. Rollups group by the route;
//! by the path they would hold a row for every id there is. Pure.

/// Stands for a segment that names one thing among many.
const ID: &str = ":id";
/// A segment of letters and digits this long is an id, not a word.
const TOKEN: usize = 16;
/// So is one this long, whatever it is made of.
const LONG: usize = 40;
/// The shortest hexadecimal id, as of a commit or a trace.
const HEX: usize = 8;

// What a byte may be part of, one bit each.
const DIGIT: u8 = 1;
/// 42, 2024-01-31, 10.0.0.1.
const NUMBER: u8 = 2;
/// A UUID or another hexadecimal id.
const HEXADECIMAL: u8 = 4;
/// cus_9s6XKzkNRiz8i3.
const WORD: u8 = 8;
/// An address of mail, or what was masked.
const MARK: u8 = 16;

const CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0_u8;
    loop {
        let hex = if byte.is_ascii_hexdigit() { HEXADECIMAL } else { 0 };
        classes[byte as usize] = match byte {
            b'0'..=b'9' => DIGIT | NUMBER | HEXADECIMAL | WORD,
            b'-' => NUMBER | HEXADECIMAL | WORD,
            b'.' | b'_' => NUMBER | WORD,
            b',' | b':' => NUMBER,
            b'@' | b'*' => MARK,
            b'a'..=b'z' | b'A'..=b'Z' => WORD | hex,
            _ => 0,
        };
        if byte == u8::MAX {
            break classes;
        }
        byte += 1;
    }
};

/// The route of a path: its segments without the query, ids replaced. `out` holds it where it is not a
/// part of the path.
#[must_use]
pub fn route<'r>(path: &'r str, out: &'r mut String) -> &'r str {
    let end = path.bytes().position(|byte| matches!(byte, b'?' | b'#')).unwrap_or(path.len());
    let path = &path[..end];
    out.clear();
    let (mut copied, mut start) = (0, 0);
    for segment in path.as_bytes().split(|byte| *byte == b'/') {
        let end = start + segment.len();
        if is_id(segment) {
            out.push_str(&path[copied..start]);
            out.push_str(ID);
            copied = end;
        }
        start = end + 1;
    }
    // An id has at least one byte.
    if copied == 0 {
        return path;
    }
    out.push_str(&path[copied..]);
    out
}

/// Whether a segment names one thing among many.
fn is_id(segment: &[u8]) -> bool {
    let (mut any, mut all) = (0, u8::MAX);
    for byte in segment {
        let class = CLASSES[usize::from(*byte)];
        any |= class;
        all &= class;
    }
    let length = segment.len();
    if length > LONG || any & MARK != 0 {
        return true;
    }
    any & DIGIT != 0
        && (all & NUMBER != 0
            || length >= HEX && all & HEXADECIMAL != 0
            || length >= TOKEN && all & WORD != 0
            || numbered(segment))
}

/// A word, a separator and nothing but digits: `order-1042`. `v2` and `step-1` stay.
fn numbered(segment: &[u8]) -> bool {
    let digits = segment.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    digits >= 3 && segment.iter().rev().nth(digits).is_some_and(|byte| matches!(byte, b'-' | b'_' | b':'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn route(path: &str) -> String {
        super::route(path, &mut "left over".to_owned()).to_owned()
    }

    /// What an id is, in many words.
    fn is_id_in_words(segment: &str) -> bool {
        let digits = segment.bytes().filter(u8::is_ascii_digit).count();
        let all = |allowed: fn(&u8) -> bool| segment.bytes().all(|byte| allowed(&byte));
        let number = segment.rsplit(['-', '_', ':']).next().unwrap_or_default();
        segment.len() > LONG
            || segment.contains(['@', '*'])
            || digits > 0
                && (all(|byte| byte.is_ascii_digit() || b"-.,:_".contains(byte))
                    || segment.len() >= HEX && all(|byte| byte.is_ascii_hexdigit() || *byte == b'-')
                    || segment.len() >= TOKEN
                        && all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte))
                    || number.len() >= 3
                        && number.len() < segment.len()
                        && number.bytes().all(|byte| byte.is_ascii_digit()))
    }

    proptest! {
        #[test]
        fn every_segment_that_is_an_id_is_replaced_and_no_other(
            segments in prop::collection::vec(
                prop_oneof!["[a-f0-9-]{0,12}", "[a-z]{1,4}[-_:.][0-9]{0,4}", "[0-9.,:_@-]{0,5}", "[a-zA-Z0-9_.-]{0,44}", "[^/?#]{0,6}"],
                1..5,
            ),
            query in prop_oneof![Just(""), Just("?a=/1"), Just("#1/2")],
        ) {
            let named: Vec<_> = segments.iter().map(|segment| if is_id_in_words(segment) { ID } else { segment }).collect();
            prop_assert_eq!(route(&(segments.join("/") + query)), named.join("/"));
        }
    }

    #[test]
    fn ids_are_replaced() {
        for (path, expected) in [
            ("/users/42", "/users/:id"),
            ("/users/42/orders/7/", "/users/:id/orders/:id/"),
            ("/api/v1/users/6f9619ff-8b86-d011-b42d-00c04fc964ff", "/api/v1/users/:id"),
            ("/commits/3f2a1b9c?full=1", "/commits/:id"),
            ("/pay/cus_9s6XKzkNRiz8i3#top", "/pay/:id"),
            ("/orders/order-1042", "/orders/:id"),
            ("/days/2024-01-31", "/days/:id"),
            ("/people/bob@example.com", "/people/:id"),
            ("/cards/************1111", "/cards/:id"),
        ] {
            assert_eq!(route(path), expected);
        }
    }

    #[test]
    fn names_stay() {
        for path in
            ["", "/", "/api/v2/users", "/feedback", "/deadbeef", "/oauth2/token", "/step-1", "/files/a.b"]
        {
            assert_eq!(route(path), path);
        }
        assert_eq!(route("users?id=42"), "users");
    }
}
