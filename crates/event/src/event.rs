//! One audit event as it travels from the gateway to the row: validated, stamped, not yet masked.

use minicbor::{Decode, Encode};

/// An audit event: who did what, when, from where, with what result.
///
/// Text is as the client sent it; an absent field is an empty text or 0. The JSON fields hold JSON
/// text byte for byte as sent. The numbers are the field numbers of the CBOR map: a number is never
/// given to another field, a new field takes a new number, and a reader skips numbers it does not
/// know, so both sides of Kafka may be upgraded in any order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Event<'a> {
    /// The id: 16 bytes of a UUID, version 7 unless the client sent its own.
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    pub id: [u8; 16],
    /// The project's UUID, resolved from the key; never what a client says.
    #[n(1)]
    #[cbor(with = "minicbor::bytes")]
    pub project_id: [u8; 16],
    /// `http` unless the client says otherwise; `system.*` only from BatAudit itself.
    #[b(2)]
    pub event_type: &'a str,
    /// When it happened, unix milliseconds, inside the accepted window around `received_at`.
    #[n(3)]
    pub timestamp: i64,
    /// When the gateway took it, unix milliseconds.
    #[n(4)]
    pub received_at: i64,
    /// The client's own timestamp where `timestamp` had to be moved into the window; else empty.
    #[cbor(b(5), default)]
    pub original_timestamp: &'a str,
    /// HTTP method or another verb, upper case; may be empty.
    #[cbor(b(6), default)]
    pub method: &'a str,
    /// Path of the request, with its query string if the client sent one.
    #[cbor(b(7), default)]
    pub path: &'a str,
    /// 100–599, or 0 when there was none.
    #[cbor(n(8), default)]
    pub status_code: u16,
    /// Milliseconds.
    #[cbor(n(9), default)]
    pub response_time: u64,
    /// Who acted: the application's own name for the user.
    #[cbor(b(10), default)]
    pub identifier: &'a str,
    /// E-mail of the user.
    #[cbor(b(11), default)]
    pub user_email: &'a str,
    /// Display name of the user.
    #[cbor(b(12), default)]
    pub user_name: &'a str,
    /// Roles, as JSON text.
    #[cbor(b(13), default)]
    pub user_roles: &'a str,
    /// Kind of user.
    #[cbor(b(14), default)]
    pub user_type: &'a str,
    /// Tenant of the application.
    #[cbor(b(15), default)]
    pub tenant_id: &'a str,
    /// Address of the user as sent: IPv4, IPv6 or IPv4-mapped.
    #[cbor(b(16), default)]
    pub ip: &'a str,
    /// User agent.
    #[cbor(b(17), default)]
    pub user_agent: &'a str,
    /// Correlates the browser's and the backend's event of one request.
    #[cbor(b(18), default)]
    pub request_id: &'a str,
    /// Session of the user, as the application names it.
    #[cbor(b(19), default)]
    pub session_id: &'a str,
    /// Query parameters, as JSON text.
    #[cbor(b(20), default)]
    pub query_params: &'a str,
    /// Path parameters, as JSON text.
    #[cbor(b(21), default)]
    pub path_params: &'a str,
    /// Body of the request, as JSON text.
    #[cbor(b(22), default)]
    pub request_body: &'a str,
    /// Body of the response, as JSON text.
    #[cbor(b(23), default)]
    pub response_body: &'a str,
    /// What went wrong, in the application's words.
    #[cbor(b(24), default)]
    pub error_message: &'a str,
    /// `backend` or `browser`.
    #[cbor(b(25), default)]
    pub source: &'a str,
    /// The service that reports.
    #[cbor(b(26), default)]
    pub service_name: &'a str,
    /// `production`, `staging`, `development`, or as given.
    #[cbor(b(27), default)]
    pub environment: &'a str,
    /// Whether the same post sent again gives the same id, so that the event may be in the log more than
    /// once: its id is the client's, or derived from an idempotency key. Takes no byte when it is false.
    #[cbor(n(28), skip_if = "core::ops::Not::not")]
    pub repeatable: bool,
    /// Whether an operator published it once more: a copy may be stored that was not repeatable.
    #[cbor(n(29), skip_if = "core::ops::Not::not")]
    pub replayed: bool,
    /// Which API key it came with: the [short hash](crate::key::short_hash). 0 and no byte for what BatAudit
    /// writes itself, and in records of earlier versions.
    #[cbor(n(30), skip_if = "is_zero")]
    pub key_hash: u64,
}

const fn is_zero(number: &u64) -> bool {
    *number == 0
}
