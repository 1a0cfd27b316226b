//! What the engine itself took for the statements of a request, as its own log tells it.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::ensure;
use serde::Deserialize;

use super::Place;
use super::ask::{Request, Times};
use super::catalogue::Read;

/// A stretch of time, in unix microseconds.
#[derive(Debug, Clone, Copy, Deserialize)]
struct Span {
    start: u64,
    end: u64,
}

/// Asks `count` times, one request after the other; returns how long each took, and of that how long the engine was at
/// work for it. Nobody else may ask this database anything meanwhile.
///
/// # Errors
/// When a request fails or the log knows nothing of it.
pub async fn compare(place: &Place, read: &Read, count: usize) -> anyhow::Result<(Times, Times)> {
    let request = Request::new(place, read)?;
    request.send().await?;
    let mut asked = Vec::new();
    for _ in 0..count {
        let start = now();
        request.send().await?;
        asked.push(Span { start, end: now() });
    }
    let clickhouse = &place.line.stack.clickhouse;
    clickhouse.ask("SYSTEM FLUSH LOGS").await;
    let since = asked.first().map_or(0, |span| span.start);
    let ran: Vec<Span> = clickhouse
        .rows(&format!(
            "SELECT toUnixTimestamp64Micro(query_start_time_microseconds) AS start, \
               toUnixTimestamp64Micro(event_time_microseconds) AS end FROM system.query_log \
             WHERE type = 'QueryFinish' AND current_database = currentDatabase() AND is_initial_query \
               AND query LIKE '%project_id%' AND start >= {since} ORDER BY start"
        ))
        .await;
    let mut engine = Vec::new();
    for span in &asked {
        let own: Vec<_> = ran.iter().filter(|ran| ran.start >= span.start && ran.start <= span.end).collect();
        ensure!(!own.is_empty(), "the engine's log has no statement of {}", read.part);
        engine.push(busy(&own) as f64 / 1e3);
    }
    let took = asked.iter().map(|span| (span.end - span.start) as f64 / 1e3).collect();
    Ok((Times::of(took), Times::of(engine)))
}

/// Microseconds in which at least one of them ran; they are in the order of their starts.
fn busy(spans: &[&Span]) -> u64 {
    let (mut sum, mut until) = (0, 0);
    for span in spans {
        sum += span.end.saturating_sub(span.start.max(until));
        until = until.max(span.end);
    }
    sum
}

fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_runs_at_once_counts_once() {
        let spans = [(0, 10), (5, 8), (9, 12), (20, 21)].map(|(start, end)| Span { start, end });
        assert_eq!(busy(&spans.iter().collect::<Vec<_>>()), 13);
    }
}
