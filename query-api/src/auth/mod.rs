//! Who is asking: session tokens, the cookie, roles, and the [`Caller`] every handler gets.
//!
//! Enters a request's headers; leaves a caller with the projects they may see. Knows the control
//! store, not ClickHouse.

pub(crate) mod caller;
pub(crate) mod cookie;
pub(crate) mod login;
pub(crate) mod me;
pub(crate) mod oidc;
pub(crate) mod role;
pub(crate) mod screen;
pub(crate) mod token;
pub(crate) mod visitor;

pub(crate) use caller::{Caller, Scope};
pub(crate) use screen::Screen;
pub(crate) use visitor::Visitor;
