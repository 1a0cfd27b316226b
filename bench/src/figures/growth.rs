//! How reads and inserts grow with the store: the slope of time over events, both as logarithms.

use std::time::{Duration, Instant};

use anyhow::ensure;
use bataudit_e2e::services::Services;

use super::drain::{self, BLOCK};
use crate::catalogue::{Extent, Measured};
use crate::reads::Place;
use crate::reads::ask::Request;
use crate::reads::catalogue::named;
use crate::rounds::Rounds;

/// Events of the smallest store; each further one has ten times as many.
const SMALLEST: u64 = 1_000_000;
const REQUESTS: usize = 40;
const PAUSE: Duration = Duration::from_millis(100);
const ROUNDS: u32 = 3;
/// Prepared blocks of an insert rate.
const BLOCKS: u64 = 8;
/// What grows, and by which read it is seen.
const GROWTH: &[(&str, &str)] = &[
    ("page", "list"),
    ("hour", "stats 24h"),
    ("rollup", "stats 30d"),
    ("id", "detail"),
    ("scan", "list tenant"),
];

/// What one size of store showed: medians of the reads in milliseconds, rows inserted a second.
struct Size {
    events: u64,
    reads: Vec<Rounds>,
    rows_per_second: Rounds,
}

/// G22.
///
/// # Errors
/// When a count is wrong or a request fails.
pub async fn run(extent: Extent) -> anyhow::Result<Vec<Measured>> {
    let (mut sizes, mut events) = (Vec::new(), extent.events(SMALLEST));
    while events <= extent.rows() {
        sizes.push(measure(extent, events).await?);
        events *= 10;
    }
    let [first, .., last] = &*sizes else {
        anyhow::bail!(
            "growth needs a store of ten times {} events: EVENTS is too small",
            extent.events(SMALLEST)
        );
    };
    let decades = (last.events as f64 / first.events as f64).log10();
    let slope = |large: &Rounds, small: &Rounds| large.over(small).map(|ratio| ratio.log10() / decades);
    let mut measured: Vec<_> = GROWTH
        .iter()
        .enumerate()
        .map(|(at, (part, _))| {
            let medians: Vec<_> =
                sizes.iter().map(|size| format!("{:.1}", size.reads[at].median())).collect();
            let note =
                format!("medians {} ms, {} to {} events", medians.join(", "), first.events, last.events);
            Measured::of(("G22", part), slope(&last.reads[at], &first.reads[at])).noting(note)
        })
        .collect();
    let rates: Vec<_> = sizes.iter().map(|size| format!("{:.0}", size.rows_per_second.median())).collect();
    measured.push(
        Measured::of(("G22", "ingest"), slope(&last.rows_per_second, &first.rows_per_second))
            .noting(format!("{} rows/s of prepared Native", rates.join(", "))),
    );
    Ok(measured)
}

async fn measure(extent: Extent, events: u64) -> anyhow::Result<Size> {
    let place = Place::with("bench_growth", events).await?;
    let requests = (REQUESTS as f64 * extent.scale.max(0.25)) as usize;
    let mut reads = Vec::new();
    for read in GROWTH.iter().filter_map(|(_, read)| named(read)) {
        let (request, mut p50) = (Request::new(&place, read)?, Rounds::default());
        for _ in 0..extent.rounds.min(ROUNDS) {
            p50.push(request.repeat(requests, PAUSE).await?.share(0.5));
        }
        reads.push(p50);
    }
    let mut rows_per_second = Rounds::default();
    for round in 0..extent.rounds.min(ROUNDS) {
        rows_per_second.push(insert(&place, u64::from(round)).await?);
    }
    Ok(Size { events, reads, rows_per_second })
}

/// Rows a second of one client with prepared blocks, into the store as it is.
async fn insert(place: &Place, round: u64) -> anyhow::Result<f64> {
    let services = Services::running();
    let stored = place.line.stored().await;
    let connection =
        place.line.stack.clickhouse.connection(&services.clickhouse_user, &services.clickhouse_password);
    let block = drain::prepared("Native").await?;
    let began = Instant::now();
    for number in 0..BLOCKS {
        drain::insert(&connection, "Native", &block, round * BLOCKS + number).await?;
    }
    let took = began.elapsed().as_secs_f64();
    let rows = place.line.stored().await - stored;
    ensure!(rows == BLOCKS * BLOCK as u64, "{rows} rows after {BLOCKS} inserts");
    Ok(rows as f64 / took)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_read_exists() {
        assert!(GROWTH.iter().all(|(_, read)| named(read).is_some()));
    }
}
