//! The manifest of an export against what arrived. In: the signed manifest, and the count and hash of the bytes. Out:
//! what it says, or where it differs. Pure.

use anyhow::{Context as _, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use openssl::pkey::PKey;
use openssl::sign::Verifier;
use serde_json::Value;

/// What arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Arrived {
    /// Bytes.
    pub(super) bytes: u64,
    /// Their SHA-256, as hex digits.
    pub(super) sha256: String,
}

/// Checks the signature, and that the manifest is about these bytes. Returns the rows it counts.
pub(super) fn check(signed: &Value, export_id: &str, arrived: &Arrived) -> anyhow::Result<Option<u64>> {
    let text = |field: &str| signed[field].as_str().with_context(|| format!("the manifest has no {field}"));
    let (payload, pem) = (text("payload")?, text("public_key")?);
    let signature = STANDARD.decode(text("signature")?).context("the manifest's signature is not base64")?;
    let key = PKey::public_key_from_pem(pem.as_bytes()).context("the manifest's key is not PEM")?;
    if !Verifier::new_without_digest(&key)?.verify_oneshot(&signature, payload.as_bytes())? {
        bail!("the signature of the manifest is wrong: somebody changed it on its way");
    }
    let manifest: Value = serde_json::from_str(payload).context("the manifest is not JSON")?;
    if manifest["export_id"] != export_id {
        bail!("the manifest is of another export");
    }
    if manifest["sha256"] != arrived.sha256.as_str() || manifest["bytes"] != arrived.bytes {
        bail!(
            "what arrived is not what the server sent: {} bytes with SHA-256 {}, but the manifest names {} and {}",
            arrived.bytes,
            arrived.sha256,
            manifest["bytes"],
            manifest["sha256"].as_str().unwrap_or("none")
        );
    }
    Ok(manifest["rows"].as_u64())
}

#[cfg(test)]
mod tests {
    use openssl::pkey::Id;
    use openssl::sign::Signer;
    use serde_json::json;

    use super::*;

    fn signed(payload: &Value) -> Value {
        let key = PKey::private_key_from_raw_bytes(&[7; 32], Id::ED25519).unwrap();
        let payload = payload.to_string();
        let signature =
            Signer::new_without_digest(&key).unwrap().sign_oneshot_to_vec(payload.as_bytes()).unwrap();
        let pem = String::from_utf8(key.public_key_to_pem().unwrap()).unwrap();
        json!({"payload": payload, "signature": STANDARD.encode(signature), "public_key": pem})
    }

    #[test]
    fn every_difference_is_found() {
        let arrived = Arrived { bytes: 3, sha256: "abc".to_owned() };
        let good = json!({"export_id": "e", "rows": 1, "bytes": 3, "sha256": "abc"});
        assert_eq!(check(&signed(&good), "e", &arrived).unwrap(), Some(1));
        let refused =
            |signed: &Value, arrived: &Arrived| check(signed, "e", arrived).unwrap_err().to_string();
        let longer = Arrived { bytes: 4, ..arrived.clone() };
        assert!(refused(&signed(&good), &longer).contains("4 bytes"));
        let other = Arrived { sha256: "abd".to_owned(), ..arrived.clone() };
        assert!(refused(&signed(&good), &other).contains("abd"));
        assert!(check(&signed(&good), "f", &arrived).unwrap_err().to_string().contains("another export"));
        let mut forged = signed(&good);
        forged["payload"] = json!(good.to_string().replace("\"rows\":1", "\"rows\":2"));
        assert!(refused(&forged, &arrived).contains("signature"));
        assert!(refused(&json!({}), &arrived).contains("has no payload"));
    }
}
