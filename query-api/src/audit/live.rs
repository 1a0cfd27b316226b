//! Notices that events were stored. One poller for the whole process, and only while somebody
//! listens, asks ClickHouse for the number of rows, which it knows without reading any.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use clickhouse::Row;
use serde::Deserialize;
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior};

use super::statement;
use super::store::Events;
use crate::error::{ApiError, ApiResult};
use crate::metrics;

/// How often the poller asks.
const PACE: Duration = Duration::from_millis(50);
/// How often listeners look even when the number of rows is the same: as many rows may have been
/// removed by retention as were stored.
const BEAT: Duration = Duration::from_secs(1);
/// How long the poller waits after an error.
const AFTER_ERROR: Duration = Duration::from_secs(1);

/// The last thing the poller heard.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Row, Deserialize)]
pub(crate) struct Pulse {
    /// ClickHouse's clock, unix milliseconds; 0 before the first answer.
    pub(crate) now_ms: i64,
    row_count: u64,
}

impl Pulse {
    /// Whether something was stored or removed between the two.
    pub(crate) fn differs_from(self, other: Self) -> bool {
        self.row_count != other.row_count
    }
}

/// Live arrival for all streams of this process.
#[derive(Debug, Clone)]
pub(crate) struct Live {
    events: Events,
    pulses: Arc<Mutex<Option<watch::Sender<Pulse>>>>,
    seats: Seats,
}

impl Live {
    /// Live arrival, at most `streams_per_user` streams for each user.
    pub(crate) fn new(events: Events, streams_per_user: usize) -> Self {
        let seats = Seats { taken: Arc::default(), per_user: streams_per_user };
        Self { events, pulses: Arc::default(), seats }
    }

    /// Takes a seat for a stream of this user.
    pub(crate) fn seat(&self, user_id: &str) -> ApiResult<Seat> {
        self.seats.take(user_id)
    }

    /// Pulses from now on. The poller runs as long as somebody holds a receiver.
    pub(crate) fn subscribe(&self) -> watch::Receiver<Pulse> {
        let mut running = self.pulses.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = running.as_ref() {
            return sender.subscribe();
        }
        let (sender, receiver) = watch::channel(Pulse::default());
        *running = Some(sender.clone());
        tokio::spawn(poll(self.clone(), sender));
        receiver
    }

    /// Ends the poller when nobody listens any more.
    fn ends(&self, sender: &watch::Sender<Pulse>) -> bool {
        let mut running = self.pulses.lock().unwrap_or_else(PoisonError::into_inner);
        // Under the lock, so that no one subscribes between the question and the end.
        let alone = sender.receiver_count() == 0;
        if alone {
            *running = None;
        }
        alone
    }
}

async fn poll(live: Live, sender: watch::Sender<Pulse>) {
    let (mut ticks, mut told) = (tokio::time::interval(PACE), Instant::now());
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while !live.ends(&sender) {
        ticks.tick().await;
        match live.events.first::<Pulse>(&statement::pulse()).await {
            Ok(Some(pulse)) => {
                if sender.borrow().row_count != pulse.row_count
                    || told.elapsed() >= BEAT
                    || sender.borrow().now_ms == 0
                {
                    told = Instant::now();
                    sender.send_replace(pulse);
                }
            }
            Ok(None) | Err(_) => tokio::time::sleep(AFTER_ERROR).await,
        }
    }
}

/// Streams open now, by user.
#[derive(Debug, Clone)]
struct Seats {
    taken: Arc<Mutex<HashMap<String, usize>>>,
    per_user: usize,
}

impl Seats {
    fn take(&self, user_id: &str) -> ApiResult<Seat> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let count = taken.entry(user_id.to_owned()).or_default();
        if *count >= self.per_user {
            return Err(ApiError::RateLimited { what: "too many live streams are open", seconds: 10 });
        }
        *count += 1;
        metrics::streams(1.0);
        Ok(Seat { seats: self.clone(), user_id: user_id.to_owned() })
    }
}

/// A stream's place; dropping it frees the place.
#[derive(Debug)]
pub(crate) struct Seat {
    seats: Seats,
    user_id: String,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.seats.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(&self.user_id) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.user_id);
            }
        }
        metrics::streams(-1.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seats_are_bounded_and_come_back() {
        let seats = Seats { taken: Arc::default(), per_user: 2 };
        let (first, _second) = (seats.take("a").unwrap(), seats.take("a").unwrap());
        assert!(matches!(seats.take("a"), Err(ApiError::RateLimited { .. })));
        drop(seats.take("b").unwrap());
        drop(first);
        assert!(seats.take("a").is_ok());
    }
}
