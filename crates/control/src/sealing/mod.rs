//! Secrets that must be read again are kept sealed: AES-256-GCM under a key that is not in the database.
//!
//! In: a clear text and the place it is kept at. Out: `sealed:1:<id of the key>:<hex of nonce, content, tag>`, and back.
//! The place is authenticated: a value that was moved to another project or column does not open. What is in clear
//! from before opens as it is, until [`settle`](settle()) has sealed it.

mod config;
mod key_file;
pub(crate) mod settle;

use std::fmt;

use bataudit_service::Secret;
use openssl::error::ErrorStack;
use openssl::symm::{Cipher, decrypt_aead, encrypt_aead};
use sha2::{Digest as _, Sha256};

pub use config::{PREVIOUS, SECRET};
pub(crate) use config::{from_env, required};
pub use settle::{Settled, settle, verify};

pub(crate) use key_file::beside as key_file_beside;

use crate::error::{Error, Result};

/// What a sealed value begins with.
const MARK: &str = "sealed:1:";
/// Bytes of a nonce, drawn at random for each value.
const NONCE: usize = 12;
/// Bytes of the tag.
const TAG: usize = 16;

/// One key.
#[derive(Clone)]
struct Key {
    id: String,
    bytes: [u8; 32],
}

impl Key {
    /// The key of a secret, which has far more than 256 bits of guessing in it, so that one hash is enough.
    fn of(secret: &Secret) -> Self {
        let bytes: [u8; 32] = labelled("bataudit control sealing", secret.expose().as_bytes());
        let id = hex::encode(labelled("bataudit control sealing, id", &bytes));
        Self { id: id[..8].to_owned(), bytes }
    }
}

fn labelled(label: &str, content: &[u8]) -> [u8; 32] {
    Sha256::new().chain_update(label).chain_update([0]).chain_update(content).finalize().into()
}

/// The keys of a store: the first seals, all of them open.
#[derive(Clone, Default)]
pub(crate) struct Keys(Vec<Key>);

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|key| &key.id)).finish()
    }
}

impl Keys {
    /// The keys of these secrets.
    pub(crate) fn new<'a>(secrets: impl IntoIterator<Item = &'a Secret>) -> Self {
        Self(secrets.into_iter().map(Key::of).collect())
    }

    /// Seals a text for its place.
    ///
    /// # Errors
    /// [`Error::Sealed`] when there is no key.
    pub(crate) fn seal(&self, place: &str, clear: &str) -> Result<String> {
        let key = self.0.first().ok_or_else(no_key)?;
        let (nonce, mut tag) = (rand::random::<[u8; NONCE]>(), [0; TAG]);
        let cipher = Cipher::aes_256_gcm();
        let bound = place.as_bytes();
        let content = encrypt_aead(cipher, &key.bytes, Some(&nonce), bound, clear.as_bytes(), &mut tag)
            .map_err(|error| cannot(place, &error))?;
        let whole = [&nonce[..], &content, &tag].concat();
        Ok(format!("{MARK}{}:{}", key.id, hex::encode(whole)))
    }

    /// Opens what [`seal`](Self::seal) made for the same place.
    ///
    /// # Errors
    /// [`Error::Sealed`] when its key is not here, or it was changed or moved.
    pub(crate) fn open(&self, place: &str, kept: &str) -> Result<Secret> {
        let Some(sealed) = kept.strip_prefix(MARK) else { return Ok(Secret::new(kept)) };
        let damaged = || Error::Sealed(format!("a sealed value of {place} was changed, or is another's"));
        let (id, content) = sealed.split_once(':').ok_or_else(damaged)?;
        let key = self.0.iter().find(|key| key.id == id).ok_or_else(|| self.unknown(id))?;
        let content = hex::decode(content).map_err(|_| damaged())?;
        let (nonce, content) = content.split_at_checked(NONCE).ok_or_else(damaged)?;
        let (content, tag) = content.split_last_chunk::<TAG>().ok_or_else(damaged)?;
        let cipher = Cipher::aes_256_gcm();
        let clear = decrypt_aead(cipher, &key.bytes, Some(nonce), place.as_bytes(), content, tag);
        let clear = clear.ok().and_then(|clear| String::from_utf8(clear).ok()).ok_or_else(damaged)?;
        Ok(Secret::new(clear))
    }

    /// Whether it is sealed at all.
    fn is_sealed(kept: &str) -> bool {
        kept.starts_with(MARK)
    }

    /// Whether it is sealed with the key that seals now.
    pub(crate) fn is_current(&self, kept: &str) -> bool {
        let id = kept.strip_prefix(MARK).and_then(|sealed| sealed.split_once(':')).map(|(id, _)| id);
        id.is_some() && id == self.0.first().map(|key| key.id.as_str())
    }

    fn unknown(&self, id: &str) -> Error {
        if self.0.is_empty() {
            return no_key();
        }
        Error::Sealed(format!(
            "the control store's secrets are sealed with the key {id}, and {} makes another one: set it to what it was \
             when they were sealed (of a SQLite store: put the file <database>.sealing-secret back), or add that to {}. \
             docs/KEYS.md says what to do when it is lost",
            SECRET.name, PREVIOUS.name
        ))
    }
}

fn no_key() -> Error {
    Error::Sealed(format!("{} is not set. {}", SECRET.name, SECRET.doc))
}

fn cannot(place: &str, error: &ErrorStack) -> Error {
    Error::Sealed(format!("a value of {place} cannot be sealed: {error}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn keys(secrets: &[&str]) -> Keys {
        let secrets: Vec<_> = secrets.iter().map(|secret| Secret::new(*secret)).collect();
        Keys::new(&secrets)
    }

    fn refused(result: Result<Secret>) -> String {
        result.unwrap_err().to_string()
    }

    proptest! {
        #[test]
        fn what_was_sealed_opens_and_shows_nothing(clear in ".{4,60}", place in "[a-z./]{0,20}") {
            let keys = keys(&["one"]);
            let sealed = keys.seal(&place, &clear).unwrap();
            prop_assert!(!sealed.contains(&clear) || clear.chars().all(|c| c.is_ascii_hexdigit()));
            let opened = keys.open(&place, &sealed).unwrap();
            prop_assert_eq!(opened.expose(), clear);
            prop_assert_ne!(keys.seal(&place, "x").unwrap(), keys.seal(&place, "x").unwrap());
        }

        #[test]
        fn one_other_digit_and_it_does_not_open(at in 0_usize..40, place in "[a-z]{1,9}") {
            let keys = keys(&["one"]);
            let mut sealed = keys.seal(&place, "twelve bytes").unwrap().into_bytes();
            let at = sealed.len() - 1 - at;
            sealed[at] = if sealed[at] == b'0' { b'1' } else { b'0' };
            let sealed = String::from_utf8(sealed).unwrap();
            prop_assert!(refused(keys.open(&place, &sealed)).contains("was changed"));
        }
    }

    #[test]
    fn the_first_key_seals_and_all_of_them_open() {
        let sealed = keys(&["old"]).seal("here", "clear").unwrap();
        let both = keys(&["new", "old"]);
        assert_eq!(both.open("here", &sealed).unwrap().expose(), "clear");
        assert!(!both.is_current(&sealed) && keys(&["old", "new"]).is_current(&sealed));
        assert!(both.is_current(&both.seal("here", "clear").unwrap()) && !both.is_current("clear"));
    }

    #[test]
    fn another_key_or_place_does_not_open_it() {
        let sealed = keys(&["one"]).seal("here", "clear").unwrap();
        let other = refused(keys(&["two"]).open("here", &sealed));
        assert!(other.contains(SECRET.name) && other.contains(PREVIOUS.name), "{other}");
        assert!(refused(keys(&["one"]).open("there", &sealed)).contains("was changed"));
        assert!(refused(keys(&[]).open("here", &sealed)).contains("is not set"));
        assert!(keys(&[]).seal("here", "clear").is_err());
    }

    #[test]
    fn what_is_clear_from_before_opens_as_it_is() {
        assert_eq!(keys(&["one"]).open("here", "whsec_00").unwrap().expose(), "whsec_00");
        assert!(!format!("{:?}", keys(&["hunter2"])).contains("hunter2"));
    }
}
