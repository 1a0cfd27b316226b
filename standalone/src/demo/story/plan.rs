//! How many events each service has in each hour, so that all together are exactly as many as were asked for.
//!
//! Hour 0 is the last one before `now`, hour 1 the one before it; hour -1 is the first of the live stream. Days and
//! weeks have their rhythm, and the last day is denser than those before, rising slowly enough that no rule takes it
//! for an incident.

use rand::SeedableRng as _;
use rand::rngs::StdRng;

use super::cast::STREAMS;
use super::turmoil::Turmoil;

/// An hour in milliseconds.
pub(crate) const HOUR_MS: i64 = 3_600_000;
/// How far back events go: the gateway moves what is older than 30 days, and filling takes its time.
const LONG: i32 = 30 * 24 - 4;
/// How far back a handful of events go: the pages look at the last day first.
const SHORT: i32 = 20;
/// Fewer events than this are a handful.
const HANDFUL: u32 = 200;
/// The weekday and hour at which a fixed rhythm is always looked at: a Thursday, 15:00 UTC.
const FIXED_PHASE: i64 = (7 * 24 + 15) * HOUR_MS;
/// Events of a live hour at least.
const LIVE: f64 = 1_500.0;

/// What is to be told.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    /// Other seeds tell it otherwise.
    pub(crate) seed: u64,
    /// When it is told, unix milliseconds.
    pub(crate) now: i64,
    /// What is added to a time for the rhythm of days and weeks.
    phase: i64,
    /// Whether some texts are hostile.
    pub(crate) nasty: bool,
    /// Events before each hour and service, from hour 0 back.
    before: Vec<u32>,
    /// What alarms somebody.
    pub(super) turmoil: Turmoil,
    hours: i32,
    events: u32,
}

/// What a plan is made from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terms {
    /// Other seeds tell it otherwise.
    pub(crate) seed: u64,
    /// When it is told, unix milliseconds.
    pub(crate) now: i64,
    /// How many events.
    pub(crate) events: u32,
    /// Whether day and night are always the same hours before `now`, whatever the clock says.
    pub(crate) fixed_rhythm: bool,
    /// Whether some texts are hostile.
    pub(crate) nasty: bool,
}

impl Plan {
    /// The plan for these terms.
    pub(crate) fn new(terms: Terms) -> Self {
        let Terms { seed, now, events, fixed_rhythm, nasty } = terms;
        let turmoil = Turmoil::new(seed, now, events);
        let mut plan = Self {
            seed,
            now,
            phase: if fixed_rhythm { FIXED_PHASE - now } else { 0 },
            nasty,
            before: Vec::new(),
            hours: if events < HANDFUL { SHORT } else { LONG },
            events,
            turmoil,
        };
        plan.before = plan.spread(events - plan.turmoil.len());
        plan
    }

    /// Whether something happens that alarms somebody.
    pub(crate) fn has_troubles(&self) -> bool {
        self.turmoil.len() > 0
    }

    /// The hours of the past, the newest first.
    pub(crate) fn hours(&self) -> impl Iterator<Item = i32> + use<> {
        0..self.hours
    }

    /// When an hour begins, unix milliseconds.
    pub(crate) fn start_of(&self, hour: i32) -> i64 {
        self.now - (i64::from(hour) + 1) * HOUR_MS
    }

    /// How many events all services have in an hour, without what alarms somebody.
    pub(super) fn counts(&self, hour: i32) -> [u32; STREAMS.len()] {
        let mut counts = [0; STREAMS.len()];
        for (at, count) in counts.iter_mut().enumerate() {
            *count = if hour >= 0 { self.past(hour, at) } else { self.live(hour, at) };
        }
        counts
    }

    /// Randomness of one hour and one service.
    pub(super) fn random(&self, hour: i32, stream: usize) -> StdRng {
        let place = ((i64::from(hour) << 8) | stream as i64) as u64;
        StdRng::seed_from_u64(self.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ place)
    }

    fn past(&self, hour: i32, stream: usize) -> u32 {
        let cell = usize::try_from(hour).unwrap_or_default() * STREAMS.len() + stream;
        match (self.before.get(cell), self.before.get(cell + 1)) {
            (Some(before), Some(after)) => after - before,
            _ => 0,
        }
    }

    fn live(&self, hour: i32, stream: usize) -> u32 {
        let total: f64 = (0..self.hours).map(|hour| self.weight(hour)).sum();
        let wanted = f64::from(self.events) * self.weight(hour) / total;
        (wanted.max(LIVE) * STREAMS[stream].share).ceil() as u32
    }

    /// Running sums over hours and services, rounded so that nothing is lost.
    fn spread(&self, events: u32) -> Vec<u32> {
        let weights = self.hours().map(|hour| self.weight(hour));
        let cells: Vec<f64> =
            weights.flat_map(|weight| STREAMS.iter().map(move |stream| weight * stream.share)).collect();
        let total: f64 = cells.iter().sum();
        let mut sum = 0.0;
        let mut before = vec![0];
        before.extend(cells.iter().map(|cell| {
            sum += cell;
            (f64::from(events) * sum / total).round() as u32
        }));
        before
    }

    /// How busy an hour is.
    fn weight(&self, hour: i32) -> f64 {
        let age = (f64::from(hour) + 0.5).max(0.0);
        rhythm(self.start_of(hour) + HOUR_MS / 2 + self.phase)
            * (1.0 + 4.0 * (-age / 14.0).exp() + 8.0 * (-age / 1.5).exp())
    }
}

/// How busy a moment is: nights are quiet, weekends half as busy.
fn rhythm(at: i64) -> f64 {
    let hours = at as f64 / HOUR_MS as f64;
    let of_day = 0.62 + 0.38 * ((hours.rem_euclid(24.0) - 14.0) * std::f64::consts::TAU / 24.0).cos();
    // The first of January 1970 was a Thursday. Smooth, so that midnight is no incident.
    let of_week = (hours / 24.0 + 3.0).rem_euclid(7.0);
    let into_weekend = ((of_week - 4.8) * 2.5).clamp(0.0, 1.0) * ((7.2 - of_week) * 2.5).clamp(0.0, 1.0);
    of_day * (1.0 - 0.45 * into_weekend)
}
