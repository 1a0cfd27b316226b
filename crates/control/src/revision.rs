//! The revision of what gateways must know: every change to keys or projects raises it in the same
//! transaction, so sentinel polls one row to learn that something changed.

use sqlx::AnyConnection;

use crate::error::{Error, Result};
use crate::store::Store;

/// The revision now. It only grows.
///
/// # Errors
/// [`Error::NotFound`] when the schema has not been created.
pub async fn current(store: &Store) -> Result<i64> {
    let query = sqlx::query_as::<_, (i64,)>("SELECT value FROM revisions WHERE name = 'access'");
    let found = store.one(query).await?;
    found.map(|(value,)| value).ok_or(Error::NotFound { what: "revision" })
}

/// Raises it. The first statement of its transaction: the row's lock puts writers in order, so a
/// reader that saw a revision sees every change up to it.
pub(crate) async fn raise(connection: &mut AnyConnection) -> Result<()> {
    sqlx::query("UPDATE revisions SET value = value + 1 WHERE name = 'access'").execute(connection).await?;
    Ok(())
}
