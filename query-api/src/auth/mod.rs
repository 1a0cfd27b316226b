//! Who is asking: session tokens, the cookie, the throttle, and the [`Caller`] every handler gets.
//!
//! Enters a request's headers; leaves a caller with the projects they may see. Knows the control
//! store, not ClickHouse.

pub(crate) mod caller;
pub(crate) mod cookie;
pub(crate) mod login;
pub(crate) mod throttle;
pub(crate) mod token;

pub(crate) use caller::{Caller, Scope};
