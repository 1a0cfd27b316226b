//! Slows down guessing of passwords: failed logins are counted for each pair of e-mail and address,
//! and for each address alone. In memory of this process; a restart forgets.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Failures of one e-mail from one address before it has to wait.
const PER_PAIR: u32 = 5;
/// Failures of one address, over all e-mails, before it has to wait.
const PER_ADDRESS: u32 = 50;
/// After this long without a failure the count starts anew.
const FORGET: Duration = Duration::from_secs(15 * 60);
/// The first wait; it doubles with every further failure up to [`FORGET`].
const FIRST_WAIT: Duration = Duration::from_secs(10);
/// Entries kept. When full, the ones that are over go, then the oldest.
const CAPACITY: usize = 20_000;

#[derive(Debug, Clone, Copy)]
struct Failures {
    count: u32,
    last: Instant,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Subject {
    Pair { email: String, address: String },
    Address(String),
}

impl Subject {
    fn limit(&self) -> u32 {
        match self {
            Self::Pair { .. } => PER_PAIR,
            Self::Address(_) => PER_ADDRESS,
        }
    }
}

/// Counts failed logins.
#[derive(Debug, Default)]
pub(crate) struct Throttle {
    failures: Mutex<HashMap<Subject, Failures>>,
}

impl Throttle {
    /// Takes one attempt, which counts as failed until [`succeeded`](Self::succeeded) takes it back:
    /// attempts made at the same time cannot slip through together.
    ///
    /// # Errors
    /// How long to wait, when there were too many.
    pub(crate) fn attempt(&self, email: &str, address: &str, now: Instant) -> Result<(), Duration> {
        let subjects = subjects(email, address);
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        for subject in &subjects {
            if let Some(wait) = failures.get(subject).and_then(|found| wait(found, subject.limit(), now)) {
                return Err(wait);
            }
        }
        make_room(&mut failures, now);
        for subject in subjects {
            let found = failures.entry(subject).or_insert(Failures { count: 0, last: now });
            let fresh = now.duration_since(found.last) >= FORGET;
            *found = Failures { count: if fresh { 1 } else { found.count.saturating_add(1) }, last: now };
        }
        Ok(())
    }

    /// The attempt was right: the pair starts anew, and it does not count against the address.
    pub(crate) fn succeeded(&self, email: &str, address: &str) {
        let [pair, address] = subjects(email, address);
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        failures.remove(&pair);
        if let Some(found) = failures.get_mut(&address) {
            found.count = found.count.saturating_sub(1);
        }
    }
}

fn subjects(email: &str, address: &str) -> [Subject; 2] {
    let pair = Subject::Pair { email: email.chars().take(254).collect(), address: address.to_owned() };
    [pair, Subject::Address(address.to_owned())]
}

fn wait(failures: &Failures, limit: u32, now: Instant) -> Option<Duration> {
    let beyond = failures.count.checked_sub(limit)?;
    let wait = FIRST_WAIT.saturating_mul(2_u32.saturating_pow(beyond)).min(FORGET);
    wait.checked_sub(now.duration_since(failures.last)).filter(|left| !left.is_zero())
}

fn make_room(failures: &mut HashMap<Subject, Failures>, now: Instant) {
    if failures.len() + 2 <= CAPACITY {
        return;
    }
    failures.retain(|_, found| now.duration_since(found.last) < FORGET);
    if failures.len() + 2 > CAPACITY {
        let mut times: Vec<_> = failures.values().map(|found| found.last).collect();
        let middle = times.len() / 2;
        let (_, median, _) = times.select_nth_unstable(middle);
        let median = *median;
        failures.retain(|_, found| found.last > median);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_and_are_forgotten() {
        let (throttle, start) = (Throttle::default(), Instant::now());
        for _ in 0..PER_PAIR {
            throttle.attempt("a@b", "::1", start).unwrap();
        }
        assert_eq!(throttle.attempt("a@b", "::1", start), Err(FIRST_WAIT));
        throttle.attempt("a@b", "::2", start).unwrap();
        throttle.attempt("c@d", "::1", start).unwrap();
        let later = start + FIRST_WAIT;
        throttle.attempt("a@b", "::1", later).unwrap();
        assert_eq!(throttle.attempt("a@b", "::1", later), Err(FIRST_WAIT * 2));
        throttle.attempt("a@b", "::1", later + FORGET).unwrap();
        throttle.attempt("a@b", "::1", later + FORGET).unwrap();
    }

    #[test]
    fn success_starts_anew() {
        let (throttle, now) = (Throttle::default(), Instant::now());
        for _ in 0..20 {
            throttle.attempt("a@b", "::1", now).unwrap();
            throttle.succeeded("a@b", "::1");
        }
    }

    #[test]
    fn one_address_cannot_spray() {
        let (throttle, now) = (Throttle::default(), Instant::now());
        for n in 0..PER_ADDRESS {
            throttle.attempt(&format!("{n}@b"), "::1", now).unwrap();
        }
        assert!(throttle.attempt("fresh@b", "::1", now).is_err());
    }

    #[test]
    fn memory_is_bounded() {
        let (throttle, now) = (Throttle::default(), Instant::now());
        for n in 0..CAPACITY {
            let later = now + Duration::from_millis(u64::try_from(n).unwrap());
            throttle.attempt("a@b", &n.to_string(), later).unwrap();
        }
        assert!(throttle.failures.lock().unwrap().len() <= CAPACITY);
    }
}
