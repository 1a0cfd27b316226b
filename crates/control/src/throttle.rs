//! Slows down guessing of passwords: failed logins are counted for each pair of e-mail and address, and
//! for each address alone. In the store, so that neither a restart nor another replica forgets. Only
//! hashes are kept: who was tried from where is nobody's to read here.

use sha2::{Digest, Sha256};
use sqlx::AnyConnection;

use crate::error::Result;
use crate::store::Store;

/// Failures of one e-mail from one address before it has to wait.
pub const PER_PAIR: i64 = 5;
/// Failures of one address, over all e-mails, before it has to wait.
pub const PER_ADDRESS: i64 = 50;
/// After this long without a failure the count starts anew, in milliseconds.
pub const FORGET_MS: i64 = 15 * 60 * 1000;
/// The first wait, in milliseconds; it doubles with every further failure up to [`FORGET_MS`].
pub const FIRST_WAIT_MS: i64 = 10 * 1000;

/// Whose login is tried, and from where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    pair: String,
    address: String,
}

impl Attempt {
    /// An attempt with this e-mail, in its stored spelling, from this address.
    #[must_use]
    pub fn new(email: &str, address: &str) -> Self {
        let hash = |parts: [&str; 3]| hex::encode(Sha256::digest(parts.join("\n")));
        Self { pair: hash(["pair", email, address]), address: hash(["address", address, ""]) }
    }

    /// Both subjects with their limits, in the one order in which rows are taken: two attempts never
    /// wait for each other.
    fn subjects(&self) -> [(&str, i64); 2] {
        let mut subjects = [(self.pair.as_str(), PER_PAIR), (self.address.as_str(), PER_ADDRESS)];
        subjects.sort_unstable();
        subjects
    }
}

/// Takes one attempt, which counts as failed until [`succeeded`] takes it back: attempts made at the
/// same time cannot slip through together. Returns how long to wait, in milliseconds, when there were
/// too many.
///
/// # Errors
/// When the store does not answer.
pub async fn take(store: &Store, attempt: &Attempt, now: i64) -> Result<Option<i64>> {
    store
        .within(async {
            let mut transaction = store.begin().await?;
            let mut longest = None;
            let mut counts = [0; 2];
            for ((subject, limit), count) in attempt.subjects().into_iter().zip(&mut counts) {
                let (failures, last_at) = hold(&mut transaction, subject, now).await?;
                longest = longest.max(wait(failures, last_at, limit, now));
                *count = if now.saturating_sub(last_at) >= FORGET_MS { 1 } else { failures + 1 };
            }
            // Refused attempts do not count, or one who guesses could shut out whom he guesses for good.
            if longest.is_some() {
                return Ok(longest);
            }
            for ((subject, _), count) in attempt.subjects().into_iter().zip(counts) {
                let sql = "UPDATE login_failures SET failures = $2, last_at = $3 WHERE subject = $1";
                let query = sqlx::query(sql).bind(subject).bind(count).bind(now);
                query.execute(&mut *transaction).await?;
            }
            transaction.commit().await?;
            Ok(None)
        })
        .await
}

/// The attempt was right: the pair starts anew, and it does not count against the address.
///
/// # Errors
/// When the store does not answer.
pub async fn succeeded(store: &Store, attempt: &Attempt) -> Result<()> {
    store
        .within(async {
            let mut transaction = store.begin().await?;
            for (subject, limit) in attempt.subjects() {
                let sql = if limit == PER_PAIR {
                    "DELETE FROM login_failures WHERE subject = $1"
                } else {
                    "UPDATE login_failures SET failures = failures - 1 WHERE subject = $1 AND failures > 0"
                };
                sqlx::query(sql).bind(subject).execute(&mut *transaction).await?;
            }
            Ok(transaction.commit().await?)
        })
        .await
}

/// Removes counts that are forgotten by now.
///
/// # Errors
/// When the store does not answer.
pub async fn remove_forgotten(store: &Store, now: i64) -> Result<u64> {
    let query = sqlx::query("DELETE FROM login_failures WHERE last_at <= $1").bind(now - FORGET_MS);
    store.execute(query).await
}

/// The row of a subject, which nobody else changes until the end of the transaction.
async fn hold(connection: &mut AnyConnection, subject: &str, now: i64) -> Result<(i64, i64)> {
    let sql = "INSERT INTO login_failures (subject, failures, last_at) VALUES ($1, 0, $2) \
               ON CONFLICT (subject) DO UPDATE SET failures = login_failures.failures \
               RETURNING failures, last_at";
    Ok(sqlx::query_as(sql).bind(subject).bind(now).fetch_one(connection).await?)
}

fn wait(failures: i64, last_at: i64, limit: i64, now: i64) -> Option<i64> {
    let beyond = failures.checked_sub(limit).filter(|beyond| *beyond >= 0)?;
    let beyond = u32::try_from(beyond).unwrap_or(u32::MAX);
    let wait = FIRST_WAIT_MS.saturating_mul(2_i64.saturating_pow(beyond)).min(FORGET_MS);
    Some(wait - now.saturating_sub(last_at)).filter(|left| *left > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest() {
        let waits: Vec<_> = (4..8).map(|failures| wait(failures, 0, 5, 0)).collect();
        assert_eq!(waits, [None, Some(10_000), Some(20_000), Some(40_000)]);
        for many in [1_000, i64::MAX] {
            assert_eq!(wait(many, 0, 5, 0), Some(FORGET_MS));
        }
        assert_eq!(wait(5, 0, 5, 9_999), Some(1));
        assert_eq!(wait(5, 0, 5, 10_000), None);
    }
}
