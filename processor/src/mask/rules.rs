//! What to mask. Only the built-in rules exist so far; rules of a project will be added to them.

/// Rules as written, before they are compiled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// Keys whose whole value is a secret, in any letter case, with or without `-` and `_`.
    pub keys: Vec<String>,
    /// Version stored with each row.
    pub version: u32,
}

/// Why rules cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// A key that could never match, or would match everything.
    #[error(
        "masking key number {index} must hold 1 to {longest} ASCII letters or digits besides '-' and '_'"
    )]
    Key {
        /// Which key, from 1.
        index: usize,
        /// The longest a key may be.
        longest: usize,
    },
}

/// Raised whenever the built-in rules mask something they did not mask before.
const BUILT_IN_VERSION: u32 = 1;

/// The list of the original, then the names under which the same secrets travel elsewhere.
///
/// A key matches as a whole: `token` does not match `tokens_used`. Left out on purpose, since they
/// more often name something harmless: `pin` (of messages and maps), `key`, `code`, `auth`, `session`,
/// `signature`. Card numbers need no key: they are found by their digits, and keep the last four.
const BUILT_IN_KEYS: &[&str] = &[
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
    "passphrase",
    "pass_phrase",
    "new_password",
    "old_password",
    "current_password",
    "user_password",
    "confirm_password",
    "password_confirmation",
    "password_confirm",
    "password_hash",
    "db_password",
    // Tokens and cookies.
    "auth_token",
    "bearer_token",
    "csrf_token",
    "id_token",
    "session_token",
    "xsrf_token",
    "x_auth_token",
    "x_csrf_token",
    "x_xsrf_token",
    "cookie",
    "set_cookie",
    "proxy_authorization",
    // Keys.
    "access_key",
    "auth_key",
    "aws_secret_access_key",
    "client_secret",
    "consumer_secret",
    "encryption_key",
    "private_key",
    "secret_access_key",
    "shared_secret",
    "signing_key",
    "signing_secret",
    "webhook_secret",
    "x_api_key",
    // Of persons and cards.
    "card_pin",
    "cvc",
    "cvc2",
    "cvv",
    "cvv2",
    "otp",
    "social_security_number",
    "ssn",
    "totp",
];

impl Rules {
    /// The rules that are always on.
    #[must_use]
    pub fn built_in() -> Self {
        Self { keys: BUILT_IN_KEYS.iter().map(|&key| key.to_owned()).collect(), version: BUILT_IN_VERSION }
    }
}
