//! The set of sensitive keys, asked once for every key of every JSON document.
//!
//! A key is folded before it is compared: lower case, without `-`, `_` and spaces, so that `api_key`,
//! `Api-Key`, `apiKey` and `API KEY` are one. Of a key in parts (`user.password`, `user[password]`) the
//! whole and the last part are compared.

use crate::redact::Redaction;

/// The longest folded key that is known as a whole. Of longer ones the end is compared.
pub(crate) const LONGEST: usize = 48;

/// Words that make a key sensitive when it ends with them: `githubToken`, `DB_PASSWORD`.
pub(crate) const ENDINGS: &[&[u8]] = &[
    b"password",
    b"passwd",
    b"passphrase",
    b"secret",
    b"token",
    b"apikey",
    b"secretkey",
    b"privatekey",
    b"accesskey",
    b"signingkey",
    b"encryptionkey",
    b"credentials",
];

/// The list of the original, then the names under which the same secrets travel elsewhere.
///
/// These match as a whole: `pin` does not match `pinned`. Left out on purpose, since they more often
/// name something harmless: `pin` (of messages and maps), `key`, `code`, `auth`, `session`,
/// `signature`. Card numbers need no key: they are found by their digits, and keep the last four.
pub(crate) const BUILT_IN: &[&str] = &[
    "password",
    "passwd",
    "senha",
    "secret",
    "pwd",
    "api_key",
    "token",
    "refresh_token",
    "access_token",
    "secret_key",
    "authorization",
    // Passwords.
    "pass",
    "passcode",
    "password_confirmation",
    "password_confirm",
    "password_hash",
    "password1",
    "password2",
    "nova_senha",
    "senha_atual",
    "senha_nova",
    "senha_antiga",
    "confirmar_senha",
    "confirmacao_senha",
    "user_pwd",
    "db_pwd",
    // Tokens and cookies.
    "cookie",
    "cookies",
    "set_cookie",
    "proxy_authorization",
    "jwt",
    "bearer",
    "saml_response",
    "client_assertion",
    "code_verifier",
    "sig",
    "x_amz_signature",
    "x_goog_signature",
    "shared_access_signature",
    // Keys.
    "auth_key",
    "account_key",
    "shared_access_key",
    "secret_id",
    // Of persons and cards.
    "card_pin",
    "cvc",
    "cvc2",
    "cvv",
    "cvv2",
    "card_cvc",
    "card_cvv",
    "security_code",
    "otp",
    "otp_code",
    "totp",
    "mfa_code",
    "verification_code",
    "social_security_number",
    "ssn",
];

/// Keys by the length of their folded form, with what becomes of their values.
#[derive(Debug, Clone)]
pub(crate) struct KeySet {
    by_length: Vec<Vec<(Box<[u8]>, Redaction)>>,
    ends: Ends,
}

impl KeySet {
    /// The keys that are always on.
    pub(crate) fn built_in() -> Self {
        let mut keys = Self { by_length: vec![Vec::new(); LONGEST + 1], ends: Ends::none() };
        ENDINGS.iter().for_each(|ending| keys.ends.add(ending));
        for key in BUILT_IN {
            if let Some(folded) = folded(key) {
                keys.add(folded, Redaction::Mask);
            }
        }
        keys
    }

    /// Adds a folded key; a stronger redaction of the same key stays.
    pub(crate) fn add(&mut self, folded: Box<[u8]>, redaction: Redaction) {
        let Some(known) = self.by_length.get_mut(folded.len()) else { return };
        self.ends.add(&folded);
        match known.iter_mut().find(|(key, _)| *key == folded) {
            Some((_, known)) => *known = redaction.max(*known),
            None => known.push((folded, redaction)),
        }
    }

    /// What becomes of the values of this key, in any spelling; nothing when it is not sensitive.
    #[inline]
    pub(crate) fn find(&self, key: &[u8]) -> Option<Redaction> {
        // Most keys end like none that is known.
        if self.ends.may_be_of(key) { self.find_folded(key) } else { None }
    }

    fn find_folded(&self, key: &[u8]) -> Option<Redaction> {
        let folded = Folded::of(key);
        let mut found = self.exact(folded.whole()).max(self.exact(folded.last_part()));
        if found.is_none_or(|found| found < Redaction::Mask) && folded.ends_sensitive() {
            found = Some(Redaction::Mask);
        }
        found
    }

    fn exact(&self, folded: Option<&[u8]>) -> Option<Redaction> {
        let folded = folded?;
        // Most keys differ in their first letter from every known one of their length.
        let known = self.by_length[folded.len()].iter();
        let mut known = known.filter(|(known, _)| known.first() == folded.first());
        known.find(|(known, _)| **known == *folded).map(|(_, redaction)| *redaction)
    }
}

/// How the known keys end, as a few bits of each: says of most other keys that they are unknown,
/// without folding them.
#[derive(Debug, Clone)]
struct Ends {
    /// One bit for the hash of the last three letters of each key.
    bits: Box<[u64; Self::WORDS]>,
    /// The length of the shortest key.
    shortest: usize,
}

impl Ends {
    const WORDS: usize = 64;
    /// How many letters are hashed.
    const LETTERS: usize = 3;

    fn none() -> Self {
        Self { bits: Box::new([0; Self::WORDS]), shortest: usize::MAX }
    }

    /// Adds a folded key or ending.
    fn add(&mut self, folded: &[u8]) {
        self.shortest = self.shortest.min(folded.len());
        if let Some(end) = folded.last_chunk::<{ Self::LETTERS }>() {
            let (word, bit) = Self::place(end.iter().rev().fold(0, |end, byte| end << 8 | u32::from(*byte)));
            self.bits[word] |= bit;
        }
    }

    /// Whether a key, in any spelling, may be known.
    #[inline]
    fn may_be_of(&self, key: &[u8]) -> bool {
        match key.last_chunk::<{ Self::LETTERS }>() {
            Some(end) if end.iter().all(u8::is_ascii_alphanumeric) => {
                let small = end.iter().rev().fold(0, |end, byte| end << 8 | u32::from(byte | 0x20));
                self.has(small)
            }
            _ => self.may_be_spelled(key),
        }
    }

    fn may_be_spelled(&self, key: &[u8]) -> bool {
        let (mut end, mut letters) = (0, 0);
        for byte in key.iter().rev() {
            match byte {
                b'-' | b'_' | b' ' | b']' | b'"' | b'\'' => continue,
                // Behind this stands its last part, which may be known for itself.
                b'.' | b'[' | b':' | b'/' => return true,
                _ => {}
            }
            end = end << 8 | u32::from(byte.to_ascii_lowercase());
            letters += 1;
            if letters == Self::LETTERS {
                return self.has(end);
            }
        }
        letters >= self.shortest
    }

    fn has(&self, end: u32) -> bool {
        let (word, bit) = Self::place(end);
        self.bits[word] & bit != 0
    }

    fn place(end: u32) -> (usize, u64) {
        let hash = end.wrapping_mul(0x9e37_79b1) >> 20;
        (hash as usize / 64, 1 << (hash % 64))
    }
}

/// The folded form of a key of a rule, or nothing when it can never match: empty, too long, or in
/// parts.
pub(crate) fn folded(key: &str) -> Option<Box<[u8]>> {
    let folded = Folded::of(key.as_bytes());
    let whole = folded.whole().filter(|whole| !whole.is_empty() && folded.part == 0)?;
    (!key.chars().any(char::is_control)).then(|| whole.into())
}

/// The end of a folded key.
struct Folded {
    buffer: [u8; LONGEST],
    /// Where it starts in the buffer, which is filled from its end.
    start: usize,
    /// Where its last part starts; 0 when it has only one.
    part: usize,
    /// Whether nothing was left out.
    complete: bool,
}

impl Folded {
    fn of(key: &[u8]) -> Self {
        let mut folded = Self { buffer: [0; LONGEST], start: LONGEST, part: 0, complete: true };
        for byte in key.iter().rev() {
            match byte {
                b'-' | b'_' | b' ' | b']' | b'"' | b'\'' => continue,
                b'.' | b'[' | b':' | b'/' => {
                    // With nothing behind it, it parts nothing.
                    if folded.part == 0 && folded.start < LONGEST {
                        folded.part = folded.start;
                    }
                    continue;
                }
                _ => {}
            }
            if folded.start == 0 {
                folded.complete = false;
                break;
            }
            folded.start -= 1;
            folded.buffer[folded.start] = byte.to_ascii_lowercase();
        }
        folded
    }

    fn whole(&self) -> Option<&[u8]> {
        self.complete.then(|| &self.buffer[self.start..])
    }

    fn last_part(&self) -> Option<&[u8]> {
        (self.part > 0).then(|| &self.buffer[self.part..])
    }

    fn ends_sensitive(&self) -> bool {
        let end = &self.buffer[self.start..];
        // Most keys end here: with a letter that no ending has.
        matches!(end.last(), Some(b'd' | b'e' | b'n' | b's' | b't' | b'y'))
            && ENDINGS.iter().any(|ending| ending.last() == end.last() && end.ends_with(ending))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings() {
        let keys = KeySet::built_in();
        let long = format!("{}_password", "a".repeat(100));
        for spelling in [
            "apikey",
            "API-Key",
            "ApiKey",
            "_api__key",
            "api key",
            "api.key",
            "accessToken",
            "access token",
            "user.password",
            "user[password]",
            "password.",
            "user.token:",
            "headers['authorization']",
            "githubToken",
            "DB_PASSWORD",
            "awsSecretAccessKey",
            &long,
        ] {
            assert_eq!(keys.find(spelling.as_bytes()), Some(Redaction::Mask), "{spelling}");
        }
        for other in
            ["api_keys", "", "tokens", "token_count", "password_length", "ap\u{131}key", "pinned", "keynote"]
        {
            assert_eq!(keys.find(other.as_bytes()), None, "{other}");
        }
        assert_eq!(keys.find("a".repeat(1000).as_bytes()), None);
    }

    #[test]
    fn no_rule_weakens_another() {
        let mut keys = KeySet::built_in();
        keys.add(folded("Pass_word").unwrap(), Redaction::Hash);
        keys.add(folded("github_token").unwrap(), Redaction::Hash);
        keys.add(folded("customer").unwrap(), Redaction::Hash);
        keys.add(folded("cvv").unwrap(), Redaction::Remove);
        assert_eq!(keys.find(b"password"), Some(Redaction::Mask));
        assert_eq!(keys.find(b"github_token"), Some(Redaction::Mask));
        assert_eq!(keys.find(b"customer"), Some(Redaction::Hash));
        assert_eq!(keys.find(b"cvv"), Some(Redaction::Remove));
    }

    #[test]
    fn a_key_that_cannot_match_is_refused() {
        for wrong in ["", "--", "a.b", "a\n", &"a".repeat(LONGEST + 1)] {
            assert_eq!(folded(wrong), None, "{wrong}");
        }
        assert!(folded("caf\u{e9}").is_some());
    }

    #[test]
    fn every_built_in_key_is_used() {
        for key in BUILT_IN {
            assert!(folded(key).is_some(), "{key}");
        }
    }
}
