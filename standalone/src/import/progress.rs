//! How far the events are, for a person who waits: a line on standard error now and then.

use std::io::{self, Write as _};
use std::time::{Duration, Instant};

/// How often a line is written.
const EVERY: Duration = Duration::from_secs(5);

/// Tells how far it is.
pub(super) struct Progress {
    total: u64,
    began: Instant,
    told: Instant,
    /// Rows of this run.
    rows: u64,
}

impl Progress {
    /// Of this many events in all.
    pub(super) fn new(total: u64) -> Self {
        Self { total, began: Instant::now(), told: Instant::now(), rows: 0 }
    }

    /// `handled` are done, the last `rows` of them since it was last asked; the last one happened at `at`.
    pub(super) fn tell(&mut self, handled: u64, rows: usize, at: &str) {
        self.rows += rows as u64;
        if self.told.elapsed() < EVERY {
            return;
        }
        self.told = Instant::now();
        let percent = handled * 100 / self.total.max(1);
        let rate = self.rows as f64 / self.began.elapsed().as_secs_f64().max(0.001);
        let line =
            format!("events: {handled} of {} ({percent} %), {rate:.0} a second, now at {at}\n", self.total);
        // With standard error gone nobody waits for it.
        drop(io::stderr().write_all(line.as_bytes()));
    }
}
