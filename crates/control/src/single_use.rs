//! Texts that are handed to a person once and stored as a hash: invites, reset links, personal tokens.
//! 24 random bytes: nobody guesses one, so a look-up by hash needs no throttle and leaks no timing.

use bataudit_service::Secret;
use sha2::{Digest, Sha256};

/// A new text.
pub(crate) fn new(prefix: &str) -> Secret {
    Secret::new(format!("{prefix}{}", hex::encode(rand::random::<[u8; 24]>())))
}

/// What is stored of it.
pub(crate) fn hash(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}
