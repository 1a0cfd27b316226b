//! Paths become routes: `/users/42?x=1` goes in, `/users/:id` comes out. Rollups group by the route;
//! by the path they would hold a row for every id there is. Pure.

use std::borrow::Cow;

/// Stands for a segment that names one thing among many.
const ID: &str = ":id";
/// A segment of letters and digits this long is an id, not a word.
const TOKEN: usize = 16;
/// So is one this long, whatever it is made of.
const LONG: usize = 40;
/// The shortest hexadecimal id, as of a commit or a trace.
const HEX: usize = 8;

/// The route of a path: its segments without the query, ids replaced.
#[must_use]
pub fn route(path: &str) -> Cow<'_, str> {
    let path = &path[..path.find(['?', '#']).unwrap_or(path.len())];
    if !path.split('/').any(is_id) {
        return Cow::Borrowed(path);
    }
    let mut out = String::with_capacity(path.len());
    for (index, segment) in path.split('/').enumerate() {
        if index > 0 {
            out.push('/');
        }
        out.push_str(if is_id(segment) { ID } else { segment });
    }
    Cow::Owned(out)
}

/// Whether a segment names one thing among many.
fn is_id(segment: &str) -> bool {
    let digits = segment.bytes().filter(u8::is_ascii_digit).count();
    let all = |allowed: fn(&u8) -> bool| segment.bytes().all(|byte| allowed(&byte));
    if segment.len() > LONG || segment.contains(['@', '*']) {
        return true;
    }
    if digits == 0 {
        return false;
    }
    // 42, 2024-01-31, 10.0.0.1; a UUID or another hexadecimal id; cus_9s6XKzkNRiz8i3; usr_00042.
    all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'.' | b',' | b':' | b'_'))
        || segment.len() >= HEX && all(|byte| byte.is_ascii_hexdigit() || *byte == b'-')
        || segment.len() >= TOKEN
            && all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
        || numbered(segment)
}

/// A word, a separator and nothing but digits: `order-1042`. `v2` and `step-1` stay.
fn numbered(segment: &str) -> bool {
    let number = segment.rsplit(['-', '_', ':']).next().unwrap_or_default();
    number.len() >= 3 && number.len() < segment.len() && number.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

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
