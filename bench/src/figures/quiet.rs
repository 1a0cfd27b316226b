//! From a post to the list that shows it, as a person at the dashboard would: on a quiet installation,
//! and beside half the load the line takes.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use rand::rngs::SmallRng;
use rand::{Rng as _, SeedableRng as _};
use reqwest::Client;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::sleep_until;

use crate::catalogue::{Extent, Measured};
use crate::line::{Line, Reader};
use crate::load::Load;
use crate::rounds::{Rounds, quantile};

/// The original's median and 99th percentile in milliseconds; measured once.
const ORIGINAL: (f64, f64) = (18.0, 97.0);
/// The default flush interval in milliseconds.
const FLUSH: f64 = 1_000.0;
const SEED: u64 = 20;
/// How long after the last post the last event may be unseen.
const SEEN: Duration = Duration::from_secs(60);
/// Share of saturation beside which visibility is measured.
const SHARE: f64 = 0.5;
/// Half the load the line takes is found at this many connections.
const CONNECTIONS: usize = 32;

/// G20.
///
/// # Errors
/// When a post is refused or never seen.
pub async fn run(extent: Extent) -> anyhow::Result<Vec<Measured>> {
    let reader = Arc::new(Reader::start("bench_quiet", extent.embedded).await?);
    let mut random = SmallRng::seed_from_u64(SEED);
    let pauses = (0..extent.events(60_000) / 1_000 * 10 / 3)
        .map(|_| Duration::from_millis(random.random_range(300..1_000)))
        .collect();
    let ways = ways(&reader, "quiet", pauses).await?;
    let (median, p99) = (quantile(&ways, 0.5), quantile(&ways, 0.99));
    let note = |what: f64| {
        let line = if extent.embedded { "embedded broker; " } else { "" };
        format!("{line}{what:.1} ms, {} posts, slowest {:.0} ms", ways.len(), quantile(&ways, 1.0))
    };
    Ok(vec![
        Measured::of(("G20", "median"), median / ORIGINAL.0).noting(note(median)),
        Measured::of(("G20", "p99"), p99 / ORIGINAL.1).noting(note(p99)),
    ])
}

/// G18.
///
/// # Errors
/// When a post is refused or never seen, or a run is void.
pub async fn loaded(extent: Extent) -> anyhow::Result<Vec<Measured>> {
    let line = Line::start("bench_visible", &[]).await?;
    let load = Load { per_request: 100, connections: CONNECTIONS, ..line.load()? };
    let log = line.log("load");
    let began = Instant::now();
    let whole = Load { seconds: extent.seconds(6.0), ..load.clone() }.run(log.clone()).await?;
    line.stored_when(whole.events, Duration::from_secs(300)).await?;
    let rate = whole.accepted as f64 / began.elapsed().as_secs_f64() * SHARE;
    let reader = Arc::new(Reader::of(line)?);
    let mut p99s = Rounds::default();
    for round in 0..extent.rounds.min(3) {
        let seconds = extent.seconds(20.0);
        let beside = Load { seconds, rate: Some(rate), ..load.clone() };
        let count = (seconds * 8.0) as usize;
        let service = format!("visible-{round}");
        let pauses = vec![Duration::from_millis(100); count];
        let (ways, background) = tokio::join!(ways(&reader, &service, pauses), beside.run(log.clone()));
        background?;
        p99s.push(quantile(&ways?, 0.99) / FLUSH);
    }
    let note = format!("beside {:.0} events/s, half of what the line stores", rate * 100.0);
    Ok(vec![Measured::of(("G18", ""), p99s).noting(note)])
}

/// Milliseconds from each post's turn to the list that shows it, in order. A post's turn comes at its
/// time, however slow those before it are; the list is asked again and again meanwhile.
async fn ways(reader: &Arc<Reader>, service: &str, pauses: Vec<Duration>) -> anyhow::Result<Vec<f64>> {
    let count = pauses.len();
    let posting = tokio::spawn(post(reader.clone(), service.to_owned(), pauses));
    let (mut seen, mut last) = (HashMap::new(), Instant::now());
    while seen.len() < count {
        ensure!(last.elapsed() < SEEN, "{} of {count} posts were seen", seen.len());
        let ids = reader.newest(service).await?;
        let now = Instant::now();
        for id in ids {
            seen.entry(id).or_insert_with(|| {
                last = now;
                now
            });
        }
    }
    let turns = posting.await??;
    let ways = turns.iter().map(|(id, turn)| {
        let seen = seen.get(id).context("a post was never seen")?;
        Ok(seen.duration_since(*turn).as_secs_f64() * 1000.0)
    });
    let mut ways = ways.collect::<anyhow::Result<Vec<_>>>()?;
    ways.sort_by(f64::total_cmp);
    Ok(ways)
}

/// Posts single events by the clock and returns the turn of each, by id.
async fn post(
    reader: Arc<Reader>,
    service: String,
    pauses: Vec<Duration>,
) -> anyhow::Result<HashMap<String, Instant>> {
    let client = Client::builder().timeout(Duration::from_secs(30)).build()?;
    let (mut turn, mut posts) = (Instant::now(), JoinSet::new());
    for pause in pauses {
        turn += pause;
        sleep_until(turn.into()).await;
        let event = json!({
            "path": "/api/orders/1234", "method": "POST", "status_code": 201, "response_time": 45,
            "identifier": "user-123", "service_name": service, "environment": "production",
            "request_body": {"items": [{"sku": "A-1", "count": 2}], "note": "leave at the door"},
        });
        let request = client
            .post(format!("http://{}/v1/audit", reader.load.address))
            .header("X-API-Key", &reader.load.key)
            .json(&event);
        posts.spawn(async move {
            let response = request.send().await?;
            ensure!(response.status() == 202, "a post was answered with {}", response.status());
            let body: Value = response.json().await?;
            Ok((body["audit_id"].as_str().context("no audit_id")?.to_owned(), turn))
        });
    }
    posts.join_all().await.into_iter().collect()
}
