//! Events per second and key. In: a key and a number of events. Out: how long to wait, if at all. A key
//! may have a rate of its own, which the access topic brings; the others have that of the configuration.
//! Every gateway counts for itself.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bataudit_event::access::Rate as OwnRate;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, NotUntil, Quota, RateLimiter};

use crate::access::{KeyHash, KnownKey};
use crate::config::Rate;
use crate::respond::Refusal;

/// The limiter; without a rate it lets everything pass.
#[derive(Debug, Default)]
pub(crate) struct RateLimit {
    shared: Option<DefaultKeyedRateLimiter<KeyHash>>,
    /// Buckets of keys with a rate of their own, with the rate they were made for.
    own: Mutex<HashMap<KeyHash, (OwnRate, Arc<DefaultDirectRateLimiter>)>>,
    /// Events of a full batch: what any bucket holds at least, or such a batch could never pass.
    batch: u32,
}

impl RateLimit {
    /// A limiter with this rate for all keys that have none of their own.
    pub(crate) fn new(rate: Option<Rate>, batch: usize) -> Self {
        let quota = rate.and_then(|rate| quota(rate.per_second, rate.burst));
        let batch = u32::try_from(batch).unwrap_or(u32::MAX);
        Self { shared: quota.map(RateLimiter::keyed), own: Mutex::default(), batch }
    }

    /// Counts `events` of a key; all of them pass or none.
    pub(crate) fn take(&self, known: &KnownKey, events: usize) -> Result<(), Refusal> {
        let Some(events) = NonZeroU32::new(events.try_into().unwrap_or(u32::MAX)) else { return Ok(()) };
        let own = known.key.rate.and_then(|rate| self.own(known.hash, rate));
        let taken = match (own, &self.shared) {
            (Some(limiter), _) => {
                limiter.check_n(events).map(|taken| taken.map_err(|later| wait(&later, limiter.clock())))
            }
            (None, Some(limiter)) => limiter
                .check_key_n(&known.hash, events)
                .map(|taken| taken.map_err(|later| wait(&later, limiter.clock()))),
            (None, None) => return Ok(()),
        };
        // A full batch fits into every bucket, so more than a bucket holds is no client's fault.
        taken.map_err(|_| Refusal::Overloaded)?.map_err(Refusal::RateLimited)
    }

    /// The bucket of a key with this rate. One made for another rate is replaced by a full one.
    fn own(&self, key: KeyHash, rate: OwnRate) -> Option<Arc<DefaultDirectRateLimiter>> {
        let mut own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((made_for, limiter)) = own.get(&key)
            && *made_for == rate
        {
            return Some(Arc::clone(limiter));
        }
        let limiter = Arc::new(RateLimiter::direct(quota(rate.per_second, rate.burst.max(self.batch))?));
        own.insert(key, (rate, Arc::clone(&limiter)));
        Some(limiter)
    }
}

fn quota(per_second: u32, burst: u32) -> Option<Quota> {
    let burst = NonZeroU32::new(burst)?;
    Some(Quota::per_second(NonZeroU32::new(per_second)?).allow_burst(burst))
}

fn wait(later: &NotUntil<<DefaultClock as Clock>::Instant>, clock: &DefaultClock) -> Duration {
    later.wait_time_from(clock.now())
}

#[cfg(test)]
mod tests {
    use bataudit_event::access::{ApiKey, KeyScope};
    use uuid::Uuid;

    use super::*;

    fn key(byte: u8, rate: Option<OwnRate>) -> KnownKey {
        let (project_id, scope) = (Uuid::nil(), KeyScope::Project);
        let key = ApiKey { project_id, scope, origins: Vec::new(), expires_at: None, rate };
        KnownKey { hash: [byte; 32], key: Arc::new(key) }
    }

    #[test]
    fn each_key_has_its_own_bucket() {
        let limit = RateLimit::new(Some(Rate { per_second: 1, burst: 10 }), 10);
        let (one, two) = (key(1, None), key(2, None));
        limit.take(&one, 10).unwrap();
        assert!(matches!(limit.take(&one, 5), Err(Refusal::RateLimited(wait)) if wait.as_secs() >= 3));
        limit.take(&two, 10).unwrap();
        limit.take(&two, 0).unwrap();
    }

    #[test]
    fn no_rate_no_limit() {
        let limit = RateLimit::new(None, 10);
        (0..1000).for_each(|_| limit.take(&key(1, None), 1_000_000).unwrap());
    }

    #[test]
    fn a_keys_own_rate_stands_before_that_of_all() {
        let limit = RateLimit::new(Some(Rate { per_second: 1, burst: 10 }), 10);
        let fast = key(1, Some(OwnRate { per_second: 1, burst: 100 }));
        limit.take(&fast, 100).unwrap();
        assert!(matches!(limit.take(&fast, 5), Err(Refusal::RateLimited(wait)) if wait.as_secs() >= 3));
        let faster = key(1, Some(OwnRate { per_second: 1, burst: 200 }));
        limit.take(&faster, 200).unwrap();
        let slow = key(2, Some(OwnRate { per_second: 1, burst: 1 }));
        limit.take(&slow, 10).unwrap();
        assert!(matches!(limit.take(&slow, 1), Err(Refusal::RateLimited(_))), "a full batch passes, no more");
    }
}
