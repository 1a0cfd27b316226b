//! When certificates end. In: PEM files. Out: findings.

use std::fs;
use std::path::Path;

use openssl::asn1::Asn1Time;
use openssl::x509::{X509, X509Ref};

use super::finding::{Finding, fail, ok, skip, warn};

const CHECK: &str = "certificates";
/// Days before its end from which a certificate is told of.
const SOON: i32 = 21;

/// Checks each file, named by its variable.
pub(super) fn check(files: &[(&'static str, std::path::PathBuf)]) -> Vec<Finding> {
    if files.is_empty() {
        return vec![skip(CHECK, "none is configured")];
    }
    files.iter().map(|(variable, file)| judge(variable, file)).collect()
}

fn judge(variable: &str, file: &Path) -> Finding {
    let named = format!("{} ({variable})", file.display());
    let chain = match fs::read(file) {
        Ok(pem) => X509::stack_from_pem(&pem).unwrap_or_default(),
        Err(error) => {
            return fail(CHECK, format!("{named} cannot be read: {error}"), "correct the path or its rights");
        }
    };
    let days: Option<Vec<i32>> = chain.iter().map(|certificate| days_left(certificate)).collect();
    let renew = "renew it, and put the new one in its place: the listeners read it by themselves, other clients at their \
                 next start";
    match days.unwrap_or_default().into_iter().min() {
        None => fail(CHECK, format!("{named} holds no PEM certificate"), "put one there"),
        Some(days) if days < 0 => fail(CHECK, format!("{named} ended {} days ago", -days), renew),
        Some(days) if days < SOON => warn(CHECK, format!("{named} ends in {days} days"), renew),
        Some(days) => ok(CHECK, format!("{named} is good for {days} days")),
    }
}

/// Whole days until a certificate ends; below 0 when it has ended, however shortly ago.
fn days_left(certificate: &X509Ref) -> Option<i32> {
    let left = Asn1Time::days_from_now(0).ok()?.diff(certificate.not_after()).ok()?;
    Some(if left.days == 0 && left.secs < 0 { -1 } else { left.days })
}

#[cfg(test)]
mod tests {
    use openssl::hash::MessageDigest;
    use openssl::pkey::PKey;

    use super::super::finding::State;
    use super::*;

    fn pem(days: i64) -> Vec<u8> {
        let key = PKey::generate_ed25519().unwrap();
        let mut certificate = X509::builder().unwrap();
        let now = i64::try_from(std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs()).unwrap();
        certificate.set_not_before(&Asn1Time::from_unix(now - 100 * 86_400).unwrap()).unwrap();
        certificate.set_not_after(&Asn1Time::from_unix(now + days * 86_400 + 60).unwrap()).unwrap();
        certificate.set_pubkey(&key).unwrap();
        certificate.sign(&key, MessageDigest::null()).unwrap();
        certificate.build().to_pem().unwrap()
    }

    #[test]
    fn the_first_of_a_chain_to_end_counts() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("chain.pem");
        let state = |content: &[u8]| {
            fs::write(&file, content).unwrap();
            judge("V", &file)
        };
        assert_eq!(state(&pem(300)).state, State::Ok);
        assert_eq!(state(&[pem(300), pem(5)].concat()).state, State::Warn);
        assert!(
            state(&[pem(5), pem(-3)].concat()).says.contains("ended 2 days ago"),
            "{:?}",
            state(&pem(-3))
        );
        assert_eq!(state(b"nothing").state, State::Fail);
        assert_eq!(judge("V", Path::new("/nowhere.pem")).state, State::Fail);
        assert_eq!(check(&[])[0].state, State::Skip);
    }
}
