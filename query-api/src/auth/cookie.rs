//! The session cookie of the dashboard: a token the page's scripts never see.

use axum::http::{HeaderMap, HeaderValue, header};

use super::token::LIFETIME_SECONDS;

const NAME: &str = "bataudit_session";

/// The token in the cookie, if there is one.
pub(crate) fn read(headers: &HeaderMap) -> Option<&str> {
    named(headers, NAME)
}

/// The value of the cookie of this name, if it has one.
pub(super) fn named<'h>(headers: &'h HeaderMap, wanted: &str) -> Option<&'h str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find_map(|(name, value)| (name == wanted && !value.is_empty()).then_some(value))
}

/// The header that sets the cookie.
pub(crate) fn set(token: &str, secure: bool) -> Option<HeaderValue> {
    header_value(token, LIFETIME_SECONDS, secure)
}

/// The header that removes the cookie.
pub(crate) fn clear(secure: bool) -> Option<HeaderValue> {
    header_value("", 0, secure)
}

fn header_value(token: &str, max_age: i64, secure: bool) -> Option<HeaderValue> {
    let secure = if secure { "; Secure" } else { "" };
    let cookie = format!("{NAME}={token}; Path=/; Max-Age={max_age}; HttpOnly; SameSite=Strict{secure}");
    HeaderValue::from_str(&cookie).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_its_cookie_among_others() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, HeaderValue::from_static("a=1; bataudit_session=x.y.z; b=2"));
        assert_eq!(read(&headers), Some("x.y.z"));
        headers.insert(header::COOKIE, HeaderValue::from_static("bataudit_session=; bataudit_sessions=q"));
        assert_eq!(read(&headers), None);
    }

    #[test]
    fn is_out_of_reach_of_scripts_and_other_sites() {
        let set = set("t", true).unwrap();
        assert_eq!(set, "bataudit_session=t; Path=/; Max-Age=86400; HttpOnly; SameSite=Strict; Secure");
        assert_eq!(clear(false).unwrap(), "bataudit_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict");
    }
}
