//! How long reads take in a store of many events: for whoever asks, beside what the engine takes, and against the
//! original.

use std::time::Duration;

use crate::catalogue::{Extent, Measured};
use crate::reads::Place;
use crate::reads::ask::Request;
use crate::reads::catalogue::{READS, named};
use crate::reads::engine;
use crate::rounds::Rounds;

/// Requests of a round.
const REQUESTS: usize = 40;
/// One request falls due every so often.
const PAUSE: Duration = Duration::from_millis(100);
/// Rounds at most: there are many requests.
const ROUNDS: u32 = 3;
/// Events in the store of the original when it was measured.
const ORIGINAL_EVENTS: u64 = 1_000_000;
/// Reads whose statements are compared with what the engine took for them.
const COMPARED: &[&str] =
    &["list", "list deep", "detail", "stats 24h", "stats 30d", "facets", "history", "insights 30d"];

/// What the original's reads took at the median, in milliseconds, each with our read of the same; measured once, on
/// PostgreSQL 15 with the original's own indexes. Of its fast half only the upper bound is known.
const ORIGINAL: &[(&str, &str, f64)] = &[
    ("list", "list all", 271.0),
    ("deep page", "list deep", 517.0),
    ("stats", "stats 30d all", 1_428.0),
    ("sessions", "sessions all", 1_695.0),
    ("orphans", "orphans all", 473.0),
    ("insights", "insights 30d all", 1_373.0),
    ("detail", "detail", 5.0),
    ("identifier", "list identifier", 5.0),
    ("history", "history", 5.0),
    ("session", "session named", 5.0),
];

/// G21 and G23.
///
/// # Errors
/// When a count is wrong or a request fails.
pub async fn run(extent: Extent) -> anyhow::Result<Vec<Measured>> {
    let place = Place::with("bench_reads", extent.rows()).await?;
    let requests = (REQUESTS as f64 * extent.scale.max(0.25)) as usize;
    let (mut ratios, mut worst) = (Rounds::default(), (0.0, ""));
    for read in COMPARED.iter().filter_map(|part| named(part)) {
        let (api, engine) = engine::compare(&place, read, requests).await?;
        let ratio = api.share(0.95) / engine.share(0.95);
        ratios.push(ratio);
        if ratio > worst.0 {
            worst = (ratio, read.part);
        }
    }
    let note = format!("of {} reads, one a round; most for {}", ratios.len(), worst.1);
    let mut measured = vec![Measured::of(("G21", ""), ratios).noting(note)];
    for read in READS {
        let request = Request::new(&place, read)?;
        let (mut p95, mut p50) = (Rounds::default(), Rounds::default());
        for _ in 0..extent.rounds.min(ROUNDS) {
            let times = request.repeat(requests, PAUSE).await?;
            p95.push(times.share(0.95));
            p50.push(times.share(0.5));
        }
        let note = format!("median {:.1} ms, {} events", p50.median(), extent.rows());
        measured.push(Measured::of(("G23", read.part), p95).noting(note));
    }
    Ok(measured)
}

/// G27.
///
/// # Errors
/// When a count is wrong or a request fails.
pub async fn against_the_original(extent: Extent) -> anyhow::Result<Vec<Measured>> {
    let events = extent.events(ORIGINAL_EVENTS);
    let place = Place::with("bench_original", events).await?;
    let requests = (REQUESTS as f64 * extent.scale.max(0.25)) as usize;
    let mut measured = Vec::new();
    for (part, read, theirs) in ORIGINAL {
        let Some(read) = named(read) else { continue };
        let (request, mut p50) = (Request::new(&place, read)?, Rounds::default());
        for _ in 0..extent.rounds.min(ROUNDS) {
            p50.push(request.repeat(requests, PAUSE).await?.share(0.5));
        }
        let note = format!("{:.1} ms, {events} events", p50.median());
        measured.push(Measured::of(("G27", part), p50.map(|ours| ours / theirs)).noting(note));
    }
    Ok(measured)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_compared_read_exists() {
        for part in ORIGINAL.iter().map(|(_, part, _)| part).chain(COMPARED) {
            assert!(named(part).is_some(), "{part}");
        }
    }
}
