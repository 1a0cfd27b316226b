//! How long reads take in a store of many events: for whoever asks, beside what the engine takes, and against the
//! original.

use std::time::Duration;

use crate::catalogue::{Extent, Measured};
use crate::reads::Place;
use crate::reads::ask::Request;
use crate::reads::catalogue::{READS, Read, named};
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
/// When a count is wrong. A read that fails leaves its own line unmeasured.
pub async fn run(extent: Extent) -> anyhow::Result<Vec<Measured>> {
    let place = Place::with("bench_reads", extent.rows()).await?;
    let requests = (REQUESTS as f64 * extent.scale.max(0.25)) as usize;
    let mut measured = vec![against_the_engine(&place, requests).await];
    for read in READS {
        let line = ("G23", read.part);
        measured.push(match times(&place, read, requests, extent).await {
            Ok((p95, p50)) => {
                let note = format!("median {:.1} ms, {} events", p50.median(), extent.rows());
                Measured::of(line, p95).noting(note)
            }
            // The others took long to come to as well.
            Err(error) => Measured::failed(line, &error),
        });
    }
    Ok(measured)
}

/// G21.
async fn against_the_engine(place: &Place, requests: usize) -> Measured {
    let (mut ratios, mut worst) = (Rounds::default(), (0.0, ""));
    for read in COMPARED.iter().filter_map(|part| named(part)) {
        let (api, engine) = match engine::compare(place, read, requests).await {
            Ok(times) => times,
            Err(error) => return Measured::failed(("G21", ""), &error),
        };
        let ratio = api.share(0.95) / engine.share(0.95);
        ratios.push(ratio);
        if ratio > worst.0 {
            worst = (ratio, read.part);
        }
    }
    let note = format!("of {} reads, one a round; most for {}", ratios.len(), worst.1);
    Measured::of(("G21", ""), ratios).noting(note)
}

/// The 95th percentile and the median of a read, in milliseconds.
async fn times(
    place: &Place,
    read: &Read,
    requests: usize,
    extent: Extent,
) -> anyhow::Result<(Rounds, Rounds)> {
    let request = Request::new(place, read)?;
    let (mut p95, mut p50) = (Rounds::default(), Rounds::default());
    for _ in 0..extent.rounds.min(ROUNDS) {
        let times = request.repeat(requests, PAUSE).await?;
        p95.push(times.share(0.95));
        p50.push(times.share(0.5));
    }
    Ok((p95, p50))
}

/// G27.
///
/// # Errors
/// As there.
pub async fn against_the_original(extent: Extent) -> anyhow::Result<Vec<Measured>> {
    let events = extent.events(ORIGINAL_EVENTS);
    let place = Place::with("bench_original", events).await?;
    let requests = (REQUESTS as f64 * extent.scale.max(0.25)) as usize;
    let mut measured = Vec::new();
    for (part, read, theirs) in ORIGINAL {
        let Some(read) = named(read) else { continue };
        let line = ("G27", *part);
        measured.push(match times(&place, read, requests, extent).await {
            Ok((_, p50)) => {
                let note = format!("{:.1} ms, {events} events", p50.median());
                Measured::of(line, p50.map(|ours| ours / theirs)).noting(note)
            }
            Err(error) => Measured::failed(line, &error),
        });
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
