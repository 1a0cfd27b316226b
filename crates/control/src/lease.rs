//! Leases: a row that names who does a job that only one may do, until a time. Holders renew well
//! before the end; whoever finds the lease over may take it.
//!
//! Times come from the callers' clocks, so the term must be much longer than their clocks differ. A clock
//! that jumped ahead leaves an end that is far too late, and its holder may be gone since. So whoever
//! stands by also watches by a clock that does not jump: a lease that was not renewed for its whole term
//! may be [seized](seize), whatever its end says.

use std::time::Duration;

use crate::error::Result;
use crate::store::Store;

/// A lease as it lies in the store. It is another one after every renewal.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Held {
    /// Who has it.
    pub holder: String,
    /// Until when, by the holder's clock, in unix milliseconds.
    pub expires_at: i64,
}

/// Takes the lease `name` for `holder`, or renews it when they have it. Returns whether they hold it
/// now, until `now + term`.
///
/// # Errors
/// When the store does not answer; the caller then no longer knows and must stop at its old end.
pub async fn acquire(store: &Store, name: &str, holder: &str, now: i64, term: Duration) -> Result<bool> {
    let sql = "INSERT INTO leases (name, holder, expires_at) VALUES ($1, $2, $3) \
               ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at \
               WHERE leases.holder = excluded.holder OR leases.expires_at <= $4";
    let query = sqlx::query(sql).bind(name).bind(holder).bind(end(now, term)).bind(now);
    Ok(store.execute(query).await? == 1)
}

/// The lease as it is, over or not.
///
/// # Errors
/// When the store does not answer.
pub async fn look(store: &Store, name: &str) -> Result<Option<Held>> {
    let sql = "SELECT holder, expires_at FROM leases WHERE name = $1";
    store.one(sqlx::query_as(sql).bind(name)).await
}

/// Takes the lease from who has it, only if it is still the one that was `seen`. For callers that saw the
/// same one for a whole term.
///
/// # Errors
/// When the store does not answer.
pub async fn seize(
    store: &Store,
    name: &str,
    holder: &str,
    seen: &Held,
    now: i64,
    term: Duration,
) -> Result<bool> {
    let sql = "UPDATE leases SET holder = $2, expires_at = $3 \
               WHERE name = $1 AND holder = $4 AND expires_at = $5";
    let query = sqlx::query(sql).bind(name).bind(holder).bind(end(now, term));
    Ok(store.execute(query.bind(&seen.holder).bind(seen.expires_at)).await? == 1)
}

/// Renews the lease, only if `holder` still has it at `now`.
///
/// # Errors
/// When the store does not answer.
pub async fn renew(store: &Store, name: &str, holder: &str, now: i64, term: Duration) -> Result<bool> {
    let sql = "UPDATE leases SET expires_at = $3 WHERE name = $1 AND holder = $2 AND expires_at > $4";
    let query = sqlx::query(sql).bind(name).bind(holder).bind(end(now, term)).bind(now);
    Ok(store.execute(query).await? == 1)
}

/// Gives the lease back, so that another need not wait for its end.
///
/// # Errors
/// When the store does not answer.
pub async fn release(store: &Store, name: &str, holder: &str) -> Result<()> {
    let sql = "DELETE FROM leases WHERE name = $1 AND holder = $2";
    store.execute(sqlx::query(sql).bind(name).bind(holder)).await.map(drop)
}

/// Who holds the lease at `now`.
///
/// # Errors
/// When the store does not answer.
pub async fn holder(store: &Store, name: &str, now: i64) -> Result<Option<String>> {
    let sql = "SELECT holder FROM leases WHERE name = $1 AND expires_at > $2";
    let found = store.one(sqlx::query_as::<_, (String,)>(sql).bind(name).bind(now)).await?;
    Ok(found.map(|(holder,)| holder))
}

fn end(now: i64, term: Duration) -> i64 {
    now.saturating_add(i64::try_from(term.as_millis()).unwrap_or(i64::MAX))
}
