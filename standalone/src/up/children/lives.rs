//! When to start a dead child again, and when to give up.
//!
//! In: how long each life lasted. Out: how long to wait, or that it is no use. It knows no clock and no process.

use std::time::Duration;

/// A life this short did nothing useful.
const SHORT: Duration = Duration::from_secs(2);
/// So many short lives in a row mean that the next one will not be longer.
const ENOUGH: u32 = 6;
/// The wait after the first short life; doubled for each further one.
const FIRST_WAIT: Duration = Duration::from_millis(100);

/// The short lives of a child since its last useful one.
#[derive(Debug, Default)]
pub(crate) struct Lives {
    short: u32,
}

impl Lives {
    /// Counts a life that has ended. `None`: there is no point in another one.
    pub(crate) fn ended_after(&mut self, life: Duration) -> Option<Duration> {
        self.short = if life < SHORT { self.short + 1 } else { 1 };
        (self.short < ENOUGH).then(|| FIRST_WAIT * 2_u32.pow(self.short - 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_lives_are_followed_by_longer_waits_and_then_by_none() {
        let mut lives = Lives::default();
        let waits: Vec<_> = (0..6).map(|_| lives.ended_after(Duration::from_millis(50))).collect();
        let millis = |wait: &Option<Duration>| wait.map(|wait| wait.as_millis());
        assert_eq!(
            waits.iter().map(millis).collect::<Vec<_>>(),
            [Some(100), Some(200), Some(400), Some(800), Some(1600), None]
        );
    }

    #[test]
    fn a_useful_life_starts_the_count_anew() {
        let mut lives = Lives::default();
        for _ in 0..100 {
            assert!(lives.ended_after(Duration::from_secs(1)).is_some());
            assert_eq!(lives.ended_after(Duration::from_secs(10)), Some(FIRST_WAIT));
        }
    }
}
