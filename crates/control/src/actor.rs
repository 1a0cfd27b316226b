//! On whose behalf the store is asked. Every change reads it from the [`Store`](crate::Store), so that
//! no change a person makes can forget to say who made it.

use crate::users::User;

/// Who is asking, and from where.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Actor {
    /// The user; nobody before a login.
    pub user: Option<User>,
    /// The session or personal token they came with.
    pub credential: String,
    /// Their address.
    pub address: String,
    /// Their browser or program, as it names itself.
    pub user_agent: String,
    /// The id of their request.
    pub request_id: String,
}
