//! What can go wrong in the control store. The text of a variant is safe to show: it holds no row.

/// Result of a call to the control store.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a call failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// What was asked for does not exist.
    #[error("{what} not found")]
    NotFound {
        /// What, such as "project".
        what: &'static str,
    },
    /// It existed, and its time is over.
    #[error("{what} has expired")]
    Expired {
        /// What, such as "invite".
        what: &'static str,
    },
    /// It would leave the installation in a state nobody can work with.
    #[error("{what}")]
    Refused {
        /// Why, as a sentence.
        what: &'static str,
    },
    /// It exists already.
    #[error("{what} already exists")]
    Conflict {
        /// What, such as "a project with this slug".
        what: &'static str,
    },
    /// The value cannot be stored.
    #[error("{what}")]
    Invalid {
        /// Field and expectation, as a sentence.
        what: &'static str,
    },
    /// The database does not answer in time, or not at all.
    #[error("the control store does not answer: {reason}")]
    Unavailable {
        /// In short.
        reason: String,
    },
    /// The address of the database cannot be used.
    #[error("{0}")]
    Config(String),
    /// The schema could not be brought up to date.
    #[error("the control store's schema could not be migrated")]
    Migration(#[source] sqlx::migrate::MigrateError),
    /// Anything else: a defect of ours, or a damaged database.
    #[error("the control store failed")]
    Internal(#[source] sqlx::Error),
    /// What is sealed does not open, or nothing can be sealed. The text says what to do, and holds no secret.
    #[error("{0}")]
    Sealed(String),
    /// A password could not be hashed, or a stored hash not be read.
    #[error("password hashing failed")]
    Password,
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        let unavailable = |reason: &str| Self::Unavailable { reason: reason.to_owned() };
        match &error {
            sqlx::Error::RowNotFound => Self::NotFound { what: "row" },
            sqlx::Error::PoolTimedOut => unavailable("no free connection in time"),
            sqlx::Error::PoolClosed => unavailable("the connections are closed"),
            sqlx::Error::Tls(why) => Self::Unavailable { reason: format!("no TLS connection: {why}") },
            sqlx::Error::Io(io) => unavailable(&io.kind().to_string()),
            sqlx::Error::Database(db) if db.is_unique_violation() => Self::Conflict { what: "it" },
            sqlx::Error::Database(db) if db.is_foreign_key_violation() => {
                Self::NotFound { what: "what it belongs to" }
            }
            sqlx::Error::Database(db) if is_outage(db.as_ref()) => unavailable("it is busy or stopping"),
            _ => Self::Internal(error),
        }
    }
}

/// SQLite: busy, locked, cannot open. PostgreSQL: class 57 (shutting down), 53 (out of resources).
fn is_outage(error: &dyn sqlx::error::DatabaseError) -> bool {
    let code = error.code().unwrap_or_default();
    matches!(code.as_ref(), "5" | "6" | "14" | "261" | "517")
        || code.starts_with("57")
        || code.starts_with("53")
}

impl Error {
    /// Names what a conflict is about; other errors stay as they are.
    #[must_use]
    pub fn conflict_is(self, what: &'static str) -> Self {
        if matches!(self, Self::Conflict { .. }) { Self::Conflict { what } } else { self }
    }

    /// Names what is missing; other errors stay as they are.
    #[must_use]
    pub fn missing_is(self, what: &'static str) -> Self {
        if matches!(self, Self::NotFound { .. }) { Self::NotFound { what } } else { self }
    }
}
