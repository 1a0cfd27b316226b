//! What a start does about sealed values: nothing is served with a secret that does not open them, what an earlier secret
//! sealed is sealed anew, and what is in clear from before is sealed. Several processes may do it at once.

use super::Keys;
use crate::error::Result;
use crate::notifications::{channels, vapid};
use crate::store::Store;

/// The name of the one row of the check, and the place it is sealed for.
const CHECK: &str = "sealing_check";

/// A value as it lies in its table.
pub(crate) struct Kept {
    /// The statement that puts another in its place, if it is still this one: key of the row, new value, old value.
    pub(crate) replace: &'static str,
    /// The row's key.
    pub(crate) row: String,
    /// What it is sealed for.
    pub(crate) place: String,
    /// The value.
    pub(crate) value: String,
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Settled {
    /// Values that had been in clear.
    pub sealed: u64,
    /// Values that an earlier secret had sealed.
    pub resealed: u64,
}

/// Makes sure that this store's secret opens what is sealed, and seals what is not sealed with it.
///
/// # Errors
/// [`Error::Sealed`](crate::Error::Sealed) when a value does not open; nothing was changed then.
pub async fn settle(store: &Store) -> Result<Settled> {
    let keys = store.keys();
    let sealed = keys.seal(CHECK, CHECK)?;
    let make = "INSERT INTO sealing_check (name, sealed) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
    store.execute(sqlx::query(make).bind(CHECK).bind(&sealed)).await?;
    let all = kept(store).await?;
    for kept in &all {
        keys.open(&kept.place, &kept.value)?;
    }
    let others: Vec<Kept> = all.into_iter().filter(|kept| !keys.is_current(&kept.value)).collect();
    let mut anew = Vec::with_capacity(others.len());
    for kept in &others {
        let clear = keys.open(&kept.place, &kept.value)?;
        anew.push(keys.seal(&kept.place, clear.expose())?);
    }
    let mut settled = Settled::default();
    for (kept, sealed) in others.iter().zip(&anew) {
        let query = sqlx::query(kept.replace).bind(&kept.row).bind(sealed).bind(&kept.value);
        let replaced = store.execute(query).await?;
        let count = if Keys::is_sealed(&kept.value) { &mut settled.resealed } else { &mut settled.sealed };
        *count += replaced;
    }
    if settled != Settled::default() {
        let Settled { sealed, resealed } = settled;
        tracing::info!(sealed, resealed, "Secrets in the control store were sealed with the current secret.");
    }
    Ok(settled)
}

/// Whether this store's secret opens what is sealed. Changes nothing.
///
/// # Errors
/// [`Error::Sealed`](crate::Error::Sealed) when a value does not open.
pub async fn verify(store: &Store) -> Result<()> {
    for kept in kept(store).await? {
        store.keys().open(&kept.place, &kept.value)?;
    }
    Ok(())
}

/// Every value that is sealed, or should be.
async fn kept(store: &Store) -> Result<Vec<Kept>> {
    let checks: Vec<(String, String)> =
        store.all(sqlx::query_as("SELECT name, sealed FROM sealing_check")).await?;
    let replace = "UPDATE sealing_check SET sealed = $2 WHERE name = $1 AND sealed = $3";
    let check = |(row, value)| Kept { replace, row, place: CHECK.to_owned(), value };
    let mut all: Vec<Kept> = checks.into_iter().map(check).collect();
    all.extend(channels::kept(store).await?);
    all.extend(vapid::kept(store).await?);
    Ok(all)
}
