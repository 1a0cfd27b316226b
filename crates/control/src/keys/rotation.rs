//! Rotation: a key gets a successor that may do the same, and ends itself after a while in which both
//! work, so that applications can change over without losing an event.

use bataudit_service::Secret;
use serde_json::json;

use super::{ApiKey, NewKey, Row, by_id, fresh, new_text};
use crate::error::{Error, Result};
use crate::outbox::{self, Act};
use crate::revision;
use crate::store::Store;

/// The longest both keys may work, in milliseconds.
pub const MAX_OVERLAP_MS: i64 = 30 * 24 * 60 * 60 * 1000;

/// Makes the successor of a key and returns it with its text, which exists nowhere else. The old key
/// ends `overlap_ms` from `now`, or at its own end when that comes first.
///
/// # Errors
/// [`Error::NotFound`] when there is no such key, [`Error::Refused`] when it does not work any more or
/// has a successor already.
pub async fn rotate(
    store: &Store,
    id: &str,
    overlap_ms: i64,
    created_by: Option<&str>,
    now: i64,
) -> Result<(ApiKey, Secret)> {
    let old = by_id(store, id).await?.ok_or(Error::NotFound { what: "API key" })?;
    let new = NewKey {
        project_id: &old.project_id,
        name: &old.name,
        scope: old.scope,
        origins: &old.origins,
        created_by,
        expires_at: None,
        rate: old.rate,
    };
    let (text, hash) = new_text();
    let successor = fresh(&new, &hash)?;
    let row = Row::of(&successor);
    let end = now.saturating_add(overlap_ms.clamp(0, MAX_OVERLAP_MS));
    store
        .within(async {
            let mut transaction = store.begin().await?;
            revision::raise(&mut transaction).await?;
            let sql = "UPDATE api_keys SET replaced_by = $2, \
                       expires_at = CASE WHEN expires_at IS NULL OR expires_at > $3 THEN $3 ELSE expires_at END \
                       WHERE id = $1 AND replaced_by IS NULL AND revoked_at IS NULL \
                       AND (expires_at IS NULL OR expires_at > $4)";
            let retire = sqlx::query(sql).bind(id).bind(&successor.id).bind(end).bind(now);
            if retire.execute(&mut *transaction).await?.rows_affected() == 0 {
                return Err(Error::Refused { what: "only a key that works and was not rotated yet can be rotated" });
            }
            row.insert(&successor, &hash).execute(&mut *transaction).await?;
            let act = Act::done("ROTATE", format!("/api-keys/{id}")).within(&successor.project_id);
            let act = act.with(json!({"successor": successor.id, "overlap_seconds": overlap_ms / 1000}));
            outbox::write(store, &mut transaction, act).await?;
            Ok(transaction.commit().await?)
        })
        .await?;
    Ok((successor, text))
}
