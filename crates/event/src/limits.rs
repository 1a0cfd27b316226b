//! What each field may hold. Lengths count Unicode scalar values unless the name says bytes. The
//! limits of the original are the least that is accepted (contract of the original's version 1.2.1);
//! ClickHouse columns hold any of these, so nothing accepted is too long to store.

/// `path`.
pub const PATH: usize = 255;
/// `identifier`.
pub const IDENTIFIER: usize = 100;
/// `user_email`: the longest address RFC 5321 allows.
pub const USER_EMAIL: usize = 254;
/// `user_name`.
pub const USER_NAME: usize = 100;
/// `user_type`.
pub const USER_TYPE: usize = 50;
/// `tenant_id`.
pub const TENANT_ID: usize = 100;
/// `user_agent`: longer ones are cut, not refused, since nobody chooses their browser's.
pub const USER_AGENT: usize = 500;
/// `request_id`.
pub const REQUEST_ID: usize = 100;
/// `session_id`.
pub const SESSION_ID: usize = 100;
/// `error_message`.
pub const ERROR_MESSAGE: usize = 1000;
/// `service_name`.
pub const SERVICE_NAME: usize = 100;
/// `environment`.
pub const ENVIRONMENT: usize = 100;
/// `method`: an RFC 9110 token.
pub const METHOD: usize = 16;
/// `event_type`.
pub const EVENT_TYPE: usize = 32;
/// Nesting of any JSON field; deeper ones are refused.
pub const JSON_DEPTH: usize = 64;

/// How far apart two copies of a repeatable event may have been received to count as one.
pub const REPEAT_WINDOW_MS: i64 = 24 * 60 * 60 * 1000;

/// How far back a client's timestamp may lie before it is clamped: the raw retention.
pub const CLAMP_BACK_MS: i64 = 30 * 24 * 60 * 60 * 1000;
/// How far ahead a client's timestamp may lie before it is clamped.
pub const CLAMP_AHEAD_MS: i64 = 5 * 60 * 1000;
