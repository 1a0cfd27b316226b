//! Events per second and key. In: a key's hash and a number of events. Out: how long to wait, if at
//! all. Every gateway counts for itself.

use std::num::NonZeroU32;

use governor::clock::Clock;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::access::KeyHash;
use crate::config::Rate;
use crate::respond::Refusal;

/// The limiter; without a rate it lets everything pass.
#[derive(Debug, Default)]
pub(crate) struct RateLimit {
    limiter: Option<DefaultKeyedRateLimiter<KeyHash>>,
}

impl RateLimit {
    pub(crate) fn new(rate: Option<Rate>) -> Self {
        let quota = rate.and_then(|rate| {
            let burst = NonZeroU32::new(rate.burst)?;
            Some(Quota::per_second(NonZeroU32::new(rate.per_second)?).allow_burst(burst))
        });
        Self { limiter: quota.map(RateLimiter::keyed) }
    }

    /// Counts `events` of a key; all of them pass or none.
    pub(crate) fn take(&self, key: &KeyHash, events: usize) -> Result<(), Refusal> {
        let (Some(limiter), Some(events)) =
            (&self.limiter, NonZeroU32::new(events.try_into().unwrap_or(u32::MAX)))
        else {
            return Ok(());
        };
        match limiter.check_key_n(key, events) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(later)) => Err(Refusal::RateLimited(later.wait_time_from(limiter.clock().now()))),
            // The configuration lets a full batch fit into a burst, so this is no client's fault.
            Err(_) => Err(Refusal::Overloaded),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_has_its_own_bucket() {
        let limit = RateLimit::new(Some(Rate { per_second: 1, burst: 10 }));
        let (one, two) = ([1; 32], [2; 32]);
        limit.take(&one, 10).unwrap();
        assert!(matches!(limit.take(&one, 5), Err(Refusal::RateLimited(wait)) if wait.as_secs() >= 3));
        limit.take(&two, 10).unwrap();
        limit.take(&two, 0).unwrap();
    }

    #[test]
    fn no_rate_no_limit() {
        let limit = RateLimit::new(None);
        (0..1000).for_each(|_| limit.take(&[1; 32], 1_000_000).unwrap());
    }
}
