//! Session tokens: JWT signed with HMAC-SHA-256 (RFC 7515, RFC 7519).
//!
//! Written out instead of taken from a library because one algorithm and one issuer are all there is:
//! with no choice of algorithm there is nothing to confuse, and no RSA or elliptic curves to build.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bataudit_service::Secret;
use hmac::{Hmac, Mac};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Whom a token is for. Tokens of screens name another audience, and are signed by another key.
const AUDIENCE: &str = "bataudit:user";
/// The header of tokens signed before headers named a key. With the one that names it, all that is
/// accepted: nobody chooses an algorithm here.
const UNNAMED: &str = r#"{"alg":"HS256","typ":"JWT"}"#;
/// Longer texts are not tokens of ours.
const MAX_BYTES: usize = 4096;

/// How long a token and its session last.
pub(crate) const LIFETIME_SECONDS: i64 = 24 * 60 * 60;

/// What a token says. Only `jti` is believed beyond the signature: user and role are read from the
/// session's row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Claims {
    /// The user.
    pub(crate) user_id: String,
    /// Their e-mail when they logged in.
    pub(crate) email: String,
    /// Their role when they logged in.
    pub(crate) role: String,
    /// End, unix seconds.
    pub(crate) exp: i64,
    /// Start, unix seconds.
    pub(crate) iat: i64,
    /// Always `bataudit:user`.
    pub(crate) aud: String,
    /// The session's row.
    pub(crate) jti: String,
}

impl Claims {
    /// The claims of a session that starts now.
    pub(crate) fn new(user: &bataudit_control::users::User, session_id: &str, now_s: i64) -> Self {
        Self {
            user_id: user.id.clone(),
            email: user.email.clone(),
            role: user.role.to_string(),
            exp: now_s + LIFETIME_SECONDS,
            iat: now_s,
            aud: AUDIENCE.to_owned(),
            jti: session_id.to_owned(),
        }
    }
}

/// A secret, and the header of the tokens it signs, which names it by a piece of its hash.
#[derive(Debug, Clone)]
struct SigningKey {
    secret: Secret,
    header: String,
}

impl SigningKey {
    fn new(secret: Secret) -> Self {
        let hash = Sha256::digest([b"bataudit:kid:", secret.expose().as_bytes()].concat());
        let id = URL_SAFE_NO_PAD.encode(hash.get(..6).unwrap_or_default());
        Self { secret, header: format!(r#"{{"alg":"HS256","kid":"{id}","typ":"JWT"}}"#) }
    }

    fn mac(&self, signed: &[u8]) -> Option<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.secret.expose().as_bytes()).ok()?;
        mac.update(signed);
        Some(mac)
    }
}

/// Signs and verifies tokens.
#[derive(Debug, Clone)]
pub(crate) struct Tokens {
    /// The first signs; all verify.
    keys: Vec<SigningKey>,
}

impl Tokens {
    /// Signs with `secret`; tokens that an earlier one signed verify until they are over.
    pub(crate) fn new(secret: Secret, earlier: &[Secret]) -> Self {
        let keys = std::iter::once(secret).chain(earlier.iter().cloned());
        Self { keys: keys.map(SigningKey::new).collect() }
    }

    /// The same with keys derived for another purpose: what they sign, these do not verify, nor the other way.
    pub(super) fn for_purpose(purpose: &str, secret: &Secret, earlier: &[Secret]) -> Self {
        let derived = |secret: &Secret| {
            let mac = SigningKey::new(secret.clone()).mac(purpose.as_bytes());
            Secret::new(mac.map(|mac| hex(&mac.finalize().into_bytes())).unwrap_or_default())
        };
        Self::new(derived(secret), &earlier.iter().map(derived).collect::<Vec<_>>())
    }

    /// The token of these claims.
    pub(crate) fn sign(&self, claims: &impl Serialize) -> String {
        let Some(key) = self.keys.first() else { return String::new() };
        // Claims are texts and numbers: serialising them cannot fail.
        let payload = serde_json::to_vec(claims).unwrap_or_default();
        let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(&key.header), URL_SAFE_NO_PAD.encode(payload));
        let signature = key.mac(signed.as_bytes()).map(|mac| mac.finalize().into_bytes());
        let signature = signature.map(|bytes| URL_SAFE_NO_PAD.encode(bytes)).unwrap_or_default();
        format!("{signed}.{signature}")
    }

    /// The claims of a token that we signed, for a user, and that is not over.
    pub(crate) fn verify(&self, token: &str, now_s: i64) -> Option<Claims> {
        let claims: Claims = self.open(token)?;
        (claims.aud == AUDIENCE && claims.exp > now_s && !claims.jti.is_empty()).then_some(claims)
    }

    /// The claims of a token that we signed, whatever they say.
    pub(super) fn open<T: DeserializeOwned>(&self, token: &str) -> Option<T> {
        if token.len() > MAX_BYTES {
            return None;
        }
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, payload) = signed.split_once('.')?;
        let header = URL_SAFE_NO_PAD.decode(header).ok()?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        let may_have_signed =
            |key: &&SigningKey| header == key.header.as_bytes() || header == UNNAMED.as_bytes();
        let signed_by = |key: &SigningKey| {
            key.mac(signed.as_bytes()).is_some_and(|mac| mac.verify_slice(&signature).is_ok())
        };
        if !self.keys.iter().filter(may_have_signed).any(signed_by) {
            return None;
        }
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens() -> Tokens {
        Tokens::new(Secret::new("0123456789abcdef0123456789abcdef"), &[])
    }

    fn claims() -> Claims {
        Claims {
            user_id: "u".to_owned(),
            email: "a@b".to_owned(),
            role: "viewer".to_owned(),
            exp: 2_000,
            iat: 1_000,
            aud: AUDIENCE.to_owned(),
            jti: "s".to_owned(),
        }
    }

    fn with_payload(token: &str, payload: &str) -> String {
        let parts: Vec<_> = token.split('.').collect();
        format!("{}.{}.{}", parts[0], URL_SAFE_NO_PAD.encode(payload), parts[2])
    }

    #[test]
    fn only_own_living_tokens_verify() {
        let token = tokens().sign(&claims());
        assert_eq!(tokens().verify(&token, 1_500), Some(claims()));
        assert_eq!(tokens().verify(&token, 2_000), None, "over");
        let other = Tokens::new(Secret::new("another secret of 32 bytes or more"), &[]);
        assert_eq!(other.verify(&token, 1_500), None, "another secret");
        let tv = tokens().sign(&Claims { aud: "bataudit:wallboard".to_owned(), ..claims() });
        assert_eq!(tokens().verify(&tv, 1_500), None, "another audience");
    }

    #[test]
    fn an_earlier_secret_verifies_and_signs_no_more() {
        let [old, new] =
            ["0123456789abcdef0123456789abcdef", "another secret of 32 bytes or more"].map(Secret::new);
        let before = tokens().sign(&claims());
        let rotated = Tokens::new(new.clone(), &[old]);
        assert_eq!(rotated.verify(&before, 1_500), Some(claims()));
        let after = rotated.sign(&claims());
        assert_eq!(tokens().verify(&after, 1_500), None);
        let ended = Tokens::new(new, &[]);
        assert_eq!((ended.verify(&after, 1_500), ended.verify(&before, 1_500)), (Some(claims()), None));
    }

    #[test]
    fn tokens_of_before_keys_had_names_verify() {
        let key = &tokens().keys[0];
        let payload = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&claims()).unwrap());
        let signed = format!("{}.{payload}", URL_SAFE_NO_PAD.encode(UNNAMED));
        let signature = URL_SAFE_NO_PAD.encode(key.mac(signed.as_bytes()).unwrap().finalize().into_bytes());
        assert_eq!(tokens().verify(&format!("{signed}.{signature}"), 1_500), Some(claims()));
    }

    #[test]
    fn forgeries_do_not_verify() {
        let token = tokens().sign(&claims());
        let owner = serde_json::to_string(&Claims { role: "owner".to_owned(), ..claims() }).unwrap();
        assert_eq!(tokens().verify(&with_payload(&token, &owner), 1_500), None);
        let payload = token.split('.').nth(1).unwrap();
        let none = URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#);
        for forged in [format!("{none}.{payload}."), "..".to_owned(), String::new(), "x".repeat(5_000)] {
            assert_eq!(tokens().verify(&forged, 1_500), None, "{forged}");
        }
    }

    #[test]
    fn matches_the_published_example() {
        // RFC 7515, appendix A.1, has another header; the signature construction is the same.
        let mac = Hmac::<Sha256>::new_from_slice(b"key").unwrap();
        let mut mac = mac;
        mac.update(b"The quick brown fox jumps over the lazy dog");
        let tag = mac.finalize().into_bytes();
        assert_eq!(URL_SAFE_NO_PAD.encode(tag), "97yD9DBThCSxMpjmqm-xQ-9NWaFJRhdZl0edvC0aPNg");
    }
}
