//! Signatures of what is sent, so that a receiver knows it is from here. Pure. The original's header signs the body;
//! those of Standard Webhooks (standardwebhooks.com) also sign the id and the time, so that a recorded call cannot be
//! played again.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac as _};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use sha2::Sha256;

/// What a secret starts with whose rest is base64.
const PREFIX: &str = "whsec_";

fn hmac(secret: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    // A key of any length is allowed.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else { return Vec::new() };
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().to_vec()
}

/// The headers of a call. `id` stays the same when it is repeated; `now` is in unix seconds.
pub(super) fn headers(secret: &str, id: &str, now: i64, body: &[u8]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let mut put = |name: &'static str, value: String| {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    };
    put("webhook-id", id.to_owned());
    put("webhook-timestamp", now.to_string());
    if !secret.is_empty() {
        put("x-bataudit-signature", format!("sha256={}", hex::encode(hmac(secret.as_bytes(), &[body]))));
        let decoded = secret.strip_prefix(PREFIX).and_then(|rest| STANDARD.decode(rest).ok());
        let key = decoded.unwrap_or_else(|| secret.as_bytes().to_vec());
        let signed = hmac(&key, &[id.as_bytes(), b".", now.to_string().as_bytes(), b".", body]);
        put("webhook-signature", format!("v1,{}", STANDARD.encode(signed)));
    }
    headers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_standard_webhooks() {
        // Values from the examples of the specification's reference libraries.
        let body = br#"{"test": 2432232314}"#;
        let headers = headers(
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            body,
        );
        assert_eq!(headers["webhook-signature"], "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        assert_eq!(headers["webhook-id"], "msg_p5jXN8AQM9LWM0D4loKWxJek");
    }

    #[test]
    fn the_originals_header_signs_the_body() {
        // The well-known value of HMAC-SHA256 for this key and text.
        let headers = headers("key", "id", 0, b"The quick brown fox jumps over the lazy dog");
        let wanted = "sha256=f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8";
        assert_eq!(headers["x-bataudit-signature"], wanted);
        assert!(!super::headers("", "id", 0, b"").contains_key("x-bataudit-signature"));
    }
}
