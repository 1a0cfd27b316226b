//! Transactions that write. In: a store. Out: one that holds its lock, or an error; never one that nobody ends.

use sqlx::{Any, Transaction};

use crate::error::Result;
use crate::store::{Backend, Store};

impl Store {
    /// Starts a transaction that writes. On SQLite it takes the write lock at once: a transaction
    /// that reads first and writes later is refused when another wrote in between.
    ///
    /// It is begun by a task of its own. sqlx 0.8 has sent `BEGIN` before there is anything that would roll it back, so a
    /// caller who gives up just then would leave a connection that holds the lock against all others, for good.
    pub(crate) async fn begin(&self) -> Result<Transaction<'static, Any>> {
        let begin = match self.backend() {
            Backend::Sqlite => "BEGIN IMMEDIATE",
            Backend::Postgres => "BEGIN",
        };
        let pool = self.pool().clone();
        let begun = tokio::spawn(async move { pool.begin_with(begin).await }).await;
        Ok(begun.map_err(|_| sqlx::Error::WorkerCrashed)??)
    }
}

#[cfg(test)]
mod tests {
    use crate::store::{Config, Store};

    /// How often the caller is let run before it gives up, from not at all to until long after it has begun.
    const TURNS: std::ops::Range<usize> = 0..2_000;

    /// Begins, and gives up after so many turns.
    async fn give_up(store: &Store, turns: usize) {
        let patience = async {
            for _ in 0..turns {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            biased;
            begun = store.begin() => drop(begun.unwrap()),
            () = patience => {}
        }
    }

    #[tokio::test]
    async fn who_gives_up_leaves_no_transaction_behind() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::connect(&Config::sqlite(&folder.path().join("control.db"))).await.unwrap();
        store.migrate().await.unwrap();
        for turns in TURNS {
            give_up(&store, turns).await;
        }
        store.begin().await.unwrap().commit().await.unwrap();
    }
}
