//! One sentinel works, the others stand by. Who works is a lease in the control store, renewed while
//! its holder lives; when it ends, or is not renewed for as long as it lasts, whoever asks first takes
//! over. The second counts by this process's own monotonic clock: the clock of a holder that is gone may
//! have been hours ahead.

use std::time::Duration;

use bataudit_control::lease::Held;
use bataudit_control::{Error, Store, clock, lease};
use bataudit_service::{Readiness, Shutdown};
use tokio::time::Instant;
use uuid::Uuid;

use crate::metrics;

/// The lease's name in the control store.
const NAME: &str = "sentinel";
/// How long a lease lasts without renewal: the longest a killed sentinel stays unreplaced.
const TTL: Duration = Duration::from_secs(10);
/// How often it is renewed, or asked for.
const EVERY: Duration = Duration::from_secs(2);
/// What is promised of a takeover, less what the first round of whoever takes over may take.
const _: () = assert!(TTL.as_secs() + EVERY.as_secs() <= 15 - 3, "a killed sentinel is replaced within 15 s");

/// Who this process is, and where the lease lies.
pub(crate) struct Lease {
    store: Store,
    holder: String,
    term: Duration,
    /// How often it is renewed, or asked for.
    every: Duration,
}

/// A lease of somebody else, and since when it is the same one.
type Seen = Option<(Held, Instant)>;

impl Lease {
    /// A lease this process may take, under its name.
    #[must_use]
    pub(crate) fn new(store: Store, instance: Option<String>) -> Self {
        Self {
            store,
            holder: instance.unwrap_or_else(|| Uuid::new_v4().to_string()),
            term: TTL,
            every: EVERY,
        }
    }

    /// Waits for the lease; `false` when the shutdown came first. Who gets it has `published` still
    /// before it: not before the first round do the gateways know what the control store holds.
    pub(crate) async fn acquire(
        &self,
        leading: &Readiness,
        published: &Readiness,
        shutdown: &Shutdown,
    ) -> bool {
        let mut seen = None;
        while !shutdown.is_triggered() {
            match self.try_acquire(&mut seen).await {
                Ok(true) => {
                    metrics::active(true);
                    published.not_ready("publishing for the first time");
                    leading.ready();
                    return true;
                }
                // A standby publishes nothing, and is as ready as it can be.
                Ok(false) => {
                    published.ready();
                    leading.ready();
                }
                Err(error) => {
                    tracing::warn!(%error, "Could not ask for the sentinel lease; trying again.");
                    leading.not_ready(error.to_string());
                }
            }
            tokio::select! {
                () = shutdown.triggered() => {}
                () = tokio::time::sleep(self.every) => {}
            }
        }
        false
    }

    /// Takes the lease when it is over, or when it was `seen` unchanged for a whole term.
    async fn try_acquire(&self, seen: &mut Seen) -> Result<bool, Error> {
        let Self { store, holder, term, .. } = self;
        if lease::acquire(store, NAME, holder, clock::now_ms(), *term).await? {
            return Ok(true);
        }
        let now = lease::look(store, NAME).await?;
        match (seen.take(), now) {
            (Some((before, since)), Some(held)) if before == held => {
                if since.elapsed() >= *term {
                    tracing::warn!(
                        holder = held.holder,
                        "The sentinel lease ends later than it can, and nobody renews it: takes it."
                    );
                    return lease::seize(store, NAME, holder, &held, clock::now_ms(), *term).await;
                }
                *seen = Some((held, since));
            }
            (_, held) => *seen = held.map(|held| (held, Instant::now())),
        }
        Ok(false)
    }

    /// Renews the lease until the shutdown, or until it is lost. It counts as lost when the store
    /// has not confirmed it for its whole life: another may hold it by then.
    pub(crate) async fn hold(&self, shutdown: &Shutdown) {
        let mut confirmed = Instant::now();
        loop {
            tokio::select! {
                () = shutdown.triggered() => break,
                () = tokio::time::sleep(self.every) => {}
            }
            let asked = Instant::now();
            match lease::renew(&self.store, NAME, &self.holder, clock::now_ms(), self.term).await {
                Ok(true) => confirmed = asked,
                Ok(false) => break,
                Err(error) => tracing::warn!(%error, "Could not renew the sentinel lease."),
            }
            if confirmed.elapsed() + self.every >= self.term {
                break;
            }
        }
        metrics::active(false);
    }

    /// Gives the lease up, so that a standby need not wait for its end.
    pub(crate) async fn release(&self) {
        if let Err(error) = lease::release(&self.store, NAME, &self.holder).await {
            tracing::warn!(%error, "Could not release the sentinel lease; it ends by itself.");
        }
    }
}

#[cfg(test)]
mod tests {
    use bataudit_control::Config;
    use bataudit_service::Health;

    use super::*;

    /// The clock of a sentinel jumped five hours ahead, and it was killed before it jumped back.
    #[tokio::test]
    async fn a_holder_whose_clock_was_ahead_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::connect(&Config::sqlite(&folder.path().join("control.db"))).await.unwrap();
        store.migrate().await.unwrap();
        let ahead = clock::now_ms() + 5 * 3_600_000;
        assert!(lease::acquire(&store, NAME, "gone", ahead, TTL).await.unwrap());
        let (term, every) = (Duration::from_millis(200), Duration::from_millis(40));
        let standby = Lease { term, every, ..Lease::new(store.clone(), Some("standby".to_owned())) };
        let (health, shutdown) = (Health::default(), Shutdown::default());
        let (leading, published) = (health.part("lease"), health.part("access topic"));
        assert!(standby.acquire(&leading, &published, &shutdown).await);
        let holder = lease::holder(&store, NAME, clock::now_ms()).await.unwrap();
        assert_eq!(holder.as_deref(), Some("standby"));
    }

    #[tokio::test]
    async fn a_holder_that_renews_keeps_it_whatever_its_clock_says() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::connect(&Config::sqlite(&folder.path().join("control.db"))).await.unwrap();
        store.migrate().await.unwrap();
        let mut ahead = clock::now_ms() + 5 * 3_600_000;
        assert!(lease::acquire(&store, NAME, "holder", ahead, TTL).await.unwrap());
        let mut standby = Lease::new(store.clone(), Some("standby".to_owned()));
        // Every look is one after a whole term.
        standby.term = Duration::ZERO;
        let mut seen = None;
        for _ in 0..5 {
            assert!(!standby.try_acquire(&mut seen).await.unwrap());
            ahead += 1;
            assert!(lease::renew(&store, NAME, "holder", ahead, TTL).await.unwrap());
        }
    }
}
