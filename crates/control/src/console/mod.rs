//! What people ask in the SQL console: the history of each person, and what they kept under a name.

pub mod history;
pub mod saved;
