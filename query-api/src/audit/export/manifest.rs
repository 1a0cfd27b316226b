//! The manifest of an export: what it is of, how many rows and bytes it has, their hash; and the
//! signature over it. The key follows from the secret that every replica has, so each signs alike.

use std::collections::BTreeMap;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bataudit_control::clock::now_ms;
use bataudit_service::Secret;
use hmac::{Hmac, Mac};
use openssl::pkey::{Id, PKey};
use openssl::sign::Signer as Signing;
use serde::Serialize;
use sha2::Sha256;

use super::super::range::Range;
use super::SignedManifest;
use super::format::Format;
use crate::error::{ApiError, ApiResult};
use crate::time::rfc3339;

/// What the key is derived for; another purpose has another key.
const PURPOSE: &[u8] = b"bataudit: manifests of exports, ed25519";

/// What is known of an export when it begins.
#[derive(Debug)]
pub(super) struct Beginning {
    pub(super) export_id: String,
    /// Id and e-mail.
    pub(super) exported_by: (String, String),
    /// The project that was asked for.
    pub(super) project_id: Option<String>,
    /// The projects that were read; `None` means all.
    pub(super) projects: Option<Vec<String>>,
    /// The parameters as given.
    pub(super) query: BTreeMap<String, Vec<String>>,
    pub(super) range: Range,
    pub(super) format: Format,
    pub(super) started_at: i64,
}

/// What is known when it has ended.
#[derive(Debug)]
pub(super) struct Ending {
    pub(super) rows: Option<u64>,
    pub(super) bytes: u64,
    pub(super) sha256: String,
}

#[derive(Serialize)]
struct Manifest<'a> {
    version: u8,
    export_id: &'a str,
    exported_by: ExportedBy<'a>,
    projects: Option<&'a [String]>,
    query: &'a BTreeMap<String, Vec<String>>,
    range: Ends,
    format: Format,
    rows: Option<u64>,
    bytes: u64,
    sha256: &'a str,
    started_at: String,
    finished_at: String,
}

#[derive(Serialize)]
struct ExportedBy<'a> {
    user_id: &'a str,
    email: &'a str,
}

#[derive(Serialize)]
struct Ends {
    start: String,
    end: String,
}

impl Beginning {
    /// The manifest as JSON.
    pub(super) fn end(&self, ending: &Ending) -> ApiResult<String> {
        let manifest = Manifest {
            version: 1,
            export_id: &self.export_id,
            exported_by: ExportedBy { user_id: &self.exported_by.0, email: &self.exported_by.1 },
            projects: self.projects.as_deref(),
            query: &self.query,
            range: Ends { start: rfc3339(self.range.start), end: rfc3339(self.range.end) },
            format: self.format,
            rows: ending.rows,
            bytes: ending.bytes,
            sha256: &ending.sha256,
            started_at: rfc3339(self.started_at),
            finished_at: rfc3339(now_ms()),
        };
        serde_json::to_string(&manifest).map_err(|_| ApiError::Internal)
    }
}

/// Signs manifests.
#[derive(Clone)]
pub(crate) struct Signer(Secret);

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signer")
    }
}

impl Signer {
    /// A signer with the key that follows from this secret.
    pub(crate) const fn new(secret: Secret) -> Self {
        Self(secret)
    }

    /// A text with its signature and the key to check it with.
    pub(crate) fn signed(&self, payload: String) -> ApiResult<SignedManifest> {
        let (signature, public_key) = self.sign(payload.as_bytes())?;
        Ok(SignedManifest { payload, signature, public_key })
    }

    /// The signature of `payload` as base64, and the key to check it with as PEM.
    fn sign(&self, payload: &[u8]) -> ApiResult<(String, String)> {
        let seed = self.seed().ok_or(ApiError::Internal)?;
        let signed = PKey::private_key_from_raw_bytes(&seed, Id::ED25519).and_then(|key| {
            let signature = Signing::new_without_digest(&key)?.sign_oneshot_to_vec(payload)?;
            Ok((signature, key.public_key_to_pem()?))
        });
        let (signature, public_key) = signed.map_err(|error| {
            tracing::error!(%error, "A manifest could not be signed.");
            ApiError::Internal
        })?;
        let public_key = String::from_utf8(public_key).map_err(|_| ApiError::Internal)?;
        Ok((STANDARD.encode(signature), public_key))
    }

    fn seed(&self) -> Option<[u8; 32]> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.expose().as_bytes()).ok()?;
        mac.update(PURPOSE);
        Some(mac.finalize().into_bytes().into())
    }
}

#[cfg(test)]
mod tests {
    use openssl::sign::Verifier;

    use super::*;

    #[test]
    fn signatures_hold_for_what_was_signed_only() {
        let (one, same) = (Signer::new(Secret::new("a secret")), Signer::new(Secret::new("a secret")));
        let (signature, pem) = one.sign(b"payload").unwrap();
        assert_eq!((signature.clone(), pem.clone()), same.sign(b"payload").unwrap(), "replicas sign alike");
        assert_ne!(pem, Signer::new(Secret::new("another secret")).sign(b"payload").unwrap().1);
        let key = PKey::public_key_from_pem(pem.as_bytes()).unwrap();
        let signature = STANDARD.decode(signature).unwrap();
        let holds = |payload: &[u8]| {
            Verifier::new_without_digest(&key).unwrap().verify_oneshot(&signature, payload).unwrap()
        };
        assert!(holds(b"payload") && !holds(b"payloae"));
    }
}
