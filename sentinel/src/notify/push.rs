//! An alert to a browser, by Web Push (RFC 8030): encrypted so that only the browser reads it (RFC 8291), and signed with
//! the installation's key, so that its push service knows who sends (VAPID, RFC 8292). [`request`] is pure but for
//! randomness.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bataudit_control::notifications::{Outcome, Pending, Vapid, vapid};
use bataudit_control::{Store, clock};
use openssl::ec::EcKey;
use openssl::ecdsa::EcdsaSig;
use openssl::hash::{MessageDigest, hash};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Url};
use serde::Deserialize;
use serde_json::json;

use super::message::Alert;
use super::{given_up, judge};
use crate::outbound::client::Client;

/// The type of channels that are browsers.
pub(super) const KIND: &str = "push";
/// How long a push service keeps an alert for a browser that is off, in seconds, as with the original.
const TTL: &str = "3600";
/// How long a signature is good, in seconds; services refuse more than a day.
const SIGNED_FOR: i64 = 12 * 60 * 60;
/// Whom a push service may write to: the project, as the installation's own address is not known here.
const CONTACT: &str = "https://github.com/bataudit/bataudit";

/// What a browser can decrypt, as it said when it subscribed: base64url.
#[derive(Debug, Deserialize)]
struct Keys {
    p256dh: String,
    auth: String,
}

/// Whether an answer says that the browser is gone for good.
pub(super) fn is_gone(outcome: &Outcome) -> bool {
    matches!(outcome.status_code, Some(404 | 410))
}

pub(super) async fn attempt(
    store: &Store,
    client: &Client,
    alert: &Alert,
    pending: &Pending,
    now: i64,
) -> Outcome {
    let (endpoint, keys) = (pending.channel.url.expose(), pending.channel.secret.expose());
    let vapid = match vapid::get(store).await {
        Ok(Some(vapid)) => vapid,
        Ok(None) => return given_up("the key that signs Web Push is gone".to_owned()),
        Err(error) => return judge_later(&error, pending, now),
    };
    match request(&vapid, endpoint, keys, &body(alert), clock::now_ms() / 1000) {
        Some((headers, body)) => {
            let answer = client.call(Method::POST, endpoint, headers, body).await;
            let outcome = judge(answer, pending.delivery.attempts, now);
            let is_gone = is_gone(&outcome);
            Outcome { retry_at: outcome.retry_at.filter(|_| !is_gone), ..outcome }
        }
        None => given_up("the browser's keys cannot be used; subscribe anew".to_owned()),
    }
}

fn judge_later(error: &bataudit_control::Error, pending: &Pending, now: i64) -> Outcome {
    let retry_at = super::retry_at(pending.delivery.attempts, now);
    Outcome { retry_at, error: Some(error.to_string()), ..Outcome::default() }
}

/// What the dashboard's worker shows: the original's fields. A test leads to where it was asked for.
fn body(alert: &Alert) -> Vec<u8> {
    let (title, url) = if alert.is_test() {
        ("BatAudit Test", format!("/app/settings/notifications?project={}", alert.project_id))
    } else {
        ("BatAudit Alert", "/app/anomalies".to_owned())
    };
    json!({"title": title, "body": alert.sentence(), "url": url}).to_string().into_bytes()
}

/// Headers and body for a push service; `None` when a key cannot be used. `now` is in unix seconds.
fn request(vapid: &Vapid, endpoint: &str, keys: &str, text: &[u8], now: i64) -> Option<(HeaderMap, Vec<u8>)> {
    let keys: Keys = serde_json::from_str(keys).ok()?;
    let (public, auth) = (decoded(&keys.p256dh)?, decoded(&keys.auth)?);
    let body = ece::encrypt(&public, &auth, text).ok()?;
    let token = token(vapid, &Url::parse(endpoint).ok()?.origin().ascii_serialization(), now)?;
    let mut headers = HeaderMap::new();
    for (name, value) in [
        ("authorization", format!("vapid t={token}, k={}", vapid.public_key)),
        ("content-encoding", "aes128gcm".to_owned()),
        ("content-type", "application/octet-stream".to_owned()),
        ("ttl", TTL.to_owned()),
        ("urgency", "high".to_owned()),
    ] {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_str(&value).ok()?);
    }
    Some((headers, body))
}

/// Browsers pad or do not.
fn decoded(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok()
}

/// The token that says who sends, to whom (RFC 8292): a JWT with ES256.
fn token(vapid: &Vapid, audience: &str, now: i64) -> Option<String> {
    let claims = json!({"aud": audience, "exp": now + SIGNED_FOR, "sub": CONTACT});
    let encoded = |text: &str| URL_SAFE_NO_PAD.encode(text);
    let signed = format!("{}.{}", encoded(r#"{"typ":"JWT","alg":"ES256"}"#), encoded(&claims.to_string()));
    let key = EcKey::private_key_from_pem(vapid.private_key.expose().as_bytes()).ok()?;
    let digest = hash(MessageDigest::sha256(), signed.as_bytes()).ok()?;
    let signature = EcdsaSig::sign(&digest, &key).ok()?;
    let halves = [signature.r().to_vec_padded(32).ok()?, signature.s().to_vec_padded(32).ok()?];
    Some(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(halves.concat())))
}

#[cfg(test)]
pub(super) mod tests {
    use bataudit_service::Secret;
    use openssl::bn::BigNumContext;
    use openssl::ec::{EcGroup, PointConversionForm};
    use openssl::nid::Nid;
    use openssl::pkey::PKey;

    use super::*;

    /// A pair as the query API makes it.
    pub(crate) fn pair() -> Vapid {
        let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
        let key = EcKey::generate(&group).unwrap();
        let mut context = BigNumContext::new().unwrap();
        let point =
            key.public_key().to_bytes(&group, PointConversionForm::UNCOMPRESSED, &mut context).unwrap();
        let pem = PKey::from_ec_key(key).unwrap().private_key_to_pem_pkcs8().unwrap();
        let private_key = Secret::new(String::from_utf8(pem).unwrap());
        Vapid { private_key, public_key: URL_SAFE_NO_PAD.encode(point) }
    }

    /// A browser: its keys as it tells them, and how it reads what it gets.
    pub(crate) fn browser() -> (String, impl Fn(&[u8]) -> String) {
        let (pair, auth) = ece::generate_keypair_and_auth_secret().unwrap();
        let components = pair.raw_components().unwrap();
        let keys = json!({
            "p256dh": URL_SAFE_NO_PAD.encode(components.public_key()), "auth": URL_SAFE_NO_PAD.encode(auth),
        });
        let read =
            move |body: &[u8]| String::from_utf8(ece::decrypt(&components, &auth, body).unwrap()).unwrap();
        (keys.to_string(), read)
    }

    /// Whether a header's token is signed by the key it names; its claims.
    pub(crate) fn verified(authorization: &str) -> serde_json::Value {
        let (token, public) = authorization.strip_prefix("vapid t=").unwrap().split_once(", k=").unwrap();
        let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
        let mut context = BigNumContext::new().unwrap();
        let point = URL_SAFE_NO_PAD.decode(public).unwrap();
        let point = openssl::ec::EcPoint::from_bytes(&group, &point, &mut context).unwrap();
        let key = EcKey::from_public_key(&group, &point).unwrap();
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
        let half = |bytes: &[u8]| openssl::bn::BigNum::from_slice(bytes).unwrap();
        let signature =
            EcdsaSig::from_private_components(half(&signature[..32]), half(&signature[32..])).unwrap();
        let digest = hash(MessageDigest::sha256(), signed.as_bytes()).unwrap();
        assert!(signature.verify(&digest, &key).unwrap(), "{authorization}");
        let claims = URL_SAFE_NO_PAD.decode(signed.split_once('.').unwrap().1).unwrap();
        serde_json::from_slice(&claims).unwrap()
    }

    #[test]
    fn only_the_browser_reads_it_and_the_service_knows_who_sends() {
        let (vapid, (keys, read)) = (pair(), browser());
        let text = "Anomaly detected: error_rate in service api";
        let (headers, body) =
            request(&vapid, "https://push.example.com:444/send/abc", &keys, text.as_bytes(), 1_000).unwrap();
        assert_eq!(read(&body), text);
        assert!(!String::from_utf8_lossy(&body).contains("error_rate"));
        assert_eq!(
            (&headers["content-encoding"], &headers["ttl"]),
            (&"aes128gcm".parse().unwrap(), &"3600".parse().unwrap())
        );
        let claims = verified(headers["authorization"].to_str().unwrap());
        let wanted = json!({"aud": "https://push.example.com:444", "exp": 44_200, "sub": CONTACT});
        assert_eq!(claims, wanted);
    }

    #[test]
    fn a_test_is_shown_as_one_and_leads_to_where_it_was_asked_for() {
        let alert = json!({
            "event_type": "system.alert.test", "rule_type": "test", "project_id": "p-1",
            "service_name": "bataudit", "environment": "production", "timestamp": 0, "details": {},
        });
        let shown: serde_json::Value =
            serde_json::from_slice(&body(&serde_json::from_value(alert).unwrap())).unwrap();
        let wanted = json!({
            "title": "BatAudit Test", "body": "Test of a notification: alerts of this project arrive here",
            "url": "/app/settings/notifications?project=p-1",
        });
        assert_eq!(shown, wanted);
    }

    #[test]
    fn keys_that_are_none_are_refused() {
        let vapid = pair();
        for keys in ["", "{}", r#"{"p256dh":"AAAA","auth":"AAAA"}"#, r#"{"p256dh":"!","auth":"!"}"#] {
            assert!(request(&vapid, "https://push.example.com/a", keys, b"x", 0).is_none(), "{keys}");
        }
    }
}
