//! Password hashing: argon2id, on threads of its own, a bounded number at a time. Hashes that the original
//! made with bcrypt verify too, until their user's next login.

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use crate::error::{Error, Result};

/// Memory of one hash, in KiB, with [`PASSES`] the least OWASP recommends for argon2id.
const MEMORY_KIB: u32 = 19 * 1024;
/// Passes over that memory.
const PASSES: u32 = 2;
/// Hashes computed at a time: a burst of logins waits instead of taking all memory and cores.
static TURNS: Semaphore = Semaphore::const_new(4);

/// The shortest password that may be set, in characters.
pub const MIN_CHARS: usize = 8;
/// The longest password that is looked at, in bytes: hashing more is work without worth.
pub const MAX_BYTES: usize = 1024;

/// A hash of a password nobody has, with today's parameters. Verifying against it makes an unknown
/// user as slow as a wrong password.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$YmF0YXVkaXQtbm9ib2R5$RdescudvJCsgt3ub+b+dWRWJTmaaQFf8KFpLKsXTnPk";

fn hasher() -> Result<Argon2<'static>> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).map_err(|_| Error::Password)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Hashes a password to its PHC string.
///
/// # Errors
/// When the password is too short or too long.
pub async fn hash(password: &str) -> Result<String> {
    if password.chars().count() < MIN_CHARS || password.len() > MAX_BYTES {
        return Err(Error::Invalid {
            what: "password must have 8 or more characters and at most 1024 bytes",
        });
    }
    let password = password.to_owned();
    on_thread(move || {
        let salt = SaltString::encode_b64(&rand::random::<[u8; 16]>()).map_err(|_| Error::Password)?;
        let hash = hasher()?.hash_password(password.as_bytes(), &salt).map_err(|_| Error::Password)?;
        Ok(hash.to_string())
    })
    .await
}

/// Whether `password` is the one behind `hash`. Without a hash the same work is done, in vain.
///
/// # Errors
/// When the stored hash cannot be read.
pub async fn verify(password: &str, hash: Option<&str>) -> Result<bool> {
    if password.len() > MAX_BYTES {
        return Ok(false);
    }
    let (password, known) = (password.to_owned(), hash.is_some());
    let hash = hash.unwrap_or(NOBODY).to_owned();
    on_thread(move || {
        if is_bcrypt(&hash) {
            return bcrypt::verify(&password, &hash).map_err(|_| Error::Password);
        }
        let hash = PasswordHash::new(&hash).map_err(|_| Error::Password)?;
        Ok(hasher()?.verify_password(password.as_bytes(), &hash).is_ok() && known)
    })
    .await
}

fn is_bcrypt(hash: &str) -> bool {
    ["$2a$", "$2b$", "$2y$"].iter().any(|kind| hash.starts_with(kind))
}

/// Whether a hash is one that passwords can be verified against.
#[must_use]
pub fn is_readable(hash: &str) -> bool {
    if is_bcrypt(hash) {
        return hash.parse::<bcrypt::HashParts>().is_ok();
    }
    PasswordHash::new(hash).is_ok_and(|hash| hash.algorithm.as_str().starts_with("argon2"))
}

/// Whether a hash was made otherwise than one would be made today.
#[must_use]
pub fn is_outdated(hash: &str) -> bool {
    let today = Params::new(MEMORY_KIB, PASSES, 1, None).ok();
    let made = PasswordHash::new(hash).ok().filter(|hash| hash.algorithm == argon2::ARGON2ID_IDENT);
    let made = made.and_then(|hash| Params::try_from(&hash).ok());
    let costs = |params: Params| (params.m_cost(), params.t_cost(), params.p_cost());
    made.map(costs) != today.map(costs)
}

async fn on_thread<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let _turn = TURNS.acquire().await.map_err(|_| Error::Password)?;
    tokio::task::spawn_blocking(work).await.map_err(|_| Error::Password)?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_same_password_verifies() {
        let hash = hash("correct horse").await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(verify("correct horse", Some(&hash)).await.unwrap());
        assert!(!verify("correct hors", Some(&hash)).await.unwrap());
        assert!(!verify(&"x".repeat(MAX_BYTES + 1), Some(&hash)).await.unwrap());
    }

    #[tokio::test]
    async fn nobody_never_verifies() {
        assert!(PasswordHash::new(NOBODY).is_ok());
        assert!(!verify("anything at all", None).await.unwrap());
    }

    #[tokio::test]
    async fn hashes_of_the_original_verify_and_are_outdated() {
        // Made by another implementation: the test vector of OpenBSD's and jBCrypt's authors.
        let hash = "$2a$06$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe";
        assert!(!verify("another", Some(hash)).await.unwrap());
        assert!(verify("a", Some(hash)).await.unwrap());
        assert!(is_outdated(hash) && is_readable(hash));
        assert!(!is_outdated(NOBODY) && is_readable(NOBODY));
        assert!(is_outdated(&NOBODY.replace("t=2", "t=1")));
        for wrong in ["", "plain", "$2a$06$short", "$1$salt$hash"] {
            assert!(!is_readable(wrong), "{wrong}");
        }
    }

    #[tokio::test]
    async fn refuses_lengths() {
        assert!(matches!(hash("1234567").await, Err(Error::Invalid { .. })));
        assert!(matches!(hash(&"x".repeat(1025)).await, Err(Error::Invalid { .. })));
    }
}
