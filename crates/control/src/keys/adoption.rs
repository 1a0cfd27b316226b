//! Keys of another installation: taken over by their hashes, so that they go on working.

use super::row::Row;
use super::{ApiKey, creation};
use crate::error::{Error, Result};
use crate::store::Store;
use crate::{outbox, projects, revision};

/// Takes over a key. `hash` is that of [`hash`](super::hash).
///
/// # Errors
/// [`Error::Conflict`] when the id or the key is here already, [`Error::NotFound`] when the project does not exist,
/// [`Error::Invalid`] for a hash that is none, [`Error::Refused`] for the project of BatAudit itself.
pub async fn adopt(store: &Store, key: &ApiKey, hash: &str) -> Result<()> {
    let is_hash = hash.len() == 64 && hash.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    if !is_hash {
        return Err(Error::Invalid { what: "the key's hash is not 64 lower-case hexadecimal digits" });
    }
    if projects::is_reserved(&key.project_id) {
        return Err(Error::Refused { what: "no application writes to the project of BatAudit itself" });
    }
    let row = Row::of(key);
    let adopted = store.within(async {
        let mut transaction = store.begin().await?;
        revision::raise(&mut transaction).await?;
        row.insert(key, hash).execute(&mut *transaction).await?;
        if let Some(at) = key.revoked_at {
            let end = sqlx::query("UPDATE api_keys SET revoked_at = $2 WHERE id = $1").bind(&key.id).bind(at);
            end.execute(&mut *transaction).await?;
        }
        outbox::write(store, &mut transaction, creation(key)).await?;
        Ok(transaction.commit().await?)
    });
    adopted.await.map_err(|error: Error| error.conflict_is("this key").missing_is("project"))
}
