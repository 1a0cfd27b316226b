//! Calls to addresses that users chose. In: a URL, headers and a body. Out: what was answered, or why nothing was.
//!
//! Such a call must not reach what only this network may reach: [`guard`] says which addresses those are, and
//! [`client`] asks it for every address a name stands for, at the moment of the call. Redirects are not followed but by [`probe`], which
//! asks again for each.

pub(crate) mod client;
pub(crate) mod guard;
pub(crate) mod probe;
