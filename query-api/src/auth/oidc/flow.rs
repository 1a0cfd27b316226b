//! A sign-in under way: what must come back unchanged from the browser. It lies in a cookie of its own, signed, so that
//! any replica can go on with it and nobody can begin one in another's browser.

use axum::http::{HeaderMap, HeaderValue};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bataudit_service::Secret;
use hmac::{Hmac, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use super::super::cookie;

/// The cookie's name.
pub(super) const COOKIE: &str = "bataudit_oidc";
/// How long somebody may take at the provider.
const LIFETIME_SECONDS: i64 = 600;
/// What the key is derived for; another purpose has another key.
const PURPOSE: &[u8] = b"bataudit: sign-ins under way at an OpenID provider";
/// A longer way back is left out.
const MOST_BACK: usize = 1024;

/// What is remembered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Flow {
    /// Comes back as a parameter.
    pub(super) state: String,
    /// Comes back in the ID token.
    pub(super) nonce: String,
    /// Proves to the provider who began (PKCE).
    pub(super) verifier: String,
    /// Where in the dashboard to go.
    pub(super) back: String,
    /// Unix seconds.
    pub(super) until: i64,
}

impl Flow {
    /// A sign-in that begins now.
    pub(super) fn new(
        state: String,
        nonce: String,
        verifier: String,
        back: Option<&str>,
        now_s: i64,
    ) -> Self {
        let back = back.filter(|path| is_path(path)).unwrap_or("/").to_owned();
        Self { state, nonce, verifier, back, until: now_s + LIFETIME_SECONDS }
    }

    /// The header that remembers it. The provider sends the browser back from another site, so the cookie is `Lax`.
    pub(super) fn set(&self, secret: &Secret, is_secure: bool) -> Option<HeaderValue> {
        let payload = serde_json::to_vec(self).ok()?;
        let tag = mac(secret, &payload)?.finalize().into_bytes();
        let value = format!("{}.{}", URL_SAFE_NO_PAD.encode(payload), URL_SAFE_NO_PAD.encode(tag));
        header(&value, LIFETIME_SECONDS, is_secure)
    }

    /// The sign-in that this browser began, if it did, and this is its `state`.
    pub(super) fn find(headers: &HeaderMap, secret: &Secret, state: &str, now_s: i64) -> Option<Self> {
        let (payload, tag) = cookie::named(headers, COOKIE)?.split_once('.')?;
        let (payload, tag) = (URL_SAFE_NO_PAD.decode(payload).ok()?, URL_SAFE_NO_PAD.decode(tag).ok()?);
        mac(secret, &payload)?.verify_slice(&tag).ok()?;
        let flow: Self = serde_json::from_slice(&payload).ok()?;
        let is_same = openssl::memcmp::eq(
            &openssl::sha::sha256(flow.state.as_bytes()),
            &openssl::sha::sha256(state.as_bytes()),
        );
        (is_same && flow.until > now_s).then_some(flow)
    }
}

/// The header that forgets the sign-in.
pub(super) fn clear(is_secure: bool) -> Option<HeaderValue> {
    header("", 0, is_secure)
}

/// Whether this is a path of the dashboard, and leads to no other site.
fn is_path(text: &str) -> bool {
    let mut bytes = text.bytes();
    text.len() <= MOST_BACK
        && bytes.next() == Some(b'/')
        && !matches!(text.as_bytes().get(1), Some(b'/' | b'\\'))
        && !text.starts_with("/login")
        && text.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte))
}

fn mac(secret: &Secret, payload: &[u8]) -> Option<Hmac<Sha256>> {
    let mut key = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes()).ok()?;
    key.update(PURPOSE);
    let mut mac = Hmac::<Sha256>::new_from_slice(&key.finalize().into_bytes()).ok()?;
    mac.update(payload);
    Some(mac)
}

fn header(value: &str, max_age: i64, is_secure: bool) -> Option<HeaderValue> {
    let secure = if is_secure { "; Secure" } else { "" };
    let cookie =
        format!("{COOKIE}={value}; Path=/v1/auth/oidc; Max-Age={max_age}; HttpOnly; SameSite=Lax{secure}");
    HeaderValue::from_str(&cookie).ok()
}

#[cfg(test)]
mod tests {
    use axum::http::header::COOKIE as HEADER;

    use super::*;

    fn secret() -> Secret {
        Secret::new("0123456789abcdef0123456789abcdef")
    }

    fn flow(back: Option<&str>) -> Flow {
        Flow::new("s".to_owned(), "n".to_owned(), "v".to_owned(), back, 1000)
    }

    fn headers(flow: &Flow) -> HeaderMap {
        let set = flow.set(&secret(), true).unwrap();
        let pair = set.to_str().unwrap().split(';').next().unwrap().to_owned();
        HeaderMap::from_iter([(HEADER, HeaderValue::from_str(&pair).unwrap())])
    }

    #[test]
    fn only_the_browser_that_began_goes_on() {
        let (flow, headers) = (flow(None), headers(&flow(None)));
        assert_eq!(Flow::find(&headers, &secret(), "s", 1000), Some(flow.clone()));
        assert_eq!(Flow::find(&headers, &secret(), "t", 1000), None, "another state");
        assert_eq!(Flow::find(&headers, &secret(), "s", 1600), None, "over");
        assert_eq!(Flow::find(&HeaderMap::new(), &secret(), "s", 1000), None, "another browser");
        let other = Secret::new("another secret of 32 bytes or more");
        assert_eq!(Flow::find(&headers, &other, "s", 1000), None, "signed by somebody else");
        let set = flow.set(&secret(), true).unwrap();
        assert!(
            set.to_str()
                .unwrap()
                .ends_with("; Path=/v1/auth/oidc; Max-Age=600; HttpOnly; SameSite=Lax; Secure")
        );
    }

    #[test]
    fn the_way_back_stays_in_the_dashboard() {
        assert_eq!(flow(Some("/events?status_class=5xx&q=a%20b")).back, "/events?status_class=5xx&q=a%20b");
        for bad in
            ["//evil.example", "/\\evil.example", "https://evil.example", "", "/a b", "/login", "/\r\nX: y"]
        {
            assert_eq!(flow(Some(bad)).back, "/", "{bad:?}");
        }
        assert_eq!(flow(Some(&format!("/{}", "a".repeat(2000)))).back, "/");
    }
}
